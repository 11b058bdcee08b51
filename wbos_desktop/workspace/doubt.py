"""Is the data file the one that the keys remember? If not, the user decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.vault.trail import Mark

if TYPE_CHECKING:
    from .opened import OpenVault


@dataclass(frozen=True)
class Doubt:
    """`missing` noted actions are gone; 0 when there are as many as expected, but others.

    While there is doubt the vault is open for reading only.
    """

    missing: int
    expected: int
    found: int

    @property
    def text(self) -> str:
        """What was found, what is safe and what to do."""
        if self.missing:
            short = ngettext(
                "This vault is older than expected: {n} noted action is missing.",
                "This vault is older than expected: {n} noted actions are missing.",
                self.missing,
            )
            counts = _(
                "The audit trail has {found} lines instead of {expected}."
                " Was an older file put back?"
            )
            return f"{short} {counts.format(found=self.found, expected=self.expected)}"
        return _("This data file does not belong to these keys. Was an older file put back?")


def find_doubt(session: Session, expected: Mark) -> Doubt | None:
    """Hold the audit trail of the data file against the mark kept outside it."""
    head = audit.head(session)
    if head.count < expected.count:
        return Doubt(expected.count - head.count, expected.count, head.count)
    found = session.scalar(select(AuditLine.mac).where(AuditLine.seq == expected.count))
    if expected.count and found != expected.head:
        return Doubt(0, expected.count, head.count)
    return None


def accept_doubt(vault: OpenVault) -> None:
    """Go on with the data file as it is: noted in the audit trail, and remembered from now on.

    Raises StorageError; then the vault stays open for reading only.
    """
    if vault.doubt is None:
        return
    work, sentence = vault.workspace, vault.workspace.read_only
    work.read_only = ""
    try:
        work.write(audit.note, "accept_older", "vault", vault.doubt.missing)
        work.settle()
    except BaseException:
        work.read_only = sentence
        raise
