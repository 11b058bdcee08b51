"""Files with a password, and the half files that a killed export leaves."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import msoffcrypto
import pytest
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError
from python_calamine import CalamineWorkbook

from tests import factories
from tests.ui.shell_fixture import make_workspace
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.documents import locked
from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.errors import FileRejected, Invalid
from wbos_desktop.progress import Progress
from wbos_desktop.services import export_files, export_kinds, exports, undo

PASSWORD = "groene kano straks"
RIGHT = ExportOptions(password=PASSWORD)


@pytest.fixture
def work():
    workspace, _who = make_workspace()
    yield workspace
    workspace.close()


@pytest.fixture
def case(work):
    return work.write(factories.make_case)


@pytest.fixture
def demanded(monkeypatch, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("export_password = true")
    monkeypatch.setenv("WBOS_POLICY_FILE", str(file))


def test_pdf_opens_with_its_password_only(work, case, tmp_path):
    made = exports.save_case(Progress(), work, case, tmp_path, RIGHT)
    reader = PdfReader(made.path)
    assert reader.is_encrypted
    with pytest.raises(FileNotDecryptedError):
        len(reader.pages)
    assert not PdfReader(made.path).decrypt("een ander wachtwoord")
    assert reader.decrypt(PASSWORD)
    assert "Casus" in reader.pages[0].extract_text()
    assert b"/AESV3" in Path(made.path).read_bytes()


def test_pdf_with_a_password_keeps_its_title_and_bookmarks(work, case):
    plain = work.read(exports.case_pdf_bytes, case)
    reader = PdfReader(BytesIO(locked.lock_file(plain, "pdf", PASSWORD)), password=PASSWORD)
    before = PdfReader(BytesIO(plain))
    assert reader.metadata["/Title"] == before.metadata["/Title"]
    assert reader.root_object["/Lang"] == before.root_object["/Lang"]
    assert len(reader.outline) == len(before.outline)


def test_workbook_opens_with_its_password_only(work, tmp_path):
    work.write(factories.make_incident)
    made = exports.save_register(Progress(), work, None, tmp_path, RIGHT)
    content = Path(made.path).read_bytes()
    assert not content.startswith(b"PK")
    with pytest.raises(Exception):  # noqa: B017, PT011 - the reader's own kind
        CalamineWorkbook.from_filelike(BytesIO(content))
    opened, plain = msoffcrypto.OfficeFile(BytesIO(content)), BytesIO()
    opened.load_key(password=PASSWORD, verify_password=True)
    opened.decrypt(plain, verify_integrity=True)
    plain.seek(0)
    assert CalamineWorkbook.from_filelike(plain).sheet_names


def test_register_notes_the_password_but_never_keeps_it(work, case, tmp_path):
    exports.save_case(Progress(), work, case, tmp_path, RIGHT)
    exports.save_case(Progress(), work, case, tmp_path / "uit.pdf")
    assert [row.with_password for row in work.read(exports.list_exports)] == [False, True]
    assert PASSWORD not in repr(RIGHT)


def test_school_can_demand_a_password(work, case, tmp_path, demanded):
    with pytest.raises(Invalid) as met:
        exports.save_case(Progress(), work, case, tmp_path / "uit.pdf")
    assert set(met.value.fields) == {"password"}
    assert not list(tmp_path.glob("uit*"))
    assert work.read(exports.list_exports) == []
    exports.save_case(Progress(), work, case, tmp_path / "uit.pdf", RIGHT)


def test_short_password_is_refused(work, case, tmp_path):
    with pytest.raises(Invalid):
        exports.save_case(Progress(), work, case, tmp_path, ExportOptions(password="kort"))


@pytest.mark.parametrize("password", ["wachtwoord é€", "ñandú" * 20, "12345678", "x" * 127])
def test_any_password_locks_both_kinds(password):
    from reportlab.pdfgen.canvas import Canvas

    plain = BytesIO()
    canvas = Canvas(plain)
    canvas.drawString(72, 720, "Goedemorgen")
    canvas.save()
    reader = PdfReader(BytesIO(locked.lock_file(plain.getvalue(), "pdf", password)))
    assert reader.decrypt(password)
    assert "Goedemorgen" in reader.pages[0].extract_text()


# ---------------------------------------------------------------- what a kill leaves
class Killed(BaseException):
    """As if the process were gone: nothing after it is done."""


def test_half_file_of_a_killed_export_is_gone_after_the_next_unlock(
    work, case, tmp_path, monkeypatch
):
    def kill(*_arguments):
        monkeypatch.setattr(Path, "unlink", lambda *_a, **_k: None)
        monkeypatch.setattr(exports, "forget_part", lambda *_a: None)
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(exports, "record_export", kill)
        monkeypatch = dying
        with pytest.raises(Killed):
            exports.save_case(Progress(), work, case, tmp_path / "uit.pdf")
    [part] = tmp_path.glob("wbos-*.part")
    assert work.write(export_files.remove_parts) == 1
    assert not part.exists()
    assert work.write(export_files.remove_parts) == 0


def test_finished_export_leaves_nothing_to_remove(work, case, tmp_path):
    made = exports.save_case(Progress(), work, case, tmp_path)
    assert work.write(export_files.remove_parts) == 0
    assert Path(made.path).exists()


def test_stick_that_is_out_is_tried_again_later(work, tmp_path):
    part = tmp_path / "stick" / "uit.pdf.part"
    work.write(export_files.note_part, part)
    assert work.write(export_files.remove_parts) == 0
    part.parent.mkdir()
    part.write_bytes(b"half")
    assert work.write(export_files.remove_parts) == 1


def test_only_half_files_are_removed(work, tmp_path):
    kept = tmp_path / "brief.pdf"
    kept.write_bytes(b"whole")
    link = tmp_path / "link.part"
    link.symlink_to(kept)
    work.write(export_files.note_part, kept)
    work.write(export_files.note_part, link)
    assert work.write(export_files.remove_parts) == 0
    assert kept.read_bytes() == b"whole"


def test_file_of_somebody_else_beside_the_target_is_left_alone(work, case, tmp_path):
    theirs = tmp_path / "uit.pdf.part"
    theirs.write_bytes(b"theirs")
    theirs.chmod(0o666)
    made = exports.save_case(Progress(), work, case, tmp_path / "uit.pdf")
    assert theirs.read_bytes() == b"theirs"
    if os.name == "posix":
        assert Path(made.path).stat().st_mode & 0o777 == 0o600


def test_half_file_never_takes_the_place_of_another(tmp_path):
    target = tmp_path / "uit.pdf"
    part = export_files.part_of(target)
    assert part != export_files.part_of(target)
    part.write_bytes(b"theirs")
    with pytest.raises(FileRejected):
        export_files.write_part(part, target, b"ours")
    assert part.read_bytes() == b"theirs"


def test_undo_after_an_export_takes_back_something_else(work, case, tmp_path):
    pupil = work.write(factories.make_pupil)
    exports.save_case(Progress(), work, case, tmp_path)
    assert work.write(undo.undo_last)
    assert work.read(lambda session: session.get(Pupil, pupil)) is None


def test_what_tells_of_no_pupil_needs_no_password(demanded):
    kinds = {kind.code for kind in export_kinds.KINDS.values() if not kind.personal}
    assert kinds == {"destruction", "accountability", "audit"}
    exports.demand_password(ExportOptions(), personal=False)
    with pytest.raises(Invalid):
        exports.demand_password(ExportOptions())
