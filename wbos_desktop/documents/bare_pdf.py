"""A PDF without what it hides: only its pages, drawn as they were.

Runs in the child process of pictures.py. What names people or acts by itself is in the catalogue
of the document (author, attached files, scripts, what happens at opening) or hangs on a page or
a note on it; the first is not copied, the second is taken out before the copy.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
)

# Document data of a page or picture, files that hang on them, what acts by itself, and threads
# of articles, which name their author.
_HIDDEN = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EF", "/AA", "/JS", "/B", "/XFA")
_NOTE_HIDDEN = ("/M", "/CreationDate", "/Popup", "/IRT", "/RC", "/Subj")
_CARRIERS = frozenset(
    {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/Popup"}
)
_ACTIONS = frozenset({"/URI", "/GoTo", "/Named"})
_FORM = ("/Fields", "/DR", "/DA", "/Q", "/NeedAppearances")


def pages_only(reader: PdfReader) -> bytes:
    """A new PDF of the pages of this one. Raises what pypdf raises for a broken file."""
    for page in reader.pages:
        page.pop("/Parent", None)
        notes = page.get("/Annots")
        if notes is not None:
            page[NameObject("/Annots")] = ArrayObject(_kept_notes(notes.get_object()))
    root = reader.root_object
    kept = [root.get("/OCProperties"), root.get("/AcroForm")]
    for found in _reachable([*reader.pages, *kept]):
        _clean(found)
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    _copy_frame(root, writer)
    writer.metadata = None
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _kept_notes(notes: ArrayObject) -> list[Any]:
    """Notes and links, but none that carries a file, sound or film."""
    return [note for note in notes if _kind(note) not in _CARRIERS]


def _kind(note: Any) -> str:
    found = note.get_object()
    return str(found.get("/Subtype", "")) if isinstance(found, DictionaryObject) else "/Popup"


def _copy_frame(root: DictionaryObject, writer: PdfWriter) -> None:
    """What pages need to look as they did: which layers show, and the fonts of filled forms."""
    layers, form = root.get("/OCProperties"), root.get("/AcroForm")
    if layers is not None:
        writer.root_object[NameObject("/OCProperties")] = layers.get_object().clone(writer)
    if form is not None:
        whole = form.get_object()
        bare = DictionaryObject(
            {NameObject(key): whole.raw_get(key) for key in _FORM if key in whole}
        )
        writer.root_object[NameObject("/AcroForm")] = bare.clone(writer)


def _reachable(roots: list[Any]) -> Iterator[DictionaryObject]:
    """Every dictionary below the roots, once; by a list, since a file may nest without end."""
    waiting, seen = list(roots), set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.raw_get(key) for key in found)
        elif isinstance(found, ArrayObject):
            waiting.extend(list.__iter__(found))


def _clean(found: DictionaryObject) -> None:
    for key in _HIDDEN:
        found.pop(key, None)
    action = found.get("/A")
    if action is not None:
        _clean_action(found, action.get_object())
    if "/Subtype" in found and "/Rect" in found:
        for key in _NOTE_HIDDEN:
            found.pop(key, None)
        if str(found["/Subtype"]) != "/Widget":
            found.pop("/T", None)  # the author of a note; of a field it is the name


def _clean_action(holder: DictionaryObject, action: Any) -> None:
    if not isinstance(action, DictionaryObject) or action.get("/S") not in _ACTIONS:
        del holder["/A"]
    else:
        action.pop("/Next", None)  # what is done after it
