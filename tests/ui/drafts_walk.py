"""Every form that keeps a draft: where it opens, and typing in each of its fields."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import unlock, wait
from wbos_desktop.db.context import context
from wbos_desktop.services import agenda, cases, meetings, school
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.scenarios.practice import PracticeDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.date_edit import DateEdit, TimeEdit
from wbos_desktop.ui.widgets.fields import CheckBox, NumberField
from wbos_desktop.ui.widgets.form import Form
from wbos_desktop.ui.widgets.people_field import PeopleField
from wbos_desktop.ui.widgets.pills import PillGroup


@dataclass
class Ids:
    """What the forms are about."""

    group: int
    profile: int
    report: int
    case: int
    incident: int
    person: int
    step: int
    closed: int
    meeting: int
    item: int
    scenario: int
    staff: int
    year: int
    contact: int


def fill(session: Session) -> Ids:
    """One of everything that a form can be about."""
    today = context(session).today
    factories.make_norms(session)
    group = factories.make_group(session, name="3C")
    factories.make_pupil(session, group)
    day = {"happened_on": today, "group_ids": (group,)}
    involved = factories.make_involved(session)
    case = cases.get_case(session, factories.make_case(session, "PST", persons=involved, **day))
    other = cases.get_case(session, factories.make_case(session, "PST", **day))
    meeting = meetings.save_meeting(session, meetings.edit_meeting(session, None))
    item = agenda.add_item(session, meeting, "free", title="Rooster")
    contact = school.save_contact(session, school.ContactDraft(label="Arts", phone="0612345678"))
    return Ids(
        group=group,
        profile=factories.make_profile(session, group, observed_on=today - dt.timedelta(days=1)),
        report=factories.make_incident(session, severity="serious", **day),
        case=case.id,
        incident=case.incidents[0].id,
        person=case.persons[0].id,
        step=next(step.id for step in case.steps if step.state == "open"),
        closed=other.id,
        meeting=meeting,
        item=item,
        scenario=factories.make_scenario(session),
        staff=factories.make_staff(session),
        year=school.list_years(session)[0].id,
        contact=contact,
    )


def routes(ids: Ids) -> dict[str, Route]:
    """Form to the route that opens it. A new form belongs here: the test counts them."""

    def case(form: str, record_id: int = ids.case) -> Route:
        return Route("case", ids.case, form=(form, record_id))

    def manage(tab: str, form: str, record_id: int) -> Route:
        return Route("manage", None, tab, form=(form, record_id))

    found = [
        Route("report", form=("incident", 0)),
        Route("observe", ids.group, form=("observation", ids.group)),
        Route("observe", ids.group, str(ids.profile), form=("profile", ids.profile)),
        Route("group", ids.group, form=("presence", ids.profile)),
        Route("assess", ids.report, form=("assess", ids.report)),
        *[case(f"step_{verb}", ids.step) for verb in ("finish", "move", "skip", "hand_over")],
        *[case(name) for name in ("step_add.repair", "note", "track_end.support")],
        *[case(name) for name in ("case_owner", "case_level")],
        case("person", ids.person),
        case("person_add", ids.incident),
        case("facts", ids.incident),
        case("view"),
        Route("scenarios", ids.scenario, "edit", form=("scenario", ids.scenario)),
        Route("scenarios", None, "edit", form=("scenario", 0)),
        Route("scenarios", ids.scenario, form=("scenario_use", ids.scenario)),
        Route("scenarios", ids.scenario, form=("scenario_pick", ids.scenario)),
        Route("scenarios", ids.scenario, form=("scenario_practice", ids.scenario)),
        Route("meetings", form=("meeting", 0)),
        Route("meetings", ids.meeting, form=("meeting", ids.meeting)),
        Route("meetings", ids.meeting, form=("agenda_item", ids.item)),
        Route("meetings", ids.meeting, form=("agenda_add", ids.meeting)),
        Route("meetings", ids.meeting, "minutes", form=("minutes", ids.item)),
        manage("people", "staff", ids.staff),
        manage("people", "staff", 0),
        manage("calendar", "school_year", ids.year),
        manage("calendar", "school_year", 0),
        manage("calendar", "calendar_day", 0),
        manage("settings", "contact", ids.contact),
        manage("settings", "contact", 0),
        Route("manage", None, "settings", form=("school", 0)),
        manage("accountability", "agreement", 0),
        manage("requests", "access_request", 0),
        manage("people", "deputy", 0),
    ]
    return {f"{route.form[0]} {route.form[1]}": route for route in found if route.form}


def open_form(qtbot: QtBot, window: MainWindow, route: Route) -> DraftKeeper:
    """Go there, and wait until the form keeps what is typed."""
    window.shell.navigator.go(route)
    assert route.form is not None
    wait(window)
    for practice in window.findChildren(PracticeDialog):
        if practice.isVisible() and practice.save_button.isHidden():
            practice.reveal()  # the questions come after the card
    wait_until(lambda: find_keeper(window, route) is not None)
    wait(window)
    keeper = find_keeper(window, route)
    assert keeper is not None
    return keeper


def find_keeper(window: MainWindow, route: Route) -> DraftKeeper | None:
    """The keeper of the form that the route names, once it is at work."""
    for keeper in window.findChildren(DraftKeeper):
        if (keeper.form, keeper.record_id) == route.form and keeper._ready:
            return keeper
    return None


def lock_and_unlock(qtbot: QtBot, window: MainWindow) -> None:
    """As F-81: lock over whatever is open, then come back."""
    with qtbot.waitSignal(window.locked, timeout=60_000):
        window.lock()
    unlock(qtbot, window)
    wait_until(lambda: window.work is not None)
    wait(window)


def type_in_new(qtbot: QtBot, window: MainWindow, route: Route) -> dict[str, Any]:
    """Open the form, type everywhere, and say what stands there."""
    keeper = open_form(qtbot, window, route)
    before = keeper._of.kept()
    type_everywhere(keeper)
    typed = keeper._of.kept()
    assert typed != before
    return typed


def close(keeper: DraftKeeper) -> None:
    """Close the form's dialog as it is; a page stays."""
    if isinstance(keeper._owner, QDialog):
        keeper._owner.done(0)


def type_everywhere(keeper: DraftKeeper) -> None:
    """Type or choose something else in every field of the form."""
    of: Any = keeper._of
    if isinstance(of, Form):
        type_in_form(of)
    elif hasattr(of, "_forms"):  # the observation
        for form in of._forms:
            type_in_form(form)
        of._strength_chosen("D", 2)
    elif hasattr(of, "new_action"):  # the minutes
        for widget in (of.decision, of.new_action.what, of.new_action.who, of.new_action.due):
            type_in(widget)
    else:
        type_in(of.note)


def type_in_form(form: Form) -> None:
    for field in form.fields.values():
        type_in(field.widget)


def type_in(widget: Any) -> None:
    """What a user does in this kind of field."""
    if isinstance(widget, DateEdit | TimeEdit):
        widget.clear()
        QTest.keyClicks(widget, "9")  # half a date
    elif isinstance(widget, NumberField):
        widget.clear()
        QTest.keyClicks(widget, "7")
    elif isinstance(widget, QPlainTextEdit | QLineEdit):
        QTest.keyClicks(widget, " getypt")
    elif isinstance(widget, QComboBox):
        widget.setCurrentIndex((widget.currentIndex() + 1) % widget.count())
        widget.activated.emit(widget.currentIndex())
    elif isinstance(widget, PillGroup):
        next(pill for pill in reversed(widget.pills) if not pill.isChecked()).click()
    elif isinstance(widget, CheckBox):
        widget.click()
    elif isinstance(widget, PeopleField):
        QTest.keyClicks(widget.line, "Sa")
    else:
        for part in widget.findChildren(QAbstractButton)[:1]:
            part.click()
        for line in widget.findChildren(QLineEdit)[:1]:
            QTest.keyClicks(line, "Een gast")
