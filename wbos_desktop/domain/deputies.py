"""Standing in for an absent colleague (waarneming), from a first to a last day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _

LONGEST_DAYS = 366


@dataclass(frozen=True)
class DeputyRow:
    """One period in a list; `state` is now, coming or past.

    `can_unlock` is False while the deputy has no way into the vault, and so sees nothing.
    """

    id: int
    absent: str
    deputy: str
    first_day: dt.date
    last_day: dt.date
    note: str
    state: str
    can_unlock: bool


@dataclass(frozen=True)
class DeputyDraft:
    """A period in a form; id is None for a new one."""

    id: int | None = None
    version: int = 0
    absent_id: int | None = None
    deputy_id: int | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    note: str = ""

    def check(self) -> None:
        """Raise Invalid when a person or day misses, or the two contradict each other."""
        wrong = {}
        if self.absent_id is None:
            wrong["absent_id"] = _("Choose who is absent.")
        if self.deputy_id is None:
            wrong["deputy_id"] = _("Choose who stands in.")
        elif self.deputy_id == self.absent_id:
            wrong["deputy_id"] = _("Nobody stands in for themselves. Choose a colleague.")
        if self.first_day is None:
            wrong["first_day"] = _("Fill in the first day.")
        if self.last_day is None:
            wrong["last_day"] = _("Fill in the last day. Standing in ends by itself.")
        elif self.first_day is not None:
            days = (self.last_day - self.first_day).days
            if days < 0:
                wrong["last_day"] = _("The last day is before the first.")
            elif days >= LONGEST_DAYS:
                wrong["last_day"] = _("At most a year at a time.")
        if wrong:
            raise Invalid(wrong)


@dataclass(frozen=True)
class DeputyForm:
    """A period with what its form needs: (staff id, name) of who works here, and today.

    `deputies` are those of the staff whom the acting user may choose to stand in.
    """

    draft: DeputyDraft
    staff: tuple[tuple[int, str], ...]
    today: dt.date
    deputies: tuple[tuple[int, str], ...]
