"""Fields, dates, people and forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.stage import WINDOWS, press, shown
from wbos_desktop import i18n
from wbos_desktop.errors import UserError
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.date_edit import DateEdit, TimeEdit, plain_parser
from wbos_desktop.ui.widgets.fields import (
    CheckBox,
    ComboBox,
    NumberField,
    PasswordField,
    SearchField,
    TextArea,
    TextField,
)
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.ui.widgets.people_field import PeopleField, PersonChoice

TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)
    WINDOWS.clear()


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


@pytest.mark.parametrize(
    ("typed", "lean", "day", "text"),
    [
        ("25-12", 0, (2026, 12, 25), "vr 25 dec"),
        ("5-1", 0, (2027, 1, 5), "di 5 jan 2027"),
        ("25-12", -1, (2025, 12, 25), "do 25 dec 2025"),
        ("24-11", -1, (2026, 11, 24), "di 24 nov"),
        ("23-11", 1, (2027, 11, 23), "di 23 nov 2027"),
        ("23-11-2026", 1, (2026, 11, 23), "ma 23 nov"),
    ],
)
def test_a_day_without_year_is_a_likely_one_and_says_which(
    qtbot: QtBot, typed: str, lean: int, day: tuple[int, int, int], text: str
) -> None:
    edit = DateEdit("Wanneer", parser=plain_parser(TODAY, lean=lean), today=TODAY)
    shown(qtbot, edit)
    QTest.keyClicks(edit, typed)
    assert edit.value() == dt.date(*day)
    assert edit.text() == text


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


def test_tab_passes_the_people_and_goes_on_in_the_form(qtbot: QtBot) -> None:
    before, after = TextField("Wanneer"), TextField("Waar")
    field = PeopleField("Wie", suggest, [("hit", "getroffen")])
    window = shown(qtbot, before, field, after)
    field.set_value([PersonChoice("pupil", 0, "Yasmin"), PersonChoice("pupil", 1, "Daan")])
    before.setFocus()
    met = []
    for _stop in range(4):
        press(window.focusWidget(), Qt.Key.Key_Tab)
        met.append(window.focusWidget())
    assert met == [*field.chips, field.line, after]
    field.setFocus()
    assert window.focusWidget() is field.line


def test_a_click_beside_the_line_writes_a_name(qtbot: QtBot) -> None:
    field = PeopleField("Wie", suggest)
    shown(qtbot, field)
    field.resize(600, field.height())
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(560, field.height() // 2))
    assert QApplication.focusWidget() is field.line


def test_a_person_without_a_role_is_marked_and_focused(qtbot: QtBot) -> None:
    field = PeopleField("Wie", suggest, [("hit", "getroffen")])
    shown(qtbot, field)
    yasmin = PersonChoice("pupil", 0, "Yasmin", role="hit")
    with qtbot.assertNotEmitted(field.edited):
        field.set_value([yasmin, PersonChoice("pupil", 1, "Daan")])
    field.set_error("Kies de rol van Daan.")
    field.focus_first()
    assert QApplication.focusWidget() is field.chips[1]


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


def test_a_password_can_be_shown_and_keeps_its_spaces(qtbot: QtBot) -> None:
    field = PasswordField("Wachtwoord")
    shown(qtbot, field)
    QTest.keyClicks(field, " paars fietst ")
    eye = field.findChild(QToolButton)
    assert eye.accessibleName() == "Wachtwoord tonen"
    eye.click()
    assert field.echoMode() == PasswordField.EchoMode.Normal
    assert field.value() == " paars fietst "
