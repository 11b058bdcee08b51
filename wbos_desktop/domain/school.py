"""What pages show and forms edit of the school itself, its years and its calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import _

SECTORS = ("PO", "VO", "GO", "MBO")
DAY_KINDS = ("holiday", "study_day", "half_day")
_LONGEST_YEAR = dt.timedelta(days=400)


@dataclass(frozen=True)
class SchoolDraft:
    """The school in a form. `print_line` stands at the foot of every export."""

    version: int = 0
    name: str = ""
    sector: str = "VO"
    brin: str = ""
    print_line: str = ""

    def check(self) -> None:
        """Raise Invalid without a name, or with a school code that can't be one (12AB)."""
        fields = {}
        if not self.name.strip():
            fields["name"] = _("Fill in the name of the school.")
        if self.sector not in SECTORS:
            fields["sector"] = _("Choose the kind of school.")
        code = self.brin.strip()
        if code and not (len(code) == 4 and code[:2].isdigit() and code[2:].isalpha()):
            fields["brin"] = _("A BRIN code has two digits and two letters, such as 12AB.")
        if fields:
            raise Invalid(fields)


@dataclass(frozen=True)
class ContactDraft:
    """A number to call in an emergency; id is None for a new one."""

    id: int | None = None
    version: int = 0
    label: str = ""
    phone: str = ""

    def check(self) -> None:
        """Raise Invalid without a name or a number."""
        fields = {}
        if not self.label.strip():
            fields["label"] = _("Write who this number belongs to.")
        if sum(letter.isdigit() for letter in self.phone) < 3:
            fields["phone"] = _("Fill in a telephone number.")
        if fields:
            raise Invalid(fields)


@dataclass(frozen=True)
class SchoolYearRow:
    """A school year in a list; counts are of its groups and of the school days in it."""

    id: int
    name: str
    first_day: dt.date
    last_day: dt.date
    week_pattern: str
    groups: int
    school_days: int
    current: bool


@dataclass(frozen=True)
class SchoolYearDraft:
    """A school year in a form; `week_pattern` has a 1 for each week day with lessons."""

    id: int | None = None
    version: int = 0
    name: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    week_pattern: str = "1111100"

    def check(self) -> None:
        """Raise Invalid unless the days make a year and there are lessons in a week."""
        fields = {}
        if not self.name.strip():
            fields["name"] = _("Fill in the school year, such as 2026-2027.")
        if self.first_day is None:
            fields["first_day"] = _("Fill in the first school day.")
        if self.last_day is None:
            fields["last_day"] = _("Fill in the last school day.")
        if self.first_day and self.last_day:
            if self.last_day <= self.first_day:
                fields["last_day"] = _("The last day is before the first day.")
            elif self.last_day - self.first_day > _LONGEST_YEAR:
                fields["last_day"] = _("A school year is shorter than this.")
        if len(self.week_pattern) != 7 or "1" not in self.week_pattern:
            fields["week_pattern"] = _("Choose at least one day with lessons.")
        if fields:
            raise Invalid(fields)


@dataclass(frozen=True)
class CalendarDayRow:
    """Days that differ; `kind` is holiday, study_day or half_day."""

    id: int
    school_year_id: int
    first_day: dt.date
    last_day: dt.date
    kind: str
    label: str


@dataclass(frozen=True)
class CalendarDayDraft:
    """A holiday, study day or half day in a form; both days belong to it."""

    id: int | None = None
    version: int = 0
    school_year_id: int = 0
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    kind: str = "holiday"
    label: str = ""

    def check(self) -> None:
        """Raise Invalid when a day is missing or the last is before the first."""
        fields = {}
        if self.kind not in DAY_KINDS:
            fields["kind"] = _("Choose what kind of days these are.")
        if self.first_day is None:
            fields["first_day"] = _("Fill in the first day.")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            fields["last_day"] = _("The last day is before the first day.")
        if fields:
            raise Invalid(fields)
