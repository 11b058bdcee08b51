"""The day of the agreement on the welcome page: an error goes once it is right."""

from __future__ import annotations

import datetime as dt

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from wbos_desktop.ui.pages.unlock.welcome_page import SchoolPanel


def test_an_error_goes_once_the_day_is_right(qtbot: QtBot) -> None:
    panel = SchoolPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.school.set_value("De Linde")
    panel.person.set_value("Karin Bosman")
    panel.agreed_by.set_value("Het bestuur")
    later = dt.date.today() + dt.timedelta(days=400)
    QTest.keyClicks(panel.agreed_on, f"{later:%d-%m-%Y}")
    panel.agreed_on.commit()
    row = panel.rows["agreed_on"]
    assert str(later.year) in panel.agreed_on.text()
    assert f"{later.year} moet nog komen" in row.error
    with qtbot.assertNotEmitted(panel.chosen):
        panel.button.click()
    panel.agreed_on.clear()
    QTest.keyClicks(panel.agreed_on, f"{dt.date.today():%d-%m-%Y}")
    assert row.error == ""
    with qtbot.waitSignal(panel.chosen):
        panel.button.click()
    assert row.error == ""
