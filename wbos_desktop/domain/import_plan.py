"""Tell new, changed, unchanged and missing apart: what a file says against what the vault holds.

Pupils are matched on key, then number, then name with birth date. Where that is not certain the
row is rejected with a reason: nobody is merged without being sure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wbos_desktop.domain.imports import (
    Counts,
    ImportedGroup,
    ImportedPupil,
    ImportedStaff,
    ImportFile,
    RejectedRow,
)
from wbos_desktop.domain.people import display_name, fold
from wbos_desktop.i18n import _


@dataclass(frozen=True)
class KnownGroup:
    """A group of the school year the file is about."""

    id: int
    key: str
    name: str
    year_level: str
    programme: str
    kind: str


@dataclass(frozen=True)
class KnownPupil:
    """A pupil in the vault; `groups` are ids of groups of this school year he or she is in."""

    id: int
    key: str
    number: str
    given_name: str
    name_prefix: str
    family_name: str
    birth_date: dt.date | None
    enrolled_on: dt.date | None
    left_on: dt.date | None
    groups: frozenset[int]


@dataclass(frozen=True)
class KnownStaff:
    """A staff member in the vault."""

    id: int
    key: str
    code: str
    given_name: str
    name_prefix: str
    family_name: str
    email: str


@dataclass(frozen=True)
class Known:
    """What the vault holds before the import."""

    groups: tuple[KnownGroup, ...] = ()
    pupils: tuple[KnownPupil, ...] = ()
    staff: tuple[KnownStaff, ...] = ()


@dataclass(frozen=True)
class GroupStep:
    """A group to make (id is None), to change, or to leave as it is."""

    group: ImportedGroup
    id: int | None
    changed: bool


@dataclass(frozen=True)
class PupilStep:
    """A pupil to make (id is None), to change, or to leave as he or she is."""

    pupil: ImportedPupil
    id: int | None
    changed: bool


@dataclass(frozen=True)
class StaffStep:
    """A staff member to make (id is None), to change, or to leave."""

    person: ImportedStaff
    id: int | None
    changed: bool


@dataclass(frozen=True)
class ImportPlan:
    """All that an import will do. `missing` are pupils that the file should name but does not."""

    groups: tuple[GroupStep, ...]
    pupils: tuple[PupilStep, ...]
    staff: tuple[StaffStep, ...]
    rejected: tuple[RejectedRow, ...]
    missing: tuple[KnownPupil, ...]

    def group_counts(self) -> Counts:
        """New, changed and unchanged groups."""
        return _counts((step.id is None, step.changed) for step in self.groups)

    def pupil_counts(self) -> Counts:
        """All five counts of pupils."""
        return replace(
            _counts((step.id is None, step.changed) for step in self.pupils),
            missing=len(self.missing),
            rejected=sum(row.kind == "pupil" for row in self.rejected),
        )

    def staff_counts(self) -> Counts:
        """New, changed, unchanged and rejected staff."""
        return replace(
            _counts((step.id is None, step.changed) for step in self.staff),
            rejected=sum(row.kind == "staff" for row in self.rejected),
        )


def plan_import(file: ImportFile, known: Known, today: dt.date) -> ImportPlan:
    """Work out what to do with a whole file; pure, so that a dry run and the run agree."""
    groups = _plan_groups(file, known)
    group_ids = {step.group.ref: step.id for step in groups}
    kinds = {group.ref: group.kind for group in file.groups}
    unique, rejected = _without_doubles(file.pupils)
    matcher = _PupilMatcher(known, unique, group_ids)
    pupils: list[PupilStep] = []
    taken: dict[int, int] = {}
    doubtful: set[str] = set()
    for pupil in unique:
        try:
            match = matcher.match(pupil)
            if match and match.id in taken:
                raise _DoubtError(_also_in_row(taken[match.id]))
        except _DoubtError as doubt:
            rejected.append(RejectedRow(pupil.row, str(doubt)))
            doubtful.add(_name(pupil))
            continue
        if match:
            taken[match.id] = pupil.row
        changed = match is not None and _pupil_changed(
            pupil, match, group_ids, kinds, whole_school=file.whole_school
        )
        pupils.append(PupilStep(pupil, match.id if match else None, changed))
    staff, rejected_staff = _plan_staff(file, known)
    missing = _missing(file, known, group_ids, set(taken), doubtful, today)
    rows = sorted([*file.rejected, *rejected, *rejected_staff], key=lambda row: row.row)
    return ImportPlan(groups, tuple(pupils), staff, tuple(rows), missing)


class _DoubtError(Exception):
    """A row that can't be told apart with certainty; its text is the reason."""


def _counts(steps: Iterable[tuple[bool, bool]]) -> Counts:
    found = list(steps)
    new = sum(is_new for is_new, _changed in found)
    changed = sum(changed and not is_new for is_new, changed in found)
    return Counts(new=new, changed=changed, unchanged=len(found) - new - changed)


def _name(person: ImportedPupil | KnownPupil | ImportedStaff | KnownStaff) -> str:
    return fold(display_name(person.given_name, person.name_prefix, person.family_name))


def _also_in_row(row: int) -> str:
    return _("This pupil also stands in row {row}.").format(row=row)


# ---------------------------------------------------------------- groups
def _plan_groups(file: ImportFile, known: Known) -> tuple[GroupStep, ...]:
    by_key = {group.key: group for group in known.groups if group.key}
    by_name = {fold(group.name): group for group in known.groups}
    keys = {group.key for group in file.groups if group.key}
    steps: dict[str, GroupStep] = {}
    for group in file.groups:
        if group.ref in steps:
            continue
        match = by_key.get(group.key) if group.key else None
        if match is None:
            match = by_name.get(fold(group.name))
            if match and group.key and match.key and match.key in keys:
                match = None
        steps[group.ref] = GroupStep(
            group, match.id if match else None, match is not None and _group_changed(group, match)
        )
    return tuple(steps.values())


def _group_changed(group: ImportedGroup, known: KnownGroup) -> bool:
    return (
        fold(group.name) != fold(known.name)
        or (group.key != "" and group.key != known.key)
        or (group.year_level != "" and group.year_level != known.year_level)
        or (group.programme != "" and group.programme != known.programme)
    )


# ---------------------------------------------------------------- pupils
def _without_doubles(
    pupils: Iterable[ImportedPupil],
) -> tuple[list[ImportedPupil], list[RejectedRow]]:
    """One entry a pupil: rows that only add a group are joined, true doubles are rejected."""
    first: dict[tuple[str, ...], ImportedPupil] = {}
    rejected: list[RejectedRow] = []
    for pupil in pupils:
        identity = _identity(pupil)
        earlier = first.get(identity)
        if earlier is None:
            first[identity] = pupil
        elif _name(earlier) != _name(pupil):
            rejected.append(
                RejectedRow(
                    pupil.row,
                    _("The number {number} stands in row {row} with another name.").format(
                        number=pupil.key or pupil.number, row=earlier.row
                    ),
                )
            )
        elif set(pupil.groups) - set(earlier.groups):
            groups = tuple(dict.fromkeys(earlier.groups + pupil.groups))
            first[identity] = replace(earlier, groups=groups)
        else:
            rejected.append(RejectedRow(pupil.row, _also_in_row(earlier.row)))
    return list(first.values()), rejected


def _identity(pupil: ImportedPupil) -> tuple[str, ...]:
    if pupil.key or pupil.number:
        return ("number", pupil.key, "" if pupil.key else pupil.number)
    if pupil.birth_date:
        return ("name", _name(pupil), pupil.birth_date.isoformat())
    return ("group", _name(pupil), *pupil.groups)


@dataclass
class _PupilMatcher:
    """Finds the pupil in the vault that a row is about."""

    known: Known
    rows: list[ImportedPupil]
    group_ids: dict[str, int | None]
    _by_key: dict[str, KnownPupil] = field(default_factory=dict)
    _by_number: dict[str, KnownPupil] = field(default_factory=dict)
    _by_name: dict[str, list[KnownPupil]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for pupil in self.known.pupils:
            if pupil.key:
                self._by_key[pupil.key] = pupil
            if pupil.number:
                self._by_number[pupil.number] = pupil
            self._by_name[_name(pupil)].append(pupil)
        self._keys = {row.key for row in self.rows if row.key}
        self._numbers = {row.number for row in self.rows if row.number}

    def match(self, row: ImportedPupil) -> KnownPupil | None:
        """The pupil, or None for a new one. Raises _DoubtError."""
        found = self._by_key.get(row.key) if row.key else None
        found = found or (self._by_number.get(row.number) if row.number else None)
        if found is not None:
            return self._certain(row, found)
        named = [pupil for pupil in self._by_name.get(_name(row), []) if not self._claimed(pupil)]
        same_day = [pupil for pupil in named if _same_day(pupil, row)]
        if len(same_day) > 1:
            raise _DoubtError(_("There are more pupils with this name and birth date."))
        if same_day:
            if _other_number(same_day[0], row):
                raise _DoubtError(
                    _("There is a pupil with this name and birth date under another number.")
                )
            return same_day[0]
        return self._by_group(row, named)

    def _certain(self, row: ImportedPupil, found: KnownPupil) -> KnownPupil:
        """A number that was given to somebody else must not turn one child into another."""
        given, family = fold(row.given_name), fold(row.family_name)
        part = given == fold(found.given_name) or family == fold(found.family_name)
        same_name = _name(row) == _name(found)
        if row.birth_date and found.birth_date:
            sure = row.birth_date == found.birth_date or same_name
        else:
            sure = same_name or part
        if not sure:
            raise _DoubtError(
                _("The number {number} is of another pupil.").format(number=row.key or row.number)
            )
        return found

    def _by_group(self, row: ImportedPupil, named: list[KnownPupil]) -> KnownPupil | None:
        """Without a birth date on both sides the group must agree."""
        open_ones = [
            pupil
            for pupil in named
            if not (pupil.birth_date and row.birth_date) and not _other_number(pupil, row)
        ]
        if not open_ones:
            return None
        groups = {self.group_ids.get(ref) for ref in row.groups}
        if len(open_ones) == 1 and groups & open_ones[0].groups:
            return open_ones[0]
        raise _DoubtError(
            _("There is a pupil with this name already. A number or birth date is needed.")
        )

    def _claimed(self, pupil: KnownPupil) -> bool:
        """Whether another row of the file is surely about this pupil."""
        return pupil.key in self._keys or pupil.number in self._numbers


def _same_day(pupil: KnownPupil, row: ImportedPupil) -> bool:
    return row.birth_date is not None and pupil.birth_date == row.birth_date


def _other_number(pupil: KnownPupil, row: ImportedPupil) -> bool:
    pairs = ((pupil.key, row.key), (pupil.number, row.number))
    return any(known and read and known != read for known, read in pairs)


def _pupil_changed(
    row: ImportedPupil,
    known: KnownPupil,
    group_ids: dict[str, int | None],
    kinds: dict[str, str],
    *,
    whole_school: bool,
) -> bool:
    texts = (
        (row.key, known.key),
        (row.number, known.number),
        (row.given_name, known.given_name),
        (row.name_prefix, known.name_prefix),
        (row.family_name, known.family_name),
    )
    days = (
        (row.birth_date, known.birth_date),
        (row.enrolled_on, known.enrolled_on),
        (row.left_on, known.left_on),
    )
    if any(read and read != held for read, held in texts + days):
        return True
    if row.left_on or not row.groups:
        return False
    wanted = {group_ids.get(ref) for ref in row.groups}
    base = any(kinds.get(ref) == "base" for ref in row.groups)
    return bool(wanted - known.groups) or (whole_school and base and wanted != known.groups)


def _missing(
    file: ImportFile,
    known: Known,
    group_ids: dict[str, int | None],
    found: set[int],
    doubtful: set[str],
    today: dt.date,
) -> tuple[KnownPupil, ...]:
    """Pupils in the groups the file is about (a whole school: in any group) that it leaves out."""
    scope = {group_id for group_id in group_ids.values() if group_id is not None}
    return tuple(
        pupil
        for pupil in known.pupils
        if pupil.id not in found
        and _name(pupil) not in doubtful
        and (pupil.left_on is None or pupil.left_on > today)
        and (pupil.groups if file.whole_school else pupil.groups & scope)
    )


# ---------------------------------------------------------------- staff
def _plan_staff(file: ImportFile, known: Known) -> tuple[tuple[StaffStep, ...], list[RejectedRow]]:
    by_key = {person.key: person for person in known.staff if person.key}
    by_code = {fold(person.code): person for person in known.staff if person.code}
    by_email = {fold(person.email): person for person in known.staff if person.email}
    by_name: dict[str, list[KnownStaff]] = defaultdict(list)
    for person in known.staff:
        by_name[_name(person)].append(person)
    steps: list[StaffStep] = []
    rejected: list[RejectedRow] = []
    taken: set[int] = set()
    for row in file.staff:
        named = [person for person in by_name[_name(row)] if not _other_staff(person, row)]
        match = (
            (by_key.get(row.key) if row.key else None)
            or (by_code.get(fold(row.code)) if row.code else None)
            or (by_email.get(fold(row.email)) if row.email else None)
            or (named[0] if len(named) == 1 else None)
        )
        if (match is None and len(named) > 1) or (match and match.id in taken):
            reason = _("There are more staff members with this name.")
            rejected.append(RejectedRow(row.row, reason, "staff"))
            continue
        if match:
            taken.add(match.id)
        changed = match is not None and _staff_changed(row, match)
        steps.append(StaffStep(row, match.id if match else None, changed))
    return tuple(steps), rejected


def _other_staff(person: KnownStaff, row: ImportedStaff) -> bool:
    pairs = ((person.key, row.key), (fold(person.code), fold(row.code)))
    return any(known and read and known != read for known, read in pairs)


def _staff_changed(row: ImportedStaff, known: KnownStaff) -> bool:
    if row.code and not row.given_name and row.family_name == row.code:
        # A list with codes only: the vault knows the name.
        return False
    pairs = (
        (row.key, known.key),
        (row.code, known.code),
        (row.given_name, known.given_name),
        (row.name_prefix, known.name_prefix),
        (row.family_name, known.family_name),
        (row.email, known.email),
    )
    return any(read and read != held for read, held in pairs)
