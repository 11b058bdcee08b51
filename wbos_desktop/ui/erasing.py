"""Carrying out a job of erasing beside the work, with what it needs of the open vault."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from wbos_desktop.domain.retention import DestructionRow
from wbos_desktop.i18n import _
from wbos_desktop.services import erasure, removed
from wbos_desktop.workspace import erasures

from .shell import Shell
from .tasks import Task


def empty_bin(shell: Shell, owner: QObject) -> None:
    """Erase what lay in the bin until its day; after unlocking, for a coordinator."""
    workspace = shell.tasks.workspace
    if shell.who.role != "coordinator" or workspace is None or workspace.read_only:
        return

    def begun(job: int | None) -> None:
        if job is not None:
            carry_out(shell, owner, job)

    shell.tasks.write(owner, removed.begin_due).then(begun)


def carry_out(shell: Shell, owner: QObject, job: int) -> Task[DestructionRow]:
    """Do the job to its end; stop it with `Task.cancel`, then it goes on at the next start.

    It says so when the last restore can't be undone any more.
    """
    workspace, vault = shell.tasks.workspace, shell.vault
    assert workspace is not None
    undo_ended: list[bool] = []

    def keep_marks(marks: Sequence[bytes]) -> None:
        if vault is not None:
            erasures.keep_marks(vault, marks)

    def compact() -> None:
        if vault is not None:
            undo_ended.append(erasures.leave_no_copies(vault))
        else:
            erasures.compact(workspace)

    def tell() -> None:
        if any(undo_ended):
            shell.messages.strip(owner, undo_sentence())

    task = shell.tasks.run_long(owner, erasure.carry_out, workspace, keep_marks, compact, job)
    return task.finally_(tell)


def undo_sentence() -> str:
    """What erasing ended."""
    return _(
        "The state before the last restore is deleted too: it still held these records."
        " That restore can't be undone any more."
    )
