"""Exports: read a frozen report, build the file in memory, write it beside, register, rename.

`save_...` functions do it all for the window (second lane, with progress and cancel) and the
command line; they take the workspace because they need more than one transaction.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.system import Export
from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.domain.program_lines import in_words
from wbos_desktop.domain.reports import (
    ExportOptions,
    ExportRecord,
    ExportRow,
    FileMade,
)
from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _
from wbos_desktop.policy import load
from wbos_desktop.progress import Progress

from .access_report import access_copy
from .export_files import forget_part, note_part, part_of, publish, write_part
from .export_kinds import Report, kind_of
from .reports import case_report, group_profile_report, meeting_pack_report, register_report
from .rights import needs
from .visibility import COORDINATOR, visible_cases

P = ParamSpec("P")
T = TypeVar("T")

PASSWORD_LEAST = 8


class Runner(Protocol):
    """The part of a workspace that an export needs."""

    def read(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run in a reading transaction."""
        ...

    def write(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run in a writing transaction."""
        ...


# ---------------------------------------------------------------- for the window
@needs("export", "meeting")
def pack_pdf_bytes(
    session: Session, meeting_id: int, options: ExportOptions | None = None
) -> bytes:
    """The PDF of a pack for the live preview; nothing is written. Raises NotFound, Invalid."""
    return build(meeting_pack_report(session, meeting_id, options), "pdf")[0]


@needs("export", "case")
def case_pdf_bytes(session: Session, case_id: int, options: ExportOptions | None = None) -> bytes:
    """The PDF of a dossier for a preview. Raises NotFound, Invalid."""
    return build(case_report(session, case_id, options), "pdf")[0]


@needs("export", "group")
def group_profile_pdf_bytes(
    session: Session, group_id: int, options: ExportOptions | None = None
) -> bytes:
    """The PDF of a group profile for a preview. Raises NotFound, Invalid."""
    return build(group_profile_report(session, group_id, options), "pdf")[0]


@needs("export", "meeting")
def words_to_check(
    session: Session, meeting_id: int, options: ExportOptions | None = None
) -> tuple[str, ...]:
    """Words in the pack that may be a pupil's name and were left: the maker reads them first."""
    return meeting_pack_report(session, meeting_id, options).masthead.check_words


def default_name(report: Report, suffix: str) -> str:
    """'overlegpakket-2026-11-26.pdf': never holds a pupil's name. `suffix` without a dot."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", kind_of(report).stem(report)).strip("-")
    return f"{plain[:80]}.{suffix}"


@needs("export", "meeting")
def pack_file_name(session: Session, meeting_id: int, suffix: str = "pdf") -> str:
    """The name that the save dialog proposes for a pack."""
    return default_name(meeting_pack_report(session, meeting_id), suffix)


# ---------------------------------------------------------------- the whole way to a file
def save_pack_pdf(
    progress: Progress,
    workspace: Runner,
    meeting_id: int,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the pack as PDF to `target` (a file, or a folder for the default name).

    Raises UserError (nothing half is left, an old file stays as it was) and Cancelled.
    """
    report = workspace.read(meeting_pack_report, meeting_id, options)
    return save_report(progress, workspace, report, target, "pdf")


def save_pack_xlsx(
    progress: Progress,
    workspace: Runner,
    meeting_id: int,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the pack as a workbook; see `save_pack_pdf`."""
    report = workspace.read(meeting_pack_report, meeting_id, options)
    return save_report(progress, workspace, report, target, "xlsx")


def save_case(
    progress: Progress,
    workspace: Runner,
    case_id: int,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the dossier of a case as PDF; see `save_pack_pdf`."""
    report = workspace.read(case_report, case_id, options)
    return save_report(progress, workspace, report, target, "pdf")


def save_group_profile(
    progress: Progress,
    workspace: Runner,
    group_id: int,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the profile of a group as PDF; see `save_pack_pdf`."""
    report = workspace.read(group_profile_report, group_id, options)
    return save_report(progress, workspace, report, target, "pdf")


def save_register(
    progress: Progress,
    workspace: Runner,
    query: IncidentQuery | None,
    target: Path,
    options: ExportOptions | None = None,
) -> FileMade:
    """Write the incident register as a workbook; see `save_pack_pdf`."""
    report = workspace.read(register_report, query, options, progress)
    return save_report(progress, workspace, report, target, "xlsx")


def save_access_copy(
    progress: Progress, workspace: Runner, request_id: int, target: Path, password: str = ""
) -> FileMade:
    """Write the copy for a request for access as PDF; see `save_pack_pdf`."""
    report = workspace.read(access_copy, request_id)
    report = replace(report, options=replace(report.options, password=password))
    return save_report(progress, workspace, report, target, "pdf")


def save_report(
    progress: Progress, workspace: Runner, report: Report, target: Path, suffix: str
) -> FileMade:
    """Build, write beside, register, rename; `suffix` is pdf or xlsx."""
    demand_password(report.options, personal=kind_of(report).personal)
    if target.is_dir():
        target = target / default_name(report, suffix)
    content, notes = build(report, suffix, progress)
    content = _locked(content, suffix, report.options.password)
    part = part_of(target)
    workspace.write(note_part, part)
    write_part(part, target, content)
    try:
        progress.step(1, 1)
        digest = hashlib.sha256(content).hexdigest()
        entry = workspace.write(record_export, _record(report, suffix, target.name, digest))
        try:
            publish(part, target)
        except BaseException:
            workspace.write(withdraw_export, entry)
            raise
    finally:
        part.unlink(missing_ok=True)
        workspace.write(forget_part, part)
    return FileMade(str(target), target.name, digest, len(content), notes)


def build(
    report: Report, suffix: str, progress: Progress | None = None
) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of the file, and sentences on what had to be cut. Raises Cancelled."""
    return kind_of(report).builders[suffix](report, progress)


def demand_password(options: ExportOptions, *, personal: bool = True) -> None:
    """Raise Invalid for a password that is too short, or missing where the school demands one."""
    if personal and not options.password and load().export_password:
        raise Invalid({"password": _("Your school exports with a password only. Choose one.")})
    if options.password and len(options.password) < PASSWORD_LEAST:
        text = _("Use {n} signs or more, such as three words.").format(n=PASSWORD_LEAST)
        raise Invalid({"password": text})


def _locked(content: bytes, suffix: str, password: str) -> bytes:
    if not password:
        return content
    from wbos_desktop.documents import locked

    return locked.lock_file(content, suffix, password)


# ---------------------------------------------------------------- the register of exports
def _record(report: Report, suffix: str, file_name: str, digest: str) -> ExportRecord:
    kind, options = kind_of(report), report.options
    subject = kind.subject(report)
    return ExportRecord(
        kind=f"{kind.code}_{suffix}",
        object_table=subject.table,
        object_id=subject.record_id,
        names=options.names,
        purpose=options.purpose,
        recipients=options.recipients,
        file_name=file_name,
        sha256=digest,
        destroy_by=subject.destroy_by,
        with_password=bool(options.password),
    )


def record_export(session: Session, entry: ExportRecord) -> int:
    """Note what leaves the vault, in the export register and the audit trail; its id."""
    who = context(session)
    row = Export(
        made_at=who.now,
        user_id=who.user_id,
        kind=entry.kind,
        object_table=entry.object_table,
        object_id=entry.object_id,
        names=entry.names,
        purpose=entry.purpose,
        recipients=entry.recipients,
        file_name=entry.file_name,
        sha256=entry.sha256,
        destroy_by=entry.destroy_by,
        with_password=entry.with_password,
    )
    session.add(row)
    session.flush()
    audit.note(session, "export", entry.object_table, entry.object_id or 0)
    return row.id


def withdraw_export(session: Session, export_id: int) -> None:
    """Take back the line of a file that could not be put in its place; the audit line stays."""
    row = session.get(Export, export_id)
    if row is not None and row.user_id == context(session).user_id:
        session.delete(row)


@needs("read", "export_line")
def list_exports(session: Session, limit: int = 200) -> list[ExportRow]:
    """The newest lines of the export register: all for coordinators, else one's own.

    A line about a case that the user may not see is left out: its file bears the number.
    """
    who = context(session)
    seen = select(Case.id).where(visible_cases(session))
    shown = or_(Export.object_table != "cases", Export.object_id.in_(seen))
    if who.user_id is not None and who.role != COORDINATOR:
        shown = shown & (Export.user_id == who.user_id)
    return export_rows(session, shown, limit)


def export_rows(
    session: Session, wanted: ColumnElement[bool], limit: int | None = None
) -> list[ExportRow]:
    """Lines of the export register, the newest first."""
    rows = session.scalars(select(Export).where(wanted).order_by(Export.id.desc()).limit(limit))
    return [
        ExportRow(
            id=row.id,
            made_at=row.made_at,
            kind=row.kind,
            file_name=row.file_name,
            names=row.names,
            purpose=in_words(row.purpose),
            recipients=row.recipients,
            with_password=row.with_password,
        )
        for row in rows
    ]
