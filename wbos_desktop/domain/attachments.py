"""Files with a case: which are taken, how large they may be, and what a list shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wbos_desktop.i18n import _, language

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
MEDIA_TYPES = (PDF, JPEG, PNG)
MAX_BYTES = 20_000_000
"""Of one file. A photo of a telephone has 5 MB, a scanned letter 2 MB."""
CHUNK_BYTES = 256 * 1024
TITLE_LIMIT = 120


@dataclass(frozen=True)
class CleanFile:
    """A file that was looked at and cleaned: only this may enter the vault."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class AttachmentRow:
    """A line of the list; `incident_number` is empty for a file of the case itself."""

    id: int
    version: int
    title: str
    media_type: str
    size: int
    added_at: dt.datetime
    added_by: str
    incident_number: str


def kind_text(media_type: str) -> str:
    """'PDF' or 'Foto of afbeelding'."""
    return _("PDF") if media_type == PDF else _("Photo or picture")


def size_text(size: int) -> str:
    """'340 kB', '2,4 MB': in thousands, as file managers of today do."""
    if size < 1_000_000:
        return _("{n} kB").format(n=max(1, round(size / 1_000)))
    return _("{n} MB").format(n=_decimal(size / 1_000_000))


def _decimal(number: float) -> str:
    text = f"{number:.1f}"
    return text.replace(".", ",") if language() == "nl" else text
