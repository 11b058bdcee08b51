"""EDEXML 1.0.3, 2.0 and 2.1, and saved UWLR answers, to one ImportFile.

Only what the program needs is kept: numbers of citizens, origin, address, weight and pictures are
skipped while reading, so their text never becomes a Python value.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from wbos_desktop.domain.imports import (
    ImportedGroup,
    ImportedPupil,
    ImportedStaff,
    ImportFile,
    RejectedRow,
    read_school_year,
)
from wbos_desktop.domain.people import NAME_LIMIT, clean
from wbos_desktop.errors import FileRejected
from wbos_desktop.i18n import _

MAX_DEPTH = 64
MAX_RECORDS = 100_000
_MAX_TEXT = 4_000

# Elements whose content is not even collected.
SENSITIVE = frozenset(
    [
        "bsn",
        "sofinummer",
        "onderwijsnummer",
        "bsn_ondwnr-4",
        "rijksregisternummer",
        "etniciteit",
        "land",
        "land_vader",
        "land_moeder",
        "gewicht",
        "gewicht_nieuw",
        "postcodenl",
        "postnummerbe",
        "postcodeoverig",
        "fotourl",
    ]
)
# Known, of no use here, and therefore neither read nor reported.
_UNUSED = frozenset(
    [
        "toevoegingen",
        "mutatiedatum",
        "geslacht",
        "start_ondw_jgr3",
        "vestiging",
        "gebruikersnaam",
        "omschrijving",
        "emailadres",
        "dependancecode",
        "schoolkey",
        "aanmaakdatum",
        "auteur",
        "commentaar",
        "instellingsnummer",
        "rolomschrijving",
        "schoolnaam",
        "peildatumtijd",
    ]
)
_RECORDS = {
    "school": "",
    "groep": "groepen",
    "samengestelde_groep": "groepen",
    "leerling": "leerlingen",
    "leerkracht": "leerkrachten",
}
_WRAPPERS = frozenset({"EDEX", "leerlinggegevens", "vestigingen", "vestiging"}) | frozenset(
    _RECORDS.values()
)
_PARTS = {
    "school": "schooljaar peildatum brincode xsdversie naam",
    "groep": "naam jaargroep",
    "samengestelde_groep": "naam",
    "leerling": (
        "achternaam voorvoegsel tussenvoegsel voornamen voorletters-1 voorletters roepnaam "
        "geboortedatum jaargroep groep samengestelde_groepen samengestelde_groep instroomdatum "
        "uitstroomdatum"
    ),
    "leerkracht": (
        "achternaam voorvoegsel tussenvoegsel voornamen voorletters-1 voorletters roepnaam rol "
        "emailadres groepen groep samengestelde_groep"
    ),
}
_VERSIONS = {"1.03": "1.0.3", "1.0.3": "1.0.3", "1.0": "1.0", "2.0": "2.0", "2.1": "2.1"}
# Roles of the standard that have a place among ours; they never give rights.
_ROLES = {"IB": "zorg", "DIR": "directie", "SMW": "smw"}
# Year levels of secondary education count on from 10 in the standard.
_LEVELS = {str(10 + year): str(year) for year in range(1, 7)}


@dataclass
class _Node:
    name: str
    attributes: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    size: int = 0

    def get(self, *names: str) -> str:
        """Cleaned text of the first child by one of these names that has any."""
        for name in names:
            for child in self.children:
                if child.name == name and (found := clean("".join(child.text))):
                    return found
        return ""

    def key(self) -> str:
        """The key, empty when it starts with # and may therefore mean another one tomorrow."""
        found = clean(self.attributes.get("key", ""))
        return "" if found.startswith("#") else found


@dataclass
class _Collector:
    """What one file brought, filled record by record."""

    root: str = ""
    schools: list[_Node] = field(default_factory=list)
    groups: list[_Node] = field(default_factory=list)
    pupils: list[_Node] = field(default_factory=list)
    staff: list[_Node] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)

    def add(self, node: _Node) -> None:
        """Keep a whole record. Raises FileRejected when there are more than fits."""
        kinds = {"school": self.schools, "leerling": self.pupils, "leerkracht": self.staff}
        target = kinds.get(node.name, self.groups)
        if len(target) >= MAX_RECORDS:
            raise FileRejected(
                _("This file holds more than {n} people or groups. That is too many.").format(
                    n=MAX_RECORDS
                )
            )
        target.append(node)


class _Handler:
    """Callbacks of expat: builds records, skips what is not wanted, guards the limits."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.found = _Collector()
        self._path: list[str] = []
        self._record: list[_Node] = []
        self._skip = 0
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _refuse(self, *_args: object) -> NoReturn:
        raise FileRejected(
            _("This file carries its own document type. WBOS does not read such files.")
        )

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise FileRejected(_("This file is nested too deeply to be a pupil list."))
        if self._skip:
            return
        if len(self._path) == 1:
            self.found.root = name
        if self._record:
            self._start_part(name, attributes)
        elif name in _RECORDS and self._in_place(name):
            self._record.append(_Node(name, attributes))
        elif name in {"vestigingen", "vestiging"}:
            self._skip = len(self._path)
        elif name not in _WRAPPERS and "leerlinggegevens" in self._path[:-1]:
            self.found.ignored.add(name)
            self._skip = len(self._path)

    def _in_place(self, name: str) -> bool:
        parent = self._path[-2] if len(self._path) > 1 else ""
        return parent == _RECORDS[name] if _RECORDS[name] else parent in _WRAPPERS

    def _start_part(self, name: str, attributes: dict[str, str]) -> None:
        record = self._record[0].name
        if name in SENSITIVE:
            self.found.dropped.add(name)
        elif name in _PARTS[record].split(" "):
            node = _Node(name, attributes)
            self._record[-1].children.append(node)
            self._record.append(node)
            return
        elif name not in _UNUSED:
            self.found.ignored.add(name)
        self._skip = len(self._path)

    def _end(self, _qualified: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._skip:
            if self._skip == depth:
                self._skip = 0
            return
        if self._record:
            node = self._record.pop()
            if not self._record:
                self.found.add(node)

    def _text(self, text: str) -> None:
        if self._record and not self._skip:
            node = self._record[-1]
            node.size += len(text)
            if node.size <= _MAX_TEXT:
                node.text.append(text)


def parse(data: bytes, file_name: str) -> ImportFile:
    """Read a whole file. Raises FileRejected with a sentence when it is not a pupil list."""
    parser = expat.ParserCreate(namespace_separator=" ")
    handler = _Handler(parser)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise FileRejected(_fault_sentence(fault, handler.found.root)) from None
    found = handler.found
    if found.root != "EDEX" and not found.schools and not found.pupils:
        raise FileRejected(
            _("This is an XML file, but not EDEXML. Export the pupils as EDEXML and try again.")
        )
    if not found.pupils:
        raise FileRejected(_("There are no pupils in this file."))
    if len(found.schools) > 1:
        raise FileRejected(_("There is more than one school in this file. Export one school."))
    return _file(found, file_name)


def _fault_sentence(fault: expat.ExpatError, root: str) -> str:
    codes = expat.errors.codes
    ends = {codes[expat.errors.XML_ERROR_NO_ELEMENTS], codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]}
    if fault.code in ends | {codes[expat.errors.XML_ERROR_PARTIAL_CHAR]} and root:
        return _(
            "This file is not whole: it stops in line {line}. Export it again and try once more."
        ).format(line=fault.lineno)
    return _(
        "This file can't be read: line {line} is no valid XML. Export it again and try once more."
    ).format(line=fault.lineno)


def _file(found: _Collector, file_name: str) -> ImportFile:
    school = found.schools[0] if found.schools else _Node("school", {})
    version = school.get("xsdversie")
    reference = _day(school.get("peildatum")) if school.get("peildatum") else None
    groups = tuple(_group(node) for node in found.groups if node.get("naam"))
    pupils, rejected = _pupils(found.pupils, {group.ref for group in groups})
    staff, rejected_staff = _staff(found.staff)
    return ImportFile(
        file_name=file_name,
        format=_format(found.root, version),
        encoding="UTF-8",
        school_year=read_school_year(school.get("schooljaar")),
        school_name=school.get("naam"),
        brin=school.get("brincode").upper(),
        reference_date=reference if isinstance(reference, dt.date) else None,
        whole_school=True,
        groups=groups,
        pupils=pupils,
        staff=staff,
        rejected=rejected + rejected_staff,
        ignored=tuple(sorted(found.ignored)[:30]),
        dropped=tuple(sorted(found.dropped)),
    )


def _format(root: str, version: str) -> str:
    kind = "EDEXML" if root == "EDEX" else "UWLR"
    return f"{kind} {_VERSIONS.get(version, version)}".strip()


def _group(node: _Node) -> ImportedGroup:
    level = node.get("jaargroep")
    return ImportedGroup(
        ref=clean(node.attributes.get("key", "")),
        key=node.key(),
        name=node.get("naam")[:NAME_LIMIT],
        year_level=_LEVELS.get(level, level),
        kind="composite" if node.name == "samengestelde_groep" else "base",
    )


def _names(node: _Node) -> tuple[str, str, str]:
    """Given name, prefix, family name; given is the called name, else the first, else initials."""
    first = node.get("voornamen").split(" ")[0]
    given = node.get("roepnaam") or first or node.get("voorletters-1", "voorletters")
    return given, node.get("voorvoegsel", "tussenvoegsel"), node.get("achternaam")


def _refs(node: _Node) -> tuple[str, ...]:
    """Keys of the groups that a record names, base groups first."""
    base: list[str] = []
    composite: list[str] = []
    waiting = list(node.children)
    while waiting:
        child = waiting.pop(0)
        if child.name in {"groep", "samengestelde_groep"}:
            target = base if child.name == "groep" else composite
            target.append(clean(child.attributes.get("key", "")))
        elif child.name in {"groepen", "samengestelde_groepen"}:
            waiting.extend(child.children)
    return tuple(dict.fromkeys(ref for ref in base + composite if ref))


def _pupils(
    nodes: list[_Node], known: set[str]
) -> tuple[tuple[ImportedPupil, ...], tuple[RejectedRow, ...]]:
    good: list[ImportedPupil] = []
    bad: list[RejectedRow] = []
    for row, node in enumerate(nodes, start=1):
        days = {
            "birth_date": node.get("geboortedatum"),
            "enrolled_on": node.get("instroomdatum"),
            "left_on": node.get("uitstroomdatum"),
        }
        given, prefix, family = _names(node)
        refs = _refs(node)
        if reason := _pupil_fault(given, family, days, refs, known):
            bad.append(RejectedRow(row, reason))
            continue
        read = {name: _day(text) if text else None for name, text in days.items()}
        good.append(
            ImportedPupil(
                row=row,
                key=node.key(),
                given_name=given,
                name_prefix=prefix,
                family_name=family,
                groups=refs,
                birth_date=read["birth_date"],
                enrolled_on=read["enrolled_on"],
                left_on=read["left_on"],
            )
        )
    return tuple(good), tuple(bad)


def _pupil_fault(
    given: str, family: str, days: dict[str, str], refs: tuple[str, ...], known: set[str]
) -> str:
    if not given and not family:
        return _("There is no name.")
    if len(given) > NAME_LIMIT or len(family) > NAME_LIMIT:
        return _("The name is longer than {n} characters.").format(n=NAME_LIMIT)
    for text in days.values():
        if text and _day(text) is None:
            return _("The date {text} does not exist.").format(text=text[:20])
    if any(ref not in known for ref in refs):
        return _("The group of this pupil is not in the file.")
    return ""


def _staff(
    nodes: list[_Node],
) -> tuple[tuple[ImportedStaff, ...], tuple[RejectedRow, ...]]:
    good: list[ImportedStaff] = []
    bad: list[RejectedRow] = []
    for row, node in enumerate(nodes, start=1):
        given, prefix, family = _names(node)
        if not given and not family:
            bad.append(RejectedRow(row, _("There is no name."), "staff"))
            continue
        codes = [clean("".join(child.text)) for child in node.children if child.name == "rol"]
        role = next((_ROLES[code] for code in codes if code in _ROLES), "leraar")
        good.append(
            ImportedStaff(
                row=row,
                key=node.key(),
                given_name=given[:NAME_LIMIT],
                name_prefix=prefix[:NAME_LIMIT],
                family_name=family[:NAME_LIMIT],
                email=node.get("emailadres")[:NAME_LIMIT],
                role=role,
                groups=_refs(node),
            )
        )
    return tuple(good), tuple(bad)


def _day(text: str) -> dt.date | None:
    """A day of xs:date (a zone is cut off) or None when it does not exist or can't be right."""
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None
