"""The reader process: bytes in, one answer out, whatever happens to the child."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wbos_desktop import i18n
from wbos_desktop.documents import reader
from wbos_desktop.errors import Cancelled, FileRejected
from wbos_desktop.progress import Progress

GOLDEN = Path(__file__).parent.parent / "golden"


def test_a_child_reads_the_same_as_we_do() -> None:
    data = (GOLDEN / "edexml-1.0.3.xml").read_bytes()
    assert reader.read(data, "a.xml") == reader.parse(data, "a.xml")


def test_the_child_speaks_the_users_language() -> None:
    with pytest.raises(FileRejected, match="leeg"):
        reader.read(b"", "a.xml")
    i18n.activate("en")
    with pytest.raises(FileRejected, match="empty"):
        reader.read(b"", "a.xml")


def test_mapping_reaches_the_child() -> None:
    file = reader.read(b"Wie;Waar\nEva Smit;2B\n", "a", {"Wie": "full_name", "Waar": "group"})
    assert file.pupils[0].groups == ("2B",)


def test_a_crashed_child_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(FileRejected, match="beschadigd"):
        reader.read(b"Naam;Klas\nBo;2B\n", "a")


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "slow"
    script.write_text("#!/bin/sh\nexec sleep 30\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(reader, "SECONDS", 0.3)
    with pytest.raises(FileRejected, match="langer"):
        reader.read(b"Naam;Klas\nBo;2B\n", "a")


def test_a_list_that_does_not_fit_the_pipe_is_read_whole() -> None:
    rows = "".join(f"{n};Eva;Smit{n};2B\n" for n in range(8000))
    file = reader.read(b"Stamnummer;Roepnaam;Achternaam;Klas\n" + rows.encode(), "a.csv")
    assert (len(file.pupils), file.pupils[-1].family_name) == (8000, "Smit7999")


def test_stopping_ends_the_child() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        reader.read(b"Naam;Klas\nBo;2B\n", "a", progress=progress)


def test_only_ordinary_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "lijst.csv").write_bytes(b"a")
    assert reader.read_path(tmp_path / "lijst.csv") == b"a"
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "lijst.csv")
    for path in (link, tmp_path, Path("/dev/zero")):
        with pytest.raises(FileRejected, match="gewoon"):
            reader.read_path(path)
    with pytest.raises(FileRejected, match="niet meer"):
        reader.read_path(tmp_path / "weg.csv")


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 10)
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(FileRejected, match="groter"):
        reader.read_path(tmp_path / "a")
