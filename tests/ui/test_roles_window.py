"""The whole window as each of the four roles, on a real vault: every page opens, nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import wait_until
from tests.ui.window_fixture import CHEAP, SECRET, unlock, wait
from wbos_desktop.domain.users import ROLES
from wbos_desktop.errors import UserError
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.incidents.assess import AssessDialog
from wbos_desktop.ui.pages.incidents.facts import FactsView
from wbos_desktop.ui.registry import PAGES
from wbos_desktop.ui.routes import Route
from wbos_desktop.workspace import people
from wbos_desktop.workspace.opening import open_vault

REFUSED = {
    "Dit kun je niet openen. Vraag je coördinator.",
    "Dit kun je niet aanpassen. Vraag je coördinator.",
    "Dit overleg is er niet meer.",
}
PLACES = ("today", "groups", "incidents", "scenarios", "meetings", "manage")


def secret_of(role: str) -> str:
    return SECRET if role == "coordinator" else f"groene tafel zingt vannacht {role}"


def fill(session: Session) -> dict[str, int]:
    """One of everything, owned by a colleague of each role, who also is mentor of the group."""
    factories.make_norms(session)
    group = factories.make_group(session, name="3C")
    factories.make_pupil(session, group)
    factories.make_profile(session, group)
    case = factories.make_case(session, "PST")
    ids = {
        "group": group,
        "observe": group,
        "report": group,
        "scenarios": factories.make_scenario(session),
        "meetings": factories.make_meeting(session),
        "incident": factories.make_incident(session),
        "assess": factories.make_incident(session),
        "case": case,
    }
    for role in ROLES[1:]:
        ids[role] = factories.make_staff(session, given_name=role.capitalize())
        factories.make_mentor(session, group, ids[role])
    return ids


@pytest.fixture
def ids(vault: Path) -> dict[str, int]:
    opened = open_vault(vault, SECRET)
    ids = opened.workspace.write(fill)
    for role in ROLES[1:]:
        people.add_user(opened, ids[role], role, secret_of(role), kdf=CHEAP)
    opened.workspace.close()
    return ids


@pytest.fixture
def trouble(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went wrong: bugs, and sentences of errors that nobody took."""
    found: list[str] = []

    def bug(_owner: object, error: BaseException) -> None:
        found.append(repr(error))

    def told(_owner: object, error: UserError) -> None:
        found.append(error.message)

    monkeypatch.setattr(window.shell.messages, "report_bug", bug)
    monkeypatch.setattr(window.shell.messages, "show_error", told)
    return found


def log_in(qtbot: QtBot, window: MainWindow, role: str) -> None:
    unlock(qtbot, window, secret_of(role))
    wait_until(lambda: window.work is not None)
    wait(window)


def show(qtbot: QtBot, window: MainWindow, route: Route) -> None:
    window.shell.navigator.go(route)
    wait(window)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.reject()
    wait(window)


@pytest.mark.parametrize("role", ROLES)
def test_every_place_opens_without_a_word_of_trouble(
    qtbot: QtBot,
    ids: dict[str, int],
    window: MainWindow,
    trouble: list[str],
    role: str,
) -> None:
    log_in(qtbot, window, role)
    assert window.shell.who.role == role
    for name in PLACES:
        if not window.work.rail.buttons[name].isHidden():
            show(qtbot, window, Route(name))
            assert trouble == [], name
    show(qtbot, window, Route("manage"))
    for code in window.work.page.places.buttons:
        show(qtbot, window, Route("manage", None, code))
        assert trouble == [], code


@pytest.mark.parametrize("role", ROLES)
def test_every_record_opens_or_is_refused_in_a_sentence(
    qtbot: QtBot,
    ids: dict[str, int],
    window: MainWindow,
    trouble: list[str],
    role: str,
) -> None:
    log_in(qtbot, window, role)
    for name in PAGES:
        show(qtbot, window, Route(name, ids.get(name)))
    assert set(trouble) <= REFUSED
    if role == "coordinator":
        assert trouble == []


def test_who_reported_opens_the_own_report_from_the_register(
    qtbot: QtBot, ids: dict[str, int], window: MainWindow, trouble: list[str]
) -> None:
    log_in(qtbot, window, "member")
    workspace = window.shell.tasks.workspace
    report = workspace.write(factories.make_incident, group_ids=(ids["group"],), persons=())
    window.shell.navigator.go(Route("assess", report))
    wait(window)
    (dialog,) = [d for d in window.findChildren(AssessDialog) if d.isVisible()]
    assert dialog.findChildren(FactsView)
    assert dialog.decide_button.isHidden()
    assert trouble == []
    dialog.reject()


def test_the_ring_in_the_rail_goes_along_with_the_place(
    qtbot: QtBot, ids: dict[str, int], window: MainWindow
) -> None:
    log_in(qtbot, window, "member")
    window.activateWindow()
    wait_until(window.isActiveWindow)
    rail = window.work.rail
    rail.focus_current()
    window.shell.navigator.go(Route("incidents"))
    wait(window)
    assert window.focusWidget() is rail.buttons["incidents"]
