"""A change of the calendar moves no deadline by itself: the preview does, and can be undone."""

from __future__ import annotations

import datetime as dt

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from tests import factories
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake
from wbos_desktop.domain.school import CalendarDayDraft
from wbos_desktop.services import cases, school
from wbos_desktop.ui.pages.manage.deadline_moves import MovesDialog
from wbos_desktop.ui.pages.manage.year_section import YearSection
from wbos_desktop.ui.shell import Shell

STUDY_DAY = dt.date(2026, 11, 25)


def _study_day(session: Session) -> None:
    year_id = school.current_year_id(session)
    assert year_id is not None
    draft = CalendarDayDraft(
        school_year_id=year_id,
        first_day=STUDY_DAY,
        last_day=STUDY_DAY,
        kind="study_day",
        label="Studiedag",
    )
    school.save_calendar_day(session, draft)


def test_deadlines_move_through_the_preview_only(shell: Shell, qtbot: QtBot) -> None:
    assert shell.tasks.workspace is not None
    workspace = shell.tasks.workspace
    case_id = workspace.write(factories.make_case, "PST")
    window = QWidget()
    section = YearSection(shell)
    section.setParent(window)
    qtbot.addWidget(window)
    window.show()
    section.refresh()
    settle(shell.tasks)
    assert section.moves.isHidden()
    workspace.write(_study_day)
    section.refresh()
    settle(shell.tasks)
    assert not section.moves.isHidden()
    days = [step.due_on for step in workspace.read(cases.get_case, case_id).steps]
    assert STUDY_DAY in days
    section.moves.strip.action.emit()
    dialog = window.findChildren(MovesDialog)[-1]
    dialog.move_button.click()
    settle(shell.tasks)
    days = [step.due_on for step in workspace.read(cases.get_case, case_id).steps]
    assert STUDY_DAY not in days
    assert "verzet" in fake(shell).toasts[-1]
    assert section.moves.isHidden()
