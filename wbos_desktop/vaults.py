"""Vaults with their start content: joins the workspace and the services, knows no Qt."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from .progress import Progress
from .services import catalogues
from .services.demo import build
from .services.demo.timeline import ZONE, DemoClock
from .vault.recovery import RecoveryCode
from .workspace.create import NewVault, check_folder, create_vault, put_in_place
from .workspace.opening import OpenVault, open_vault
from .workspace.session import Clock, system_clock

EXAMPLE_PASSPHRASE = "appel fiets wolk dansen"
"""Published on purpose: nothing in the example school is real."""

EXAMPLE = NewVault("De Linde (voorbeeld)", "VO", "Karin", "", "Bosman", "zorg")


def make_vault(
    folder: Path, secret: str, new: NewVault, *, code: RecoveryCode | None = None
) -> RecoveryCode:
    """Make a vault with its catalogues, in one piece. Raises as `create_vault`."""
    return create_vault(folder, secret, new, code=code, start_content=catalogues.install)


def make_example(
    folder: Path,
    today: dt.date,
    *,
    seed: int = build.SEED,
    progress: Progress | None = None,
) -> build.DemoResult:
    """Make the vault of the example school, closed again. Raises Cancelled or StorageError.

    It is made in a folder beside: when it fails, is stopped or killed, there is no half one.
    """
    check_folder(folder)
    start = dt.datetime(today.year - 2, 8, 1, 8, tzinfo=ZONE)
    clock = DemoClock(start)
    filling = folder.with_name(f".{folder.name}.filling")
    shutil.rmtree(filling, ignore_errors=True)
    try:
        content = catalogues.install
        create_vault(filling, EXAMPLE_PASSPHRASE, EXAMPLE, clock=clock, start_content=content)
        work = open_vault(filling, EXAMPLE_PASSPHRASE, clock=clock).workspace
        try:
            made = build.build(work.write, work.read, clock, today, seed=seed, progress=progress)
        finally:
            work.close()
        put_in_place(filling, folder)
    except BaseException:
        shutil.rmtree(filling, ignore_errors=True)
        raise
    return made


def open_example(folder: Path, clock: Clock = system_clock) -> OpenVault:
    """Open the example school with its published passphrase."""
    return open_vault(folder, EXAMPLE_PASSPHRASE, clock=clock)
