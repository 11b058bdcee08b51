"""What the user's role is offered: places, pages and parts that the services would refuse are
not shown. The services refuse them whatever is shown (services/rights.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .shell import Who

# Per page (registry.PAGES) the action and the kind of record in the matrix of rights.
PAGES: dict[str, tuple[str, str]] = {
    "today": ("read", "overview"),
    "groups": ("read", "group"),
    "group": ("read", "group"),
    "observe": ("write", "group"),
    "incidents": ("read", "incident"),
    "case": ("read", "case"),
    "report": ("report", "incident"),
    "assess": ("read", "incident"),  # only the facts for who may not decide
    "scenarios": ("read", "scenario"),
    "meetings": ("read", "meeting"),
    "manage": ("write", "own"),
}
# Per part of Manage.
PARTS: dict[str, tuple[str, str]] = {
    "people": ("read", "colleague"),
    "calendar": ("read", "school"),
    "protocols": ("read", "protocol"),
    "import": ("write", "pupil"),
    "backup": ("make", "backup"),
    "requests": ("write", "access_request"),
    "accountability": ("write", "keeping"),
    "bin": ("read", "bin"),
    "audit": ("read", "audit"),
    "privacy": ("write", "keeping"),
    "settings": ("write", "own"),
}


def allowed(who: Who, action: str, kind: str) -> bool:
    """Whether the user's role may do this at all; a window without a user shows everything."""
    # Late: the matrix imports the database, which the unlock page must not wait for.
    from wbos_desktop.services import rights

    return not who.role or rights.allows(who.role, action, kind)


def may_open(who: Who, page: str) -> bool:
    """Whether this page is offered to the user."""
    asked = PAGES.get(page)
    return asked is None or allowed(who, *asked)


def may_open_part(who: Who, part: str) -> bool:
    """Whether this part of Manage is offered to the user."""
    asked = PARTS.get(part)
    return asked is None or allowed(who, *asked)
