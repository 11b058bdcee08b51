"""What is read from a pupil list, whatever its format; and how it is told apart from what is known.

The reader process hands an `ImportFile` over as JSON: `to_json` and `from_json`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# What a column of a list can hold; "" is ignored. Order: as a form offers them.
COLUMN_FIELDS = (
    "number",
    "full_name",
    "given_name",
    "name_prefix",
    "family_name",
    "birth_date",
    "group",
    "year_level",
    "programme",
    "mentor",
    "mentor_code",
    "enrolled_on",
    "left_on",
)

NAME_FIELDS = frozenset({"full_name", "given_name", "family_name"})


@dataclass(frozen=True)
class ImportedGroup:
    """A group in the file; `ref` is what its pupils name it by, `key` is empty if it may change."""

    ref: str
    key: str
    name: str
    year_level: str = ""
    programme: str = ""
    kind: str = "base"


@dataclass(frozen=True)
class ImportedPupil:
    """A pupil in the file. `row` is the line in a list or the place in an EDEXML file, from 1."""

    row: int
    key: str = ""
    number: str = ""
    given_name: str = ""
    name_prefix: str = ""
    family_name: str = ""
    birth_date: dt.date | None = None
    enrolled_on: dt.date | None = None
    left_on: dt.date | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportedStaff:
    """A teacher or mentor in the file; `groups` are refs of groups he or she answers for."""

    row: int
    key: str = ""
    code: str = ""
    given_name: str = ""
    name_prefix: str = ""
    family_name: str = ""
    email: str = ""
    role: str = "leraar"
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class RejectedRow:
    """A row that is not taken over, with a sentence why. `kind` is pupil, staff or group."""

    row: int
    reason: str
    kind: str = "pupil"


@dataclass(frozen=True)
class ImportColumn:
    """A column of a list: what its head says, what it is read as, and a first value to show.

    `sensitive` columns (citizen service number, origin, address) are never read.
    """

    header: str
    field: str = ""
    sample: str = ""
    sensitive: bool = False


@dataclass(frozen=True)
class ImportFile:
    """All that was read. `problem` is a sentence when columns must be pointed out first."""

    file_name: str
    format: str
    encoding: str = ""
    school_year: str = ""
    school_name: str = ""
    brin: str = ""
    reference_date: dt.date | None = None
    whole_school: bool = False
    groups: tuple[ImportedGroup, ...] = ()
    pupils: tuple[ImportedPupil, ...] = ()
    staff: tuple[ImportedStaff, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    columns: tuple[ImportColumn, ...] = ()
    ignored: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class ImportOptions:
    """What the user decides. Without `school_year` the file's is used, or else today's."""

    school_year: str = ""
    mark_missing_left: bool = False


@dataclass(frozen=True)
class Counts:
    """How many of one kind fall where."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do, or did: counts, rows with a reason, names of missing pupils."""

    format: str
    school_year: str
    groups: Counts
    pupils: Counts
    staff: Counts
    rows: tuple[RejectedRow, ...] = ()
    missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that the command line prints."""
        pupils = asdict(self.pupils)
        small = {
            name: {"new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged}
            for name, counts in (("groups", self.groups), ("staff", self.staff))
        }
        return {
            "format": self.format,
            "school_year": self.school_year,
            "groups": small["groups"],
            "pupils": pupils,
            "staff": small["staff"] | {"rejected": self.staff.rejected},
            "rows": [{"row": row.row, "reason": row.reason} for row in self.rows],
            "ignored": list(self.ignored),
            "dropped": list(self.dropped),
        }


@dataclass(frozen=True)
class ImportReport(ImportPreview):
    """What an import did; `run_uid` names the run."""

    run_uid: str = ""


@dataclass(frozen=True)
class ReadRequest:
    """What the reader process is asked: the file's name, the language of its sentences, mapping.

    `mapping` goes from a column's head to one of COLUMN_FIELDS, or "" to ignore it.
    """

    file_name: str
    language: str = "nl"
    mapping: Mapping[str, str] = field(default_factory=dict)


_YEAR = re.compile(r"(\d{4})\s*[-/]\s*(\d{4}|\d{2})")


def school_year_of(day: dt.date) -> str:
    """'2026-2027' for a day; the year turns on 1 August."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


def read_school_year(text: str) -> str:
    """'2026-2027' from that, '2026/2027' or '2026-27'; empty when it is no school year."""
    found = _YEAR.fullmatch(text.strip())
    if not found:
        return ""
    first, last = int(found[1]), int(found[2])
    if len(found[2]) == 2:
        last += first - first % 100
    return f"{first}-{last}" if last == first + 1 else ""


def to_json(file: ImportFile) -> str:
    """JSON text with days as ISO texts."""
    return json.dumps(asdict(file), default=lambda day: day.isoformat())


def from_json(text: str) -> ImportFile:
    """The file that `to_json` wrote. Raises ValueError, KeyError or TypeError for other text."""
    data = json.loads(text)
    pupils = tuple(
        ImportedPupil(
            **pupil
            | {name: _day(pupil[name]) for name in ("birth_date", "enrolled_on", "left_on")}
            | {"groups": tuple(pupil["groups"])}
        )
        for pupil in data.pop("pupils")
    )
    staff = tuple(
        ImportedStaff(**person | {"groups": tuple(person["groups"])})
        for person in data.pop("staff")
    )
    return ImportFile(
        pupils=pupils,
        staff=staff,
        groups=tuple(ImportedGroup(**group) for group in data.pop("groups")),
        rejected=tuple(RejectedRow(**row) for row in data.pop("rejected")),
        columns=tuple(ImportColumn(**column) for column in data.pop("columns")),
        ignored=tuple(data.pop("ignored")),
        dropped=tuple(data.pop("dropped")),
        reference_date=_day(data.pop("reference_date")),
        **data,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
