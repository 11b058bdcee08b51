"""The view of a pupil or parent, set beside what the school wrote: an opinion is never erased by
another opinion, both stand there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.i18n import _

STATED_BY = ("pupil", "parent", "authorised")
TEXT_LIMIT = 50_000


@dataclass(frozen=True)
class ViewDraft:
    """The form. `pupil_id` is the pupil whose view it is, or whose parent states it."""

    pupil_id: int | None = None
    stated_by: str = "parent"
    stated_on: dt.date | None = None
    text: str = ""


@dataclass(frozen=True)
class ViewRow:
    """A view beside a case; `pupil` is the name of the pupil it belongs to."""

    id: int
    version: int
    pupil_id: int | None
    pupil: str
    stated_by: str
    stated_on: dt.date
    text: str

    @property
    def who(self) -> str:
        """'Ouder van Yasmin Amrani'."""
        words = {
            "pupil": _("{name} (pupil)"),
            "parent": _("Parent of {name}"),
            "authorised": _("Somebody for {name}"),
        }
        return words[self.stated_by].format(name=self.pupil)


def stated_by_text(code: str) -> str:
    """'De leerling'."""
    return {
        "pupil": _("The pupil"),
        "parent": _("A parent"),
        "authorised": _("Somebody with written permission"),
    }[code]
