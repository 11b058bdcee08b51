"""Only what was looked at enters the vault, and photos lose what they betray."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfWriter

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


def test_a_pdf_is_kept_as_it_is() -> None:
    content = document()
    found = pictures.clean(content)
    assert (found.media_type, found.content) == (PDF, content)


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
