"""Names with a role: type a letter, choose from the list, pick a role per person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wbos_desktop.i18n import _
from wbos_desktop.ui import icons, paint, theme, tips

from .flow import FlowLayout
from .message_strip import announce
from .record_table import quiet_selection


@dataclass(frozen=True)
class PersonChoice:
    """Somebody in the field. `kind` and `id` say who ("pupil", 3), `name` and `detail` are shown.

    `role` is a code of the field's roles, or "" while not chosen.
    """

    kind: str
    id: int | None
    name: str
    detail: str = ""
    role: str = ""


Suggest = Callable[[str, Callable[[Sequence[PersonChoice]], None]], object]


class _PersonChip(QAbstractButton):
    """Name, role with arrow, cross. Enter or Space opens the roles, Delete removes."""

    removed = Signal()
    role_chosen = Signal(str)

    def __init__(self, person: PersonChoice, roles: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.person = person
        self._roles = list(roles)
        self._wrong = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", theme.radius("chip") + 2)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tips.literal(person.detail))
        self.clicked.connect(self.open_roles)
        self._renamed()

    def _role_text(self) -> str:
        if not self._roles:
            return ""
        texts = dict(self._roles)
        return texts.get(self.person.role) or _("role?")

    def _renamed(self) -> None:
        self.setAccessibleName(f"{self.person.name}, {self._role_text()}".strip(", "))
        self.updateGeometry()
        self.update()

    def set_wrong(self, wrong: bool) -> None:
        """A red edge while the role is missing."""
        self._wrong = wrong
        self.update()

    def open_roles(self) -> None:
        """The menu of roles."""
        if not self._roles:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for code, text in self._roles:
            action = QAction(text, menu)
            action.setData(code)
            action.setCheckable(True)
            action.setChecked(code == self.person.role)
            menu.addAction(action)
        menu.triggered.connect(self._chosen)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _chosen(self, action: QAction) -> None:
        self.person = replace(self.person, role=str(action.data()))
        self._wrong = False
        self._renamed()
        self.role_chosen.emit(self.person.role)

    def _cross(self) -> QRect:
        return QRect(self.width() - 28, 0, 28, self.height())

    def sizeHint(self) -> QSize:
        width = paint.text_width(self.person.name, "smallStrong") + 9 + 28
        if self._roles:
            width += paint.text_width(self._role_text(), "small") + 6 + 18
        return QSize(width, theme.height("controlHeight") - 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.open_roles()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._cross().contains(event.position().toPoint()):
            self.removed.emit()
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, edge = "surface.sunken", "line.soft"
        if self._wrong:
            ground, edge = "status.dangerSoft", "status.danger"
        paint.rounded(painter, self.rect(), theme.radius("chip"), ground, edge)
        wide = paint.text_width(self.person.name, "smallStrong")
        area = QRect(9, 0, wide + 2, self.height())
        paint.text(painter, area, self.person.name, "smallStrong")
        if self._roles:
            left = 9 + wide + 6
            ink = "status.danger" if not self.person.role else "text.secondary"
            words = paint.text_width(self._role_text(), "small")
            area = QRect(left, 0, words + 2, self.height())
            paint.text(painter, area, self._role_text(), "small", ink)
            box = QRect(left + words + 2, (self.height() - 14) // 2, 14, 14)
            icons.paint(painter, "chevron-down", box, ink)
        box = QRect(0, 0, 14, 14)
        box.moveCenter(self._cross().center())
        icons.paint(painter, "x", box, "text.secondary")
        painter.end()


class PeopleField(QWidget):
    """Chips and a line to type in. Arrows choose, Enter or Tab takes, Backspace goes to the chips.

    `suggest(text, deliver)` finds people and calls `deliver` with PersonChoice objects. `extra`
    are choices that always stand below the found ones, such as ("outsider", "Iemand anders"):
    they take the typed text as name. `value()` is a list of PersonChoice.
    """

    edited = Signal()

    def __init__(
        self,
        name: str,
        suggest: Suggest,
        roles: Sequence[tuple[str, str]] = (),
        *,
        extra: Sequence[tuple[str, str]] = (),
        single: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggest, self._roles, self._extra = suggest, list(roles), list(extra)
        self._single = single
        self._wrong = False
        self._asked = ""
        self.chips: list[_PersonChip] = []
        self.setAccessibleName(name)
        self._flow = FlowLayout(self, 6)
        self._flow.setContentsMargins(7, 5, 7, 5)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.line = QLineEdit()
        self.line.setProperty("bare", True)
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(_("Name…"))
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        self._flow.addWidget(self.line)
        self.list = _Suggestions(self)
        self.list.taken.connect(self._take)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self.line.setFont(theme.font("body"))
        self.line.setFixedSize(theme.scaled(150), theme.height("controlHeight") - 10)

    def value(self) -> Any:
        """The people in order, as PersonChoice."""
        return [chip.person for chip in self.chips]

    def set_value(self, value: Any) -> None:
        """Show these people without telling."""
        for chip in self.chips:
            self._drop(chip)
        self.chips = []
        for person in value or []:
            self._add(person)
        self._arrange()

    def kept(self) -> Any:
        """The people, and what is typed of the next name."""
        return {"people": [asdict(chip.person) for chip in self.chips], "line": self.line.text()}

    def put_back(self, kept: Any) -> None:
        """Show who was there, and the name that was being typed."""
        self.set_value([PersonChoice(**person) for person in kept["people"]])
        self.line.setText(kept["line"])

    def shown(self) -> str:
        """'Daan (deed het), Sara (getroffen)'."""
        roles = dict(self._roles)
        return ", ".join(
            f"{person.name} ({roles[person.role]})" if person.role in roles else person.name
            for person in self.value()
        )

    def set_error(self, message: str) -> None:
        """Red edge; people without a role get one too."""
        self._wrong = bool(message)
        self.line.setAccessibleDescription(message)
        for chip in self.chips:
            chip.set_wrong(self._wrong and bool(self._roles) and not chip.person.role)
        self.update()

    def focus_first(self) -> None:
        """Focus the first person without a role, else the line."""
        missing = (chip for chip in self.chips if self._roles and not chip.person.role)
        target = next(missing, None) if self._wrong else None
        (target or self.line).setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, person: PersonChoice) -> _PersonChip:
        chip = _PersonChip(person, self._roles)
        chip.removed.connect(self._removed)
        chip.role_chosen.connect(self._role_chosen)
        self.chips.append(chip)
        return chip

    def _arrange(self) -> None:
        """Chips first, the line last; Tab goes in that order."""
        self._flow.removeWidget(self.line)
        for chip in self.chips:
            if self._flow.indexOf(chip) < 0:
                self._flow.addWidget(chip)
                chip.show()
        self._flow.addWidget(self.line)
        for chip in self.chips:
            # First behind the line: a new chip stands at the end of the whole form.
            QWidget.setTabOrder(self.line, chip)
            QWidget.setTabOrder(chip, self.line)
        self.line.setVisible(not (self._single and self.chips))
        self._flow.invalidate()
        self.updateGeometry()

    def _drop(self, chip: _PersonChip) -> None:
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _removed(self) -> None:
        chip = self.sender()
        if not isinstance(chip, _PersonChip) or chip not in self.chips:
            return
        index = self.chips.index(chip)
        self.chips.remove(chip)
        self._drop(chip)
        self._arrange()
        target = self.chips[min(index, len(self.chips) - 1)] if self.chips else self.line
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, _("{name} removed").format(name=chip.person.name))
        self.edited.emit()

    def _role_chosen(self, _role: str) -> None:
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _typed(self, text: str) -> None:
        self._asked = text.strip()
        if not self._asked:
            self.list.hide()
            return
        asked = self._asked
        self._suggest(asked, lambda people: self._found(asked, people))

    def _found(self, asked: str, people: Sequence[PersonChoice]) -> None:
        if asked != self._asked or not self.line.hasFocus():
            return
        here = {(p.kind, p.id) for p in self.value() if p.id is not None}
        shown = [p for p in people if (p.kind, p.id) not in here]
        shown += [PersonChoice(kind, None, asked, text) for kind, text in self._extra]
        self.list.show_people(shown, self)

    def _take(self, person: PersonChoice) -> None:
        self.list.hide()
        self.line.clear()
        self._asked = ""
        self._add(person)
        self._arrange()
        announce(self, _("{name} added").format(name=person.name))
        self.edited.emit()
        if not self.line.isHidden():
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The whole frame looks like a field: a click beside the line writes too."""
        if not self.line.isHidden():
            self.line.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus on; with a focus proxy Tab would skip the chips."""
        self.line.setFocus(event.reason())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.line:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.FocusOut:
            self.list.hide()
            self.update()
        elif event.type() == QEvent.Type.FocusIn:
            self.update()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        take = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        if self.list.isVisible():
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in take and not event.modifiers():
                self.list.take_current()
                return True
            if key == Qt.Key.Key_Escape:
                self.list.hide()
                return True
        if key == Qt.Key.Key_Backspace and not self.line.text() and self.chips:
            self.chips[-1].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        edge, width = "line.strong", 1
        if self._wrong:
            edge, width = "status.danger", 2
        elif self.line.hasFocus():
            edge, width = "focus.ring", 2
        radius = theme.radius("control")
        paint.rounded(painter, self.rect(), radius, "surface.card", edge, width)
        painter.end()


class _Suggestions(QFrame):
    """The list under the line, a child of the window so that the focus stays in the line."""

    taken = Signal(object)

    def __init__(self, field: PeopleField) -> None:
        super().__init__(field)
        self._people: list[PersonChoice] = []
        self._list = QListWidget(self)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(_("Suggestions"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self._list)
        theme.follow(self._restyle)
        self.hide()

    def _restyle(self) -> None:
        quiet_selection(self._list)
        self._list.setFont(theme.font("body"))

    def show_people(self, people: Sequence[PersonChoice], field: PeopleField) -> None:
        """Show the found people below the field; nothing hides the list."""
        self._people = list(people)
        self._list.clear()
        for person in self._people:
            words = f"{person.name}  ·  {person.detail}" if person.detail else person.name
            item = QListWidgetItem(words)
            item.setSizeHint(QSize(80, theme.scaled(32)))
            self._list.addItem(item)
        if not self._people:
            self.hide()
            return
        self._list.setCurrentRow(0)
        window = field.window()
        self.setParent(window)
        shown = min(len(self._people), 7)
        high = shown * theme.scaled(32) + 12
        spot = field.mapTo(window, QPoint(0, field.height() + 2))
        if spot.y() + high > window.height():
            spot = field.mapTo(window, QPoint(0, -high - 2))
        self.setGeometry(QRect(spot, QSize(min(field.width(), theme.scaled(420)), high)))
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Move the choice up or down."""
        row = (self._list.currentRow() + by) % max(1, self._list.count())
        self._list.setCurrentRow(row)

    def take_current(self) -> None:
        """Choose what is marked."""
        row = self._list.currentRow()
        if 0 <= row < len(self._people):
            self.taken.emit(self._people[row])

    def _clicked(self, _item: QListWidgetItem) -> None:
        self.take_current()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), 7, "surface.raised", "line.strong")
        painter.end()
