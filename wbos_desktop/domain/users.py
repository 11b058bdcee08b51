"""Who can unlock the vault, and what each of the four roles may."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.i18n import _

COORDINATOR = "coordinator"
ROLES = (COORDINATOR, "member", "lead", "reader")
MOST_USERS = 11  # and the recovery code


@dataclass(frozen=True)
class UserRow:
    """Somebody who can unlock the vault, since `since`.

    `mine` is the acting user. `must_renew`: a start password that was not used yet.
    """

    id: int
    staff_id: int
    name: str
    given_name: str
    role: str
    since: dt.date
    mine: bool
    must_renew: bool
    works_here: bool


@dataclass(frozen=True)
class AccessOverview:
    """Everybody with a way in, by name, and what is not safe yet."""

    users: tuple[UserRow, ...] = ()
    code_confirmed: bool = True
    rekey_due: bool = False

    @property
    def full(self) -> bool:
        """True if nobody fits beside these."""
        return len(self.users) >= MOST_USERS

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about the recovery code, a lonely coordinator and a key that is due."""
        found = []
        if not self.code_confirmed:
            found.append(
                _("Nobody confirmed the recovery code yet. Make a new one and keep it on paper.")
            )
        if sum(user.role == COORDINATOR for user in self.users) == 1:
            found.append(
                _("There is one coordinator. With a second one the school can always get in.")
            )
        if self.rekey_due:
            found.append(_("The vault gets its new key at the next unlock."))
        return tuple(found)


def role_name(role: str) -> str:
    """The word for a role in the window."""
    return {
        COORDINATOR: _("Coordinator"),
        "member": _("Team member"),
        "lead": _("School lead"),
        "reader": _("Reader"),
    }[role]


def role_line(role: str) -> str:
    """What a role may, in one line."""
    return {
        COORDINATOR: _("Everything within the levels of a case, and Manage."),
        "member": _("Own groups and cases, report incidents, scenarios and own meetings."),
        "lead": _("As team member, and deciding in cases that were given to them."),
        "reader": _("Meeting packs and overviews without names. No cases."),
    }[role]
