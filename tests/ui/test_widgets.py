"""Shared widgets: they stand in every look, and work with the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import wait_until
from tests.ui.gallery import gallery
from tests.ui.stage import WINDOWS, press, shown
from wbos_desktop import i18n
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ClickCard
from wbos_desktop.ui.widgets.chips import (
    Avatar,
    Chip,
    CountPill,
    NormBadge,
    PhaseDots,
    SegmentBar,
    TrackChip,
)
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import (
    TextField,
)
from wbos_desktop.ui.widgets.flow import FlowLayout
from wbos_desktop.ui.widgets.labels import ElidedLabel, Label, Link
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.pills import FilterPill, PillGroup, SegmentedControl, TabBar
from wbos_desktop.ui.widgets.progress_card import ProgressCard
from wbos_desktop.ui.widgets.rows import TaskRow


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)
    WINDOWS.clear()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("mode", "size"), [("light", 100), ("dark", 100), ("light", 130)])
def test_all_widgets_fit_and_have_names(
    qapp: QApplication, qtbot: QtBot, mode: str, size: int, language: str
) -> None:
    i18n.activate(language)
    theme.apply(qapp, mode, size)
    screen = gallery()
    qtbot.addWidget(screen)
    screen.resize(1366, 1000)
    with qtbot.waitExposed(screen):
        screen.show()
    assert find_clipped_texts(screen) == []
    assert find_unnamed_controls(screen) == []


def test_the_helpers_find_what_is_wrong(qtbot: QtBot) -> None:
    label, field = Label("Een zin die hier nooit in past"), TextField()
    window = shown(qtbot, label, field)
    label.setFixedWidth(40)
    assert find_clipped_texts(window) == ["Label: 'Een zin die hier nooit in past'"]
    assert find_unnamed_controls(window) == ["TextField in QWidget"]


def test_gallery_follows_a_switch_while_open(qapp: QApplication, qtbot: QtBot) -> None:
    screen = gallery()
    qtbot.addWidget(screen)
    screen.show()
    light = screen.grab().toImage().pixelColor(5, 5)
    theme.apply(qapp, "dark", 130)
    assert screen.grab().toImage().pixelColor(5, 5) == theme.color("surface.canvas") != light


def test_labels_never_read_markup(qtbot: QtBot) -> None:
    label = Label("<b>Daan</b> & co")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    plain = Label("Daan")
    qtbot.addWidget(plain)
    assert label.sizeHint().width() > plain.sizeHint().width() * 2


def test_a_cut_label_has_its_words_as_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("Buitengesloten in de klassenapp van 2B")
    shown(qtbot, label)
    label.setFixedWidth(60)
    assert label.cut
    assert label.toolTip() == label.text()


def test_a_blocked_button_says_why(qtbot: QtBot) -> None:
    button = Button("Opslaan", "primary")
    qtbot.addWidget(button)
    button.block("Kies eerst een groep.")
    assert not button.isEnabled()
    assert button.toolTip() == "Kies eerst een groep."
    button.block("")
    assert button.isEnabled()


def test_the_focus_ring_stands_around_the_button(qtbot: QtBot) -> None:
    button, field = Button("Opslaan"), TextField("Titel")
    window = shown(qtbot, field, button)
    button.setFocus()
    spot = button.mapTo(window, button.rect().center())
    picture = window.grab().toImage()
    left = spot.x() - button.width() // 2 - 3
    assert picture.pixelColor(left, spot.y()) == theme.color("focus.ring")
    field.setFocus()
    assert window.grab().toImage().pixelColor(left, spot.y()) != theme.color("focus.ring")


def test_arrows_and_enter_choose_a_pill(qtbot: QtBot) -> None:
    group = PillGroup([("class", "Klas"), ("online", "Online"), ("yard", "Plein")], "Waar")
    shown(qtbot, group)
    group.focus_first()
    press(QApplication.focusWidget(), Qt.Key.Key_Right)
    with qtbot.waitSignal(group.edited):
        press(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert group.value() == "online"


def test_a_group_of_pills_is_one_tab_stop(qtbot: QtBot) -> None:
    group, after = PillGroup([(1, "Ja"), (2, "Nee")], "Veilig"), TextField("Titel")
    group.set_value(2)
    shown(qtbot, group, after)
    group.focus_first()
    assert QApplication.focusWidget() is group.pills[1]
    press(group.pills[1], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after


def test_several_pills_can_be_on(qtbot: QtBot) -> None:
    group = PillGroup([(1, "A"), (2, "B"), (3, "C")], "Normen", multiple=True)
    shown(qtbot, group)
    group.set_value([1])
    group.focus_first()
    press(QApplication.focusWidget(), Qt.Key.Key_Left)
    press(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert group.value() == [1, 3]


def test_filling_pills_tells_nothing(qtbot: QtBot) -> None:
    group = PillGroup([(1, "A"), (2, "B")], "Normen")
    qtbot.addWidget(group)
    with qtbot.assertNotEmitted(group.edited):
        group.set_value(2)
        group.set_choices([(2, "B"), (3, "C")])
    assert group.value() == 2


def test_a_segmented_control_always_has_a_choice(qtbot: QtBot) -> None:
    control = SegmentedControl([("mine", "Mijn taken"), ("team", "Hele team")], "Taken")
    shown(qtbot, control)
    control.set_value("unknown")
    assert control.value() == "mine"
    control.focus_first()
    with qtbot.waitSignal(control.edited):
        press(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert control.value() == "team"


def test_tabs_go_round(qtbot: QtBot) -> None:
    tabs = TabBar([("a", "Protocol"), ("b", "Logboek")], "Casus")
    shown(qtbot, tabs)
    tabs.next_tab(-1)
    assert tabs.value() == "b"
    tabs.next_tab()
    assert tabs.value() == "a"


def test_a_filter_says_what_is_chosen(qtbot: QtBot) -> None:
    pill = FilterPill("Groep", [(None, "Alle"), (7, "2B")])
    shown(qtbot, pill)
    assert not pill.active
    pill.set_value(7)
    assert pill.active
    assert pill.accessibleName() == "Groep: 2B"
    pill.set_choices([(None, "Alle")])
    assert pill.value() is None


def test_space_ticks_and_enter_opens_a_task(qtbot: QtBot) -> None:
    row = TaskRow("Check-in met Yasmin", "Casus 2026-031", due="Vandaag", due_state="today")
    shown(qtbot, row)
    row.setFocus()
    with qtbot.waitSignal(row.ticked) as ticked:
        press(row, Qt.Key.Key_Space)
    assert ticked.args == [True]
    with qtbot.waitSignal(row.opened):
        press(row, Qt.Key.Key_Return)


def test_a_badge_says_more_than_its_letter(qtbot: QtBot) -> None:
    badge = NormBadge("D", "burdening", "Scoren ten koste van de ander")
    qtbot.addWidget(badge)
    assert badge.accessibleName() == "Norm D, Scoren ten koste van de ander, belastende norm"


def test_rows_links_and_cards_are_buttons_to_a_screen_reader(qtbot: QtBot) -> None:
    things = [Link("Naar 2B"), TaskRow("Check-in", "Casus 31"), ClickCard("Oefen", "Prank")]
    shown(qtbot, *things)
    for thing in things:
        interface = QAccessible.queryAccessibleInterface(thing)
        assert interface.role() == QAccessible.Role.Button
        assert interface.text(QAccessible.Text.Name)


def test_a_click_on_the_words_of_a_row_opens_it(qtbot: QtBot) -> None:
    row = TaskRow("Check-in met Yasmin", "Casus 2026-031")
    shown(qtbot, row)
    words = row.findChild(ElidedLabel)
    with qtbot.waitSignal(row.opened):
        qtbot.mouseClick(words, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(row.ticked), qtbot.assertNotEmitted(row.opened):
        qtbot.mouseClick(row.box, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("group", "role"),
    [
        ({}, QAccessible.Role.RadioButton),
        ({"clearable": True}, QAccessible.Role.CheckBox),
        ({"multiple": True}, QAccessible.Role.CheckBox),
    ],
)
def test_pills_say_whether_one_or_more_can_be_chosen(
    qtbot: QtBot, group: dict[str, bool], role: QAccessible.Role
) -> None:
    pills = PillGroup([(1, "Ja"), (2, "Nee")], "Veilig", **group)
    shown(qtbot, pills)
    assert QAccessible.queryAccessibleInterface(pills.pills[0]).role() == role
    pills.set_value(1)
    pills.set_value(None)
    assert not pills.pills[0].isChecked()


def test_a_clearable_choice_can_be_taken_away(qtbot: QtBot) -> None:
    pills = PillGroup([(1, "Ja"), (2, "Nee")], "Veilig", clearable=True)
    shown(qtbot, pills)
    pills.pills[0].click()
    pills.pills[1].click()
    assert pills.value() == 2
    pills.pills[1].click()
    assert pills.value() is None


def test_a_flow_breaks_into_lines_and_empties(qtbot: QtBot) -> None:
    holder = QWidget()
    flow = FlowLayout(holder, 8)
    for name in ("grappen", "status", "groepsapp", "lesbegin"):
        flow.addWidget(Chip(name, "tag"))
    qtbot.addWidget(holder)
    one_line = flow.heightForWidth(2000)
    assert flow.heightForWidth(130) == one_line * 4 + 3 * 8
    flow.clear()
    assert flow.count() == 0


def test_stopping_is_told_once(qtbot: QtBot) -> None:
    card = ProgressCard("Lijst inlezen")
    qtbot.addWidget(card)
    card.set_progress(214, 486, "leerlingen")
    with qtbot.waitSignal(card.stopped):
        card.stop.click()
    assert not card.stop.isEnabled()


def test_an_empty_page_has_one_button(qtbot: QtBot) -> None:
    empty = EmptyState("Nog geen groepen", "Lees een lijst in.", "Lijst inlezen")
    shown(qtbot, empty)
    with qtbot.waitSignal(empty.clicked):
        empty.button.click()
    empty.set("Niets gevonden")
    assert not empty.button.isVisible()


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (lambda: PhaseDots("norming"), "Normering"),
        (lambda: PhaseDots(""), "Fase nog niet bekend"),
        (lambda: SegmentBar("support", 2, 3), "2 van 3"),
        (lambda: TrackChip("consequence"), "Consequentie"),
        (lambda: CountPill(3, "taken te laat"), "3 taken te laat"),
        (lambda: Avatar("KB", "Karin Bosman"), "Karin Bosman"),
    ],
)
def test_every_mark_says_its_fact(qtbot: QtBot, mark: Callable[[], QWidget], words: str) -> None:
    widget = mark()
    qtbot.addWidget(widget)
    assert widget.accessibleName() == words
    assert not widget.grab().isNull()


def test_crumbs_lead_back(qtbot: QtBot) -> None:
    gone: list[str] = []
    header = PageHeader(
        "2B", "27 leerlingen", [("Groepen", lambda: gone.append("up")), ("2B", None)]
    )
    shown(qtbot, header)
    header.findChild(Link).click()
    assert gone == ["up"]
    header.set_crumbs([])
    wait_until(lambda: not header.findChildren(Link))
