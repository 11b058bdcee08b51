"""The rail at the left: where you are, what is open, that it is safe, and the lock."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.i18n import _, ngettext

from . import icons, paint, theme, tips
from .allowed import may_open
from .registry import PAGES, RAIL
from .shell import Who
from .widgets.logo import paint_logo


@dataclass(frozen=True)
class RailItem:
    """One place in the rail; `name` is its route."""

    name: str
    icon: str
    text: str


def rail_items() -> list[RailItem]:
    """The items whose page exists, in the order of their keys (main_window.PLACE_KEYS)."""
    words = {
        "today": ("home", _("Today")),
        "groups": ("users-group", _("Groups")),
        "incidents": ("flag", _("Incidents")),
        "scenarios": ("route", _("Scenarios")),
        "meetings": ("presentation", _("Meetings")),
        "manage": ("settings", _("Manage")),
    }
    return [RailItem(name, *words[name]) for name in RAIL if name in PAGES]


def role_title(role: str) -> str:
    """The word for a user's role in the program, such as 'Zorgcoördinator'."""
    titles = {
        "coordinator": _("Care coordinator"),
        "member": _("Team member"),
        "lead": _("School lead"),
        "reader": _("Reader"),
    }
    return titles.get(role, "")


class _Hovering(QAbstractButton):
    """Repaints when the mouse comes and goes; has the amber ring of the rail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("ring", theme.radius("tile"))
        self.setProperty("ringRole", "rail.focus")

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class RailButton(_Hovering):
    """A place: icon, word and the count of open work; narrow it shows icon and badge."""

    def __init__(self, item: RailItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.narrow = False
        self._count = 0
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(item.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.follow(self._restyle)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Show how much work is open; zero shows nothing."""
        self._count = count
        name = self.item.text
        if count:
            open_work = ngettext("{n} open", "{n} open", count)
            name = f"{name}, {open_work}"
        self.setAccessibleName(name)
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show only the icon, with the word as tooltip."""
        self.narrow = narrow
        self.setToolTip(self.item.text if narrow else "")
        self.update()

    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(40))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(52 if self.narrow else 176, theme.scaled(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = self.isChecked()
        ink = "rail.textSelected" if chosen or self.underMouse() else "rail.text"
        if chosen:
            paint.rounded(painter, self.rect(), theme.radius("tile"), "rail.selected")
            bar = QRectF(0, self.height() / 2 - 11, 3, 22)
            paint.rounded(painter, bar, 1.5, "rail.accent")
        left = (self.width() - 20) // 2 if self.narrow else 14
        icon_box = QRect(left, (self.height() - 20) // 2, 20, 20)
        icons.paint(painter, self.item.icon, icon_box, ink, bold=chosen)
        if self.narrow:
            self._paint_badge(painter, icon_box)
        else:
            words = QRect(44, 0, self.width() - 44 - (44 if self._count else 8), self.height())
            paint.text(painter, words, self.item.text, "bodyStrong" if chosen else "body", ink)
            self._paint_pill(painter, ink)
        painter.end()

    def _shown_count(self) -> str:
        return str(self._count) if self._count <= 9 else "9+"

    def _paint_pill(self, painter: QPainter, ink: str) -> None:
        if self._count:
            box = QRectF(self.width() - 38, self.height() / 2 - 10, 26, 20)
            paint.rounded(painter, box, 10, None, ink, 1.2)
            paint.text(painter, box, self._shown_count(), "badge", ink, paint.CENTER)

    def _paint_badge(self, painter: QPainter, icon_box: QRect) -> None:
        if self._count:
            centre = QPointF(icon_box.right() + 3, icon_box.top() + 1)
            paint.disc(painter, centre, 9, "rail.accent")
            box = QRectF(centre.x() - 10, centre.y() - 10, 20, 20)
            paint.text(painter, box, self._shown_count(), "badge", "rail.bg", paint.CENTER)


class _Brand(QWidget):
    """The logo, the program's name and the school."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.school = ""
        self.narrow = False
        self.setFixedHeight(68)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 12
        paint_logo(painter, QRect(left - 3, 10, 46, 46), tile=False)
        if not self.narrow:
            width = self.width() - 66
            name = QRect(60, 14, width, 22)
            paint.text(painter, name, "WBOS", "bodyStrong", "rail.textSelected")
            paint.text(painter, QRect(60, 33, width, 20), self.school, "caption", "rail.text")
        painter.end()


class _Facts(QWidget):
    """'Encrypted, local', and the seconds left before the program locks itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.narrow = False
        self._seconds: int | None = None
        self.setFixedHeight(34)
        self.set_countdown(None)

    def set_countdown(self, seconds: int | None) -> None:
        """Show the last seconds before the lock; None when it is not near."""
        self._seconds = seconds
        self.setAccessibleName(self._words())
        self.setToolTip(self._words())
        self.update()

    def _words(self) -> str:
        if self._seconds is None:
            return _("Encrypted, local")
        return ngettext("Locks in {n} second", "Locks in {n} seconds", self._seconds)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        near = self._seconds is not None
        ink = "rail.accent" if near else "rail.text"
        left = (self.width() - 18) // 2 if self.narrow else 24
        icon_box = QRect(left, (self.height() - 18) // 2, 18, 18)
        icons.paint(painter, "clock" if near else "shield-lock", icon_box, ink)
        if not self.narrow:
            words = QRect(54, 0, self.width() - 58, self.height())
            paint.text(painter, words, self._words(), "caption", ink)
        elif near:
            painter.fillRect(self.rect(), theme.color("rail.bg"))
            paint.text(painter, self.rect(), str(self._seconds), "captionStrong", ink, paint.CENTER)
        painter.end()


class _Person(QWidget):
    """Initials, name and role of the user."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._who = Who()
        self.setFixedHeight(48)

    def set_who(self, who: Who) -> None:
        """Show this user."""
        self._who = who
        self.setAccessibleName(f"{who.full_name}, {role_title(who.role)}")
        self.setToolTip(tips.literal(who.full_name))
        self.update()

    def _initials(self) -> str:
        words = [word for word in self._who.full_name.split() if word[:1].isupper()]
        return (words[0][:1] + words[-1][:1]).upper() if words else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        narrow = self.width() < 80
        centre = QPointF(self.width() / 2 if narrow else 32, self.height() / 2)
        paint.disc(painter, centre, 16, "rail.accent")
        box = QRectF(centre.x() - 16, centre.y() - 16, 32, 32)
        paint.text(painter, box, self._initials(), "badge", "rail.bg", paint.CENTER)
        if not narrow:
            width = self.width() - 58
            name = QRect(56, 4, width, 20)
            paint.text(painter, name, self._who.full_name, "smallStrong", "rail.textSelected")
            role = QRect(56, 23, width, 20)
            paint.text(painter, role, role_title(self._who.role), "caption", "rail.text")
        painter.end()


class _LockButton(_Hovering):
    """Locks the vault at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(36, 36)
        name = _("Lock (Ctrl+L)")
        self.setAccessibleName(name)
        self.setToolTip(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            paint.rounded(painter, self.rect(), theme.radius("tile"), "rail.selected")
        icons.paint(painter, "lock", QRect(8, 8, 20, 20), "rail.text")
        painter.end()


class _HelpButton(_Hovering):
    """Opens the manual at the page in view; at one place in the rail on every page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.narrow = False
        self.setAccessibleName(_("Help (F1)"))
        self.setToolTip(_("Help (F1)"))
        self.setFixedHeight(34)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = "rail.textSelected" if self.underMouse() else "rail.text"
        left = (self.width() - 18) // 2 if self.narrow else 24
        icon_box = QRect(left, (self.height() - 18) // 2, 18, 18)
        icons.paint(painter, "help-circle", icon_box, ink)
        if not self.narrow:
            words = QRect(54, 0, self.width() - 58, self.height())
            paint.text(painter, words, _("Help"), "caption", ink)
        painter.end()


class _BackupAge(_Hovering):
    """When the last backup was made; opens that part of Manage. Hidden until it is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.narrow = self._old = False
        self.setFixedHeight(34)
        self.hide()

    def set_age(self, text: str, *, old: bool) -> None:
        """Show 'Back-up gisteren 17.04'; an old one gets an alert. An empty text shows nothing."""
        self._old = old
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tips.literal(text))
        self.setVisible(bool(text))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = "rail.accent" if self._old else "rail.text"
        if self.underMouse():
            ink = "rail.textSelected"
        left = (self.width() - 18) // 2 if self.narrow else 24
        icon_box = QRect(left, (self.height() - 18) // 2, 18, 18)
        icon = "alert-triangle" if self._old else "device-floppy"
        icons.paint(painter, icon, icon_box, ink)
        if not self.narrow:
            words = QRect(54, 0, self.width() - 58, self.height())
            paint.text(
                painter, words, self.text(), "captionStrong" if self._old else "caption", ink
            )
        painter.end()


class Rail(QWidget):
    """196 px wide, or 64 px with icons only. `chosen` carries a route's name."""

    chosen = Signal(str)
    help_asked = Signal()
    lock_asked = Signal()
    backup_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.narrow = False
        self.setAccessibleName(_("Navigation"))
        self._brand, self._facts, self._person = _Brand(), _Facts(), _Person()
        self.help = _HelpButton()
        self.help.clicked.connect(self.help_asked)
        self._lock = _LockButton()
        self._lock.clicked.connect(self.lock_asked)
        self.backup_age = _BackupAge()
        self.backup_age.clicked.connect(self.backup_asked)
        self.buttons: dict[str, RailButton] = {}
        self._build()
        self.set_narrow(False)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(self._brand)
        self._places = QVBoxLayout()
        self._places.setContentsMargins(10, 10, 10, 0)
        self._places.setSpacing(4)
        for item in rail_items():
            if item.name == "manage":
                self._places.addWidget(_Line())
            button = RailButton(item)
            button.clicked.connect(lambda _on=False, name=item.name: self.chosen.emit(name))
            self.buttons[item.name] = button
            self._places.addWidget(button)
        column.addLayout(self._places)
        column.addStretch(1)
        column.addWidget(self.help)
        column.addWidget(self._facts)
        column.addWidget(self.backup_age)
        column.addWidget(_Line())
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(0, 4, 8, 0)
        self._foot.setSpacing(0)
        self._foot.addWidget(self._person, 1)
        self._foot.addWidget(self._lock)
        column.addLayout(self._foot)

    def set_who(self, who: Who) -> None:
        """Show the school, the user and the places of the user's role; an empty one at lock."""
        for name, button in self.buttons.items():
            button.setVisible(may_open(who, name))
        self._brand.school = who.school
        self._brand.setToolTip(tips.literal(who.school))
        self._brand.update()
        self._person.set_who(who)

    def set_current(self, name: str) -> None:
        """Mark the place that is shown."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)
            if any(button.hasFocus() for button in self.buttons.values()):
                self.focus_current()  # the ring goes along with the place

    def set_counts(self, counts: dict[str, int]) -> None:
        """Open work per place."""
        for name, button in self.buttons.items():
            button.set_count(counts.get(name, 0))

    def set_countdown(self, seconds: int | None) -> None:
        """The last seconds before the program locks itself; None when it is not near."""
        self._facts.set_countdown(seconds)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, or icons with words."""
        self.narrow = narrow
        width = theme.size("railCollapsed" if narrow else "railExpanded")
        self.setFixedWidth(int(width) if narrow else theme.scaled(width))
        self._brand.narrow = self._facts.narrow = self.help.narrow = narrow
        self.backup_age.narrow = narrow
        margin = 6 if narrow else 10
        self._places.setContentsMargins(margin, 10, margin, 0)
        for button in self.buttons.values():
            button.set_narrow(narrow)
        direction = QHBoxLayout.Direction
        self._foot.setDirection(direction.BottomToTop if narrow else direction.LeftToRight)
        self._foot.setContentsMargins(0, 4, 0 if narrow else 8, 0)
        center = Qt.AlignmentFlag.AlignHCenter
        self._foot.setAlignment(self._lock, center if narrow else Qt.AlignmentFlag.AlignVCenter)
        if self.isVisible():
            self._fit_help()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_help()

    def _fit_help(self) -> None:
        """In a low window the lock must stay in view: then help is behind F1 only."""
        layout = self.layout()
        if layout is not None:
            need = layout.minimumSize().height() + (
                self.help.height() if self.help.isHidden() else 0
            )
            self.help.setVisible(self.height() >= need)

    def focus_current(self) -> None:
        """Put the focus on the place that is shown (F6)."""
        for button in self.buttons.values():
            if button.isChecked():
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("rail.bg"))
        painter.end()


class _Line(QWidget):
    """A hairline in the rail with air around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(17)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QRect(6, 8, self.width() - 12, 1)
        painter.fillRect(line, theme.color("rail.selected"))
        painter.end()
