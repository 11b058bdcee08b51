"""Style, palette, style sheet and focus ring, made from the theme's tokens.

Only `theme.apply` calls `install`; pages never set a style sheet.
"""

from __future__ import annotations

import re

import shiboken6
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFocusFrame,
    QProxyStyle,
    QStyle,
    QStyleFactory,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)

from . import icons, theme

SHEET = """
QLineEdit, QTextEdit, QPlainTextEdit, QComboBox {
  background: @surface.card; color: @text.primary; border: 1px solid @line.strong;
  border-radius: 7px; padding: 0 11px; placeholder-text-color: @text.muted;
}
QLineEdit, QTextEdit, QPlainTextEdit {
  selection-background-color: @action.primary; selection-color: @action.onPrimary;
}
QTextEdit, QPlainTextEdit { padding: 5px 7px; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QComboBox:on {
  border: 2px solid @focus.ring; padding: 0 10px;
}
QTextEdit:focus, QPlainTextEdit:focus { padding: 4px 6px; }
QLineEdit[state="error"], QTextEdit[state="error"], QPlainTextEdit[state="error"],
QComboBox[state="error"] { border: 2px solid @status.danger; padding: 0 10px; }
QTextEdit[state="error"], QPlainTextEdit[state="error"] { padding: 4px 6px; }
QLineEdit:disabled, QTextEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled,
QLineEdit:read-only {
  background: @surface.sunken; color: @text.secondary; border-color: @line.soft;
}
QLineEdit[bare="true"], QLineEdit[bare="true"]:focus, QPlainTextEdit[bare="true"],
QPlainTextEdit[bare="true"]:focus { background: transparent; border: none; padding: 0; }
QComboBox { selection-background-color: @state.selected; selection-color: @text.primary; }
QComboBox::drop-down { border: none; width: 30px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView {
  background: @surface.raised; border: 1px solid @line.strong; border-radius: 7px; outline: none;
  selection-background-color: @state.selected; selection-color: @text.primary;
}
QToolTip {
  background: @toast.bg; color: @toast.text; border: 1px solid @toast.bg; padding: 4px 6px;
}
QMenu {
  background: @surface.raised; color: @text.primary; border: 1px solid @line.strong; padding: 5px;
}
QMenu::item { padding: 7px 24px 7px 12px; border-radius: 6px; }
QMenu::item:selected { background: @state.selected; color: @text.primary; }
QMenu::item:disabled { color: @text.muted; }
QMenu::separator { height: 1px; background: @line.soft; margin: 5px 8px; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: @line.strong; border-radius: 2px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @text.muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


def style_sheet() -> str:
    """The application's style sheet in the colours of the theme."""
    return re.sub(r"@([a-z]+(?:\.[a-zA-Z]+)+)", lambda m: theme.color(m[1]).name(), SHEET)


def palette() -> QPalette:
    """The palette of the theme, with its Inactive and Disabled groups."""
    made = QPalette()
    role = QPalette.ColorRole
    every = {
        role.Window: "surface.canvas",
        role.WindowText: "text.primary",
        role.Base: "surface.card",
        role.AlternateBase: "surface.sunken",
        role.Text: "text.primary",
        role.Button: "surface.card",
        role.ButtonText: "text.primary",
        role.BrightText: "status.danger",
        role.Highlight: "action.primary",
        role.HighlightedText: "action.onPrimary",
        role.Accent: "action.primary",
        role.Link: "action.link",
        role.LinkVisited: "action.link",
        role.PlaceholderText: "text.muted",
        role.ToolTipBase: "toast.bg",
        role.ToolTipText: "toast.text",
        role.Light: "surface.raised",
        role.Midlight: "line.soft",
        role.Mid: "line.soft",
        role.Dark: "line.strong",
        role.Shadow: "line.strong",
    }
    for which, token in every.items():
        made.setColor(which, theme.color(token))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, theme.color("text.muted"))
    made.setColor(QPalette.ColorGroup.Disabled, role.Base, theme.color("surface.sunken"))
    return made


class WbosStyle(QProxyStyle):
    """Fusion without its own focus frames: rings come from `FocusRing` and from delegates."""

    def __init__(self) -> None:
        super().__init__(QStyleFactory.create("Fusion"))

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element != QStyle.PrimitiveElement.PE_FrameFocusRect:
            super().drawPrimitive(element, option, painter, widget)


class _RingStyle(QProxyStyle):
    """Lets the ring stand above its widget, 4 px outside it, without a mask."""

    def __init__(self) -> None:
        super().__init__(QStyleFactory.create("Fusion"))

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        if hint == QStyle.StyleHint.SH_FocusFrame_Mask:
            return 0
        return super().styleHint(hint, option, widget, returnData)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        names = QStyle.PixelMetric
        if metric in (names.PM_FocusFrameHMargin, names.PM_FocusFrameVMargin):
            return int(theme.size("focusRingWidth")) + int(theme.size("focusRingGap"))
        return super().pixelMetric(metric, option, widget)


class FocusRing(QFocusFrame):
    """The 2 px ring with a 2 px gap around the focused widget.

    A widget asks for it with the property "ring" set to a corner radius in px, and may choose
    another colour with the property "ringRole" (the rail is amber).
    """

    def __init__(self, style: QStyle) -> None:
        super().__init__()
        self.setStyle(style)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        target = self.widget()
        width = int(theme.size("focusRingWidth"))
        radius = int(target.property("ring") or 0) + width
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color(target.property("ringRole") or "focus.ring"), width))
        half = width / 2
        rect = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(rect, radius, radius)
        painter.end()


class RingKeeper(QObject):
    """Moves one FocusRing to whatever has the focus and asks for a ring."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: FocusRing | None = None
        self._style = _RingStyle()
        self._style.setParent(self)
        app.focusChanged.connect(self._moved)

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        wants = new is not None and shiboken6.isValid(new) and new.property("ring") is not None
        if not wants or new is None:
            if self._ring is not None and shiboken6.isValid(self._ring):
                self._ring.setWidget(None)  # type: ignore[arg-type]
            return
        if self._ring is None or not shiboken6.isValid(self._ring):
            self._ring = FocusRing(self._style)
        self._ring.setWidget(new)
        self._ring.update()


_kept: dict[str, QObject] = {}


def install(app: QApplication, state: theme.Theme) -> None:
    """Put style, palette, font and sheet on the application; icons are drawn anew."""
    icons.clear()
    known = _kept.get("style")
    if known is None or not shiboken6.isValid(known) or app.style() is None:
        made = WbosStyle()
        _kept["style"] = made
        app.setStyle(made)
    keeper = _kept.get("ring")
    if keeper is None or not shiboken6.isValid(keeper):
        _kept["ring"] = RingKeeper(app)
    app.setFont(theme.font("body"))
    # in high contrast the system's own palette comes back; the sheet takes its colours from it,
    # because without edges a field can't be seen on black
    app.setPalette(QPalette() if state.high_contrast else palette())
    # By class: the palette of a single view is lost when the style sheet polishes it again.
    views = QPalette(app.palette())
    views.setColor(QPalette.ColorRole.Highlight, theme.color("state.selected"))
    views.setColor(QPalette.ColorRole.HighlightedText, theme.color("text.primary"))
    app.setPalette(views, "QAbstractItemView")  # type: ignore[arg-type] # bytes are refused
    app.setStyleSheet(style_sheet())
