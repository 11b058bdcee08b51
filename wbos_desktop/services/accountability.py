"""The accountability kit: a register entry, a DPIA worksheet, a text for the school guide and a
letter to the council, filled with what the vault knows. None of them says that a law is met."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop import paths
from wbos_desktop.db.context import context
from wbos_desktop.db.models.school import School, Staff, User
from wbos_desktop.db.models.system import VaultSetting
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.accountability import (
    Agreement,
    KitDocument,
    KitPart,
    KitRow,
    still_to_come,
)
from wbos_desktop.domain.people import display_name
from wbos_desktop.domain.plain_text import LINE_LIMIT, check_lengths
from wbos_desktop.domain.reports import ExportOptions, Masthead
from wbos_desktop.errors import Conflict, Invalid
from wbos_desktop.i18n import _, date_long

from . import retention
from .report_names import staff_name
from .rights import needs

_KEY = "agreement"


@lru_cache(maxsize=1)
def _catalogue() -> list[dict[str, Any]]:
    data = paths.resource_bytes("catalogues", "accountability.toml").decode("utf-8")
    documents = tomllib.loads(data)["documents"]
    assert isinstance(documents, list)
    return documents


def list_documents() -> list[KitRow]:
    """The documents that can be made, in the order of the catalogue (Dutch content)."""
    return [KitRow(entry["code"], entry["title"], entry["use"]) for entry in _catalogue()]


@needs("write", "keeping")
def make_document(session: Session, code: str, lock_minutes: int = 5) -> KitDocument:
    """One document, filled. `lock_minutes` is the setting of this laptop. Raises KeyError."""
    entry = {entry["code"]: entry for entry in _catalogue()}[code]
    words = _words(session) | {"lock": str(lock_minutes)}
    who = context(session)
    masthead = Masthead(
        document=entry["title"],
        title=entry["title"],
        school=words["school"],
        made_at=who.now.astimezone(),
        made_by=staff_name(session, who.staff_id),
        readers=_("For the school"),
        destroy_line="",
        names_line="",
    )
    parts = tuple(_part(part, words) for part in entry["parts"])
    options = ExportOptions(names="full", purpose=entry["title"])
    return KitDocument(masthead, code, entry["file"], entry["title"], parts, options)


def _part(part: dict[str, Any], words: dict[str, str]) -> KitPart:
    return KitPart(
        title=part["title"].format(**words),
        paragraphs=tuple(text.format(**words) for text in part.get("paragraphs", ())),
        rows=tuple((label, text.format(**words)) for label, text in part.get("rows", ())),
        lines=part.get("lines", 0),
    )


def _words(session: Session) -> dict[str, str]:
    school = session.execute(select(School.name, School.brin).limit(1)).first()
    terms = [
        f"{rules.kind_title(row.kind)}: {rules.term_text(row.kind, row.term)}"
        for row in retention.list_terms(session)
    ]
    agreed = get_agreement(session)
    return {
        "school": school.name if school else "",
        "brin": f" ({school.brin})" if school and school.brin else "",
        "day": date_long(context(session).today, weekday=False),
        "agreed": _agreed_text(agreed),
        "users": _coordinators(session),
        "retention": "; ".join(terms) + ".",
        "retention_short": "; ".join(terms[:2]).lower() + ".",
        "backups": _("Encrypted, kept for at most {n} days.").format(
            n=retention.backup_days(session)
        ),
    }


def _agreed_text(agreed: Agreement) -> str:
    if not agreed.agreed_by or agreed.agreed_on is None:
        return _("Not written down yet.")
    day = date_long(agreed.agreed_on, weekday=False)
    text = _("{who}, on {day}.").format(who=agreed.agreed_by, day=day)
    heard = _("The participation council was heard.")
    return f"{text} {heard}" if agreed.heard else text


def _coordinators(session: Session) -> str:
    rows = session.execute(
        select(Staff.given_name, Staff.name_prefix, Staff.family_name)
        .join(User, User.staff_id == Staff.id)
        .where(User.role == "coordinator")
        .order_by(Staff.sort_name)
    )
    return ", ".join(display_name(*row) for row in rows)


@needs("read", "school")
def get_agreement(session: Session) -> Agreement:
    """Who agreed and when, empty when nobody wrote it down."""
    row = _setting(session)
    if row is None:
        return Agreement()
    kept = row.value
    return Agreement(
        agreed_by=str(kept.get("by", "")),
        agreed_on=_day(kept.get("on")),
        heard=bool(kept.get("heard")),
        version=row.version,
    )


@needs("write", "keeping")
def save_agreement(session: Session, draft: Agreement) -> None:
    """Write down who agreed. Raises Invalid, Conflict."""
    wrong = {}
    if not draft.agreed_by.strip():
        wrong["agreed_by"] = _("Write who agreed, such as: the board.")
    if draft.agreed_on is None:
        wrong["agreed_on"] = _("Give the day, today or earlier.")
    elif draft.agreed_on > context(session).today:
        wrong["agreed_on"] = still_to_come(draft.agreed_on)
    if wrong:
        raise Invalid(wrong)
    check_lengths({"agreed_by": (draft.agreed_by, LINE_LIMIT)})
    assert draft.agreed_on is not None
    value = {
        "by": draft.agreed_by.strip(),
        "on": draft.agreed_on.isoformat(),
        "heard": draft.heard,
    }
    row = _setting(session)
    if row is None:
        session.add(VaultSetting(key=_KEY, value=value))
        return
    if row.version != draft.version:
        raise Conflict(_("A colleague changed this. Look at it again first."))
    row.value = value


def _setting(session: Session) -> VaultSetting | None:
    return session.scalar(select(VaultSetting).where(VaultSetting.key == _KEY))


def _day(text: object) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) and text else None
