"""What do you do with this norm, and how? The four responses of the method, in order."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from wbos_desktop.domain.norms import RESPONSES, NormRow, response_line, response_title
from wbos_desktop.domain.profiles import ResponseDraft
from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme
from wbos_desktop.ui.widgets.fields import TextArea
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import Label


class _Tile(QAbstractButton):
    """One response; `place` is its turn in the sequence, 0 when it is off."""

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code, self.place, self.many = code, 0, False
        self.setText(response_title(code))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("ring", theme.radius("tile") + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_place(0, many=False)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme.line("body") + 2 * theme.line("caption") + 16)

    def set_place(self, place: int, *, many: bool) -> None:
        """Its turn (1 is first), and whether there are more, so that the number is shown."""
        self.place, self.many = place, many
        state = _("chosen, number {n}").format(n=place) if place else _("not chosen")
        self.setAccessibleName(f"{self.text()}, {response_line(self.code)}: {state}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(170), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.place > 0
        ground = "action.primarySoft" if on else "surface.card"
        if not on and self.underMouse():
            ground = "state.hover"
        edge, width = ("action.primary", 2) if on else ("line.strong", 1)
        paint.rounded(painter, self.rect(), theme.radius("tile"), ground, edge, width)
        name: str = theme.tokens()["response"][self.code]["icon"]
        ink = "action.link" if on else "text.secondary"
        icons.paint(painter, name, QRect(10, (self.height() - 18) // 2, 18, 18), ink)
        high, top = theme.line("body"), 7
        area = QRect(38, top, self.width() - 62, high)
        paint.text(painter, area, self.text(), "smallStrong")
        below = QRect(38, top + high, self.width() - 44, self.height() - top - high - 4)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text.secondary"))
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), response_line(self.code))
        if on:
            box = QRect(self.width() - 27, 7, 18, 18)
            paint.rounded(painter, box, 9, "action.primary")
            if self.many:
                number = str(self.place)
                paint.text(painter, box, number, "badge", "action.onPrimary", paint.CENTER)
            else:
                icons.paint(painter, "check", box.adjusted(3, 3, -3, -3), "action.onPrimary")
        painter.end()


class ResponsePanel(QWidget):
    """Responses of the acting teacher to the norm in focus; `edited(code, ResponseDraft)`."""

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = ""
        self._sequence: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._title = Label("", "smallStrong", wrap=True)
        column.addWidget(self._title)
        self._choices = QWidget()
        grid = QGridLayout(self._choices)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self.tiles = {code: _Tile(code) for code in RESPONSES}
        for place, tile in enumerate(self.tiles.values()):
            tile.clicked.connect(self._clicked)
            grid.addWidget(tile, place // 2, place % 2)
        column.addWidget(self._choices)
        self.how = TextArea(_("How do you do that?"), lines=2)
        self.how.edited.connect(self._tell)
        self._how_row = FormRow(
            _("How do you do that?"),
            self.how,
            optional=True,
            hint=_("Only you see this. Others see how many colleagues do the same."),
        )
        column.addWidget(self._how_row)
        self.show_norm(None, ResponseDraft())

    def show_norm(self, norm: NormRow | None, response: ResponseDraft) -> None:
        """The responses to another norm; without a norm it says to choose one."""
        self._code = norm.code if norm else ""
        self._choices.setVisible(norm is not None)
        self._how_row.setVisible(norm is not None)
        if norm is None:
            self._title.setText(_("Choose a norm to say what you do with it."))
        else:
            words = _("What do you do with ‘{norm}’?").format(norm=norm.title)
            self._title.setText(words)
        self._sequence = list(response.sequence)
        self.how.set_value(response.how)
        self._mark()

    def _clicked(self) -> None:
        tile = self.sender()
        if not isinstance(tile, _Tile):
            return
        if tile.code in self._sequence:
            self._sequence.remove(tile.code)
        else:
            self._sequence.append(tile.code)
        self._mark()
        self._tell()

    def _mark(self) -> None:
        many = len(self._sequence) > 1
        for code, tile in self.tiles.items():
            place = self._sequence.index(code) + 1 if code in self._sequence else 0
            tile.set_place(place, many=many)

    def _tell(self) -> None:
        if self._code:
            self.edited.emit(self._code, ResponseDraft(tuple(self._sequence), self.how.value()))
