"""Text on a page: always plain text, font and colour by role."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from wbos_desktop.ui import icons, paint, theme, tips

# label role: type role, colour role
ROLES = {
    "display": ("display", "text.primary"),
    "title": ("title", "text.primary"),
    "h2": ("h2", "text.primary"),
    "h3": ("h3", "text.primary"),
    "body": ("body", "text.primary"),
    "bodyStrong": ("bodyStrong", "text.primary"),
    "small": ("small", "text.primary"),
    "smallStrong": ("smallStrong", "text.primary"),
    "sub": ("small", "text.secondary"),
    "caption": ("caption", "text.secondary"),
    "captionStrong": ("captionStrong", "text.primary"),
    "overline": ("captionStrong", "text.secondary"),
    "muted": ("caption", "text.muted"),
    "danger": ("smallStrong", "status.danger"),
    "quote": ("body", "text.primary"),
}


class Label(QLabel):
    """Plain text in one of ROLES; `color` (a token role) overrides the role's colour.

    `wrap` breaks lines; `selectable` lets the user copy it.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        *,
        color: str | None = None,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._role = role
        self._color = color
        self.setText(text)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            flags = Qt.TextInteractionFlag
            self.setTextInteractionFlags(
                flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
            )
            self.setProperty("ring", 4)
        theme.follow(self._restyle)

    def set_role(self, role: str, color: str | None = None) -> None:
        """Another role, and a colour that overrides it."""
        self._role, self._color = role, color
        self._restyle()

    def _restyle(self) -> None:
        type_role, colour = ROLES[self._role]
        self.setFont(theme.font(type_role, italic=self._role == "quote"))
        made = self.palette()
        made.setColor(QPalette.ColorRole.WindowText, theme.color(self._color or colour))
        self.setPalette(made)


class ElidedLabel(Label):
    """One line that is cut with an ellipsis when narrow, and then has itself as tooltip."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        *,
        color: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, color=color, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def cut(self) -> bool:
        """True when the text does not fit."""
        return QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self.palette().color(QPalette.ColorRole.WindowText)
        align = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        paint.text(painter, self.rect(), self.text(), role=colour, align=align, font=self.font())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(tips.literal(self.text()) if self.cut else "")


class Icon(QWidget):
    """An icon of the set, hidden from screen readers because words stand next to it."""

    def __init__(
        self,
        name: str,
        size: int = 18,
        role: str = "text.primary",
        *,
        filled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._side, self._role, self._filled = name, size, role, filled
        self.setFixedSize(size, size)

    def set_icon(self, name: str, role: str | None = None) -> None:
        """Another icon and, when given, another colour role."""
        self._name, self._role = name, role or self._role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint(painter, self._name, self.rect(), self._role, filled=self._filled)
        painter.end()


class IconLabel(QWidget):
    """Icon and words on one line, such as a due date or "Zichtbaar voor 3 mensen"."""

    def __init__(
        self,
        icon: str,
        text: str,
        role: str = "small",
        *,
        color: str | None = None,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        ink = color or ROLES[role][1]
        self.icon = Icon(icon, int(theme.size("iconInline")), ink)
        self.label = Label(text, role, color=color, wrap=wrap)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        top = Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self.icon, 0, top)
        row.addWidget(self.label, 1)
        self.setAccessibleName(text)

    def set(self, icon: str, text: str, role: str = "small", color: str | None = None) -> None:
        """Another icon, text, role and colour at once."""
        self.icon.set_icon(icon, color or ROLES[role][1])
        self.label.setText(text)
        self.label.set_role(role, color)
        self.setAccessibleName(text)


class Link(QAbstractButton):
    """A word to click that goes somewhere; reached with Tab, followed with Enter or Space."""

    def __init__(self, text: str, role: str = "small", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text.replace("&", "&&"))
        self._type = ROLES[role][0]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setProperty("ring", 4)
        self.setAccessibleName(text)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font(self._type))
        self.updateGeometry()

    def set_text(self, text: str) -> None:
        """Other words."""
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(
            paint.text_width(self.accessibleName(), self._type) + 2, theme.line(self._type)
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = theme.font(self._type)
        font.setUnderline(self.underMouse() or self.hasFocus())
        paint.text(painter, self.rect(), self.accessibleName(), role="action.link", font=font)
        painter.end()
