"""Whatever is typed or pasted is saved, found, printed and exported; nothing of it does harm."""

from __future__ import annotations

import io

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.domain.actions import ActionDraft
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.domain.groups import GroupQuery
from wbos_desktop.domain.incidents import IncidentQuery
from wbos_desktop.domain.people import PupilDraft, PupilQuery, StaffQuery
from wbos_desktop.domain.scenarios import ScenarioQuery
from wbos_desktop.services import (
    actions,
    agenda,
    cases,
    drafts,
    exports,
    groups,
    incident_form,
    incident_register,
    incidents,
    people,
    reports,
    scenarios,
)

MARKUP = "<b>Jan</b> <img src=\"file:///etc/passwd\"> <a href='http://x'>k</a> &eacute; & 3 < 5"
HARMFUL = "half \ud800 nul \x00\x0b rtl \u202e nooit \ufffe\uffff emoji 😀 Şeyma"
CLEAN = "half  nul  rtl  nooit  emoji 😀 Şeyma"
FORMULA = '=HYPERLINK("http://x")'
HUGE = "woord " * 3_000 + "x" * 1_900


@pytest.mark.parametrize("text", [MARKUP, HARMFUL, FORMULA, HUGE, "\ud83d"])
def test_a_report_keeps_the_text(session: Session, text: str) -> None:
    incident_id = factories.make_incident(session, text=f"a{text}")
    session.expire_all()
    kept = session.get_one(Incident, incident_id).text
    assert kept == f"a{CLEAN if text is HARMFUL else text.strip(chr(0xD83D)).rstrip()}"
    kept.encode()


def test_harmful_signs_can_be_looked_for(session: Session) -> None:
    """A pasted half emoji in a search field finds nothing, and is no error."""
    for bad in (HARMFUL, "\ud800", "'; DROP TABLE", '%_"*', "NEAR(", "\\"):
        assert people.find_pupil_ids(session, PupilQuery(text=bad)) == []
        assert people.find_staff_ids(session, StaffQuery(text=bad)) in ([], [1])
        assert incident_register.find_ids(session, IncidentQuery(text=bad)) == []
        assert groups.find_ids(session, GroupQuery(text=bad)) == []
        assert scenarios.find_ids(session, ScenarioQuery(text=bad)) == []
        incident_form.find_people(session, bad)
        agenda.find_choices(session, bad)


def test_every_text_field_takes_harmful_signs(session: Session) -> None:
    meeting_id = factories.make_meeting(session)
    case_id = factories.make_case(session)
    cases.add_note(session, case_id, HARMFUL)
    item_id = agenda.add_item(session, meeting_id, "free", title=HARMFUL)
    agenda.record_decision(session, item_id, HARMFUL)
    owner = context(session).staff_id
    action_id = actions.save_action(session, ActionDraft(text=HARMFUL, owner_id=owner))
    drafts.keep_form(session, KeptForm("incident", values={"text": HARMFUL}))
    pupil_id = people.save_pupil(session, PupilDraft(given_name=HARMFUL, family_name=HARMFUL))
    session.expire_all()
    assert actions.edit_action(session, action_id).text == CLEAN
    assert agenda.edit_item(session, item_id).title == CLEAN
    assert people.get_pupil(session, pupil_id).family_name == " ".join(CLEAN.split())


@pytest.mark.parametrize("text", [MARKUP, HARMFUL, FORMULA])
def test_exports_show_the_text(session: Session, text: str) -> None:
    case_id = factories.make_case(session, text=text)
    cases.add_note(session, case_id, text)
    incidents.change_facts(session, incidents.get_facts_draft(session, 1))
    meeting_id = factories.make_meeting(session, place=text[:60])
    agenda.add_item(session, meeting_id, "case", case_id)
    agenda.record_decision(session, agenda.add_item(session, meeting_id, "free", title="x"), text)
    pdf = PdfReader(io.BytesIO(exports.pack_pdf_bytes(session, meeting_id)))
    said = " ".join(page.extract_text() for page in pdf.pages)
    wanted = CLEAN if text is HARMFUL else text
    for word in wanted.replace("😀", "").split()[:4]:
        assert word in said
    assert not any("/Annots" in page for page in pdf.pages)


def test_register_has_no_formula(session: Session) -> None:
    factories.make_incident(session, title=FORMULA, reporter_id=None, reporter_name=FORMULA)
    report = reports.register_report(session)
    content, _notes = exports.build(report, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert FORMULA in [cell.value for cell in cells]
