"""The bar on top of a form that gives back what was typed before."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wbos_desktop import i18n
from wbos_desktop.i18n import _
from wbos_desktop.ui import paint, theme

from .buttons import Button
from .labels import Icon, Label
from .message_strip import announce


class DraftBar(QWidget):
    """'Je was hier mee bezig (di 24 nov 10.42).' with its two verbs; the text is back already.

    With `chosen` the user said already that the work goes on: then it only offers the way back.
    """

    going_on = Signal()
    starting_again = Signal()

    def __init__(
        self, kept_at: dt.datetime, parent: QWidget | None = None, *, chosen: bool = False
    ) -> None:
        super().__init__(parent)
        moment = kept_at.astimezone()
        text = _("You were busy with this ({day} {time}).").format(
            day=i18n.date_short(moment.date()), time=i18n.time_text(moment.time())
        )
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(Icon("pencil", 18))
        row.addWidget(Label(text, "small", wrap=True), 1)
        self.go_on = Button(_("Go on with it"), "ghost", size="small")
        self.go_on.clicked.connect(self.going_on)
        self.again = Button(_("Start again"), "ghost", size="small")
        self.again.clicked.connect(self.starting_again)
        row.addWidget(self.go_on)
        self.go_on.setHidden(chosen)
        row.addWidget(self.again)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        announce(self, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        edge = "action.primary"
        paint.rounded(painter, self.rect(), theme.radius("control"), "action.primarySoft", edge)
        painter.end()
