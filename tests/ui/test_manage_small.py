"""Beheer in the smallest window at the largest text, and in the order that Tab goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import factories
from tests.helpers.accessibility import find_clipped_texts
from tests.helpers.waiting import rest, settle
from tests.ui.shell_fixture import make_shell, make_workspace
from wbos_desktop.domain.school import ContactDraft
from wbos_desktop.services import protocols, school
from wbos_desktop.ui import theme
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.pages.manage.section import Section
from wbos_desktop.ui.routes import Route

SMALL = (960, 492)
PARTS = ("people", "calendar", "protocols", "import", "privacy", "requests", "accountability")
MORE_PARTS = ("audit", "bin", "settings")


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[ManagePage]:
    workspace, who = make_workspace()
    workspace.write(protocols.install_catalogue)
    workspace.write(factories.make_case)
    for name in ("Schoolarts", "Leerplicht"):
        workspace.write(school.save_contact, ContactDraft(label=name, phone="010 123 45 67"))
    shell = make_shell(workspace, who)
    made = ManagePage(shell)
    qtbot.addWidget(made)
    made.resize(*SMALL)
    made.show()
    yield made
    theme.apply(qapp, "light", 100)
    shell.tasks.close()
    workspace.close()


def part(page: ManagePage, code: str) -> Section:
    page.open(Route("manage", None, code))
    for _ in range(2):
        settle(page.shell.tasks)
        rest(0.02)
    return page.sections[code]


@pytest.mark.parametrize("code", PARTS + MORE_PARTS)
@pytest.mark.parametrize("size", [100, 130])
def test_every_part_fits(qapp: QApplication, page: ManagePage, code: str, size: int) -> None:
    theme.apply(qapp, "light", size)
    page.resize(SMALL[0], SMALL[1] - 1)  # the window is built anew when the text grows
    section = part(page, code)
    assert find_clipped_texts(page) == []
    for control in section.findChildren(QWidget):
        if control.accessibleName() in ("Toegang", "Zoek op naam of nummer", "Rapport maken"):
            assert control.width() >= control.minimumSizeHint().width()
            assert not control.visibleRegion().isEmpty()
    assert page.header.isVisible() == section.sub_label.isVisible() == (size == 100)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("privacy", "Bewaren: Back-ups", "Overzicht maken"),
        ("settings", "Leerplicht weghalen", "Nummer toevoegen"),
    ],
)
def test_tab_goes_from_top_to_bottom(page: ManagePage, code: str, first: str, last: str) -> None:
    part(page, code)
    stops: list[str] = []
    found = page.nextInFocusChain()
    while found is not None and found is not page:
        if found.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(found.accessibleName() or getattr(found, "text", str)())
        found = found.nextInFocusChain()
    assert stops[stops.index(first) + 1] == last
