"""The audit trail as a report for the privacy officer, and who saw one child's records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import School
from wbos_desktop.db.models.system import AuditLine, Export
from wbos_desktop.domain.audit_trail import (
    AuditCount,
    AuditQuery,
    AuditReport,
    AuditRow,
    action_text,
    group_text,
    head_text,
)
from wbos_desktop.domain.reports import ExportOptions, ExportRow, FileMade, Masthead
from wbos_desktop.i18n import _, date_long, ngettext
from wbos_desktop.progress import Progress

from . import audit_subjects, audit_trail, exports
from .case_people import staff_names
from .rights import needs


@needs("read", "audit")
def audit_report(
    session: Session, query: AuditQuery, options: ExportOptions | None = None
) -> AuditReport:
    """The lines of a query with their counts, and the end of the chain; no names in it.

    The whole chain is checked first. Raises NotFound for a hidden case.
    """
    wanted = audit_trail.conditions(session, query)
    statement = select(AuditLine.seq).where(*wanted).order_by(AuditLine.seq)
    ids = list(session.connection().scalars(statement))
    end = audit.head(session)
    table, record_id = _subject(query)
    return AuditReport(
        masthead=_masthead(session, query),
        subject=_title(query),
        facts=_facts(session, query, len(ids)),
        counts=_counts(session, query),
        rows=tuple(audit_trail.read_rows(session, ids, names=False)),
        last=end.count,
        head=head_text(end.mac),
        problems=tuple(_problems(session)),
        table=table,
        record_id=record_id,
        options=options or ExportOptions(),
    )


def save_audit(
    progress: Progress,
    workspace: exports.Runner,
    query: AuditQuery,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the report as PDF or workbook, by the suffix of `target`; see `exports.save_case`."""
    report = workspace.read(audit_report, query, options)
    return exports.save_report(progress, workspace, report, target, target.suffix.lstrip("."))


def _subject(query: AuditQuery) -> tuple[str, int | None]:
    if query.pupil_id is not None:
        return "pupils", query.pupil_id
    if query.case_id is not None:
        return "cases", query.case_id
    return "audit", None


def _title(query: AuditQuery) -> str:
    if query.pupil_id is not None:
        return _("Who saw the records of pupil #{id}").format(id=query.pupil_id)
    if query.case_id is not None:
        return _("Who saw case #{id}").format(id=query.case_id)
    return _("Who saw and did what")


def _facts(session: Session, query: AuditQuery, lines: int) -> tuple[tuple[str, str], ...]:
    since = date_long(query.since, weekday=False) if query.since else _("the first line")
    until = date_long(query.until or context(session).today, weekday=False)
    codes = audit_trail.user_codes(session)
    user = codes[query.user_id][1] if query.user_id in codes and query.user_id else _("everybody")
    what = group_text(query.action) if query.action else _("everything")
    return (
        (_("Period"), _("{since} to {until}").format(since=since, until=until)),
        (_("Users"), user),
        (_("What"), what),
        (_("Lines"), str(lines)),
    )


def _counts(session: Session, query: AuditQuery) -> tuple[AuditCount, ...]:
    statement = (
        select(AuditLine.user_id, AuditLine.action, func.count())
        .where(*audit_trail.conditions(session, query))
        .group_by(AuditLine.user_id, AuditLine.action)
    )
    codes = audit_trail.user_codes(session)
    found: Counter[tuple[str, str]] = Counter()
    for user_id, action, n in session.connection().execute(statement):
        code = codes[user_id][1] if user_id in codes else "WBOS"
        found[code, action_text(action)] += n
    return tuple(AuditCount(code, action, n) for (code, action), n in sorted(found.items()))


def _problems(session: Session) -> list[str]:
    breaks = audit.find_breaks(session)
    if not breaks:
        return []
    text = ngettext(
        "The chain does not hold at {n} place.",
        "The chain does not hold at {n} places.",
        len(breaks),
    )
    first = _("The first is line {n}.").format(n=breaks[0].first)
    return [text, first]


def _masthead(session: Session, query: AuditQuery) -> Masthead:
    who = context(session)
    school = session.scalars(select(School).limit(1)).first()
    names = staff_names(session, [who.staff_id])
    return Masthead(
        document=_("Report of use"),
        title=_title(query),
        school=school.name if school else "",
        made_at=who.now.astimezone(),
        made_by=names.get(who.staff_id or 0, ""),
        readers=_("Only for the privacy officer and the coordinators"),
        destroy_line=_("Keep this paper with the documents on privacy"),
        names_line=_("No names: numbers stand for records, codes for users."),
        print_line=(school.print_line if school else "").strip(),
    )


# ---------------------------------------------------------------- one pupil, for other services
@needs("read", "audit")
def lines_of_pupil(session: Session, pupil_id: int, since: dt.date | None = None) -> list[AuditRow]:
    """Every line about one pupil, the oldest first, with names: for a request for access."""
    query = AuditQuery(since=since, pupil_id=pupil_id)
    ids = audit_trail.find_ids(session, query)
    return audit_trail.read_rows(session, ids[::-1], names=True)


@needs("read", "audit")
def recipients_of_pupil(session: Session, pupil_id: int) -> list[ExportRow]:
    """What left the vault that this pupil was in, the newest first, with for whom and why."""
    subject = audit_subjects.of_pupil(session, pupil_id)
    about = [
        (Export.object_table == table) & Export.object_id.in_(sorted(subject.ids.get(table, ())))
        for table in ("pupils", "cases", "incidents", "meetings", "access_requests")
    ]
    if subject.since is not None:
        whole = Export.object_table == "incidents"
        about.append(whole & Export.object_id.is_(None) & (Export.made_at >= subject.first_moment))
    return exports.export_rows(session, or_(*about))
