"""Shared widgets: they stand in every look, and work with the keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.ui.gallery import gallery
from wbos_desktop import i18n
from wbos_desktop.errors import UserError
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ClickCard
from wbos_desktop.ui.widgets.chips import NormBadge
from wbos_desktop.ui.widgets.date_edit import DateEdit, TimeEdit, plain_parser
from wbos_desktop.ui.widgets.dialog import Dialog, Question
from wbos_desktop.ui.widgets.fields import (
    CheckBox,
    ComboBox,
    NumberField,
    SearchField,
    TextArea,
    TextField,
)
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.ui.widgets.labels import ElidedLabel, Label, Link
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.ui.widgets.people_field import PeopleField, PersonChoice
from wbos_desktop.ui.widgets.pills import FilterPill, PillGroup, SegmentedControl, TabBar
from wbos_desktop.ui.widgets.rows import TaskRow
from wbos_desktop.ui.widgets.toast import ToastHost

TODAY = dt.date(2026, 11, 24)
WINDOWS: list[QWidget] = []


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)
    WINDOWS.clear()


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """The widgets under each other in an active window."""
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    qtbot.addWidget(window)
    WINDOWS.append(window)
    window.resize(700, 500)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def press(
    widget: QWidget | None, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None
) -> None:
    assert widget is not None
    QTest.keyClick(widget, key, modifiers or Qt.KeyboardModifier.NoModifier)


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


@pytest.mark.parametrize(
    ("typed", "day"),
    [("25-11", (2026, 11, 25)), ("+5", (2026, 11, 29)), ("3/12/27", (2027, 12, 3))],
)
def test_a_date_is_echoed_in_full(qtbot: QtBot, typed: str, day: tuple[int, int, int]) -> None:
    edit = DateEdit("Wanneer", parser=plain_parser(TODAY))
    shown(qtbot, edit)
    QTest.keyClicks(edit, typed)
    assert edit.value() == dt.date(*day)
    assert edit.text() == i18n.date_short(dt.date(*day))


def test_a_date_that_is_none_is_refused_and_stays(qtbot: QtBot) -> None:
    edit = DateEdit("Wanneer", parser=plain_parser(TODAY))
    shown(qtbot, edit)
    QTest.keyClicks(edit, "31-02")
    with qtbot.waitSignal(edit.refused):
        press(edit, Qt.Key.Key_Return)
    assert edit.text() == "31-02"
    assert edit.value() is None
    assert edit.problem


def test_the_calendar_can_refuse_a_day(qtbot: QtBot) -> None:
    def no_weekend(text: str) -> tuple[dt.date, str]:
        raise UserError("Kies een schooldag.")

    edit = DateEdit("Wanneer", parser=no_weekend)
    row = Form([Field("Wanneer", "day", edit)])
    shown(qtbot, row)
    QTest.keyClicks(edit, "zo")
    edit.commit()
    assert row.rows["day"].error == "Kies een schooldag."
    assert row.problems() == {"day": "Kies een schooldag."}


@pytest.mark.parametrize(("typed", "time"), [("13.30", "13.30"), ("1330", "13.30"), ("9", "09.00")])
def test_a_time_is_echoed(qtbot: QtBot, typed: str, time: str) -> None:
    edit = TimeEdit("Hoe laat")
    shown(qtbot, edit)
    QTest.keyClicks(edit, typed)
    assert edit.value() is not None
    assert edit.text() == time


@dataclass(frozen=True)
class Draft:
    title: str = ""
    text: str = ""
    day: dt.date | None = None
    group: int | None = None
    safe: bool = False
    version: int = 3


def make_form() -> Form:
    return Form(
        [
            Field("Titel", "title", TextField()),
            Field("Wat zag je?", "text", TextArea(), hint="Beschrijf wat iemand doet"),
            [
                Field("Wanneer", "day", DateEdit(parser=plain_parser(TODAY)), stretch=0),
                Field("Groep", "group", ComboBox([(1, "2A"), (2, "2B")]), True, stretch=0),
            ],
            Field("", "safe", CheckBox("Iedereen is veilig")),
        ]
    )


def test_filling_a_form_cannot_write(qtbot: QtBot) -> None:
    form = make_form()
    shown(qtbot, form)
    draft = Draft("Duwen", "Op het plein", dt.date(2026, 11, 9), 2, True)
    with qtbot.assertNotEmitted(form.edited):
        form.fill(draft)
    assert form.draft(draft) == draft
    assert not form.dirty


def test_a_form_collects_what_was_typed(qtbot: QtBot) -> None:
    form = make_form()
    shown(qtbot, form)
    form.fill(Draft())
    QTest.keyClicks(form.fields["title"].widget, "Ruzie ")
    QTest.keyClicks(form.fields["day"].widget, "16-11")
    made = form.draft(Draft())
    assert made == Draft("Ruzie", "", dt.date(2026, 11, 16))
    assert form.dirty


def test_wrong_fields_are_marked_and_the_first_gets_the_focus(qtbot: QtBot) -> None:
    form = make_form()
    shown(qtbot, form)
    form.fill(Draft())
    sentence = form.show_errors({"text": "Schrijf kort op wat je zag.", "group": "Kies een groep."})
    assert sentence == "2 velden kloppen nog niet"
    assert QApplication.focusWidget() is form.fields["text"].widget
    assert form.fields["group"].widget.accessibleDescription() == "Kies een groep."
    QTest.keyClicks(form.fields["text"].widget, "a")
    assert form.rows["text"].error == ""
    assert form.show_errors({}) == ""


def test_a_label_is_the_buddy_of_its_field(qtbot: QtBot) -> None:
    field = TextField()
    row = FormRow("Titel", field, optional=True)
    qtbot.addWidget(row)
    assert row.label.buddy() is field
    assert field.accessibleName() == "Titel"


def test_escape_clears_a_search(qtbot: QtBot) -> None:
    field = SearchField("Zoek op naam")
    shown(qtbot, field)
    QTest.keyClicks(field, "prank")
    with qtbot.waitSignal(field.edited):
        press(field, Qt.Key.Key_Escape)
    assert field.value() == ""


def test_dialog_keys(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    dialog = Dialog("Incident melden", parent=window)
    field = TextField("Titel")
    dialog.body.addWidget(field)
    pressed: list[str] = []
    dialog.add_button("Opslaan", "primary", slot=lambda: pressed.append("saved"))
    dialog.open()
    assert dialog.focusWidget() is field
    press(field, Qt.Key.Key_Return)
    assert pressed == []
    press(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["saved"]
    press(field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_question_is_safe_by_default(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    question = Question(
        "12 casussen wissen?",
        "Dit kun je niet terugdraaien.",
        yes="Wissen",
        no="Niet",
        danger=True,
        word="wissen",
        parent=window,
    )
    question.open()
    assert question.focusWidget() is question.no_button
    assert not question.yes_button.isEnabled()
    QTest.keyClicks(question.findChild(TextField), "Wissen")
    assert question.yes_button.isEnabled()
    question.reject()


def test_a_dialog_fits_the_smallest_window(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, text_size=130)
    window = shown(qtbot, Label("achter"))
    window.resize(1024, 540)
    dialog = Dialog("Incident melden", width=1100, parent=window)
    for _ in range(30):
        dialog.body.addWidget(TextField("Titel"))
    dialog.open()
    assert dialog.width() <= 1024
    assert dialog.height() <= 540
    dialog.reject()


def test_the_scrim_goes_with_the_dialog(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("achter"))
    clear = window.grab().toImage().pixelColor(3, 3)
    dialog = Dialog("Vraag", parent=window)
    dialog.open()
    assert window.grab().toImage().pixelColor(3, 3) != clear
    dialog.reject()
    assert window.grab().toImage().pixelColor(3, 3) == clear


def test_a_toast_can_be_taken_back(qtbot: QtBot) -> None:
    window = shown(qtbot, Label("pagina"))
    host = ToastHost(window)
    done: list[str] = []
    host.show_toast("Stap afgerond: Gesprek.", "Ongedaan maken", lambda: done.append("undone"))
    assert host.isVisible()
    assert host.geometry().bottom() < window.height()
    button = next(b for b in host.findChildren(Button) if b.text() == "Ongedaan maken")
    button.click()
    assert done == ["undone"]
    assert not host.isVisible()


def test_a_strip_has_an_action(qtbot: QtBot) -> None:
    strip = MessageStrip()
    shown(qtbot, strip)
    strip.show_message("De schijf is vol.", "error", "Probeer opnieuw")
    with qtbot.waitSignal(strip.action):
        next(b for b in strip.findChildren(Button) if b.text() == "Probeer opnieuw").click()


def test_space_ticks_and_enter_opens_a_task(qtbot: QtBot) -> None:
    row = TaskRow("Check-in met Yasmin", "Casus 2026-031", due="Vandaag", due_state="today")
    shown(qtbot, row)
    row.setFocus()
    with qtbot.waitSignal(row.ticked) as ticked:
        press(row, Qt.Key.Key_Space)
    assert ticked.args == [True]
    with qtbot.waitSignal(row.opened):
        press(row, Qt.Key.Key_Return)


def suggest(text: str, deliver: Callable[[Sequence[PersonChoice]], None]) -> None:
    people = [PersonChoice("pupil", i, name) for i, name in enumerate(("Yasmin", "Daan", "Dani"))]
    deliver([person for person in people if person.name.lower().startswith(text.lower())])


def test_people_are_added_with_the_keyboard_alone(qtbot: QtBot) -> None:
    field = PeopleField(
        "Wie", suggest, [("hit", "getroffen")], extra=[("outsider", "Iemand anders")]
    )
    shown(qtbot, field)
    field.line.setFocus()
    QTest.keyClicks(field.line, "da")
    press(field.line, Qt.Key.Key_Down)
    press(field.line, Qt.Key.Key_Return)
    QTest.keyClicks(field.line, "Opa")
    press(field.line, Qt.Key.Key_Tab)
    assert [person.name for person in field.value()] == ["Dani", "Opa"]
    press(field.line, Qt.Key.Key_Backspace)
    press(QApplication.focusWidget(), Qt.Key.Key_Delete)
    assert [person.name for person in field.value()] == ["Dani"]


def test_a_person_without_a_role_is_marked_and_focused(qtbot: QtBot) -> None:
    field = PeopleField("Wie", suggest, [("hit", "getroffen")])
    shown(qtbot, field)
    yasmin = PersonChoice("pupil", 0, "Yasmin", role="hit")
    with qtbot.assertNotEmitted(field.edited):
        field.set_value([yasmin, PersonChoice("pupil", 1, "Daan")])
    field.set_error("Kies de rol van Daan.")
    field.focus_first()
    assert QApplication.focusWidget() is field.chips[1]


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


def test_a_number_stays_within_its_limits(qtbot: QtBot) -> None:
    field = NumberField("Minuten", minimum=5, maximum=60, suffix="min")
    shown(qtbot, field)
    assert field.value() is None
    QTest.keyClicks(field, "2")
    assert field.value() == 5
    press(field, Qt.Key.Key_Up)
    assert field.text() == "6"
    with qtbot.assertNotEmitted(field.edited):
        field.set_value(59)
    press(field, Qt.Key.Key_Up)
    press(field, Qt.Key.Key_Up)
    assert field.value() == 60


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
