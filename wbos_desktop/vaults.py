"""Vaults with their start content: joins the workspace and the services, knows no Qt."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import suppress
from pathlib import Path

from .errors import UserError
from .progress import Progress
from .services import catalogues, erasure, retention, today
from .services.demo import build
from .services.demo.timeline import ZONE, DemoClock
from .vault.recovery import RecoveryCode, new_code
from .workspace import backup_keeping, erasures, people, restored_access, restoring
from .workspace.alerts import clock_sentence
from .workspace.create import NewVault, check_folder, create_vault, put_in_place
from .workspace.opened import OpenVault
from .workspace.opening import open_vault
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
        create_vault(
            filling,
            EXAMPLE_PASSPHRASE,
            EXAMPLE,
            code=new_code(),
            clock=clock,
            start_content=content,
        )
        work = open_vault(filling, EXAMPLE_PASSPHRASE, clock=clock).workspace
        try:
            made = build.build(work.write, work.read, clock, today, seed=seed, progress=progress)
            work.write(retention.confirm_clock)  # two years in a minute are no clock that jumped
        finally:
            work.close()
        put_in_place(filling, folder)
    except BaseException:
        shutil.rmtree(filling, ignore_errors=True)
        raise
    return made


def open_example(folder: Path, clock: Clock = system_clock) -> OpenVault:
    """Open the example school with its published passphrase."""
    vault = open_vault(folder, EXAMPLE_PASSPHRASE, clock=clock)
    believe_story(vault)
    return vault


def believe_story(vault: OpenVault) -> None:
    """The example school may run to later in the day it was made on: no clock was put back."""
    back = clock_sentence("back")
    if back in vault.notices and vault.workspace.read(today.who_is_here).demo:
        vault.notices = tuple(notice for notice in vault.notices if notice != back)


def settle_restored(vault: OpenVault) -> int:
    """At the first unlock after a restore: erase again what was erased before; how many records.

    Call it before anything else reads the vault; it does nothing when there was no restore. A
    crash in it is no harm: the next unlock does it again. Raises StorageError.
    """
    backup_keeping.clear_leftovers(vault)
    if vault.workspace.read_only:
        return 0
    erasures.remove_old_copies(vault)
    if not restoring.is_restored(vault):
        return 0
    gone = vault.workspace.write(erasure.erase_again, restoring.erased(vault))
    people.settle_access(vault)
    restoring.note_restored(vault)
    vault.notices = (*vault.notices, restored_access.who_gets_in(vault))
    if gone:
        erasures.compact(vault.workspace)
        erasures.remove_copies(vault.folder)
    return gone


def back_up_at_closing(vault: OpenVault) -> None:
    """The automatic backup at lock and exit, when one is due; the example school has none.

    Never raises a UserError: a failure is told at the next unlock, and closing matters more.
    """
    with suppress(UserError):
        if not vault.workspace.read(today.who_is_here).demo:
            backup_keeping.back_up_when_due(vault)
            restoring.forget_old_undo(vault)
