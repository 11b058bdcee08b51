"""The destruction report of one job, as data and as PDF through the export register."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.destruction import DestructionLine, DestructionReport
from wbos_desktop.domain.reports import ExportOptions, FileMade
from wbos_desktop.i18n import _, date_long, ngettext
from wbos_desktop.progress import Progress

from . import retention
from .erasure import STAYED
from .exports import Runner, save_report
from .report_names import masthead, open_desk
from .rights import needs


@needs("write", "keeping")
def destruction_report(
    session: Session, destruction_id: int, options: ExportOptions | None = None
) -> DestructionReport:
    """What one destruction erased, by kind. Raises NotFound."""
    chosen = options or ExportOptions()
    row = retention.get_destruction(session, destruction_id)
    desk = open_desk(session, chosen)
    at = row.at.astimezone()
    title = _("Destruction report {day}").format(day=date_long(at.date(), weekday=False))
    return DestructionReport(
        masthead=replace(masthead(desk, _("Destruction report"), title), destroy_line=""),
        destruction_id=row.id,
        at=at,
        by=row.by,
        reason=row.reason,
        done=row.state == "done",
        lines=tuple(_line(session, kind, n) for kind, n in row.counts if kind != STAYED),
        stayed=_stayed(dict(row.counts).get(STAYED, 0)),
        notes=_notes(session),
        options=chosen,
    )


def _line(session: Session, kind: str, count: int) -> DestructionLine:
    if kind not in rules.BY_CODE:
        return DestructionLine(rules.extra_title(kind), count, "")
    term = rules.term_text(kind, retention.terms_of(session)[kind])
    return DestructionLine(rules.kind_title(kind), count, term)


def _stayed(files: int) -> str:
    if not files:
        return ""
    return ngettext(
        "{n} attachment stayed with cases or reports that other pupils need. Only a person can see"
        " who is in a picture. The school keeps or removes it in that case.",
        "{n} attachments stayed with cases or reports that other pupils need. Only a person can"
        " see who is in a picture. The school keeps or removes them in those cases.",
        files,
    )


def _notes(session: Session) -> tuple[str, ...]:
    return (
        _("Erased in the database, its history, unfinished forms, attachments and search texts."),
        _("The audit trail keeps numbers of records, no names and no content."),
        _(
            "Backups made before still hold the records until they are {n} days old at most."
            " When one is put back, WBOS erases these records again."
        ).format(n=retention.backup_days(session)),
        _(
            "Copies that an update, a restore or a rescue left in the vault folder were deleted"
            " with the erasing; a restore from before can't be undone any more."
        ),
        _(
            "WBOS does not reach backups on a stick or at another place. After a move the old"
            " folder stays, with a name that ends in -verplaatst-1 (or a higher number). Delete"
            " these yourself: they still hold the records."
        ),
    )


def save_destruction(
    progress: Progress,
    workspace: Runner,
    destruction_id: int,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the report as PDF to `target` (a file, or a folder for the default name).

    Raises UserError (nothing half is left) and Cancelled.
    """
    report = workspace.read(destruction_report, destruction_id, options)
    return save_report(progress, workspace, report, target, "pdf")
