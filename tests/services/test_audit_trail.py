"""Who saw what: complete for one child, quick over two years, and without names on paper."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdf
import pytest
import python_calamine
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests import factories
from tests.services.test_history import become, next_gesture
from wbos_desktop.db import audit
from wbos_desktop.db.models.cases import Case, CaseStep
from wbos_desktop.db.models.incidents import InvolvedPerson
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.documents import audit_report as audit_report_document
from wbos_desktop.domain.audit_trail import AuditQuery
from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.domain.people import PupilQuery
from wbos_desktop.domain.reports import ExportRecord
from wbos_desktop.errors import NotAllowed, NotFound
from wbos_desktop.services import (
    agenda,
    audit_report,
    audit_trail,
    cases,
    exports,
    groups,
    incident_form,
    looking,
    meetings,
    people,
)


def newest(session: Session) -> tuple[str, str, int]:
    line = session.scalars(select(AuditLine).order_by(AuditLine.seq.desc()).limit(1)).one()
    return line.action, line.object_table, line.object_id


def yasmin(session: Session) -> int:
    return session.scalars(select(Pupil.id).where(Pupil.given_name == "Yasmin")).one()


def seen(session: Session, pupil_id: int) -> Counter[tuple[str, str]]:
    rows = audit_report.lines_of_pupil(session, pupil_id)
    return Counter((row.action, row.kind) for row in rows)


def export(session: Session, table: str, record_id: int | None, recipients: str = "") -> None:
    exports.record_export(
        session,
        ExportRecord(
            "x_pdf", table, record_id, "initials", "", recipients, "x.pdf", "0" * 64, None
        ),
    )


def test_every_way_to_open_a_child_is_a_line(session: Session) -> None:
    case_id = factories.make_case(session)
    pupil_id = yasmin(session)
    meeting_id = factories.make_meeting(session)
    agenda.add_item(session, meeting_id, "case", case_id)
    next_gesture(session)
    cases.open_case(session, case_id)
    people.get_pupil(session, pupil_id)
    meetings.open_meeting(session, meeting_id)
    export(session, "meetings", meeting_id)
    export(session, "cases", case_id)
    export(session, "incidents", None)
    found = seen(session, pupil_id)
    assert found["bekeken", "Casus"] == 2  # the case, and the case in its meeting
    assert found["bekeken", "Leerling"] == 1
    assert found["bekeken", "Overleg"] == 1
    assert found["geëxporteerd", "Overleg"] == 1
    assert found["geëxporteerd", "Casus"] == 1
    assert found["geëxporteerd", "Melding"] == 1


def test_lines_about_others_are_not_in_it(session: Session) -> None:
    factories.make_case(session)
    other = factories.make_pupil(session, given_name="Ander")
    next_gesture(session)
    people.get_pupil(session, other)
    assert seen(session, yasmin(session))["bekeken", "Leerling"] == 0


def test_a_person_taken_off_a_report_still_counts(session: Session) -> None:
    factories.make_case(session)
    pupil_id = yasmin(session)
    next_gesture(session)
    person = session.scalars(
        select(InvolvedPerson).where(InvolvedPerson.pupil_id == pupil_id)
    ).one()
    person.deleted_at = session.info["context"].now
    next_gesture(session)
    assert seen(session, pupil_id)["veranderd", "Betrokkene"] == 1


def test_the_page_of_a_group_counts_while_the_pupil_is_in_it(session: Session) -> None:
    group_id = factories.make_group(session)
    pupil_id = factories.make_pupil(session, group_id)
    gone = factories.make_pupil(session, group_id)
    next_gesture(session)
    for table, last in ((pupil_id, None), (gone, dt.date(2026, 10, 1))):
        model: Any = groups.Membership
        membership = session.scalars(select(model).where(model.pupil_id == table)).one()
        membership.member_to = last
    next_gesture(session)
    looking.open_group(session, group_id)
    assert seen(session, pupil_id)["bekeken", "Klas"] == 1
    assert seen(session, gone)["bekeken", "Klas"] == 0


def test_recipients_are_known_from_the_register_of_exports(session: Session) -> None:
    case_id = factories.make_case(session)
    export(session, "cases", case_id, "leerplicht")
    export(session, "groups", 1, "niemand")
    rows = audit_report.recipients_of_pupil(session, yasmin(session))
    assert [row.recipients for row in rows] == ["leerplicht"]


@pytest.mark.parametrize("role", ["member", "lead", "reader"])
def test_only_coordinators_look_through_the_trail(session: Session, role: str) -> None:
    become(session, role)
    for ask in (
        lambda: audit_trail.find_ids(session, AuditQuery()),
        lambda: audit_trail.load_rows(session, [1]),
        lambda: audit_trail.list_users(session),
        lambda: looking.search_subjects(session, "x"),
        lambda: audit_report.audit_report(session, AuditQuery()),
        lambda: audit_report.lines_of_pupil(session, 1),
        lambda: audit_report.recipients_of_pupil(session, 1),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_a_hidden_case_is_counted_and_points_at_nothing(session: Session) -> None:
    case_id = factories.make_case(session)  # of level 'named'
    number = session.get_one(Case, case_id).number
    pupil_id = yasmin(session)
    cases.open_case(session, case_id)
    become(session, "coordinator")
    ids = audit_trail.find_ids(session, AuditQuery())
    rows = audit_trail.load_rows(session, ids)
    shielded = [row for row in rows.values() if row.kind == "afgeschermd"]
    assert len(ids) == len(rows)
    assert len(shielded) > 10
    assert {row.number + row.name for row in shielded} == {""}
    assert number not in repr(rows)
    assert "Casus" not in {kind for _action, kind in seen(session, pupil_id)}
    with pytest.raises(NotFound):
        audit_trail.find_ids(session, AuditQuery(case_id=case_id))


def test_filters_by_day_person_and_action(session: Session) -> None:
    case_id = factories.make_case(session)
    next_gesture(session)
    cases.open_case(session, case_id)
    today = session.info["context"].today
    me = session.info["context"].user_id
    views = audit_trail.find_ids(session, AuditQuery(action="view", user_id=me))
    assert [newest(session)[0], len(views)] == ["view", 1]
    assert audit_trail.find_ids(session, AuditQuery(until=today - dt.timedelta(days=1))) == []
    assert audit_trail.find_ids(session, AuditQuery(since=today, action="view")) == views


def test_a_search_is_noted_once_without_its_text(session: Session) -> None:
    factories.make_case(session)
    next_gesture(session)
    for text in ("y", "ya", "yas"):
        looking.search_people(session, text)
    looking.search_pupils(session, PupilQuery(""))
    assert newest(session) == ("search", "pupils", 0)
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "search")).all()
    assert len(lines) == 1
    me = session.info["context"]
    session.info["context"] = replace(me, now=me.now + dt.timedelta(seconds=11))
    looking.search_pupils(session, PupilQuery("yas"))
    looking.search_register(session, IncidentQuery(text="yasmin"))
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "search")).all()
    assert [line.object_table for line in lines] == ["pupils", "pupils", "incidents"]
    assert "yas" not in repr([(x.action, x.object_table, x.object_id) for x in lines])


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def test_the_report_has_counts_and_the_mark_of_the_chain_but_no_names(session: Session) -> None:
    case_id = factories.make_case(session)
    cases.open_case(session, case_id)
    step = session.scalars(select(CaseStep)).first()
    assert step is not None
    report = audit_report.audit_report(session, AuditQuery())
    content, _notes = exports.build(report, "pdf")
    words = text_of(content)
    head = audit.head(session)
    assert head.mac.hex() in words.replace(" ", "").replace("\n", "")
    assert "De keten klopt" in words
    for name in ("Yasmin", "Daan", "Bakker", step.title):
        assert name not in words
    views = next(c for c in report.counts if (c.code, c.action) == ("BOS", "bekeken"))
    assert views.n == 1


def test_the_workbook_holds_every_line(session: Session) -> None:
    factories.make_case(session)
    next_gesture(session)
    report = audit_report.audit_report(session, AuditQuery())
    content, _notes = exports.build(report, "xlsx")
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    rows = book.get_sheet_by_name("Regels").to_python()
    assert len(rows) - 1 == audit.head(session).count
    assert "Yasmin" not in repr(rows)


def test_a_broken_chain_is_told_on_the_report(session: Session) -> None:
    factories.make_case(session)
    line = session.get_one(AuditLine, 3)
    line.object_id = 99
    session.flush()
    report = audit_report.audit_report(session, AuditQuery())
    assert report.problems == ("De keten klopt op 1 plaats niet.", "De eerste is regel 3.")
    assert "De keten klopt:" not in text_of(exports.build(report, "pdf")[0])


def fill_two_years(session: Session, case_id: int, lines: int) -> None:
    """Lines of two years straight into the table, every hundredth about the case."""
    start = audit.head(session).count
    now = session.info["context"].now
    rows = [
        {
            "seq": start + n,
            "at": now - dt.timedelta(minutes=5 * (lines - n)),
            "user_id": 1,
            "action": ("view", "update", "search")[n % 3],
            "object_table": "cases" if n % 100 == 0 else ("case_steps", "pupils")[n % 2],
            "object_id": case_id if n % 100 == 0 else 10_000 + n % 997,
            "mac": bytes(32),
        }
        for n in range(1, lines + 1)
    ]
    session.connection().execute(insert(AuditLine), rows)


def test_one_child_over_two_years_of_log_is_complete_within_five_seconds(
    session: Session,
) -> None:
    case_id = factories.make_case(session)
    fill_two_years(session, case_id, 50_000)
    started = time.process_time()
    query = AuditQuery(pupil_id=yasmin(session))
    report = audit_report.audit_report(session, query)
    content, _notes = exports.build(report, "pdf")
    spent = time.process_time() - started
    about = [row for row in report.rows if (row.kind, row.number) == ("Casus", f"#{case_id}")]
    assert len(about) >= 500
    assert len(content) > 10_000
    assert spent < 5


def test_every_note_that_opens_a_record_is_among_these_services(session: Session) -> None:
    """Each opening service leaves a view line for what it opens."""
    case_id = factories.make_case(session)
    group_id = factories.make_group(session)
    meeting_id = factories.make_meeting(session)
    pupil_id = yasmin(session)
    loose = factories.make_incident(session)
    openings = [
        (cases.open_case, case_id, "cases"),
        (people.get_pupil, pupil_id, "pupils"),
        (meetings.open_meeting, meeting_id, "meetings"),
        (incident_form.open_report, loose, "incidents"),
        (looking.open_group, group_id, "groups"),
    ]
    for function, record_id, table in openings:
        next_gesture(session)
        before = audit.head(session).count
        function(session, record_id)
        lines = session.scalars(select(AuditLine).where(AuditLine.seq > before)).all()
        noted = {(line.action, line.object_table, line.object_id) for line in lines}
        assert ("view", table, record_id) in noted


def test_a_long_list_is_cut_on_paper_and_says_so(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.make_case(session)
    next_gesture(session)
    monkeypatch.setattr(audit_report_document, "MOST_LINES", 20)
    report = audit_report.audit_report(session, AuditQuery())
    words = text_of(exports.build(report, "pdf")[0])
    assert f"De laatste 20 regels. In Excel staan ze alle {len(report.rows)}." in words
    assert report.facts[-1] == ("Regels", str(len(report.rows)))
