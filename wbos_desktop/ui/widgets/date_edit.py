"""Dates and times as people type them: "25-11", "wo", "+5", "13.30"; the result is echoed."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from wbos_desktop import i18n
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _
from wbos_desktop.ui import icons

from .fields import TextField

# the parser gives the day and an echo such as "1 schooldag"; it raises UserError with a sentence
DateParser = Callable[[str], tuple[dt.date, str]]


def plain_parser(today: dt.date, *, lean: int = 0) -> DateParser:
    """A parser without school calendar: "25-11", "25-11-2026", "+5" calendar days.

    A day without a year is the nearest; with `lean` -1 the last one that was, with 1 the next.
    """

    def parse(text: str) -> tuple[dt.date, str]:
        wrong = UserError(_("Write a date, such as 25-11."))
        if found := re.fullmatch(r"([+-]\d{1,3})", text):
            return today + dt.timedelta(days=int(found[1])), ""
        found = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{2}|\d{4}))?", text)
        if not found:
            raise wrong
        year = int(found[3] or today.year)
        try:
            day = dt.date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))
            if not found[3]:
                day = _nearest(day, today, lean)
        except ValueError as error:
            raise wrong from error
        return day, ""

    return parse


def _nearest(day: dt.date, today: dt.date, lean: int) -> dt.date:
    """This day and month in the year that makes it nearest, or the last or next one."""
    near = [day.replace(year=day.year + by) for by in (-1, 0, 1) if _is_day(day, day.year + by)]
    near = [one for one in near if (one - today).days * lean >= 0] or [day]
    return min(near, key=lambda one: abs((one - today).days))


def _is_day(day: dt.date, year: int) -> bool:
    return (day.month, day.day) != (2, 29) or calendar.isleap(year)


class DateEdit(TextField):
    """A day. `parser` comes from the domain; `echoed` gives hint words, `refused` the sentence.

    Arrow up and down move by a day. The text is read on leaving, on Enter and by `value()`.
    With `today` a day of another year than this one shows its year.
    """

    strict = True
    echoed = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        name: str = "",
        *,
        parser: DateParser | None = None,
        today: dt.date | None = None,
        width: int | None = 172,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, max_length=30, width=width, parent=parent)
        self._today = today
        self._parser = parser or plain_parser(dt.date(2000, 1, 1))
        self._day: dt.date | None = None
        self._shown = ""
        self.problem = ""
        self.setTextMargins(20, 0, 0, 0)
        self.left.connect(self.commit)

    def set_parser(self, parser: DateParser) -> None:
        """Another parser, once the calendar is known."""
        self._parser = parser

    def commit(self) -> None:
        """Read what was typed and write it back in full, or refuse it with a sentence."""
        text = self.text().strip()
        if text == self._shown and not self.problem:
            return
        if not text:
            self._take(None, "")
            return
        try:
            day, echo = self._parser(text)
        except UserError as error:
            self.problem = error.message
            self.set_error(error.message)
            self.refused.emit(error.message)
            return
        self._take(day, echo)

    def _take(self, day: dt.date | None, echo: str) -> None:
        self._day = day
        self.problem = ""
        self.set_error("")
        self._shown = self._words(day)
        self.setText(self._shown)
        self.echoed.emit(echo)

    def _words(self, day: dt.date | None) -> str:
        if day is None:
            return ""
        short = i18n.date_short(day)
        return (
            short if self._today is None or day.year == self._today.year else f"{short} {day.year}"
        )

    def value(self) -> Any:
        """The day, or None when empty or not understood (`problem` says which)."""
        self.commit()
        return None if self.problem else self._day

    def set_value(self, value: Any) -> None:
        """Show a day without telling."""
        self._day = value
        self.problem = ""
        self._shown = self._words(value)
        self.setText(self._shown)

    def kept(self) -> Any:
        """A day that was read as {"day": ISO}, else what is typed so far: nothing is read here."""
        if self.text() == self._shown and not self.problem:
            return {"day": self._day.isoformat()} if self._day is not None else ""
        return self.text()

    def put_back(self, kept: Any) -> None:
        """Show the day, or the typing as it was."""
        if isinstance(kept, dict):
            self.set_value(dt.date.fromisoformat(kept["day"]))
            return
        self.set_value(None)
        self.setText(str(kept or ""))

    def _move(self, days: int) -> None:
        self.commit()
        if self._day is not None and not self.problem:
            self.set_value(self._day + dt.timedelta(days=days))
            self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(1 if event.key() == Qt.Key.Key_Up else -1)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRect(10, (self.height() - 16) // 2, 16, 16)
        icons.paint(painter, "calendar-event", box, "text.secondary")
        painter.end()


class TimeEdit(TextField):
    """A time of day, typed as "13.30", "13:30", "1330" or "9"; None when empty."""

    strict = True
    refused = Signal(str)

    def __init__(
        self, name: str = "", *, width: int | None = 110, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, max_length=8, width=width, parent=parent)
        self._time: dt.time | None = None
        self.problem = ""
        self.left.connect(self.commit)

    def commit(self) -> None:
        """Read what was typed and write it back in full, or refuse it."""
        text = self.text().strip()
        found = re.fullmatch(r"(\d{1,2})(?:[.:u ]?(\d{2}))?(?: ?uur)?", text)
        if not text:
            self.set_value(None)
            self.set_error("")
            return
        try:
            if found is None:
                raise ValueError(text)
            self.set_value(dt.time(int(found[1]), int(found[2] or 0)))
            self.set_error("")
        except ValueError:
            self.problem = _("Write a time, such as 13.30.")
            self.set_error(self.problem)
            self.refused.emit(self.problem)

    def value(self) -> Any:
        """The time, or None when empty or not understood (`problem` says which)."""
        self.commit()
        return None if self.problem else self._time

    def set_value(self, value: Any) -> None:
        """Show a time without telling."""
        self._time = value
        self.problem = ""
        self.setText("" if value is None else i18n.time_text(value))
