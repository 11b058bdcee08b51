"""Look at a file before it enters the vault: what it is, and photos without what they betray.

A photo of a telephone tells where and when it was taken and with what; a picture is therefore
drawn anew from its points, which leaves every hidden part behind, and of a PDF only the pages are
copied (bare_pdf.py). It happens in a process of its own (child.py), as with class lists:
pictures are a classic way to attack a reader.
Run as a module it is the child: bytes in, a line of JSON and bytes out.
"""

from __future__ import annotations

import io
import json
import sys

from wbos_desktop import i18n
from wbos_desktop.documents import child
from wbos_desktop.domain.attachments import JPEG, MAX_BYTES, PDF, PNG, CleanFile
from wbos_desktop.errors import FileRejected
from wbos_desktop.i18n import _

SECONDS = 30
MAX_POINTS = 60_000_000
_QUALITY = 90


def clean(content: bytes) -> CleanFile:
    """Look at the bytes in a child process. Raises FileRejected with what to do."""
    _check_size(content)
    try:
        answer = child.ask(
            "wbos_desktop.documents.pictures", content, i18n.language(), seconds=SECONDS
        )
    except child.TooLate:
        raise _unreadable() from None
    head, _line, rest = answer.partition(b"\n")
    try:
        found = json.loads(head)
    except ValueError:
        raise _unreadable() from None
    if "error" in found:
        raise FileRejected(str(found["error"]))
    return CleanFile(str(found["media_type"]), rest)


def look(content: bytes) -> CleanFile:
    """As `clean`, in this process. Raises FileRejected."""
    _check_size(content)
    if content.startswith(b"%PDF-"):
        return _look_at_pdf(content)
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _redraw(content)
    raise FileRejected(
        _("Only PDF, JPG and PNG can be kept here. Save the file as one of these first.")
    )


def _check_size(content: bytes) -> None:
    if not content:
        raise FileRejected(_("This file is empty."))
    if len(content) > MAX_BYTES:
        raise FileRejected(
            _("This file is larger than {n} MB. Make it smaller first.").format(
                n=MAX_BYTES // 1_000_000
            )
        )


def _look_at_pdf(content: bytes) -> CleanFile:
    import logging

    from pypdf import PdfReader

    from .bare_pdf import pages_only

    logging.disable(logging.CRITICAL)  # it writes pieces of broken files
    try:
        reader = PdfReader(io.BytesIO(content))
        locked, pages = reader.is_encrypted, 0 if reader.is_encrypted else len(reader.pages)
        bare = pages_only(reader) if pages else b""
    except Exception as error:
        raise _unreadable() from error
    finally:
        logging.disable(logging.NOTSET)
    if locked:
        raise FileRejected(_("This PDF has a password. Save it without password and try again."))
    if pages == 0:
        raise _unreadable()
    return CleanFile(PDF, bare)


def _redraw(content: bytes) -> CleanFile:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_POINTS
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as found:
            if found.width * found.height > MAX_POINTS:
                raise _unreadable()
            is_photo = found.format == "JPEG"
            upright = ImageOps.exif_transpose(found)
            picture = upright.convert("RGB" if is_photo else "RGBA")
    except FileRejected:
        raise
    except Exception as error:
        raise _unreadable() from error
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    target = io.BytesIO()
    if is_photo:
        bare.save(target, "JPEG", quality=_QUALITY, optimize=True)
    else:
        bare.save(target, "PNG", optimize=True)
    return CleanFile(JPEG if is_photo else PNG, target.getvalue())


def _unreadable() -> FileRejected:
    return FileRejected(_("This file can't be read. It may be damaged or far too large."))


def main() -> None:
    """The child."""
    child.limit_memory()
    i18n.activate(sys.argv[1])
    try:
        file = look(sys.stdin.buffer.read())
    except FileRejected as fault:
        sys.stdout.buffer.write(json.dumps({"error": fault.message}).encode() + b"\n")
        return
    head = json.dumps({"media_type": file.media_type}).encode()
    sys.stdout.buffer.write(head + b"\n" + file.content)


if __name__ == "__main__":
    main()
