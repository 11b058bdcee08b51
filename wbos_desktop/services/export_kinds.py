"""What can be exported: per kind of report its file name, its line in the register, its builder.

The builders import reportlab and openpyxl when they run: that costs a third of a second, for
which the unlock page must not wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wbos_desktop.domain.access import AccessCopy
from wbos_desktop.domain.accountability import KitDocument
from wbos_desktop.domain.audit_trail import AuditReport
from wbos_desktop.domain.destruction import DestructionReport
from wbos_desktop.domain.reports import (
    CaseReport,
    GroupProfileReport,
    MeetingPack,
    RegisterReport,
)
from wbos_desktop.progress import Progress

Report = (
    MeetingPack
    | CaseReport
    | GroupProfileReport
    | RegisterReport
    | AccessCopy
    | DestructionReport
    | AuditReport
    | KitDocument
)

Built = tuple[bytes, tuple[str, ...]]
"""The bytes of a file, and sentences on what had to be cut."""


class Subject(NamedTuple):
    """What the register notes: the record, and the day by which paper copies are destroyed."""

    table: str
    record_id: int | None = None
    destroy_by: dt.date | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of report. `stem` gives the file name without suffix and without names.

    `personal` is False for one that tells of no pupil: no school demands a password for it.
    """

    code: str
    stem: Callable[[Any], str]
    subject: Callable[[Any], Subject]
    builders: Mapping[str, Callable[[Any, Progress | None], Built]] = field(default_factory=dict)
    personal: bool = True


def kind_of(report: Report) -> Kind:
    """The kind of a report. Raises KeyError for anything else."""
    return KINDS[type(report)]


def _pack_pdf(report: MeetingPack, progress: Progress | None) -> Built:
    from wbos_desktop.documents import meeting_pack

    return meeting_pack.meeting_pack_pdf(report, progress), ()


def _pack_xlsx(report: MeetingPack, progress: Progress | None) -> Built:
    from wbos_desktop.documents import pack_book

    book = pack_book.meeting_pack_xlsx(report, progress)
    return book.content, book.notes


def _case_pdf(report: CaseReport, progress: Progress | None) -> Built:
    from wbos_desktop.documents import case_file

    return case_file.case_pdf(report, progress), ()


def _group_pdf(report: GroupProfileReport, progress: Progress | None) -> Built:
    from wbos_desktop.documents import group_profile

    return group_profile.group_profile_pdf(report, progress), ()


def _register_xlsx(report: RegisterReport, progress: Progress | None) -> Built:
    from wbos_desktop.documents import register

    book = register.register_xlsx(report, progress)
    return book.content, book.notes


def _access_pdf(report: AccessCopy, progress: Progress | None) -> Built:
    from wbos_desktop.documents import access_copy

    return access_copy.access_pdf(report, progress), ()


def _destruction_pdf(report: DestructionReport, progress: Progress | None) -> Built:
    from wbos_desktop.documents import destruction_report

    return destruction_report.destruction_pdf(report, progress), ()


def _kit_pdf(report: KitDocument, progress: Progress | None) -> Built:
    from wbos_desktop.documents import accountability

    return accountability.kit_pdf(report, progress), ()


def _audit_pdf(report: AuditReport, progress: Progress | None) -> Built:
    from wbos_desktop.documents import audit_report

    return audit_report.audit_pdf(report, progress), ()


def _audit_xlsx(report: AuditReport, progress: Progress | None) -> Built:
    from wbos_desktop.documents import audit_report

    book = audit_report.audit_xlsx(report, progress)
    return book.content, book.notes


KINDS: dict[type, Kind] = {
    MeetingPack: Kind(
        "pack",
        lambda report: f"overlegpakket-{report.on.isoformat()}",
        lambda report: Subject("meetings", report.meeting_id, report.on),
        {"pdf": _pack_pdf, "xlsx": _pack_xlsx},
    ),
    CaseReport: Kind(
        "dossier",
        lambda report: f"casusdossier-{report.case.number}",
        lambda report: Subject("cases", report.case_id),
        {"pdf": _case_pdf},
    ),
    GroupProfileReport: Kind(
        "group_profile",
        lambda report: (
            f"groepsprofiel-{report.group.name.split(' ', 1)[-1]}-{report.made_on.isoformat()}"
        ),
        lambda report: Subject("groups", report.group_id),
        {"pdf": _group_pdf},
    ),
    RegisterReport: Kind(
        "register",
        lambda report: f"incidentenregister-{report.made_on.isoformat()}",
        lambda _report: Subject("incidents"),
        {"xlsx": _register_xlsx},
    ),
    AccessCopy: Kind(
        "access_copy",
        lambda report: f"inzage-{report.request_id}-{report.masthead.made_at.date().isoformat()}",
        lambda report: Subject("access_requests", report.request_id),
        {"pdf": _access_pdf},
    ),
    DestructionReport: Kind(
        "destruction",
        lambda report: f"vernietigingsoverzicht-{report.at.date().isoformat()}",
        lambda report: Subject("destructions", report.destruction_id),
        {"pdf": _destruction_pdf},
        personal=False,
    ),
    KitDocument: Kind(
        "accountability",
        lambda report: f"{report.file}-{report.masthead.made_at.date().isoformat()}",
        lambda _report: Subject("school"),
        {"pdf": _kit_pdf},
        personal=False,
    ),
    AuditReport: Kind(
        "audit",
        lambda report: f"logboek-{report.masthead.made_at.date().isoformat()}",
        lambda report: Subject(report.table, report.record_id),
        {"pdf": _audit_pdf, "xlsx": _audit_xlsx},
        personal=False,
    ),
}
