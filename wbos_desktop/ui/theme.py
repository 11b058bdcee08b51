"""The only reader of tokens.json: colours, type, sizes, and the switch between light and dark.

Widgets ask at paint time (`color`, `font`, `size`) and hang themselves on `follow` when they
keep something that depends on the theme, such as a font or a height.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from wbos_desktop import paths

MODES = ("system", "light", "dark")
TEXT_SIZES = (100, 115, 130)


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The design tokens as they stand in resources/theme/tokens.json."""
    loaded: dict[str, Any] = json.loads(paths.resource_bytes("theme", "tokens.json"))
    return loaded


class Theme(QObject):
    """The state of the look; one instance, reached through the functions of this module."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode = "system"
        self.text_size = 100
        self.high_contrast = False
        self.family = ""
        self._connected = False
        self._app_style: object = None

    @property
    def dark(self) -> bool:
        """True when dark colours are in use; an unknown system scheme means light."""
        if self.mode != "system":
            return self.mode == "dark"
        hints = QGuiApplication.styleHints()
        return hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark

    def apply(self, app: QApplication, *, quick: bool = False) -> None:
        """Put font, style, palette and style sheet on the application and tell all followers."""
        from . import style

        self._load_fonts(quick=quick)
        self._listen()
        self.high_contrast = _wants_contrast()
        _colour.cache_clear()
        style.install(app, self)
        self.changed.emit()

    def _load_fonts(self, *, quick: bool) -> None:
        for name in tokens()["font"]["files"]:
            if not quick or "Regular" in name or "Semibold" in name:
                _load_font(name)
        self.family = tokens()["font"]["family"]

    def _listen(self) -> None:
        if self._connected:
            return
        self._connected = True
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None:
            accessibility().contrastPreferenceChanged.connect(self._system_changed)

    def _system_changed(self) -> None:
        QTimer.singleShot(0, self, self.reapply)

    def reapply(self) -> None:
        """Apply again to the running application after a setting or the system changed."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.apply(app)


@lru_cache(maxsize=8)
def _load_font(name: str) -> None:
    QFontDatabase.addApplicationFontFromData(paths.resource_bytes("fonts", name))


def _wants_contrast() -> bool:
    accessibility = getattr(QGuiApplication.styleHints(), "accessibility", None)
    if accessibility is None:
        return False
    return bool(accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)


_theme: list[Theme] = []


def current() -> Theme:
    """The one Theme, made at first use."""
    if not _theme:
        _theme.append(Theme())
    return _theme[0]


def apply(
    app: QApplication, mode: str | None = None, text_size: int | None = None, *, quick: bool = False
) -> None:
    """Dress the application; called once at start and by the settings page.

    `mode` is one of MODES, `text_size` one of TEXT_SIZES; None keeps what it was. `quick` loads
    only the faces of the unlock page (each takes some 7 ms); call `load_fonts` before the others.
    """
    theme = current()
    if mode in MODES and mode is not None:
        theme.mode = mode
        _ask_system(mode)
    if text_size is not None:
        theme.text_size = min(max(text_size, TEXT_SIZES[0]), TEXT_SIZES[-1])
    theme.apply(app, quick=quick)


def load_fonts() -> None:
    """Load the faces that a quick `apply` left out; a second call is free."""
    for name in tokens()["font"]["files"]:
        _load_font(name)


def _ask_system(mode: str) -> None:
    hints = QGuiApplication.styleHints()
    if mode == "system":
        hints.unsetColorScheme()
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)


def follow(restyle: Callable[[], None]) -> None:
    """Call `restyle` (a bound method of a QObject) now and at each change of theme or text size."""
    current().changed.connect(restyle)
    restyle()


def is_dark() -> bool:
    """True when dark colours are in use."""
    return current().dark


def color(role: str) -> QColor:
    """The colour of a token such as "text.primary". Raises KeyError for an unknown role."""
    theme = current()
    if theme.high_contrast:
        return _system_colour(role)
    return QColor(_colour(role, theme.dark))


@lru_cache(maxsize=256)
def _colour(role: str, dark: bool) -> QColor:
    value: str = tokens()["color"]["dark" if dark else "light"][role]
    if len(value) == 9:  # tokens write RRGGBBAA, Qt reads AARRGGBB
        value = f"#{value[7:]}{value[1:7]}"
    return QColor(value)


_CONTRAST = (
    ("action.on", QPalette.ColorRole.HighlightedText),
    ("status.on", QPalette.ColorRole.HighlightedText),
    ("rail.textSelected", QPalette.ColorRole.HighlightedText),
    ("rail.selected", QPalette.ColorRole.Highlight),
    ("rail.bg", QPalette.ColorRole.Window),
    ("action.primarySoft", QPalette.ColorRole.Base),
    ("action.link", QPalette.ColorRole.Link),
    ("action", QPalette.ColorRole.Highlight),
    ("state", QPalette.ColorRole.AlternateBase),
    ("surface.card", QPalette.ColorRole.Base),
    ("surface", QPalette.ColorRole.Window),
    ("toast.bg", QPalette.ColorRole.ToolTipBase),
    ("toast", QPalette.ColorRole.ToolTipText),
    ("scrim", QPalette.ColorRole.Shadow),
)


def _system_colour(role: str) -> QColor:
    palette = QGuiApplication.palette()
    if role.endswith(("Soft", ".soft")) and not role.startswith("line"):
        return palette.color(QPalette.ColorRole.Base)
    for prefix, palette_role in _CONTRAST:
        if role.startswith(prefix):
            return palette.color(palette_role)
    return palette.color(QPalette.ColorRole.WindowText)


def font(role: str, *, italic: bool = False, strong: bool = False) -> QFont:
    """The font of a type role ("title", "body", ...) at the chosen text size."""
    spec = tokens()["type"][role]
    made = QFont(current().family or tokens()["font"]["family"])
    made.setFamilies([made.family(), *tokens()["font"]["fallback"]])
    made.setPixelSize(scaled(spec["size"]))
    weight = tokens()["font"]["weights"]["semibold"] if strong else spec["weight"]
    made.setWeight(QFont.Weight(max(weight, spec["weight"])))
    made.setItalic(italic)
    return made


def line(role: str) -> int:
    """Line height in px of a type role at the chosen text size."""
    return scaled(tokens()["type"][role]["line"])


def scaled(px: float) -> int:
    """A length that grows with the text size (100, 115 or 130 %)."""
    return round(px * current().text_size / 100)


def size(name: str) -> int | float:
    """A size token, such as "cardGap"; never grows with the text size."""
    value: int | float = tokens()["size"][name]
    return value


def height(name: str) -> int:
    """A size token for a control with one line of text: grows by as much as the line does."""
    return int(size(name)) + scaled(22) - 22


def space(step: int) -> int:
    """Spacing step 1 to 7: 4, 8, 12, 16, 24, 32, 48."""
    value: int = tokens()["space"][str(step)]
    return value


def radius(name: str) -> int:
    """A corner radius token: badge, chip, control, tile, card, board, dialog, pill."""
    value: int = tokens()["radius"][name]
    return value


def motion(name: str) -> int:
    """Duration in ms of a motion token; 0 when the system asks for less motion."""
    accessibility = getattr(QGuiApplication.styleHints(), "accessibility", None)
    preference = getattr(accessibility() if accessibility else None, "motionPreference", None)
    if name != "toastMs" and preference is not None and "Reduced" in str(preference()):
        return 0
    value: int = tokens()["motion"][name]
    return value
