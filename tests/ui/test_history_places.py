"""Where the history of a record is opened from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake
from wbos_desktop.ui.history_dialog import HistoryDialog
from wbos_desktop.ui.registry import PAGES, page_class
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell


def _group(session: Session) -> int:
    group_id = factories.make_group(session)
    factories.make_profile(session, group_id)
    return group_id


def _scenario(session: Session) -> int:
    factories.make_norms(session)
    return factories.make_scenario(session)


@pytest.mark.parametrize(
    ("name", "make", "tab"),
    [
        ("case", factories.make_case, None),
        ("meetings", factories.make_meeting, None),
        ("group", _group, "observations"),
        ("scenarios", _scenario, None),
    ],
)
def test_the_history_opens_from_its_page(
    qtbot: QtBot, shell: Shell, name: str, make: Callable[[Session], int], tab: str | None
) -> None:
    assert shell.tasks.workspace is not None
    record_id = shell.tasks.workspace.write(make)
    page = page_class(PAGES[name])(shell)
    qtbot.addWidget(page)
    page.resize(1111, 768)
    with qtbot.waitExposed(page):
        page.show()
    page.open(Route(name, record_id, tab))
    settle(shell.tasks)
    _ask(page)
    settle(shell.tasks)
    [dialog] = page.window().findChildren(HistoryDialog)
    assert "Toegevoegd" in " ".join(w.text() for w in dialog.findChildren(QWidget) if _says(w))
    assert fake(shell).bugs == []
    dialog.reject()
    settle(shell.tasks)


def _ask(page: QWidget) -> None:
    """Press what is called Geschiedenis: an entry of the dots, or a button."""
    for action in page.findChildren(QAction):
        if action.text() == "Geschiedenis":
            action.trigger()
            return
    for button in page.findChildren(QAbstractButton):
        if "Geschiedenis" in (button.text(), button.accessibleName()) and button.isVisible():
            button.click()
            return
    raise AssertionError("no way to the history")


def _says(widget: QWidget) -> bool:
    return hasattr(widget, "text") and callable(widget.text)
