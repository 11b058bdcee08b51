"""The bin: everything a person took away, putting it back, and erasing it on its day.

What belongs to a record (people in a report, items of a meeting) lies under that record. Rows
that the program itself put aside (a step that lost its person, an import that was undone) are
no one's work and never show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit
from wbos_desktop.db.base import Base, Record
from wbos_desktop.db.context import context
from wbos_desktop.db.models.meetings import Action, AgendaItem, Decision
from wbos_desktop.db.models.system import Change
from wbos_desktop.domain import removed as rules
from wbos_desktop.domain.program_lines import keep
from wbos_desktop.domain.record_labels import record_label
from wbos_desktop.domain.removed import BinRow
from wbos_desktop.domain.retention import Target
from wbos_desktop.errors import NotFound, UserError
from wbos_desktop.i18n import _

from . import erasure, retention
from .record_rights import may_write
from .record_tree import Key, load_values, table_of, tree
from .record_words import Words
from .rights import may, needs
from .undo import model_of

# What a record can't be without: the column, and the table it refers to.
_NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "profiles": (("group_id", "groups"),),
    "observations": (("group_id", "groups"),),
    "agenda_items": (("meeting_id", "meetings"),),
    "decisions": (("meeting_id", "meetings"), ("agenda_item_id", "agenda_items")),
    "attachments": (("case_id", "cases"), ("incident_id", "incidents")),
    "calendar_days": (("school_year_id", "school_years"),),
    "stated_views": (("pupil_id", "pupils"),),
}


@needs("read", "bin")
def list_bin(session: Session) -> list[BinRow]:
    """What the acting user may put back, the newest first: coordinators see all but what stands
    in cases hidden from them, others what they took away themselves."""
    found = _rows(session)
    words = Words(session)
    rows = [_row(session, words, table, values) for table, values in found]
    return sorted(rows, key=lambda row: (row.removed_at, row.record_id), reverse=True)


def _rows(session: Session) -> list[tuple[str, dict[str, Any]]]:
    who = context(session)
    found = []
    for name in erasure.BINNED:
        table = table_of(name)
        statement = select(table).where(table.c.deleted_at.is_not(None))
        if who.user_id is not None and who.role != "coordinator":
            statement = statement.where(table.c.updated_by == who.user_id)
        for row in session.connection().execute(statement.order_by(table.c.id)).mappings():
            values = dict(row)
            shown = may_write(session, name, values["id"], values)
            if shown and not _lies_under(session, name, values):
                found.append((name, values))
    return found


def _lies_under(session: Session, name: str, values: dict[str, Any]) -> bool:
    """True if it went in the same gesture as what it belongs to: that is what is put back."""
    for column, parent in _NEEDS.get(name, ()):
        if values[column] is not None and parent in erasure.BINNED:
            above = load_values(session, parent, [values[column]]).get(values[column], {})
            if above.get("deleted_at") is not None and _gesture(
                session, (parent, values[column])
            ) == _gesture(session, (name, values["id"])):
                return True
    return False


def _row(session: Session, words: Words, table: str, values: dict[str, Any]) -> BinRow:
    now = context(session).now
    removed = values["deleted_at"].astimezone(now.tzinfo)
    last = rules.empties_on(removed.date())
    return BinRow(
        table=table,
        record_id=values["id"],
        what=record_label(table),
        name=_name(words, table, values),
        removed_at=removed,
        removed_by=words.user(values["updated_by"]),
        empties_on=last,
        due=last <= now.date(),
    )


def _name(words: Words, table: str, values: dict[str, Any]) -> str:
    """What it says, without its kind: that stands beside it."""
    if table == "incidents":
        return f"{values['number']} · {values['title']}"
    if table == "agenda_items":
        meeting = words.name("meeting", values["meeting_id"])
        return f"{words.which(table, values)} · {meeting}"
    if table == "observations":
        return _short(values["text"])
    whole = words.subject(table, values)
    return whole.removeprefix(_("{what}: {which}").format(what=record_label(table), which=""))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79].rsplit(' ', 1)[0]}…"


# ---------------------------------------------------------------- back from the bin
@needs("write", "bin")
def put_back(session: Session, table: str, record_id: int) -> None:
    """Take something out of the bin, with what went with it: a gesture that undo takes back.

    Raises NotFound, and UserError when what it belongs to is gone.
    """
    values = _in_bin(session, [(table, record_id)])[table, record_id]
    for column, parent in _NEEDS.get(table, ()):
        _demand_there(session, parent, values[column])
    gesture = _gesture(session, (table, record_id))
    for key in _went_along(session, (table, record_id), gesture):
        _record(session, key).deleted_at = None
    if table == "agenda_items":
        item = session.get_one(AgendaItem, record_id, execution_options={"include_deleted": True})
        last = select(func.max(AgendaItem.position)).where(
            AgendaItem.meeting_id == item.meeting_id, AgendaItem.id != record_id
        )
        item.position = (session.scalar(last) or 0) + 1
    if table == "profiles":
        _link_again(session, record_id, gesture)
    session.flush()
    audit.note(session, "restore", table, record_id)


def _in_bin(session: Session, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    known = {(table, values["id"]): values for table, values in _rows(session)}
    wanted = list(keys)
    if any(key not in known for key in wanted):
        raise NotFound(_("This is not in the bin any more."))
    return {key: known[key] for key in wanted}


def _demand_there(session: Session, table: str, record_id: int | None) -> None:
    if record_id is None:
        return
    values = load_values(session, table, [record_id]).get(record_id)
    if values is not None and values["deleted_at"] is None:
        return
    if values is not None and table in erasure.BINNED:
        first = Words(session).subject(table, values)
        raise UserError(_("Put this back first: {what}.").format(what=first))
    raise UserError(_("This can't be put back: what it belongs to is gone."))


def _went_along(session: Session, key: Key, gesture: str | None) -> list[Key]:
    """The record and what of it was removed in the same gesture."""
    found = [key]
    if gesture is not None:
        removed = session.execute(
            select(Change.table_name, Change.record_id).where(
                Change.gesture == gesture, Change.field == "deleted_at"
            )
        )
        members = {member for member, _values in tree(session, *key)}
        members |= _items_of(session, key)
        found += [
            (table, row_id)
            for table, row_id in removed
            if (table, row_id) in members and (table, row_id) != key
        ]
    return found


def _items_of(session: Session, key: Key) -> set[Key]:
    if key[0] != "agenda_items":
        return set()
    found: set[Key] = set()
    for name in ("decisions", "actions"):
        table = table_of(name)
        ids = session.connection().execute(
            select(table.c.id).where(table.c.agenda_item_id == key[1])
        )
        found |= {(name, row_id) for row_id in ids.scalars()}
    return found


def _gesture(session: Session, key: Key) -> str | None:
    return session.scalar(
        select(Change.gesture)
        .where(
            Change.table_name == key[0], Change.record_id == key[1], Change.field == "deleted_at"
        )
        .order_by(Change.id.desc())
        .limit(1)
    )


def _record(session: Session, key: Key) -> Record:
    return session.get_one(model_of(key[0]), key[1], execution_options={"include_deleted": True})


def _link_again(session: Session, profile_id: int, gesture: str | None) -> None:
    """A planned day that the observation fulfilled is fulfilled again."""
    freed = session.execute(
        select(Change.record_id, Change.before).where(
            Change.gesture == gesture,
            Change.table_name == "planned_observations",
            Change.field == "profile_id",
        )
    )
    for planned_id, before in freed:
        planned: Any = _record(session, ("planned_observations", planned_id))
        if before == {"v": profile_id} and planned.profile_id is None:
            planned.profile_id = profile_id


# ---------------------------------------------------------------- emptying
@needs("write", "keeping")
def begin_emptying(session: Session, keys: Sequence[Key]) -> int:
    """Write down that these go for good; the id of the job for `erasure.carry_out`.

    What is in use stays: actions of a removed meeting lose only the meeting. Raises NotFound.
    """
    found = _in_bin(session, keys)
    for key in found:
        _let_go(session, key)
    session.flush()
    targets = [Target(f"{erasure.BIN}{table}", str(v["uid"])) for (table, _id), v in found.items()]
    return erasure.begin_job(session, targets, keep("binemptied"))


def begin_due(session: Session) -> int | None:
    """As `begin_emptying` for all whose day has come; None when there is nothing to do.

    Done after unlocking, for a coordinator. Not while today's date is in doubt: a clock that
    stands ahead would empty the bin at once.
    """
    if not may(session, "write", "keeping"):
        return None
    due = [(row.table, row.record_id) for row in list_bin(session) if row.due]
    if not due or retention.clock_question(session) is not None:
        return None
    return begin_emptying(session, due)


def next_day(session: Session) -> dt.date | None:
    """The first day on which something goes; None with an empty bin."""
    return min((row.empties_on for row in list_bin(session)), default=None)


def _let_go(session: Session, key: Key) -> None:
    """Loosen what is still in use from what is going."""
    columns: dict[str, tuple[tuple[type[Base], str], ...]] = {
        "meetings": ((Action, "meeting_id"),),
        "agenda_items": ((Action, "agenda_item_id"), (Decision, "agenda_item_id")),
    }
    if key[0] == "meetings":
        items = table_of("agenda_items")
        ids = session.connection().execute(select(items.c.id).where(items.c.meeting_id == key[1]))
        for item_id in ids.scalars():
            _let_go(session, ("agenda_items", item_id))
    for model, column in columns.get(key[0], ()):
        for record in session.scalars(select(model).where(getattr(model, column) == key[1])):
            setattr(record, column, None)
