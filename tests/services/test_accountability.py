"""The accountability kit is filled, promises nothing it can't hold, and reads as a PDF."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from tests.factories import make_staff
from wbos_desktop.db.context import context
from wbos_desktop.domain.accountability import Agreement
from wbos_desktop.errors import Conflict, Invalid, NotAllowed
from wbos_desktop.services import accountability, exports

CODES = [row.code for row in accountability.list_documents()]
AGREED = Agreement("Het bestuur", dt.date(2026, 10, 1), True)
CLAIMS = re.compile(r"voldoe|AVG-proof|compliant|conform de (AVG|wet)|garande|100 ?%", re.I)


@pytest.mark.parametrize("code", CODES)
def test_every_document_is_filled_and_prints(session: Session, code: str) -> None:
    accountability.save_agreement(session, AGREED)
    session.flush()
    made = accountability.make_document(session, code, 7)
    content, notes = exports.build(made, "pdf")
    told = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert notes == ()
    assert "De Linde" in told
    for text in (told, made.text):
        assert "{" not in text
        assert not CLAIMS.search(text)
    assert exports.default_name(made, "pdf").endswith("-2026-11-24.pdf")


def test_the_register_entry_says_how_long_and_who(session: Session) -> None:
    accountability.save_agreement(session, AGREED)
    session.flush()
    text = accountability.make_document(session, "register_entry").text
    assert "Het bestuur, op 1 oktober 2026. De medezeggenschapsraad is gehoord." in text
    assert "Karin Bosman" in text
    assert "2 jaar" in text


def test_nothing_is_claimed_before_somebody_agreed(session: Session) -> None:
    assert "Nog niet opgeschreven." in accountability.make_document(session, "council_letter").text


def test_the_letter_says_u_and_no_words_of_the_trade(session: Session) -> None:
    for code in ("school_guide", "council_letter"):
        text = accountability.make_document(session, code).text
        assert not re.search(r"\b(je|jij|jullie|spoor|normdrager|lastdrager)\b", text)


def test_the_worksheet_knows_this_laptop(session: Session) -> None:
    assert "na 7 minuten" in accountability.make_document(session, "dpia", 7).text


def test_who_agreed_is_checked_and_kept(session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        accountability.save_agreement(session, Agreement("", dt.date(2027, 1, 1)))
    assert set(caught.value.fields) == {"agreed_by", "agreed_on"}
    accountability.save_agreement(session, AGREED)
    session.flush()
    kept = accountability.get_agreement(session)
    assert dataclasses.replace(kept, version=0) == AGREED
    accountability.save_agreement(session, dataclasses.replace(kept, agreed_by="De directie"))
    session.flush()
    with pytest.raises(Conflict):
        accountability.save_agreement(session, kept)


def test_only_a_coordinator(session: Session) -> None:
    staff_id = make_staff(session)
    now = context(session)
    session.info["context"] = dataclasses.replace(now, staff_id=staff_id, role="lead")
    with pytest.raises(NotAllowed):
        accountability.make_document(session, "dpia")
    with pytest.raises(NotAllowed):
        accountability.save_agreement(session, AGREED)
