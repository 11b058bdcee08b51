"""PDFs that are small on disk and ask for the impossible."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out.getvalue() + end % (len(objects) + 1, start)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (extra, len(data), data)


def one_page(
    content: bytes = b"0 0 100 100 re f",
    *more: bytes,
    box: bytes = b"0 0 200 200",
    resources: bytes = b"",
) -> bytes:
    """A page that is object 3, what is on it 4, and `more` from 5."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>"
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page % (box, resources),
        content if content.startswith(b"<<") else stream(content),
        *more,
    )


def pages(count: int, first: bytes = b"") -> bytes:
    """So many empty pages; `first` is what is on the first one."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(count))
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]%s>>"
    drawn = b"/Contents 3 0 R/Resources<</XObject<</X 3 0 R>>>>" if first else b""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        stream(first, _FORM + b"/Resources<</XObject<</X 3 0 R>>>>"),
        leaf % drawn,
        *[leaf % b""] * (count - 1),
    )


def enormous() -> bytes:
    """A page of 3,500 km."""
    return one_page(box=b"0 0 9999999999 9999999999")


def drawing_itself() -> bytes:
    """A form that draws itself, twice."""
    loop = stream(b"/X Do /X Do", _FORM + b"/Resources<</XObject<</X 5 0 R>>>>")
    return one_page(b"/X Do", loop, resources=b"/XObject<</X 5 0 R>>")


def many_times_many() -> bytes:
    """A form that draws another one ten times, and so on: 10 to the 12th."""
    uses = b"/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(b"/X Do " * 10, _FORM + uses % (6 + depth)) for depth in range(12)]
    last = stream(b"0 0 5 5 re f", _FORM)
    return one_page(b"/X Do", *forms, last, resources=b"/XObject<</X 5 0 R>>")


def unpacking_without_end() -> bytes:
    """Lines of 720 MB in 1.4 MB."""
    return one_page(stream(zlib.compress(b"0 0 m 9 9 l " * 60_000_000, 1), b"/Filter/FlateDecode"))


def own_parent() -> bytes:
    """A list of pages that is a page of its own list."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 5>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )


def peak_mb(pid: int) -> int:
    """The most memory that a process had so far; 0 where or when that is not known."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM")), 0)
