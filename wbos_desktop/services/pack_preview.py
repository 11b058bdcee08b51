"""The pack as bytes for the live preview: built beside the database lane, never written."""

from __future__ import annotations

from dataclasses import dataclass

from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.progress import Progress
from wbos_desktop.services import exports
from wbos_desktop.services.reports import meeting_pack_report


@dataclass(frozen=True)
class PackPreview:
    """The PDF itself, the file name without suffix, and words that may still be a pupil's name."""

    content: bytes
    stem: str
    check_words: tuple[str, ...]


def preview_pack(
    progress: Progress, workspace: exports.Runner, meeting_id: int, options: ExportOptions
) -> PackPreview:
    """Build the pack of a meeting; for the long lane. Raises NotFound, Invalid, Cancelled."""
    report = workspace.read(meeting_pack_report, meeting_id, options)
    content, _notes = exports.build(report, "pdf", progress)
    stem = exports.default_name(report, "pdf").removesuffix(".pdf")
    return PackPreview(content, stem, report.masthead.check_words)
