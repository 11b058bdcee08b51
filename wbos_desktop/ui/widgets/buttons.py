"""Buttons: they paint their own ground, icon and label from tokens."""

from __future__ import annotations

from typing import Self

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from wbos_desktop.ui import icons, paint, theme, tips

KINDS = ("primary", "secondary", "ghost", "danger", "dangerFilled")
_GAP = 8

# kind: ground, ground on hover, ground when pressed, edge, text
_LOOK: dict[str, tuple[str | None, str, str, str | None, str]] = {
    "primary": (
        "action.primary",
        "action.primaryHover",
        "action.primaryPress",
        None,
        "action.onPrimary",
    ),
    "secondary": ("surface.card", "state.hover", "surface.sunken", "line.strong", "text.primary"),
    "ghost": (None, "state.hover", "surface.sunken", None, "action.link"),
    "danger": (
        "surface.card",
        "status.dangerSoft",
        "status.dangerSoft",
        "status.danger",
        "status.danger",
    ),
    "dangerFilled": (
        "status.danger",
        "status.danger",
        "status.danger",
        "line.strong",
        "status.onDanger",
    ),
}


class _Changes:
    """Why changing things waits now, '' when it does not."""

    wait_because = ""


def hold_changes(why: str) -> None:
    """From now on verbs that change things are made disabled, with the reason; '' ends it.

    For the window while many see it: its pages are made anew when that begins and ends.
    """
    _Changes.wait_because = why


def changes_wait() -> bool:
    """Whether verbs that change things are held back now."""
    return bool(_Changes.wait_because)


class Button(QPushButton):
    """A text button of one of KINDS; `size` is "normal" (36), "small" (32) or "large" (44).

    A checkable button shows its on-state with soft petrol and a check.
    """

    def __init__(
        self,
        text: str,
        kind: str = "secondary",
        icon: str | None = None,
        *,
        size: str = "normal",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.kind = kind
        self.icon_name = icon
        self._held = False
        self._height_name = {
            "normal": "controlHeight",
            "small": "controlHeightSmall",
            "large": "controlHeightLarge",
        }[size]
        self.setProperty("ring", theme.radius("control") + 2)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if tooltip:
            self.setToolTip(tips.literal(tooltip))
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme.font("smallStrong"))
        self.setFixedHeight(theme.height(self._height_name))
        self.updateGeometry()
        self.update()

    def set_menu(self, menu: QMenu) -> None:
        """Open a menu instead; a small arrow shows it."""
        self.setMenu(menu)
        self.updateGeometry()

    def block(self, why: str) -> None:
        """Disable with the reason as tooltip; an empty reason enables again."""
        if self._held:
            return
        self.setEnabled(not why)
        self.setToolTip(tips.literal(why))
        self.setAccessibleDescription(why)

    def writes(self) -> Self:
        """What it does changes the vault: it is held back while that waits (`hold_changes`)."""
        if changes_wait():
            self.block(_Changes.wait_because)
            self._held = True
        return self

    def _shown_icon(self) -> str | None:
        return "check" if self.isCheckable() and self.isChecked() else self.icon_name

    def _words(self) -> str:
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _side(self) -> int:
        return int(theme.size("iconControl"))

    def _look(self) -> tuple[str | None, str | None, str]:
        ground, hover, press, edge, text = _LOOK[self.kind]
        if not self.isEnabled():
            plain = self.kind == "ghost"
            return None if plain else "surface.sunken", None if plain else "line.soft", "text.muted"
        if self.isCheckable() and self.isChecked():
            return "action.primarySoft", "action.primary", "text.primary"
        if self.isDown():
            return press, edge, text
        if self.underMouse():
            return hover, edge, text
        return ground, edge, text

    def _padding(self) -> int:
        return 10 if self.kind == "ghost" else 14

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self._words()) + 2 * self._padding()
        if self._shown_icon():
            width += self._side() + _GAP - 2
        if self.menu() is not None:
            width += 16 + 4
        return QSize(width + 2, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def setEnabled(self, on: bool) -> None:
        super().setEnabled(on and not self._held)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if enter and not held and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, edge, ink = self._look()
        paint.rounded(painter, self.rect(), theme.radius("control"), ground, edge)
        side, words = self._side(), self._words()
        content = QFontMetrics(self.font()).horizontalAdvance(words)
        shown = self._shown_icon()
        if shown:
            content += side + _GAP
        if self.menu() is not None:
            content += 20
        left = max(self._padding() - 4, (self.width() - content) // 2)
        if shown:
            top = (self.height() - side) // 2
            icons.paint(painter, shown, QRect(left, top, side, side), ink)
            left += side + _GAP
        right = self.width() - (24 if self.menu() is not None else 4)
        paint.text(painter, QRect(left, 0, right - left, self.height()), words, "smallStrong", ink)
        if self.menu() is not None:
            box = QRect(self.width() - 28, (self.height() - 16) // 2, 16, 16)
            icons.paint(painter, "chevron-down", box, ink)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class IconButton(Button):
    """An icon alone, 36 square: only for close, more, zoom, previous and next.

    `name` is both tooltip and accessible name.
    """

    def __init__(
        self,
        icon: str,
        name: str,
        kind: str = "ghost",
        *,
        size: str = "normal",
        ink: str = "text.primary",
        parent: QWidget | None = None,
    ) -> None:
        self._ink = ink
        super().__init__("", kind, icon, size=size, tooltip=name, parent=parent)
        self.setAccessibleName(name)

    def _restyle(self) -> None:
        super()._restyle()
        self.setFixedWidth(self.height())

    def sizeHint(self) -> QSize:
        return QSize(self.height(), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, edge, ink = self._look()
        paint.rounded(painter, self.rect(), theme.radius("control"), ground, edge)
        box = QRect(0, 0, self._side(), self._side())
        box.moveCenter(self.rect().center())
        icons.paint(
            painter, self.icon_name or "dots", box, self._ink if self.kind == "ghost" else ink
        )
        painter.end()
