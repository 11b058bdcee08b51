"""Vaults with their start content: joins the workspace and the services, knows no Qt."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from .progress import Progress
from .services import catalogues
from .services.demo import build
from .services.demo.timeline import ZONE, DemoClock
from .workspace.create import NewVault, create_vault
from .workspace.opening import OpenVault, open_vault
from .workspace.session import Clock, system_clock

EXAMPLE_PASSPHRASE = "appel fiets wolk dansen"
"""Published on purpose: nothing in the example school is real."""

EXAMPLE = NewVault("De Linde (voorbeeld)", "VO", "Karin", "", "Bosman", "zorg")


def fill_new(vault: OpenVault) -> OpenVault:
    """Give a vault that was just made its catalogues."""
    vault.workspace.write(catalogues.install)
    return vault


def make_example(
    folder: Path,
    today: dt.date,
    *,
    seed: int = build.SEED,
    progress: Progress | None = None,
) -> build.DemoResult:
    """Make the vault of the example school, closed again. Raises Cancelled or StorageError.

    When it fails or is stopped, nothing is left of it.
    """
    start = dt.datetime(today.year - 2, 8, 1, 8, tzinfo=ZONE)
    clock = DemoClock(start)
    create_vault(folder, EXAMPLE_PASSPHRASE, EXAMPLE, clock=clock)
    try:
        vault = fill_new(open_vault(folder, EXAMPLE_PASSPHRASE, clock=clock))
        work = vault.workspace
        try:
            return build.build(work.write, work.read, clock, today, seed=seed, progress=progress)
        finally:
            work.close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def open_example(folder: Path, clock: Clock = system_clock) -> OpenVault:
    """Open the example school with its published passphrase."""
    return open_vault(folder, EXAMPLE_PASSPHRASE, clock=clock)
