"""Light and dark, text size, and the look that follows without a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from wbos_desktop.ui import icons, style, theme
from wbos_desktop.ui.widgets.labels import Label


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)


def test_dark_changes_palette_and_sheet(qapp: QApplication) -> None:
    before = qapp.palette().color(QPalette.ColorRole.Window)
    theme.apply(qapp, "dark")
    assert theme.is_dark()
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.color("surface.canvas")
    assert qapp.palette().color(QPalette.ColorRole.Window) != before
    assert theme.color("focus.ring").name() in qapp.styleSheet()


def test_an_unknown_system_scheme_means_light(qapp: QApplication) -> None:
    theme.apply(qapp, "system")
    assert not theme.is_dark()


def test_source_sans_is_loaded_from_our_own_files() -> None:
    assert QFontInfo(theme.font("body")).family() == "Source Sans 3"


def test_text_size_scales_every_role(qapp: QApplication) -> None:
    small = {role: theme.font(role).pixelSize() for role in theme.tokens()["type"]}
    theme.apply(qapp, text_size=130)
    for role, before in small.items():
        assert theme.font(role).pixelSize() == round(before * 1.3)


def test_text_size_stays_within_its_limits(qapp: QApplication) -> None:
    theme.apply(qapp, text_size=900)
    assert theme.current().text_size == 130


def test_a_label_follows_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    label = Label("Zie de groep", "h2")
    qtbot.addWidget(label)
    theme.apply(qapp, "dark", 115)
    assert label.font().pixelSize() == round(18 * 1.15)
    assert label.palette().color(QPalette.ColorRole.WindowText) == theme.color("text.primary")


def test_changed_is_told_and_drafts_stay(qapp: QApplication, qtbot: QtBot) -> None:
    field = QLineEdit("half a sentence")
    qtbot.addWidget(field)
    with qtbot.waitSignal(theme.current().changed):
        theme.apply(qapp, "dark")
    assert field.text() == "half a sentence"


def test_high_contrast_takes_the_system_palette(qapp: QApplication) -> None:
    state = theme.current()
    state.high_contrast = True
    try:
        style.install(qapp, state)
        ink = qapp.palette().color(QPalette.ColorRole.WindowText)
        assert theme.color("text.primary") == ink
        assert "solid " + ink.name() in qapp.styleSheet()
        own = theme.tokens()["color"]["light"]["action.primary"].lower()
        assert own not in qapp.styleSheet()
        for role in theme.tokens()["color"]["light"]:
            assert theme.color(role).isValid()
    finally:
        state.high_contrast = False


def test_the_sheet_is_short_and_sets_no_fonts() -> None:
    assert len(style.SHEET.splitlines()) < 150
    assert "font" not in style.SHEET
    assert not re.search(r"#[0-9A-Fa-f]{6}", style.SHEET)
    assert "@" not in style.style_sheet()


def test_an_icon_has_the_colour_of_its_role(qapp: QApplication) -> None:
    picture = icons.pixmap("circle-check", 24, "status.danger", ratio=2, filled=True)
    assert picture.width() == 48
    inside = picture.toImage().pixelColor(12, 24)
    assert inside.name() == theme.color("status.danger").name()


def test_icons_are_drawn_anew_after_a_switch(qapp: QApplication) -> None:
    light = icons.pixmap("flag", 24, filled=True).toImage().pixelColor(12, 8)
    theme.apply(qapp, "dark")
    assert icons.pixmap("flag", 24, filled=True).toImage().pixelColor(12, 8) != light


def test_unknown_names_fail_loudly() -> None:
    with pytest.raises(KeyError):
        theme.color("text.nothing")
    with pytest.raises(FileNotFoundError):
        icons.pixmap("no-such-icon")


def test_scrim_is_half_transparent() -> None:
    assert 0 < theme.color("scrim").alpha() < 255
