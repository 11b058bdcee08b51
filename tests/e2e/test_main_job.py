"""The main job through the real window, by keyboard alone, on a real encrypted vault."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from tests.e2e.driver import ALT, CTRL, Driver
from tests.e2e.test_sentinels import hits
from wbos_desktop import paths
from wbos_desktop.i18n import _
from wbos_desktop.ui.pages.incidents.step_card import StepCard
from wbos_desktop.ui.widgets.pills import Pill

Key = Qt.Key
SECRET = "paarse fiets langs de gracht"
CLASS_LIST = """Stamnummer;Roepnaam;Tussenvoegsel;Achternaam;Klas;Geboortedatum;Mentor
501;Ayşe;;Yıldız;2B;01-02-2013;Bosman
502;Łukasz;;Kowalczyk;2B;03-04-2013;Bosman
503;Đorđe;;Petrović;2B;05-06-2013;Bosman
504;Lőrinc;van den;Őriás;2B;07-08-2013;Bosman
505;Sanne;de;Wit;2C;09-10-2013;Bosman
"""


HEARD = "Hoe kun je dat nou niet weten?"
SEEN = "Een leerling maakt een grap over een klasgenoot en kijkt meteen wie er lacht."
REPORT = "In de gang werd een leerling door twee anderen uitgelachen en vernederd."

SENTINELS = ["Kowalczyk", "Yıldız", "Petrović", "Őriás", "Łukasz", "Karin", "klasgenoot"]
SENTINELS += ["uitgelachen", "paarse fiets", "De Linde"]


class MainJob:
    """What the care coordinator does, one method a part of her work."""

    def __init__(self, keys: Driver, place: Path) -> None:
        self.keys, self.place = keys, place
        self.case = self.scenario = ""

    def make_vault(self) -> None:
        keys = self.keys
        keys.type("De Linde")
        keys.tab_to(_("Your name"))
        keys.type("Karin Bosman")
        keys.hit(_("Make a vault"))
        keys.type(SECRET)
        keys.press(Key.Key_Return)
        keys.type(SECRET)
        keys.press(Key.Key_Return)
        code = keys.code_on_screen()
        keys.type(code)
        keys.press(Key.Key_Return)
        keys.until(lambda: keys.window.work is not None)
        keys.rest()

    def read_class_list(self) -> None:
        keys = self.keys
        source = self.place / "klassen.csv"
        source.write_text(CLASS_LIST, "utf-8")
        keys.files.append(source)
        keys.press(Key.Key_7, held=ALT)
        keys.tab_to(_("People and roles"))
        keys.choose_pill(_("Read in"), Key.Key_Down)
        keys.hit(_("Choose file"))
        keys.until_seen(_("Read in"))
        keys.hit(_("Read in"))
        keys.until_seen("5 leerlingen ingelezen.")

    def describe_norm(self) -> None:
        keys = self.keys
        self.open_group()
        keys.press(Key.Key_O, held=CTRL)
        keys.until_seen(_("What do you hear?"))
        keys.type(HEARD)
        keys.fill(_("What do you see?"), SEEN)
        keys.until_seen("Norm D,")
        keys.tab_to("Norm D")
        keys.press(Key.Key_3)
        keys.press(Key.Key_Return, held=CTRL)
        keys.until_seen(_("A moment for yourself"))
        keys.hit(_("Skip"))

    def report_incident(self) -> None:
        keys = self.keys
        keys.press(Key.Key_N, held=CTRL)
        keys.until_seen(_("What did you see or hear?"))
        keys.type(REPORT)  # the group is that of the page
        keys.tab_to("Klas", Pill)
        keys.choose_pill("Gang")
        keys.tab_to("Schelden", Pill)
        keys.choose_pill("Vernederen")
        keys.add_person(_("Who was there?"), "Ay", role="getroffen")
        keys.add_person(_("Who was there?"), "Kow", role="deed het")
        keys.tab_to(_("Yes"), Pill)
        keys.press(Key.Key_Return)
        keys.hit(_("Save and start protocol"))
        keys.until(lambda: keys.at("case"))
        keys.until(lambda: keys.page.case is not None)
        self.case = keys.page.title().split()[1]

    def finish_step(self) -> None:
        keys = self.keys
        keys.until(lambda: isinstance(keys.focus, StepCard))
        keys.press(Key.Key_Right)
        title = keys.focus.step.title
        keys.press(Key.Key_Return)
        keys.press(Key.Key_Return, held=CTRL)
        keys.until_seen(_("Step finished: {title}").format(title=title))

    def pick_scenario(self) -> None:
        keys = self.keys
        self.open_group()
        keys.hit(_("Choose scenario"))
        keys.until(lambda: keys.at("scenarios"))
        keys.list_of(_("Scenarios"))
        keys.press(Key.Key_Down)
        self.scenario = keys.focus.currentIndex().data()
        keys.hit(_("Choose for {name}").format(name="2B"))
        keys.until_seen(_("Chosen for {group}").format(group="2B"))

    def plan_meeting(self) -> None:
        keys = self.keys
        keys.press(Key.Key_5, held=ALT)
        keys.hit(_("New meeting"))
        keys.fill(_("Day"), "do")
        keys.fill(_("From"), "14:30")
        keys.fill(_("To"), "15:30")
        keys.press(Key.Key_Return, held=CTRL)
        keys.until_seen(_("Meeting pack"))
        for words in ("2B", self.case, self.scenario):
            keys.hit(_("Add group, case or scenario"))
            keys.type(words)
            keys.press(Key.Key_Return)
            keys.until(lambda: keys.no_dialog())

    def save_files(self) -> None:
        keys = self.keys
        keys.tab_to(_("Initial"))
        keys.press(Key.Key_Right)
        keys.until(lambda: keys.page.builder.preview.document.pageCount() > 1)
        for button in (_("Save PDF"), _("Excel")):
            suffix = "pdf" if button == _("Save PDF") else "xlsx"
            keys.files.append(self.place / f"pakket.{suffix}")
            keys.hit(button)
            keys.until_seen(_("Saved: {file}").format(file=f"pakket.{suffix}"))

    def open_group(self) -> None:
        keys = self.keys
        keys.press(Key.Key_2, held=ALT)
        keys.list_of(_("Groups"))
        keys.type("2B")
        keys.press(Key.Key_Return)
        keys.until(lambda: keys.at("group"))

    def lock(self) -> None:
        keys = self.keys
        keys.press(Key.Key_L, held=CTRL)
        keys.until(lambda: keys.window.work is None)
        keys.rest()

    def unlock(self) -> None:
        keys = self.keys
        keys.type(SECRET)
        keys.press(Key.Key_Return)
        keys.until(lambda: keys.window.work is not None)
        keys.rest()

    def do_all(self) -> None:
        self.make_vault()
        self.read_class_list()
        self.describe_norm()
        self.report_incident()
        self.finish_step()
        self.pick_scenario()
        self.plan_meeting()
        self.save_files()
        self.lock()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Data, temp and home folder of the program, and `out` for what the user chooses herself."""
    found = {name: tmp_path / name for name in ("data", "temp", "home", "out")}
    for folder in found.values():
        folder.mkdir()
    monkeypatch.setenv("WBOS_DATA_DIR", str(found["data"]))
    monkeypatch.setenv("HOME", str(found["home"]))
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(found["temp"]))
    return found


@pytest.fixture
def job(qtbot: QtBot, places: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[MainJob]:
    """The window on an empty place; a picture of it stays behind when the test fails."""
    keys = Driver(qtbot, paths.default_vault())
    failed = request.session.testsfailed
    yield MainJob(keys, places["out"])
    if request.session.testsfailed > failed:
        keys.photograph(places["out"] / "failed.png")
    keys.close()


@pytest.mark.slow
def test_the_main_job_by_keyboard_alone(job: MainJob, places: dict[str, Path]) -> None:
    job.do_all()
    assert job.keys.strays.found == []
    check_pdf(places["out"] / "pakket.pdf")
    check_workbook(places["out"] / "pakket.xlsx")
    own = [places[name] for name in ("data", "temp", "home")]
    assert [file for folder in own for file in hits(folder, SENTINELS)] == []
    check_locked(job.keys)
    job.unlock()
    job.keys.until(lambda: job.keys.at("meetings"))
    job.keys.until_seen(_("Meeting pack"))


def check_pdf(path: Path) -> None:
    """Names as chosen (first names), with their letters; a bookmark for each agenda item."""
    reader = PdfReader(path)
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Ayşe" in text
    assert "Łukasz" in text
    assert not any(family in text for family in ("Kowalczyk", "Yıldız"))
    items = [mark.title for mark in reader.outline if not isinstance(mark, list)]
    assert len([title for title in items if re.match(r"[1234]\. ", title)]) == 4, items


def check_workbook(path: Path) -> None:
    """Readable by another library, with real dates and without formulas."""
    book = CalamineWorkbook.from_path(path)
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    cells = [cell for row in rows for cell in row]
    assert any(isinstance(cell, dt.date | dt.datetime) for cell in cells)
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in parts.read(name) for name in sheets)


def check_locked(keys: Driver) -> None:
    """No widget that lives, shown or not, still says a name."""
    keys.until(lambda: not said(keys), why=lambda: said(keys))
    assert keys.window.windowTitle() == "WBOS"


def said(keys: Driver) -> list[tuple[str, str]]:
    """Texts in the program with a name or note in them, and where they live."""
    return [found for found in keys.all_texts() if any(word in found[0] for word in SENTINELS)]


def test_the_driver_hears_every_widget_of_its_own_window(qtbot: QtBot) -> None:
    """The control: a word is found wherever it lives, but not in what was there before."""
    before = QLabel("Kowalczyk")
    qtbot.addWidget(before)
    keys = Driver(qtbot, paths.default_vault())
    assert said(keys) == []
    hidden = QLabel("Kowalczyk", keys.window)
    assert said(keys) == [("Kowalczyk", "QLabel < MainWindow")]
    hidden.setParent(None)
    assert said(keys) == [("Kowalczyk", "QLabel")]
    hidden.deleteLater()
    keys.until(lambda: said(keys) == [])
    keys.close()


def test_the_driver_finds_what_tab_can_not_reach(qtbot: QtBot) -> None:
    """The control: an absent button fails the drive, with the names that were met."""
    keys = Driver(qtbot, paths.default_vault())
    with pytest.raises(AssertionError, match="Tab never came"):
        keys.tab_to("Geen knop")
    keys.close()
