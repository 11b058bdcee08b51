"""Looking at an attached PDF: another process draws it, whatever the file does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QProcess, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.documents.test_pictures import document, telling_document
from tests.helpers import hostile_pdf as hostile
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import rest, wait_until
from wbos_desktop.domain.attachments import PDF
from wbos_desktop.ui import pdf_drawer, theme
from wbos_desktop.ui.pages.incidents.attachment_dialogs import ViewerDialog
from wbos_desktop.ui.pdf_child import ANSWER, MAX_DOTS
from wbos_desktop.ui.pdf_drawer import Ask, PdfDrawer
from wbos_desktop.ui.widgets.drawn_pdf import DrawnPage

LARGE = QSize(900, 700)
MOST_MB = 300


class Told(QObject):
    """All that a drawer said, and how much memory its children took."""

    def __init__(self) -> None:
        super().__init__()
        self.drawer = PdfDrawer(self)
        self.opened: list[int] = []
        self.drawn: list[pdf_drawer.Drawing] = []
        self.failed: list[int] = []
        self.ends = 0
        self.peak = 0
        self.drawer.opened.connect(self.opened.append)
        self.drawer.drawn.connect(self.drawn.append)
        self.drawer.failed.connect(self._failed)
        self.drawer.ended.connect(self._ended)

    def _failed(self, asked: Ask) -> None:
        self.failed.append(asked.page)

    def _ended(self) -> None:
        self.ends += 1

    def told(self) -> int:
        process = self.drawer._process
        if process is not None:
            self.peak = max(self.peak, hostile.peak_mb(process.processId()))
        return len(self.drawn) + len(self.failed) + self.ends

    def ask(self, *asked: Ask) -> None:
        """Ask one by one, and wait for each."""
        wait_until(lambda: bool(self.opened) or self.told() > 0)
        for one in asked:
            before = self.told()
            self.drawer.ask(one)
            wait_until(lambda: self.told() > before)  # noqa: B023 - called at once


@pytest.fixture
def told(qapp: QApplication) -> Iterator[Told]:
    made = Told()
    yield made
    made.drawer.close()


def test_pages_come_as_pictures(told: Told) -> None:
    told.drawer.open(telling_document())
    told.ask(Ask(0, LARGE), Ask(1, LARGE, dots=2.0), Ask(0, QSize(68, 96), small=True))
    assert told.opened == [2]
    whole, large, small = told.drawn
    assert (whole.image.height(), large.image.width()) == (700, round(large.points.width() * 2))
    assert small.image.height() <= 96
    ink = [whole.image.pixelColor(x, y).alpha() for x in range(55, 130) for y in range(85, 108)]
    assert max(ink) > 200


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 nothing", b"x", document("geheim"), hostile.own_parent()]
)
def test_what_is_no_readable_pdf_ends_in_a_sentence(
    told: Told, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_drawer, "PAGE_MS", 3000)
    told.drawer.open(content)
    wait_until(lambda: told.told() > 0)
    assert (told.ends, told.opened) == (1, [])
    assert not told.drawer.running
    assert told.peak < MOST_MB


@pytest.mark.parametrize(
    "content",
    [hostile.drawing_itself(), hostile.many_times_many(), hostile.unpacking_without_end()],
    ids=["itself", "many", "unpacking"],
)
def test_a_page_that_kills_its_child_fails_alone(told: Told, content: bytes) -> None:
    told.drawer.open(content)
    told.ask(Ask(0, LARGE))
    assert (told.failed, told.drawn, told.ends) == ([0], [], 0)
    assert told.peak < MOST_MB


def test_the_pages_beside_a_bad_one_are_drawn(told: Told) -> None:
    told.drawer.open(hostile.pages(3, b"/X Do /X Do"))
    told.ask(Ask(0, LARGE), Ask(1, LARGE))
    assert told.failed == [0]
    assert [drawing.asked.page for drawing in told.drawn] == [1]


def test_a_page_of_kilometres_is_drawn_small(told: Told) -> None:
    told.drawer.open(hostile.enormous())
    told.ask(Ask(0, LARGE), Ask(0, LARGE, dots=4.0))
    assert [d.image.width() * d.image.height() <= MAX_DOTS for d in told.drawn] == [True, True]
    assert told.peak < MOST_MB


def test_ten_thousand_pages_can_be_leafed_through(told: Told) -> None:
    told.drawer.open(hostile.pages(10_000))
    told.ask(Ask(0, LARGE), Ask(9_999, LARGE))
    assert told.opened == [10_000]
    assert [drawing.asked.page for drawing in told.drawn] == [0, 9_999]
    assert told.peak < MOST_MB


def test_a_child_that_hangs_is_ended(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told.drawer.open(telling_document())
    wait_until(lambda: bool(told.opened))
    monkeypatch.setattr(pdf_drawer, "PAGE_MS", 100)
    os.kill(told.drawer._process.processId(), 19)  # type: ignore[union-attr]
    told.ask(Ask(0, LARGE))
    assert told.failed == [0]


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER.pack(2**31 - 1, 0, 0, 0, 0),
        ANSWER.pack(1, 30_000, 30_000, 1, 1),
        ANSWER.pack(-1, 0, 0, 0, 0),
        ANSWER.pack(1, 0, 0, 0, 0) + b"more",
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(
    told: Told, answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "words"
    words.write_bytes(answer)
    script = tmp_path / "child"
    script.write_text(f"#!/bin/sh\ncat {words}\nexec sleep 30\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    told.drawer.open(document())
    wait_until(lambda: told.told() > 0)
    assert (told.ends, told.opened, told.drawer.running) == (1, [], False)


def test_a_program_that_does_not_start_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    told.drawer.open(document())
    wait_until(lambda: told.told() > 0)
    assert told.ends == 1


def test_the_child_gets_nothing_of_ours(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WBOS_PASSPHRASE", "Zwanenbloem")
    told.drawer.open(document())
    wait_until(lambda: bool(told.opened))
    process = told.drawer._process
    assert process is not None
    assert "WBOS_PASSPHRASE" not in process.processEnvironment().keys()  # noqa: SIM118
    seen = Path(f"/proc/{process.processId()}/environ").read_bytes()
    assert b"Zwanenbloem" not in seen


def test_closing_ends_the_child_at_once(told: Told) -> None:
    told.drawer.open(document())
    wait_until(lambda: bool(told.opened))
    process = told.drawer._process
    assert process is not None
    pid = process.processId()
    told.drawer.close()
    assert process.state() == QProcess.ProcessState.NotRunning
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert told.drawer._content == b""


# ---------------------------------------------------------------- viewer
@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[QWidget]:
    theme.apply(qapp, "light", 100)
    window = QWidget()
    window.resize(1024, 540)
    qtbot.addWidget(window)
    window.show()
    yield window
    for viewer in window.findChildren(ViewerDialog):
        viewer.reject()


def view(stage: QWidget, content: bytes) -> tuple[ViewerDialog, DrawnPage]:
    viewer = ViewerDialog("Brief", PDF, content, stage)
    viewer.open()
    assert viewer.pdf is not None
    sheet = viewer.pdf.sheet
    wait_until(lambda: not sheet._image.isNull() or "getoond" in sheet.words)
    rest(0.05)
    return viewer, sheet


def test_keys_turn_pages_and_zoom(stage: QWidget) -> None:
    viewer, sheet = view(stage, telling_document())
    assert viewer.pdf is not None
    QTest.keyClick(viewer, Qt.Key.Key_PageDown)
    assert (sheet.current(), viewer.pdf.page_box.text(), viewer.pdf.total.text()) == (
        1,
        "2",
        "van 2",
    )
    wait_until(lambda: not sheet._image.isNull())
    before = sheet.factor()
    QTest.keyClick(viewer, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert sheet.factor() == pytest.approx(before * 1.25)
    assert sheet.verticalScrollBar().maximum() > 0
    wait_until(lambda: sheet._image.size() == sheet._shown())
    QTest.keyClick(viewer, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert sheet.verticalScrollBar().maximum() == 0
    QTest.keyClick(viewer, Qt.Key.Key_PageUp)
    assert sheet.current() == 0


def test_page_down_goes_down_the_page_first(stage: QWidget) -> None:
    viewer, sheet = view(stage, telling_document())
    assert viewer.pdf is not None
    for _step in range(6):
        viewer.pdf.zoom_in()
    sheet.setFocus()
    bar = sheet.verticalScrollBar()
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    assert (sheet.current(), bar.value() > 0) == (0, True)
    bar.setValue(bar.maximum())
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    assert (sheet.current(), bar.value()) == (1, 0)


def test_a_page_that_can_not_be_drawn_is_one_sentence(stage: QWidget) -> None:
    viewer, sheet = view(stage, hostile.pages(3, b"/X Do /X Do"))
    assert viewer.pdf is not None
    assert "bladzijde kan hier niet worden getoond" in sheet.words
    assert sheet.accessibleDescription() == sheet.words
    viewer.pdf.next_page()
    wait_until(lambda: not sheet._image.isNull())
    assert sheet.words == ""
    viewer.pdf.previous_page()
    assert "niet worden getoond" in sheet.words


@pytest.mark.parametrize("size", [100, 130])
def test_a_file_that_can_not_be_read_is_one_sentence(
    stage: QWidget, qapp: QApplication, size: int
) -> None:
    theme.apply(qapp, "light", size)
    viewer, sheet = view(stage, b"%PDF-1.7 nothing")
    assert "bestand kan hier niet worden getoond" in sheet.words
    assert find_clipped_texts(viewer) == []
    assert find_unnamed_controls(viewer) == []
    theme.apply(qapp, "light", 100)


def test_the_list_of_ten_thousand_small_pages_stays_small(stage: QWidget) -> None:
    viewer, sheet = view(stage, hostile.pages(10_000))
    assert viewer.pdf is not None
    for page in (2_000, 5_000, 9_999):
        viewer.pdf.go_to(page)
        wait_until(lambda: page in sheet._thumbs)  # noqa: B023 - called at once
    assert viewer.pdf.page_box.text() == "10000"
    assert len(sheet._thumbs) < 60


def test_closing_lets_go_of_all(stage: QWidget) -> None:
    viewer, sheet = view(stage, telling_document())
    viewer.reject()
    assert not sheet.drawer.running
    assert sheet._image.isNull()
    assert (sheet._thumbs, sheet.count(), sheet.drawer._content) == ({}, 0, b"")
