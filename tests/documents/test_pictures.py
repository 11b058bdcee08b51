"""Only what was looked at enters the vault, and photos lose what they betray."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from wbos_desktop.documents import pictures
from wbos_desktop.domain.attachments import JPEG, PDF, PNG
from wbos_desktop.errors import FileRejected

SECRET = b"Zwanenbloem"


def photo(size: tuple[int, int] = (60, 40), *, orientation: int = 1) -> bytes:
    """A JPG with place, maker, comment and a thumbnail of the maker's own."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    target = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    image.save(target, "JPEG", exif=exif, comment=SECRET, quality=95)
    return target.getvalue() + SECRET


def picture() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", SECRET.decode())
    target = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 255, 128)).save(target, "PNG", pnginfo=words)
    return target.getvalue() + SECRET


def document(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


name = NameObject
ADDRESS = "https://voorbeeld.nl/"
HIDDEN = (SECRET, b"JavaScript", b"Launch", b"EmbeddedFile", b"FileAttachment")


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def action(kind: str, key: str, words: str = SECRET.decode()) -> DictionaryObject:
    """What a PDF does by itself or after a click."""
    return DictionaryObject({name("/S"): name(kind), name(key): TextStringObject(words)})


def annotation(kind: str, key: str, value: object) -> DictionaryObject:
    """Something that lies on a page."""
    rectangle = ArrayObject(FloatObject(n) for n in (10, 10, 60, 30))
    found = DictionaryObject({name("/Type"): name("/Annot"), name("/Subtype"): name(kind)})
    found[name("/Rect")] = rectangle
    found[name(key)] = TextStringObject(value) if isinstance(value, str) else value
    return found


def telling_document() -> bytes:
    """Two pages, with all that names somebody or acts by itself."""
    from reportlab.pdfgen.canvas import Canvas

    plain = io.BytesIO()
    canvas = Canvas(plain, pageCompression=0)
    for number in (1, 2):
        canvas.drawString(72, 720, f"Bladzijde {number}")
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(PdfReader(plain))
    writer.add_metadata({"/Author": SECRET.decode()})
    writer.add_attachment("brief.txt", SECRET)
    scripts = ArrayObject([TextStringObject("a"), action("/JavaScript", "/JS")])
    writer.root_object["/Names"][name("/JavaScript")] = DictionaryObject({name("/Names"): scripts})
    writer.root_object[name("/OpenAction")] = action("/Launch", "/F")
    writer.root_object[name("/AA")] = DictionaryObject({name("/WC"): action("/JavaScript", "/JS")})
    words = DecodedStreamObject()
    words.set_data(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>")
    writer.root_object[name("/Metadata")] = writer._add_object(words)
    page = writer.pages[0]
    page[name("/AA")] = DictionaryObject({name("/O"): action("/JavaScript", "/JS")})
    page[name("/Metadata")] = writer._add_object(words)
    link = annotation("/Link", "/A", action("/URI", "/URI", ADDRESS))
    link["/A"][name("/Next")] = action("/Launch", "/F")  # type: ignore[index]
    link[name("/T")] = TextStringObject(SECRET.decode())
    page[name("/Annots")] = ArrayObject([link, annotation("/FileAttachment", "/FS", page["/AA"])])
    return written(writer)


@pytest.mark.parametrize(("content", "kind"), [(photo(), JPEG), (picture(), PNG)])
def test_hidden_data_of_pictures_is_gone(content: bytes, kind: str) -> None:
    assert SECRET in content
    found = pictures.clean(content)
    assert found.media_type == kind
    assert SECRET not in found.content
    shown = Image.open(io.BytesIO(found.content))
    assert not shown.getexif()
    assert not {"comment", "Author", "exif", "icc_profile"} & set(shown.info)


def test_a_photo_stays_upright() -> None:
    found = pictures.look(photo((60, 40), orientation=6))
    shown = Image.open(io.BytesIO(found.content))
    assert shown.size == (40, 60)
    top, bottom = shown.getpixel((20, 5)), shown.getpixel((20, 55))
    assert top[1] < 60 < bottom[1]


def test_a_picture_keeps_its_points() -> None:
    shown = Image.open(io.BytesIO(pictures.look(picture()).content))
    assert shown.getpixel((3, 3)) == (0, 0, 255, 128)


def test_the_pages_of_a_pdf_stay() -> None:
    content = telling_document()
    found = pictures.clean(content)
    assert found.media_type == PDF
    before, after = PdfReader(io.BytesIO(content)), PdfReader(io.BytesIO(found.content))
    assert [page.extract_text() for page in after.pages] == ["Bladzijde 1\n", "Bladzijde 2\n"]
    assert [page.mediabox for page in after.pages] == [page.mediabox for page in before.pages]
    assert [note.get_object()["/A"]["/URI"] for note in after.pages[0]["/Annots"]] == [ADDRESS]


def test_what_a_pdf_hides_is_gone() -> None:
    content = telling_document()
    assert [words for words in HIDDEN if words not in content] == []
    bare = pictures.clean(content).content
    assert [words for words in HIDDEN if words in bare] == []
    after = PdfReader(io.BytesIO(bare))
    assert not after.metadata
    assert after.xmp_metadata is None
    assert not after.attachments
    assert set(after.trailer["/Root"]) == {"/Type", "/Pages"}


def test_a_filled_form_keeps_its_answers() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    field = annotation("/Widget", "/T", "naam")
    field |= {name("/FT"): name("/Tx"), name("/V"): TextStringObject("Antwoord")}
    field[name("/AA")] = action("/JavaScript", "/JS")
    place = writer._add_object(field)
    page[name("/Annots")] = ArrayObject([place])
    form = DictionaryObject({name("/Fields"): ArrayObject([place])})
    writer.root_object[name("/AcroForm")] = writer._add_object(form)
    bare = pictures.clean(written(writer)).content
    assert SECRET not in bare
    assert PdfReader(io.BytesIO(bare)).get_form_text_fields() == {"naam": "Antwoord"}


def test_a_pdf_that_refers_to_itself_ends() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    note = annotation("/Text", "/Contents", "Zie de andere")
    place = writer._add_object(note)
    note[name("/IRT")] = note[name("/Round")] = place
    page[name("/Annots")] = ArrayObject([place])
    after = PdfReader(io.BytesIO(pictures.clean(written(writer)).content))
    assert after.pages[0]["/Annots"][0].get_object()["/Contents"] == "Zie de andere"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "leeg"),
        (b"MZ\x90\x00 program", "alleen pdf"),
        (b"GIF89a" + b"x" * 50, "alleen pdf"),
        (b"<svg onload='x'/>", "alleen pdf"),
        (photo()[:200], "beschadigd"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "beschadigd"),
        (b"%PDF-1.7 nothing", "beschadigd"),
        (document("geheim"), "wachtwoord"),
        (b"x" * 20_000_001, "20 MB"),
    ],
)
def test_other_files_end_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        pictures.clean(content)


def test_a_picture_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG", optimize=True)
    assert len(bomb.getvalue()) < 500_000
    with pytest.raises(FileRejected, match="beschadigd of veel te groot"):
        pictures.clean(bomb.getvalue())


def test_a_child_that_dies_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures.sys, "executable", "/bin/false")
    with pytest.raises(FileRejected, match="beschadigd"):
        pictures.clean(photo())


def test_a_child_that_hangs_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "slow"
    script.write_text("#!/bin/sh\nexec sleep 30\n")
    script.chmod(0o755)
    monkeypatch.setattr(pictures.sys, "executable", str(script))
    monkeypatch.setattr(pictures, "SECONDS", 0.3)
    with pytest.raises(FileRejected, match="beschadigd of veel te groot"):
        pictures.clean(photo())
