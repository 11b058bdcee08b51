"""The audit trail to look through: who saw or did what, when; ids become names in the window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from wbos_desktop.db.base import Base
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.school import Pupil, Staff, User
from wbos_desktop.db.models.system import AuditLine
from wbos_desktop.domain.audit_trail import GROUPS, AuditQuery, AuditRow, action_text
from wbos_desktop.domain.people import display_name, fold
from wbos_desktop.domain.record_labels import record_label
from wbos_desktop.i18n import _

from . import audit_subjects
from .record_tree import load_values, table_of
from .record_words import Words
from .rights import needs
from .visibility import visible_cases

SUGGESTIONS = 8


@needs("read", "audit")
def find_ids(session: Session, query: AuditQuery) -> list[int]:
    """Numbers of the lines, the newest first. Raises NotFound for a hidden case."""
    statement = select(AuditLine.seq).where(*conditions(session, query))
    return list(session.connection().scalars(statement.order_by(AuditLine.seq.desc())))


@needs("read", "audit")
def within(session: Session, query: AuditQuery, days: int | None) -> AuditQuery:
    """The query over the last so many days, today included; None is all there is."""
    if days is None:
        return replace(query, since=None)
    return replace(query, since=context(session).today - dt.timedelta(days=days - 1))


@needs("read", "audit")
def conditions(session: Session, query: AuditQuery) -> list[ColumnElement[bool]]:
    """The query as conditions on `audit`."""
    found: list[ColumnElement[bool]] = []
    zone = context(session).now.tzinfo
    if query.since is not None:
        first = dt.datetime.combine(query.since, dt.time(), zone)
        found.append(AuditLine.at >= first)
    if query.until is not None:
        last = dt.datetime.combine(query.until + dt.timedelta(days=1), dt.time(), zone)
        found.append(AuditLine.at < last)
    if query.user_id is not None:
        found.append(AuditLine.user_id == query.user_id)
    if query.action:
        found.append(AuditLine.action.in_(GROUPS[query.action]))
    if query.pupil_id is not None:
        found.append(audit_subjects.of_pupil(session, query.pupil_id).condition())
    if query.case_id is not None:
        found.append(audit_subjects.of_case(session, query.case_id).condition())
    return found


@needs("read", "audit")
def load_rows(session: Session, ids: Sequence[int]) -> dict[int, AuditRow]:
    """These lines with names, for the window."""
    return {row.seq: row for row in read_rows(session, ids, names=True)}


@needs("read", "audit")
def read_rows(session: Session, ids: Sequence[int], *, names: bool) -> list[AuditRow]:
    """Lines in the order of `ids`; without `names` they hold codes of users and ids only.

    What the reader may not see stands there as shielded: the line counts, it points at nothing.
    """
    reader = _Reader(session, names=names)
    found: dict[int, AuditRow] = {}
    for start in range(0, len(ids), 500):
        lines = session.connection().execute(
            select(AuditLine.__table__).where(AuditLine.seq.in_(ids[start : start + 500]))
        )
        for seq, at, user_id, action, table, record_id, _mac in lines:
            found[seq] = reader.row(seq, at, user_id, action, table, record_id)
    return [found[seq] for seq in ids if seq in found]


class _Reader:
    def __init__(self, session: Session, *, names: bool) -> None:
        self._session, self._names = session, names
        self._words = Words(session)
        self._hidden = audit_subjects.hidden_records(session)
        self._zone = context(session).now.tzinfo
        self._users = user_codes(session)
        self._known: dict[tuple[str, int], tuple[str, str]] = {}

    def row(
        self, seq: int, at: dt.datetime, user_id: int | None, action: str, table: str, record: int
    ) -> AuditRow:
        """One line."""
        name, code = self._users.get(user_id, (_("WBOS"), "WBOS"))
        kind, number, what = record_label(table), "", ""
        if action == "wrong_tries":
            number = str(record)
        elif self._is_shielded(table, record, user_id):
            kind = _("shielded")
        elif record:
            number, what = self._about(table, record)
        return AuditRow(
            seq=seq,
            at=at.astimezone(self._zone),
            who=name if self._names else "",
            code=code,
            action=action_text(action),
            kind=kind,
            number=number,
            name=what,
        )

    def _is_shielded(self, table: str, record_id: int, user_id: int | None) -> bool:
        if audit_subjects.is_private(self._session, table, user_id):
            return True
        return record_id in self._hidden.get(table, ())

    def _about(self, table: str, record_id: int) -> tuple[str, str]:
        """Number without a name, and the name."""
        key = (table, record_id)
        if key not in self._known:
            self._known[key] = self._look_up(table, record_id)
        return self._known[key]

    def _look_up(self, table: str, record_id: int) -> tuple[str, str]:
        number = f"#{record_id}"
        known = table in Base.metadata.tables and "id" in table_of(table).c
        if not self._names or not known:
            return number, ""
        values = load_values(self._session, table, [record_id]).get(record_id)
        if values is None:
            return number, _("erased")
        return number, self._words.which(table, values)


@needs("read", "audit")
def user_codes(session: Session) -> dict[int | None, tuple[str, str]]:
    """Name and code by user id; who has no code is 'gebruiker 3'. Also who was removed."""
    columns = (Staff.given_name, Staff.name_prefix, Staff.family_name, Staff.code)
    rows = session.execute(
        select(User.id, *columns).join(Staff, Staff.id == User.staff_id),
        execution_options={"include_deleted": True},
    )
    return {
        user_id: (display_name(*name), code or _("user {n}").format(n=user_id))
        for user_id, *name, code in rows
    }


@needs("read", "audit")
def list_users(session: Session) -> list[tuple[int, str]]:
    """Everybody who ever opened the vault, by name: for the filter."""
    found = [(user_id, name) for user_id, (name, _code) in user_codes(session).items() if user_id]
    return sorted(found, key=lambda pair: fold(pair[1]))


@needs("read", "audit")
def find_subjects(session: Session, text: str) -> list[tuple[str, int, str]]:
    """Pupils by name and cases by number, as ('pupil' or 'case', id, name): at most 8."""
    words = fold(text).split()
    if not words:
        return []
    statement = select(Pupil.id, Pupil.given_name, Pupil.name_prefix, Pupil.family_name)
    for word in words:
        statement = statement.where(Pupil.sort_name.contains(word, autoescape=True))
    rows = session.execute(statement.order_by(Pupil.sort_name, Pupil.id).limit(SUGGESTIONS))
    found = [("pupil", pupil_id, display_name(*name)) for pupil_id, *name in rows]
    cases = session.execute(
        select(Case.id, Case.number)
        .where(visible_cases(session), Case.number.contains(text.strip(), autoescape=True))
        .order_by(Case.number.desc())
        .limit(SUGGESTIONS - len(found))
    )
    return [*found, *(("case", case_id, number) for case_id, number in cases)]
