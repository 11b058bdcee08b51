"""Erasing for real: rows, their history, drafts, attachments, and names in other texts.

A job works through a list that is kept in the vault (`Destruction.remaining`), so that one that
was killed goes on where it stopped. The marks of what will go stand in the key file before the
first row goes: after a restore of an older backup `erase_again` erases it again. At the end the
database is written anew, because freed places in pages may still hold copies.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, erasing, texts
from wbos_desktop.db.base import Base, new_uid
from wbos_desktop.db.context import context
from wbos_desktop.db.models.incidents import Incident
from wbos_desktop.db.models.keeping import Destruction
from wbos_desktop.db.models.profiles import Observation, ObservationPupil, PresenceCheck, Profile
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.models.system import Draft
from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.program_lines import code_of, keep
from wbos_desktop.domain.retention import DestructionRow, Target
from wbos_desktop.errors import Conflict, Invalid, NotAllowed
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

from . import mentions, retention, staying_files
from .draft_names import subjects
from .incidents import known_names_in
from .mentions import Mentions
from .rights import needs

P = ParamSpec("P")
T = TypeVar("T")

BIN = "bin/"
"""Before the table of a target that lies in the bin: it always goes as a whole."""

STAYED = "attachments_stayed"
"""What a job counts as not erased: attachments of records that others need."""

BATCH = 20
"""Records in one transaction: a stop waits for at most so many."""

_ERASED = ("pupils", "cases", "incidents", "meetings", "scenario_practices")
_ANONYMISED = ("profiles", "observations", "positions")
_REGISTERS = ("exports", "destructions")
# What may lie in the bin (services/removed.py).
BINNED = (
    "incidents",
    "profiles",
    "observations",
    "scenarios",
    "meetings",
    "agenda_items",
    "decisions",
    "actions",
    "attachments",
    "calendar_days",
    "emergency_contacts",
    "stated_views",
)
_KIND_OF = {
    "positions": "positions",
    "observations": "profiles",
    "scenario_practices": "practices",
    "exports": "register",
    "destructions": "register",
}
# Forms about what a group did: they go when that is made nameless.
_OF_GROUP = ("profile", "observation", "presence")


class Vault(Protocol):
    """What a job needs of an open vault."""

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


Marks = Callable[[Sequence[bytes]], object]
"""Puts marks into the key file: workspace/erasures.py."""


# ---------------------------------------------------------------- the list of erasures
def erasure_mark(session: Session, table: str, uid: str) -> bytes:
    """16 bytes that stand for one record and tell a stranger nothing; the same in each backup."""
    key = session.info["audit_key"]
    return hmac.digest(key, f"wbos erased\x1f{table}\x1f{uid}".encode(), hashlib.sha256)[:16]


def marks_of(session: Session, destruction_id: int) -> list[bytes]:
    """Marks of everything a job still has to do, and of the incidents inside its cases."""
    targets = _remaining(session, destruction_id)
    uids = [target.uid for target in targets if target.table == "cases"]
    cases = erasing.ids_of(session, "cases", uids)
    inside: list[str] = []
    for part in erasing.slices(cases):
        inside += session.scalars(
            select(Incident.uid).where(Incident.case_id.in_(part)),
            execution_options={"include_deleted": True},
        )
    targets += [Target("incidents", uid) for uid in inside]
    return [
        erasure_mark(session, target.table, target.uid)
        for target in targets
        if target.table not in _REGISTERS
    ]


def erase_again(session: Session, marks: Collection[bytes]) -> int:
    """After a restore: erase what was erased before, as one transaction; how many records.

    Put the marks of the present key file into the restored one first. Call
    `erasures.compact` afterwards: the restored file held the text.
    """
    known = set(marks)
    targets = [
        Target(name, uid)
        for name in (*_ERASED, *_ANONYMISED, *(BIN + table for table in BINNED))
        for uid in _uids(session, name)
        if erasure_mark(session, name, uid) in known
    ]
    targets = [target for target in targets if not _is_done(session, target)]
    if not targets:
        return 0
    found = mentions.find_mentions(session, _pupil_ids(session, targets))
    counts: Counter[str] = Counter()
    for target in targets:
        counts.update(_carry_out(session, target, found))
    _add_destruction(session, keep("erasedagain"), (), counts, "done")
    return len(targets)


def _uids(session: Session, name: str) -> list[str]:
    plain = name.removeprefix(BIN)
    table = Base.metadata.tables["observations" if plain == "positions" else plain]
    return list(session.connection().execute(select(table.c.uid).order_by(table.c.id)).scalars())


def _is_done(session: Session, target: Target) -> bool:
    """True if what was to be anonymised is so already."""
    if target.table == "positions":
        linked = select(ObservationPupil.id).join(
            Observation, Observation.id == ObservationPupil.observation_id
        )
        return session.scalar(linked.where(Observation.uid == target.uid).limit(1)) is None
    if target.table in ("profiles", "observations"):
        model = Profile if target.table == "profiles" else Observation
        day = select(model.anonymised_on).where(model.uid == target.uid)
        return session.scalar(day) is not None
    return False


# ---------------------------------------------------------------- a job
@needs("write", "keeping")
def begin(session: Session, targets: Sequence[Target], reason: str) -> int:
    """Write down what will go, all of it due today; the id of the job for `carry_out`.

    Raises Conflict when something is no longer due, NotAllowed while the date is in doubt,
    Invalid when the reason names a pupil.
    """
    due = retention.proposal(session)
    if due.clock is not None:
        raise NotAllowed(_("First say whether today's date is right."))
    known = {target for item in due.items for target in item.targets}
    if not targets or not known.issuperset(targets):
        raise Conflict(_("The list changed in the meantime. Look at the new list."))
    return begin_job(session, targets, reason)


def begin_job(session: Session, targets: Sequence[Target], reason: str) -> int:
    """As `begin`, for a request that was checked in its own way. Raises Invalid."""
    words = reason if code_of(reason) else " ".join(reason.split())
    if known_names_in(session, words, (), _pupil_ids(session, targets)):
        raise Invalid({"reason": _("Leave names out of the reason: it is kept for years.")})
    return _add_destruction(session, words, targets, Counter(), "running")


def _add_destruction(
    session: Session, reason: str, targets: Sequence[Target], counts: Counter[str], state: str
) -> int:
    who = context(session)
    stamps = {"created_at": who.now, "updated_at": who.now}
    users = {"created_by": who.user_id, "updated_by": who.user_id}
    values: dict[str, Any] = {
        "uid": new_uid(),
        "version": 1,
        "at": who.now,
        "reason": reason,
        "counts": dict(counts),
        "state": state,
        "remaining": [[target.table, target.uid] for target in targets],
    }
    found = erasing.add_row(session, Destruction.__tablename__, values | stamps | users)
    audit.note(session, "purge", Destruction.__tablename__, found)
    return found


def carry_out(
    progress: Progress, vault: Vault, keep_marks: Marks, compact: Callable[[], object], job: int
) -> DestructionRow:
    """Do a job to its end, or go on with one that was stopped or killed.

    Raises Cancelled between two batches: what is left stays on the list. Raises StorageError.
    """
    keep_marks(vault.read(marks_of, job))
    found = vault.read(find_mentions_of, job)
    left = total = vault.read(count_left, job)
    try:
        while left:
            progress.step(total - left, total)
            left = vault.write(erase_batch, job, found)
        progress.step(total, total)
    finally:
        compact()
    vault.write(finish, job)
    return vault.read(retention.get_destruction, job)


def count_left(session: Session, job: int) -> int:
    """How many records a job still has to do."""
    return len(_remaining(session, job))


def find_mentions_of(session: Session, job: int) -> dict[int, Mentions]:
    """Where the pupils of a job are named."""
    return mentions.find_mentions(session, _pupil_ids(session, _remaining(session, job)))


@needs("write", "keeping")
def erase_batch(session: Session, job: int, found: dict[int, Mentions]) -> int:
    """Erase the next records of a job in this transaction; how many are left."""
    row = session.get_one(Destruction, job)
    targets = _remaining(session, job)
    counts = Counter(row.counts)
    going = [target.uid for target in targets if target.table in ("cases", "incidents")]
    for target in targets[:BATCH]:
        if target.table == Pupil.__tablename__:
            for pupil_id in _pupil_ids(session, [target]):
                counts[STAYED] += staying_files.count_beside(session, pupil_id, going)
        counts.update(_carry_out(session, target, found))
    left = targets[BATCH:]
    values = {
        "counts": dict(+counts),
        "remaining": [[target.table, target.uid] for target in left],
    }
    erasing.set_values(session, Destruction.__tablename__, job, values)
    return len(left)


@needs("write", "keeping")
def finish(session: Session, job: int) -> None:
    """The job is done: its line is the destruction report."""
    erasing.set_values(session, Destruction.__tablename__, job, {"state": "done", "remaining": []})


def _remaining(session: Session, job: int) -> list[Target]:
    found = session.scalar(select(Destruction.remaining).where(Destruction.id == job))
    return [Target(table, uid) for table, uid in found or []]


def _pupil_ids(session: Session, targets: Sequence[Target]) -> list[int]:
    uids = [target.uid for target in targets if target.table == "pupils"]
    return erasing.ids_of(session, Pupil.__tablename__, uids)


# ---------------------------------------------------------------- one record
def _carry_out(session: Session, target: Target, found: dict[int, Mentions]) -> Counter[str]:
    """Do one record; what it counts for. A record that is gone counts for nothing."""
    if target.table == "exports":
        erasing.delete_rows(session, "exports", [int(target.uid)])
        return Counter(register=1)
    name = "observations" if target.table == "positions" else target.table.removeprefix(BIN)
    ids = erasing.ids_of(session, name, [target.uid])
    if not ids:
        return Counter()
    audit.note(session, "purge", name, ids[0])
    if target.table in _ANONYMISED:
        _anonymise(session, target.table, ids[0])
        return Counter({_KIND_OF.get(target.table, target.table): 1})
    if target.table == "pupils":
        mentions.take_out(session, ids[0], found.get(ids[0], Mentions()))
    plan = erasing.gather(session, name, ids)
    kind = "bin" if target.table.startswith(BIN) else _KIND_OF.get(target.table, target.table)
    counts = Counter({kind: 1})
    if target.table == "cases":
        counts["incidents_inside"] = len(plan.rows["incidents"])
    counts["attachments"] = len(plan.rows["attachments"])
    erasing.remove(session, plan)
    _remove_drafts(session, plan)
    return +counts


def _remove_drafts(session: Session, plan: erasing.Plan) -> None:
    """Forms that were open on what is gone, or on a person who is nobody from now on."""
    rows = {table: set(ids) for table, ids in plan.rows.items()}
    persons = plan.emptied.get(("involved_persons", "pupil_id"), set())
    rows["involved_persons"] = rows.get("involved_persons", set()) | persons
    gone = [
        draft.id
        for draft in session.scalars(select(Draft))
        if any(key in rows.get(table, ()) for table, key in subjects(draft))
    ]
    erasing.delete_rows(session, Draft.__tablename__, gone)


def _remove_drafts_of_group(session: Session, group_id: int) -> None:
    gone = [
        draft.id
        for draft in session.scalars(select(Draft).where(Draft.form.in_(_OF_GROUP)))
        if ("groups", group_id) in subjects(draft)
    ]
    erasing.delete_rows(session, Draft.__tablename__, gone)


def _anonymise(session: Session, table: str, record_id: int) -> None:
    if table == "positions":
        _unlink(session, [record_id])
        return
    model = Profile if table == "profiles" else Observation
    found = session.execute(
        select(model.group_id).where(model.id == record_id),
        execution_options={"include_deleted": True},
    ).scalar_one()
    rows = {table: {record_id}}
    values: dict[str, Any] = {"anonymised_on": context(session).today}
    if table == "profiles":
        values["by_whom"] = ""
        rows["norm_responses"] = set(_about(session, "norm_responses", record_id))
        # The private check after an observation is about who got room: names by its nature.
        erasing.delete_rows(session, PresenceCheck.__tablename__, _about_check(session, record_id))
    else:
        _unlink(session, [record_id])
    _remove_drafts_of_group(session, found)
    for eraser in mentions.without_names(session, [found]):
        for name, ids in rows.items():
            texts.rewrite(session, name, ids, eraser.text)
    erasing.set_values(session, table, record_id, values)
    for name, ids in rows.items():
        erasing.forget_history(session, name, ids)


def _about(session: Session, name: str, profile_id: int) -> list[int]:
    table = Base.metadata.tables[name]
    statement = select(table.c.id).where(table.c.profile_id == profile_id)
    return list(session.connection().execute(statement).scalars())


def _about_check(session: Session, profile_id: int) -> list[int]:
    return _about(session, PresenceCheck.__tablename__, profile_id)


def _unlink(session: Session, observation_ids: Collection[int]) -> None:
    """Which pupils an observation was about is forgotten."""
    table = Base.metadata.tables[ObservationPupil.__tablename__]
    statement = select(table.c.id).where(table.c.observation_id.in_(list(observation_ids)))
    links = list(session.connection().execute(statement).scalars())
    erasing.delete_rows(session, table.name, links)
    erasing.forget_history(session, "observations", observation_ids)


def summary(counts: Sequence[tuple[str, int]]) -> list[str]:
    """'12 casussen', '3 leerlingen': what a destruction did, kind by kind, without names."""
    known = [(kind, n) for kind, n in counts if kind in rules.COUNTED]
    return [rules.counted(kind, n) for kind, n in known]
