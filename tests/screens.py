"""Pictures of every page of the example school: `python3 dev.py screens [OUT] [--only PAGE]`.

Light and dark, Dutch and English, 1366 x 768; and Dutch at 130 % text. The vault of the example
school is made once beside the pictures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog

from tests.helpers.pictures import picture
from tests.helpers.waiting import rest, wait_until
from wbos_desktop import app, vaults
from wbos_desktop.settings import Settings
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.routes import Route

TODAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 16, 5).astimezone()
SIZE = (1366, 768)


@dataclass(frozen=True)
class Look:
    """One way to show the program."""

    language: str
    theme: str
    text_size: int

    @property
    def name(self) -> str:
        """'nl-light', 'nl-light-130'."""
        size = "" if self.text_size == 100 else f"-{self.text_size}"
        return f"{self.language}-{self.theme}{size}"


LOOKS = (
    Look("nl", "light", 100),
    Look("nl", "dark", 100),
    Look("en", "light", 100),
    Look("en", "dark", 100),
    Look("nl", "light", 130),
)


def routes(window: MainWindow) -> Iterator[tuple[str, Route]]:
    """Every page with a good example to show."""
    from wbos_desktop.domain.scenarios import ScenarioQuery
    from wbos_desktop.services import cases, groups, meetings, scenarios

    read = window.shell.tasks.workspace.read
    known = {name: group_id for group_id, name in read(groups.group_choices)}
    open_cases = [row[0] for row in read(cases.list_open_cases)]
    shown = next((c for c in open_cases if "097" in read(cases.get_case, c).number), open_cases[0])
    number = count(2)
    for name, route in (
        ("vandaag", Route("today")),
        ("groepen", Route("groups")),
        ("groep", Route("group", known["2B"])),
        ("groep-observaties", Route("group", known["2B"], "observations")),
        ("groep-leerlingen", Route("group", known["2B"], "pupils")),
        ("nieuwe-observatie", Route("observe", known["2B"])),
        ("incidenten", Route("incidents")),
        ("casus", Route("case", shown)),
        ("casus-feiten", Route("case", shown, "facts")),
        ("casus-logboek", Route("case", shown, "log")),
        ("incident-melden", Route("report", known["2B"])),
        ("scenarios", Route("scenarios", read(scenarios.find_ids, ScenarioQuery(norms=("D",)))[0])),
        ("overleg", Route("meetings", read(meetings.next_meeting).id)),
        ("beheer-mensen", Route("manage", None, "people")),
        ("beheer-toegang", Route("manage", None, "access")),
        ("beheer-inlezen", Route("manage", None, "import")),
        ("beheer-kalender", Route("manage", None, "calendar")),
        ("beheer-protocollen", Route("manage", None, "protocols")),
        ("beheer-back-up", Route("manage", None, "backup")),
        ("beheer-prullenbak", Route("manage", None, "bin")),
        ("beheer-logboek", Route("manage", None, "audit")),
        ("beheer-privacy", Route("manage", None, "privacy")),
        ("beheer-instellingen", Route("manage", None, "settings")),
    ):
        yield f"{next(number):02}-{name}", route


def settle(window: MainWindow, pause: int = 250) -> None:
    """Wait until no work is left and what it gave is painted."""
    rest(0.02)
    wait_until(lambda: not window.shell.tasks.busy, 60)
    rest(pause / 1000)


def shoot(window: MainWindow, path: Path) -> None:
    """Save a picture of the window with its dialogs where the user sees them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(window).save(str(path))
    print(path, flush=True)


def picture_all(look: Look, vault: Path, out: Path, only: str) -> None:
    """All pages in one look."""
    settings = Settings()
    for key in ("language", "theme", "text_size"):
        settings.set(key, getattr(look, key))
    app.make_application(settings)
    doors = (("00-welkom", vault / "none"), ("01-ontgrendelen", vault))
    for name, folder in doors:
        if only in name:
            window = app.make_window(settings, folder)
            _show(window)
            shoot(window, out / look.name / f"{name}.png")
            _end(window)
    window = app.make_window(settings, vault)
    _show(window)
    window._opened(vaults.open_example(vault, clock=lambda: NOW))
    settle(window)
    for name, route in routes(window):
        if only not in name:
            continue
        window.shell.navigator.go(route)
        settle(window, 4000 if "overleg" in name else 250)
        dialogs = [d for d in window.findChildren(QDialog) if d.isVisible()]
        shoot(window, out / look.name / f"{name}.png")
        for dialog in dialogs:
            dialog.reject()
        settle(window, 50)
    _end(window)


def _show(window: MainWindow) -> None:
    window.resize(*SIZE)
    window.show()
    settle(window)


def _end(window: MainWindow) -> None:
    app.take_down(window)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents()


def main() -> int:
    """Make the vault if needed, then all pictures."""
    parser = argparse.ArgumentParser(prog="dev.py screens")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="part of a page's name")
    parser.add_argument("--look", default="", help="part of a look's name, such as nl-light")
    options = parser.parse_args()
    vault = options.out / ".vault"
    os.environ["WBOS_DATA_DIR"] = str(options.out / ".data")
    if not (vault / "keys.json").exists():
        print("making the example school (half a minute)", flush=True)
        vaults.make_example(vault, TODAY)
    for look in LOOKS:
        if options.look in look.name:
            picture_all(look, vault, options.out, options.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
