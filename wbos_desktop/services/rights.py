"""Who may do what: one matrix as data (product.md section 1) and the gate that reads it.

The gate (`needs`) stands on every public service function and asks the role. Which records a
role reaches within that (levels, own groups, attended) is a condition in visibility.py.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from wbos_desktop.db.context import context
from wbos_desktop.domain.backups import WHO_MAY
from wbos_desktop.errors import NotAllowed
from wbos_desktop.i18n import _, pgettext

P = ParamSpec("P")
T = TypeVar("T")

ROLES = ("coordinator", "member", "lead", "reader")


class Reach(StrEnum):
    """How far a role gets with one action on one kind of record."""

    ALL = "all"
    LEVELS = "levels"  # everything, but of level 'named' only what lists the user
    SHARED = "shared"  # given to the user, and level 'team' of own groups
    GIVEN = "given"  # as owner, step person, listed or reporter
    WAITING = "waiting"  # reports that wait for a decision, but those of level 'named'
    GROUPS = "groups"
    ATTENDED = "attended"
    MINUTED = "minuted"  # meetings of which the user takes the minutes
    OWN = "own"
    NEVER = "never"


def _row(coordinator: Reach, member: Reach, lead: Reach, reader: Reach) -> dict[str, Reach]:
    return dict(zip(ROLES, (coordinator, member, lead, reader), strict=True))


_A, _L, _S, _G, _W = Reach.ALL, Reach.LEVELS, Reach.SHARED, Reach.GIVEN, Reach.WAITING
_M, _T, _O, _N = Reach.GROUPS, Reach.ATTENDED, Reach.OWN, Reach.NEVER

# (kind, action): coordinator, member, lead, reader. Every pair that a service may ask.
MATRIX: dict[tuple[str, str], dict[str, Reach]] = {
    ("incident", "report"): _row(_A, _A, _A, _N),
    ("incident", "read"): _row(_L, _S, _S, _N),
    ("incident", "write"): _row(_L, _G, _G, _N),
    ("incident", "decide"): _row(_L, _N, _W, _N),
    ("case", "read"): _row(_L, _S, _S, _N),
    ("case", "write"): _row(_L, _G, _G, _N),
    ("case", "decide"): _row(_L, _N, _G, _N),
    ("case", "export"): _row(_L, _S, _S, _N),
    ("group", "read"): _row(_A, _M, _M, _N),
    ("group", "write"): _row(_A, _M, _M, _N),
    ("group", "export"): _row(_A, _M, _M, _N),
    ("response", "write"): _row(_O, _O, _O, _N),
    ("pupil", "read"): _row(_A, _M, _M, _N),
    ("pupil", "write"): _row(_A, _N, _N, _N),
    ("colleague", "read"): _row(_A, _A, _A, _N),
    ("colleague", "write"): _row(_A, _N, _N, _N),
    ("scenario", "read"): _row(_A, _A, _A, _N),
    ("scenario", "write"): _row(_A, _A, _A, _N),
    ("meeting", "read"): _row(_A, _T, _T, _T),
    ("meeting", "propose"): _row(_A, _T, _T, _N),
    ("meeting", "write"): _row(_A, _N, _N, _N),
    ("meeting", "export"): _row(_A, _T, _T, _T),
    ("minutes", "write"): _row(_A, Reach.MINUTED, Reach.MINUTED, _N),
    ("action", "read"): _row(_L, _S, _S, _N),
    ("action", "write"): _row(_L, _G, _G, _N),
    ("register", "export"): _row(_L, _S, _S, _N),
    ("full_names", "export"): _row(_A, _N, _N, _N),
    ("export_line", "read"): _row(_L, _O, _O, _O),
    ("overview", "read"): _row(_A, _A, _A, _A),
    ("protocol", "read"): _row(_A, _A, _A, _N),
    ("norm", "read"): _row(_A, _A, _A, _A),
    ("norm", "write"): _row(_A, _N, _N, _N),
    ("school", "read"): _row(_A, _A, _A, _A),
    ("school", "write"): _row(_A, _N, _N, _N),
    ("user", "read"): _row(_A, _N, _N, _N),
    ("user", "write"): _row(_A, _N, _N, _N),
    ("history", "read"): _row(_L, _S, _S, _N),
    ("bin", "read"): _row(_L, _O, _O, _N),
    ("bin", "write"): _row(_L, _O, _O, _N),
    ("attachment", "read"): _row(_L, _S, _S, _N),
    ("attachment", "write"): _row(_L, _G, _G, _N),
    ("audit", "read"): _row(_A, _N, _N, _N),
    ("keeping", "write"): _row(_A, _N, _N, _N),
    ("access_request", "write"): _row(_A, _N, _N, _N),
    **{pair: _row(*(_A if role in may else _N for role in ROLES)) for pair, may in WHO_MAY.items()},
    ("own", "write"): _row(_O, _O, _O, _O),
}


def reach(role: str, action: str, kind: str) -> Reach:
    """How far a role gets; KeyError for a pair that is not in the matrix, NEVER without a role."""
    return MATRIX[kind, action].get(role, Reach.NEVER)


def allows(role: str, action: str, kind: str) -> bool:
    """False when a role never may: for buttons that are then not offered."""
    return reach(role, action, kind) is not Reach.NEVER


def may(session: Session, action: str, kind: str) -> bool:
    """As `allows` for the acting user; true while the vault itself is being made."""
    who = context(session)
    return who.user_id is None or allows(who.role, action, kind)


def demand(session: Session, action: str, kind: str) -> None:
    """Raises NotAllowed unless the acting user may."""
    if not may(session, action, kind):
        raise refused(action)


def refused(action: str) -> NotAllowed:
    """The sentence for who may not do this: it never says what there is."""
    if action in ("read", "export"):
        return NotAllowed(_("You can't open this. Ask your coordinator."))
    return NotAllowed(_("You can't change this. Ask your coordinator."))


def needs(
    action: str, kind: str
) -> Callable[[Callable[Concatenate[Session, P], T]], Callable[Concatenate[Session, P], T]]:
    """Put the gate on a service function: its role is asked before anything is read.

    A question that a service asks inside another one is not asked again: what shows in an
    answer as a whole (Today, a meeting pack) is limited by the conditions of visibility.py.
    Changes are always asked. A pair that is not in the matrix is a KeyError at import.
    """
    asked = MATRIX[kind, action]
    reads = action in ("read", "export")

    def mark(
        function: Callable[Concatenate[Session, P], T],
    ) -> Callable[Concatenate[Session, P], T]:
        @functools.wraps(function)
        def guarded(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
            inside = session.info.get("inside_service", 0)
            who = context(session)
            asks = who.user_id is not None and not (reads and inside)
            if asks and asked.get(who.role, Reach.NEVER) is Reach.NEVER:
                raise refused(action)
            session.info["inside_service"] = inside + 1
            try:
                return function(session, *args, **kwargs)
            finally:
                session.info["inside_service"] = inside

        guarded.__dict__["needs"] = (action, kind)
        return guarded

    return mark


# ---------------------------------------------------------------- for people to read
@dataclass(frozen=True)
class RightsRow:
    """One line of the table: what it is about, the action, and how far each of ROLES gets."""

    kind: str
    action: str
    reaches: tuple[str, str, str, str]


def table() -> list[RightsRow]:
    """The matrix in words, in its own order: for the manual and for the privacy officer."""
    rows = []
    for (kind, action), by_role in MATRIX.items():
        words = [reach_text(by_role[role]) for role in ROLES]
        rows.append(
            RightsRow(
                kind_text(kind), action_text(action), (words[0], words[1], words[2], words[3])
            )
        )
    return rows


def roles_text(row: RightsRow) -> str:
    """'Coördinator: alles · Teamlid, Leiding: eigen groepen'; who never may is left out."""
    found: dict[str, list[str]] = {}
    for role, how_far in zip(ROLES, row.reaches, strict=True):
        found.setdefault(how_far, []).append(role_text(role))
    found.pop(reach_text(Reach.NEVER), None)
    return " · ".join(f"{', '.join(roles)}: {how_far}" for how_far, roles in found.items())


def role_text(role: str) -> str:
    """'Lezer' for reader."""
    return {
        "coordinator": _("Coordinator"),
        "member": _("Team member"),
        "lead": _("School lead"),
        "reader": _("Reader"),
    }[role]


def reach_text(how_far: Reach) -> str:
    """'eigen groepen' for GROUPS."""
    return {
        Reach.ALL: _("everything"),
        Reach.LEVELS: _("within the levels"),
        Reach.SHARED: _("given, and team level of own groups"),
        Reach.GIVEN: _("given"),
        Reach.WAITING: _("what waits for a decision"),
        Reach.GROUPS: _("own groups"),
        Reach.ATTENDED: _("where they take part"),
        Reach.MINUTED: _("where they take the minutes"),
        Reach.OWN: _("only one's own"),
        Reach.NEVER: _("never"),
    }[how_far]


def action_text(action: str) -> str:
    """'lezen' for read."""
    return {
        "report": pgettext("right", "report"),
        "read": pgettext("right", "read"),
        "write": pgettext("right", "change"),
        "decide": pgettext("right", "decide"),
        "propose": pgettext("right", "propose"),
        "export": pgettext("right", "export"),
        "make": pgettext("right", "make"),
        "restore": pgettext("right", "put back"),
    }[action]


def kind_text(kind: str) -> str:
    """'Casussen' for case."""
    return {
        "incident": _("Reports of incidents"),
        "case": _("Cases"),
        "group": _("Groups and observations"),
        "response": _("What a teacher did with a norm"),
        "pupil": _("Pupils"),
        "colleague": _("Colleagues"),
        "scenario": _("Scenarios"),
        "meeting": _("Meetings"),
        "minutes": _("Minutes of a meeting"),
        "action": _("Actions"),
        "register": _("The register of incidents"),
        "full_names": _("Full names"),
        "export_line": _("The register of exports"),
        "overview": _("Overviews without names"),
        "protocol": _("Protocols"),
        "norm": _("The list of norms"),
        "school": _("School, year and calendar"),
        "user": _("Users and their roles"),
        "history": _("The history of a record"),
        "bin": _("The bin"),
        "attachment": _("Attachments"),
        "audit": _("Who looked at what"),
        "keeping": _("Keeping and destroying"),
        "access_request": _("Requests for access"),
        "backup": _("Backups"),
        "main_copy": _("The place of backups, and the main copy"),
        "own": _("One's own settings and drafts"),
    }[kind]
