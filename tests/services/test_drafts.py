"""Drafts: kept per user, told once, out of history and undo, hidden with their record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db import changes
from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import AuditLine, Change, Draft
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.domain.school import ContactDraft
from wbos_desktop.errors import Invalid
from wbos_desktop.services import drafts, school, undo


def trail(session: Session) -> tuple[int | None, int | None]:
    return (
        session.scalar(select(func.count(Change.id))),
        session.scalar(select(func.count(AuditLine.seq))),
    )


def test_a_draft_leaves_no_trail(session: Session) -> None:
    before = trail(session)
    drafts.keep_form(session, KeptForm("note", 3, {"text": "half"}))
    drafts.throw_away(session, "note", 3)
    session.flush()
    assert trail(session) == before


def test_typing_on_tells_no_page(session: Session) -> None:
    drafts.keep_form(session, KeptForm("note", 3, {"text": "h"}))
    assert "drafts" in changes.touched(session)
    changes.touched(session).clear()
    drafts.keep_form(session, KeptForm("note", 3, {"text": "ha"}))
    assert changes.touched(session) == set()
    drafts.throw_away(session, "note", 3)
    session.flush()
    assert changes.touched(session) == {"drafts"}


def test_saving_forgets_the_draft_and_a_refusal_keeps_it(session: Session) -> None:
    drafts.keep_form(session, KeptForm("contact", 0, {"label": "Arts"}))
    wrong, right = ContactDraft(label="Arts"), ContactDraft(label="Arts", phone="0612345678")
    with pytest.raises(Invalid):
        drafts.finish_form(session, "contact", 0, school.save_contact, wrong)
    assert drafts.find_form(session, "contact") is not None
    assert drafts.finish_form(session, "contact", 0, school.save_contact, right) > 0
    assert drafts.find_form(session, "contact") is None


def test_a_draft_is_of_who_typed_it(session: Session) -> None:
    drafts.keep_form(session, KeptForm("note", 3, {"text": "half"}))
    session.flush()
    session.info["context"] = replace(context(session), user_id=99)
    assert drafts.find_form(session, "note", 3) is None
    assert drafts.list_drafts(session) == []


def test_a_draft_about_a_hidden_case_is_not_listed(session: Session) -> None:
    case_id = factories.make_case(session)
    kept = KeptForm("note", case_id, {"text": "x"}, detail="2026-001", place=("case", case_id, ""))
    drafts.keep_form(session, kept)
    assert [row.detail for row in drafts.list_drafts(session)] == ["2026-001"]
    stranger = factories.make_staff(session)
    session.info["context"] = replace(context(session), role="member", staff_id=stranger)
    assert drafts.list_drafts(session) == []


def test_ctrl_z_does_not_touch_drafts(session: Session) -> None:
    drafts.keep_form(session, KeptForm("note", 3, {"text": "half"}))
    session.flush()
    assert undo.undo_last(session) is False
    assert session.scalar(select(func.count(Draft.id))) == 1
