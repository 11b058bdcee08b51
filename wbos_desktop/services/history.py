"""The history of a record and what belongs to it, and putting an earlier version back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, changes
from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import IncidentGroup
from wbos_desktop.db.models.system import Change
from wbos_desktop.domain import history as rows
from wbos_desktop.domain.history import FieldChange, GestureRow, RecordChange, RecordHistory
from wbos_desktop.domain.record_labels import field_labels
from wbos_desktop.errors import Conflict, NotFound
from wbos_desktop.i18n import _

from . import history_restore, record_tree
from .record_tree import Key
from .record_words import Words
from .rights import needs

GROUPS = "group_id"
"""The field under which the groups of an incident stand: a joining table of its own."""

# Values that say nothing at the moment a record is made.
_UNSAID: tuple[Any, ...] = (None, "", [], False, 0)


@dataclass
class _Step:
    """What one gesture did to one record: first before and last after of each field."""

    kind: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass
class _Gesture:
    first: Row[Any]
    last_id: int
    steps: dict[Key, _Step] = field(default_factory=dict)


@needs("read", "history")
def load_history(session: Session, table: str, record_id: int) -> RecordHistory:
    """Who changed what and when, newest first; noted in the audit trail as a look at the record.

    Raises NotFound or NotAllowed for who may not see the record (record_tree.ROOTS).
    """
    record_tree.demand_visible(session, table, record_id)
    audit.note(session, "view", table, record_id)
    members = {
        key: values
        for key, values in record_tree.tree(session, table, record_id)
        # The program's own lines in the log repeat what stands here.
        if key[0] != "case_log" or values["kind"] != "system"
    }
    gestures = _gestures(session, members)
    reader = _Reader(session, (table, record_id), members)
    walked = [(reader.row(gesture), gesture.first.user_id) for gesture in reversed(gestures)]
    if record_tree.only_own_gestures(session, table, record_id):
        mine = context(session).user_id
        walked = [(_without_versions(row), by) for row, by in walked if by == mine]
    undone = {gesture.first.undoes for gesture in gestures}
    found = tuple(replace(row, undone=row.gesture in undone) for row, _by in walked if row.changes)
    name = Words(session).subject(table, members[table, record_id])
    return RecordHistory(table, record_id, name, found)


def _without_versions(row: GestureRow) -> GestureRow:
    changes_only = tuple(replace(change, version=None) for change in row.changes)
    return replace(row, changes=changes_only)


def _gestures(session: Session, members: Iterable[Key]) -> list[_Gesture]:
    """All gestures that touched one of these records, the oldest first."""
    found: dict[str, _Gesture] = {}
    for row in _changes(session, members):
        gesture = found.setdefault(row.gesture, _Gesture(row, row.id))
        gesture.last_id = row.id
        _add(gesture, row)
    return list(found.values())


def _changes(session: Session, members: Iterable[Key]) -> Sequence[Row[Any]]:
    by_table: dict[str, list[int]] = {}
    for table, record_id in members:
        by_table.setdefault(table, []).append(record_id)
    if "incidents" in by_table:
        by_table["incident_groups"] = by_table["incidents"]
    wanted = or_(
        *(
            and_(Change.table_name == table, Change.record_id.in_(ids))
            for table, ids in by_table.items()
        )
    )
    columns = (Change.id, Change.gesture, Change.undoes, Change.at, Change.user_id, Change.kind)
    more = (Change.table_name, Change.record_id, Change.field, Change.before, Change.after)
    return session.execute(select(*columns, *more).where(wanted).order_by(Change.id)).all()


def _add(gesture: _Gesture, row: Row[Any]) -> None:
    link = row.kind in ("link", "unlink")
    table = changes.LINKS[row.table_name][2] if link else row.table_name
    step = gesture.steps.setdefault((table, row.record_id), _Step("update"))
    if link:
        gone, come = step.fields.get(GROUPS, ((), ()))
        value = (row.before or row.after)["v"]
        pair = ((*gone, value), come) if row.kind == "unlink" else (gone, (*come, value))
        step.fields[GROUPS] = pair
    elif row.kind == "update":
        before, after = row.before["v"], row.after["v"]
        known = step.fields.get(row.field)
        step.fields[row.field] = (known[0] if known else before, after)
    else:
        step.kind = row.kind if step.kind != "insert" else step.kind


class _Reader:
    """Walks from now to the first gesture, so that it knows each record as it was then."""

    def __init__(self, session: Session, root: Key, members: dict[Key, dict[str, Any]]) -> None:
        self._words, self._root, self._members = Words(session), root, members
        self._zone = context(session).now.tzinfo
        self._order = {key: place for place, key in enumerate(members)}
        self._writes = history_restore.restorable(session)
        present = _present(session, members)
        self._then = _Moment(
            {key: _as_json(values) for key, values in members.items()},
            _groups_now(session, members),
            {key: key in present for key in members},
        )
        self._now = self._then.copy()

    def row(self, gesture: _Gesture) -> GestureRow:
        """The gesture in words; then time stands before it."""
        found = [self._change(key, step) for key, step in self._steps(gesture)]
        for key, step in gesture.steps.items():
            self._then.go_back(key, step)
        first = gesture.first
        return GestureRow(
            gesture=first.gesture,
            at=first.at.astimezone(self._zone),
            who=self._words.user(first.user_id),
            undone=False,
            undoes=first.undoes is not None,
            changes=tuple(change for change in found if change is not None),
        )

    def as_it_was(self, key: Key) -> history_restore.AsItWas:
        """The record at the moment where the walk is now."""
        was = self._then.as_it_was(key)
        plain = {name: changes.from_json(value) for name, value in was.fields.items()}
        return replace(was, fields=plain)

    def _steps(self, gesture: _Gesture) -> list[tuple[Key, _Step]]:
        steps = dict(gesture.steps)
        parts = history_restore.PARTS.get(self._root[0], {})
        if any(table in parts for table, _id in steps):
            # Parts have no version of their own: the record they belong to gets a line as well.
            steps.setdefault(self._root, _Step("update"))
        return sorted(steps.items(), key=lambda item: self._order[item[0]])

    def _change(self, key: Key, step: _Step) -> RecordChange | None:
        table, record_id = key
        what = _what(step)
        fields = self._made(key) if what == rows.ADDED else self._fields(key, step)
        version = self._now.fields[key].get("version") if self._differs(key) else None
        whole = version is not None and table in history_restore.PARTS
        if what == rows.CHANGED and not fields and not whole:
            return None
        subject = "" if key == self._root else self._words.subject(table, self._members[key])
        return RecordChange(table, record_id, subject, what, fields, version)

    def _fields(self, key: Key, step: _Step) -> tuple[FieldChange, ...]:
        found = []
        for name, label in field_labels(key[0]).items():
            if name not in step.fields:
                continue
            before, after = (self._said(key[0], name, value) for value in step.fields[name])
            if before != after:
                found.append(FieldChange(label, before, after))
        return tuple(found)

    def _made(self, key: Key) -> tuple[FieldChange, ...]:
        """What a new record said: all of the root, the words of what belongs to it."""
        if key != self._root and key[0] in ("case_steps", "case_tracks", "incidents"):
            return ()
        values = dict(self._then.fields[key])
        if key in self._then.groups:
            values[GROUPS] = sorted(self._then.groups[key])
        found = []
        for name, label in field_labels(key[0]).items():
            value = values.get(name)
            if value not in _UNSAID and (said := self._said(key[0], name, value)):
                found.append(FieldChange(label, "", said))
        return tuple(found)

    def _said(self, table: str, name: str, value: Any) -> str:
        if name == GROUPS and isinstance(value, (tuple, list)):
            return ", ".join(self._words.value(table, name, one) for one in value)
        return self._words.value(table, name, changes.from_json(value))

    def _differs(self, key: Key) -> bool:
        """True if the record as it was after this gesture can be put back and is not so now."""
        if key[0] not in history_restore.FIELDS or key[0] not in self._writes:
            return False
        if not (self._now.alive(key) and self._then.alive(key)):
            return False
        return self._then.as_it_was(key) != self._now.as_it_was(key)


class _Moment:
    """All records of a history at one moment; moves back by gestures."""

    def __init__(
        self,
        fields: dict[Key, dict[str, Any]],
        groups: dict[Key, set[int]],
        there: dict[Key, bool],
    ) -> None:
        self.fields, self.groups, self._there = fields, groups, there

    def copy(self) -> _Moment:
        """The same moment, that stays when the other moves."""
        fields = {key: dict(values) for key, values in self.fields.items()}
        groups = {key: set(ids) for key, ids in self.groups.items()}
        return _Moment(fields, groups, dict(self._there))

    def alive(self, key: Key) -> bool:
        """True if the record was there and not in the bin."""
        return self._there[key] and self.fields[key].get("deleted_at") is None

    def as_it_was(self, key: Key) -> history_restore.AsItWas:
        """What of the record makes a version, values as JSON."""
        names = history_restore.FIELDS.get(key[0], ())
        fields = {name: self.fields[key].get(name) for name in names}
        parts = {
            table: frozenset(self._parts(key, table, columns))
            for table, columns in history_restore.PARTS.get(key[0], {}).items()
        }
        return history_restore.AsItWas(fields, frozenset(self.groups.get(key, ())), parts)

    def _parts(self, key: Key, table: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        owner = next(c.column for c in record_tree.CHILDREN[key[0]] if c.table == table)
        for part, values in self.fields.items():
            if part[0] == table and values.get(owner) == key[1] and self.alive(part):
                yield tuple(values.get(column) for column in columns)

    def go_back(self, key: Key, step: _Step) -> None:
        """To the moment before this step."""
        for name, (before, after) in step.fields.items():
            if name == GROUPS and key in self.groups:
                self.groups[key] = (self.groups[key] - set(after)) | set(before)
            else:
                self.fields[key][name] = before
        if step.kind in ("insert", "delete"):
            self._there[key] = step.kind == "delete"


def _what(step: _Step) -> str:
    if step.kind == "insert":
        return rows.ADDED
    if step.kind == "delete":
        return rows.REMOVED
    if "deleted_at" in step.fields:
        before, after = step.fields["deleted_at"]
        if before is None and after is not None:
            return rows.REMOVED
        if after is None and before is not None:
            return rows.RESTORED
    return rows.CHANGED


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: changes.to_json(value) for name, value in values.items()}


def _present(session: Session, members: Iterable[Key]) -> set[Key]:
    """Which of these rows still are in their table."""
    by_table: dict[str, list[int]] = {}
    for table, record_id in members:
        by_table.setdefault(table, []).append(record_id)
    return {
        (table, found)
        for table, ids in by_table.items()
        for found in record_tree.load_values(session, table, ids)
    }


def _groups_now(session: Session, members: Iterable[Key]) -> dict[Key, set[int]]:
    ids = [record_id for table, record_id in members if table == "incidents"]
    found: dict[Key, set[int]] = {("incidents", record_id): set() for record_id in ids}
    for incident_id, group_id in session.execute(
        select(IncidentGroup.incident_id, IncidentGroup.group_id).where(
            IncidentGroup.incident_id.in_(ids)
        )
    ):
        found["incidents", incident_id].add(group_id)
    return found


@needs("read", "history")
def restore_version(
    session: Session, table: str, record_id: int, gesture: str, version: int
) -> None:
    """Put a record back as it was right after this gesture: a new gesture, which undo takes back.

    `version` is that of the record when its history was read. Raises Conflict when it changed
    since, NotFound, NotAllowed, and Invalid when what stood there is no longer right.
    """
    root = record_tree.root_of(session, table, record_id)
    record_tree.demand_visible(session, *root)
    members = dict(record_tree.tree(session, *root))
    key = (table, record_id)
    if key not in members or members[key].get("deleted_at") is not None:
        raise NotFound(_("This is not there any more."))
    if members[key]["version"] != version:
        raise Conflict(_("Somebody changed this. Open the history again."))
    gestures = _gestures(session, members)
    if gesture not in {one.first.gesture for one in gestures}:
        raise NotFound(_("This is not there any more."))
    reader = _Reader(session, root, members)
    for one in reversed(gestures):
        if one.first.gesture == gesture:
            break
        reader.row(one)
    history_restore.put_back(session, key, reader.as_it_was(key), version)
