"""Read a file that came from outside, in a process of its own.

`read_path` takes the bytes, `read` hands them to a child (child.py) and gets an ImportFile back
as JSON. Run as a module it is the child: first line = the request as JSON, then the bytes.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from wbos_desktop import i18n
from wbos_desktop.documents import child, edexml, pupil_lists, tables
from wbos_desktop.domain.imports import ImportFile, ReadRequest, from_json, to_json
from wbos_desktop.errors import FileRejected
from wbos_desktop.i18n import _
from wbos_desktop.progress import Progress

MAX_BYTES = 50_000_000
SECONDS = 60

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def read_path(path: Path) -> bytes:
    """The bytes of an ordinary file. Raises FileRejected for anything else or a file too large."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise FileRejected(_("This is no ordinary file. Choose the list itself."))
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileRejected(_("This is no ordinary file. Choose the list itself."))
            data = file.read(MAX_BYTES + 1)
    except PermissionError:
        raise FileRejected(
            _("This file can't be opened. Is it open in Excel? Close it there and try again.")
        ) from None
    except FileNotFoundError:
        raise FileRejected(_("This file is not there any more.")) from None
    except OSError:
        raise FileRejected(_("This file can't be read. Copy it to this laptop first.")) from None
    if len(data) > MAX_BYTES:
        raise FileRejected(
            _("This file is larger than {n} MB. That is too large for a pupil list.").format(
                n=MAX_BYTES // 1_000_000
            )
        )
    return data


def parse(data: bytes, file_name: str, mapping: Mapping[str, str] | None = None) -> ImportFile:
    """Read bytes in this process, by what they are and not by the file's name.

    Raises FileRejected with a sentence.
    """
    if not data.strip():
        raise FileRejected(_("This file is empty."))
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE)):
        return pupil_lists.parse_tables(tables.read_workbook(data), file_name, mapping)
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"SQLite")):
        raise FileRejected(
            _("This is no pupil list. Choose an EDEXML, CSV or Excel file with pupils.")
        )
    if _is_xml(head, data):
        if b"<html" in head[:1000].lower():
            raise FileRejected(_("This is a web page. Export the list as CSV or Excel."))
        return edexml.parse(data, file_name)
    return pupil_lists.parse_tables(tables.read_delimited(data), file_name, mapping)


def _is_xml(head: bytes, data: bytes) -> bool:
    wide = data.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<"))
    return head.startswith(b"<") or wide


def read(
    data: bytes,
    file_name: str,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ImportFile:
    """Read bytes in a child process. Raises FileRejected, or Cancelled when it was stopped."""
    request = ReadRequest(file_name, i18n.language(), dict(mapping or {}))
    message = json.dumps(asdict(request)).encode() + b"\n" + data
    try:
        answer = child.ask(
            "wbos_desktop.documents.reader",
            message,
            seconds=SECONDS,
            waiting=lambda: progress.step(0, 0, _("Reading the file")) if progress else None,
        )
    except child.TooLate:
        raise FileRejected(
            _("Reading takes longer than {n} seconds. Export a smaller list.").format(n=SECONDS)
        ) from None
    if progress is not None:
        # Stop was pressed while the answer was on its way.
        progress.step(1, 1, "")
    return _answer(answer)


def _answer(answer: bytes) -> ImportFile:
    try:
        found = json.loads(answer)
        if "error" not in found:
            return from_json(json.dumps(found["file"]))
        message = str(found["error"])
    except (ValueError, KeyError, TypeError):
        message = _("This file can't be read. It may be damaged or far too large.")
    raise FileRejected(message)


def main() -> None:
    """The child: one request on standard input, one JSON object on standard output."""
    child.limit_memory()
    request = ReadRequest(**json.loads(sys.stdin.buffer.readline()))
    i18n.activate(request.language)
    data = sys.stdin.buffer.read()
    try:
        file = parse(data, request.file_name, request.mapping)
        answer = '{"file": ' + to_json(file) + "}"
    except FileRejected as fault:
        answer = json.dumps({"error": fault.message})
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    main()
