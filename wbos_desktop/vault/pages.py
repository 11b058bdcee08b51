"""The encrypted pages of the database file, without the database engine: for a rescue only.

A page is 4096 bytes: content, 16 bytes of IV, 64 bytes of HMAC-SHA512 over both and the page's
number; page 1 begins with a salt. That is the file format of SQLCipher 4 with a raw key. Here
pages are judged by their HMAC, and two kinds of lost ones are made again, so that one damaged
page costs its own rows and never those of the pages that hang below it:

    the pages of the schema      from copies that were kept aside, still encrypted
    the pages above the rows     from the pages of rows that nothing refers to any more
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .files import storage_error, write_whole

KEPT_NAME = "schema.pages"
PAGE = 4096
_RESERVE, _IV, _SALT = 80, 16, 16
_USABLE = PAGE - _RESERVE
_MAGIC = b"SQLite format 3\x00"
_LENGTH = slice(28, 32)  # of page 1: how many pages there are
_USERS = b"users"
_PROGRAM = slice(68, 72)
_COOKIE = slice(40, 44)  # of page 1: changes with every change of the schema
_LEAF, _INTERIOR, _INDEX_LEAF, _INDEX_INTERIOR = 13, 5, 10, 2


class Pages:
    """Reads and seals pages of one file with one data key."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = path.open("rb")
        self._key = key
        salt = self._file.read(_SALT)
        mac_salt = bytes(byte ^ 0x3A for byte in salt)
        self._mac_key = hashlib.pbkdf2_hmac("sha512", key, mac_salt, 2, 32)
        self.count = path.stat().st_size // PAGE

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def raw(self, number: int) -> bytes:
        """The bytes as they stand in the file; numbers begin at 1."""
        self._file.seek((number - 1) * PAGE)
        return self._file.read(PAGE)

    def is_whole(self, number: int, raw: bytes) -> bool:
        """True if the HMAC holds."""
        start = _SALT if number == 1 else 0
        return len(raw) == PAGE and hmac.compare_digest(
            self._mac(number, raw[start : _USABLE + _IV]), raw[_USABLE + _IV :]
        )

    def read(self, number: int) -> bytes | None:
        """The content without reserve; None when the page is damaged."""
        raw = self.raw(number)
        return self.decrypt(number, raw) if self.is_whole(number, raw) else None

    def decrypt(self, number: int, raw: bytes) -> bytes:
        """The content of a whole page."""
        start = _SALT if number == 1 else 0
        cipher = Cipher(algorithms.AES(self._key), modes.CBC(raw[_USABLE : _USABLE + _IV]))
        work = cipher.decryptor()
        content = work.update(raw[start:_USABLE]) + work.finalize()
        return _MAGIC + content if number == 1 else content

    def seal(self, number: int, content: bytes) -> bytes:
        """A page with this content, encrypted under a new IV."""
        start = _SALT if number == 1 else 0
        vector = os.urandom(_IV)
        work = Cipher(algorithms.AES(self._key), modes.CBC(vector)).encryptor()
        body = work.update(content.ljust(_USABLE, b"\0")[start:]) + work.finalize() + vector
        return self.raw(1)[:start] + body + self._mac(number, body)

    def _mac(self, number: int, body: bytes) -> bytes:
        return hmac.digest(self._mac_key, body + struct.pack("<I", number), hashlib.sha512)


# ---------------------------------------------------------------- the schema, kept aside
def keep_schema(database: Path, key: bytes) -> None:
    """Keep copies of the schema's pages beside the database, when the schema has changed.

    Call it before the database is opened and while its log is empty. Never raises: a vault
    without these copies works too.
    """
    kept = database.with_name(KEPT_NAME)
    try:
        with Pages(database, key) as pages:
            if not _is_ours(pages) or _is_current(_kept_pages(kept), pages):
                return
            users = list(_user_pages(pages))
            if not users and kept.exists():
                return  # that page is damaged now: its copy is what helps
            numbers = [*_schema_numbers(pages), *users]
            content = b"".join(struct.pack(">I", n) + pages.raw(n) for n in numbers)
        write_whole(kept, content)
    except Exception:  # noqa: BLE001 - damage is told by the opening that follows
        return


def _is_ours(pages: Pages) -> bool:
    first = pages.read(1)
    return first is not None and first[_PROGRAM] == b"WBOS"


def _is_current(copies: dict[int, bytes], pages: Pages) -> bool:
    """True if the copies are of this file as it is; page 1 changes with its length too."""
    first, raw = pages.read(1), copies.get(1, b"")
    if first is None or not pages.is_whole(1, raw):
        return False
    same = pages.decrypt(1, raw)[_COOKIE] == first[_COOKIE]
    return same and all(pages.raw(number) == raw for number, raw in copies.items() if number > 1)


def _kept_pages(kept: Path) -> dict[int, bytes]:
    try:
        data = kept.read_bytes()
    except OSError:
        return {}
    size = PAGE + 4
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return {struct.unpack(">I", part[:4])[0]: part[4:] for part in parts if len(part) == size}


def _schema_numbers(pages: Pages) -> Iterator[int]:
    """Page 1 and what hangs below it; raises ValueError when one of them is damaged."""
    waiting = [1]
    while waiting:
        number = waiting.pop()
        content = pages.read(number)
        if content is None:
            raise ValueError("damaged")
        yield number
        waiting += _children(content, 100 if number == 1 else 0)


def _user_pages(pages: Pages) -> Iterator[int]:
    """The page with the users, who are few: without them nobody could open a rescued vault."""
    for number in _schema_numbers(pages):
        content, at = pages.read(number), 100 if number == 1 else 0
        for name, root in _roots_in(content or b"", at) if content and content[at] == _LEAF else ():
            page = pages.read(root) if name == _USERS else None
            if page is not None and page[0] == _LEAF:
                yield root


def _children(content: bytes, at: int) -> list[int]:
    """Numbers of the pages directly below an interior page; none below a leaf."""
    if content[at] not in (_INTERIOR, _INDEX_INTERIOR):
        return []
    cells = struct.unpack_from(">H", content, at + 3)[0]
    places = struct.unpack_from(f">{cells}H", content, at + 12)
    last = struct.unpack_from(">I", content, at + 8)[0]
    return [struct.unpack_from(">I", content, place)[0] for place in places] + [last]


# ---------------------------------------------------------------- a copy that is made readable
def mended_copy(database: Path, key: bytes, target: Path) -> int:
    """Copy the file, and make lost pages again where that can be; how many were made.

    The log must be empty: what stands in it is not looked at. Raises StorageError.
    """
    try:
        shutil.copyfile(database, target)
        target.chmod(0o600)
        patches = _patches(database, key)
        with target.open("r+b") as file:
            for number, raw in patches.items():
                file.seek((number - 1) * PAGE)
                file.write(raw)
    except OSError as error:
        raise storage_error(error) from error
    return len(patches)


def _patches(database: Path, key: bytes) -> dict[int, bytes]:
    kept = _kept_pages(database.with_name(KEPT_NAME))
    with Pages(database, key) as pages:
        whole = {n: raw for n, raw in kept.items() if pages.is_whole(n, raw)}
        found = {n: raw for n, raw in whole.items() if pages.read(n) is None}
        rows = set(_row_pages(pages, whole))  # these may have changed since, and still help
        rest = {n: raw for n, raw in whole.items() if n > 1 and n not in found and n not in rows}
        if any(pages.raw(number) != raw for number, raw in rest.items()):
            found = {}  # kept of another layout of the file
        if 1 in found:  # the file may have grown since
            first = bytearray(pages.decrypt(1, found[1]))
            first[_LENGTH] = struct.pack(">I", pages.count)
            found[1] = pages.seal(1, bytes(first))
        lost = _Lost(pages, {number: pages.decrypt(number, raw) for number, raw in found.items()})
        return found | lost.rebuilt()


def _row_pages(pages: Pages, kept: dict[int, bytes]) -> Iterator[int]:
    """Which of the kept pages are no pages of the schema."""
    schema, waiting = set(), [1]
    while waiting:
        number = waiting.pop()
        schema.add(number)
        if number in kept:
            content = pages.decrypt(number, kept[number])
            waiting += _children(content, 100 if number == 1 else 0)
    return (number for number in kept if number not in schema)


class _Lost:
    """Finds damaged pages that stood above rows, and writes them anew."""

    def __init__(self, pages: Pages, kept: dict[int, bytes]) -> None:
        self._pages = pages
        self._kept = kept
        self._damaged: set[int] = set()
        self._leaves: dict[int, tuple[int, int]] = {}  # number: first and last rowid
        self._below: dict[int, list[int]] = {}
        self._bounds: dict[int, tuple[int, int]] = {}
        for number in range(1, pages.count + 1):
            content = kept.get(number) or pages.read(number)
            if content is None:
                self._damaged.add(number)
            else:
                self._note(number, content)

    def rebuilt(self) -> dict[int, bytes]:
        """The page above rows that was lost, written anew; only where just one can be meant."""
        roots = set(self._table_roots())
        known = {child for children in self._below.values() for child in children} | roots
        orphans = [number for number in self._leaves if number not in known and number > 1]
        places = [number for number in sorted(self._damaged) if self._was_above(number, roots)]
        if len(places) != 1 or len(orphans) < 2:
            return {}
        low, high = self._bounds.get(places[0], (-(1 << 63), (1 << 63) - 1))
        orphans.sort(key=lambda number: self._leaves[number])
        if self._leaves[orphans[0]][0] <= low or self._leaves[orphans[-1]][1] > high:
            return {}
        content = self._interior(orphans)
        return {} if content is None else {places[0]: self._pages.seal(places[0], content)}

    def _was_above(self, number: int, roots: set[int]) -> bool:
        """A table may begin there, or the pages beside it stand above rows: all paths from the
        begin of a table to its rows are of one length."""
        if number in roots:
            return True
        beside = [children for children in self._below.values() if number in children]
        return any(child in self._below for children in beside for child in children)

    def _table_roots(self) -> Iterator[int]:
        waiting = [1]
        while waiting:
            number = waiting.pop()
            content = self._kept.get(number) or self._pages.read(number)
            if content is None:
                continue
            at = 100 if number == 1 else 0
            waiting += _children(content, at)
            if content[at] == _LEAF:
                yield from (root for _name, root in _roots_in(content, at))

    def _note(self, number: int, content: bytes) -> None:
        at = 100 if number == 1 else 0
        kind = content[at]
        if kind == _LEAF:
            if (span := _span(content, at)) is not None:
                self._leaves[number] = span
        elif kind in (_INTERIOR, _INDEX_INTERIOR):
            self._below[number] = _children(content, at)
            if kind == _INTERIOR:
                self._note_bounds(content, at, self._below[number])

    def _note_bounds(self, content: bytes, at: int, children: list[int]) -> None:
        """Which rowids hang below each child: above the key before it, up to its own."""
        places = struct.unpack_from(f">{len(children) - 1}H", content, at + 12)
        keys = [_varint(content, place + 4)[0] for place in places]
        lows, highs = [-(1 << 63), *keys], [*keys, (1 << 63) - 1]
        for child, low, high in zip(children, lows, highs, strict=True):
            self._bounds[child] = (low, high)

    def _interior(self, leaves: list[int]) -> bytes | None:
        """The content of a page above these leaves; None when they are too many for one."""
        cells = [
            struct.pack(">I", number) + _as_varint(self._leaves[number][1])
            for number in leaves[:-1]
        ]
        room = _USABLE - 12 - 2 * len(cells) - sum(len(cell) for cell in cells)
        if room < 0:
            return None
        places, end = [], _USABLE
        for cell in cells:
            end -= len(cell)
            places.append(end)
        head = struct.pack(">BHHHBI", _INTERIOR, 0, len(cells), end, 0, leaves[-1])
        pointers = struct.pack(f">{len(places)}H", *places)
        body = b"".join(reversed(cells))
        return head + pointers + bytes(end - len(head) - len(pointers)) + body


def _roots_in(content: bytes, at: int) -> Iterator[tuple[bytes, int]]:
    """Names of the tables in this page of the schema, and where they begin."""
    cells = struct.unpack_from(">H", content, at + 3)[0]
    for place in struct.unpack_from(f">{cells}H", content, at + 8):
        _length, after = _varint(content, place)
        _number, start = _varint(content, after)
        size, here = _varint(content, start)
        kinds = []
        for _column in range(4):
            kind, here = _varint(content, here)
            kinds.append(kind)
        begin = start + size
        texts = []
        for kind in kinds[:3]:
            end = begin + (kind - 13) // 2
            texts.append(content[begin:end])
            begin = end
        if texts[0] == b"table" and 1 <= kinds[3] <= 4:
            yield texts[1], int.from_bytes(content[begin : begin + kinds[3]], "big")


def _span(content: bytes, at: int) -> tuple[int, int] | None:
    """First and last rowid of a page of rows; None when it is empty."""
    cells = struct.unpack_from(">H", content, at + 3)[0]
    if not cells:
        return None
    places = struct.unpack_from(f">{cells}H", content, at + 8)
    first, last = (_rowid(content, place) for place in (places[0], places[-1]))
    return first, last


def _rowid(content: bytes, place: int) -> int:
    _length, after = _varint(content, place)
    return _varint(content, after)[0]


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value = 0
    for index in range(9):
        byte = content[place + index]
        if index == 8:
            value = value << 8 | byte
        else:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, place + index + 1
    return value - (1 << 64) if value >= 1 << 63 else value, place + 9


def _as_varint(value: int) -> bytes:
    if not 0 <= value < 1 << 56:
        raise ValueError("no number of a row here")
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))
