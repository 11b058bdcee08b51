"""The minutes: per item what was decided and who does what by when; and who was there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.actions import ActionDraft, ActionRow
from wbos_desktop.domain.meetings import (
    AgendaItemRow,
    DecisionRow,
    MeetingDetail,
    MinutesForm,
)
from wbos_desktop.i18n import _, date_long, date_short, ngettext
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.date_edit import DateEdit
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox, TextField
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import Icon, IconLabel, Label
from wbos_desktop.ui.widgets.rows import ListRow

from .agenda_panel import SUBJECT_ICONS, informed_text
from .dialogs import school_parser


def counts_of(item: AgendaItemRow) -> str:
    """'1 besluit, 2 acties'; a dash when there is nothing yet."""
    parts = []
    if item.decisions:
        parts.append(ngettext("{n} decision", "{n} decisions", len(item.decisions)))
    if item.actions:
        parts.append(ngettext("{n} action", "{n} actions", len(item.actions)))
    return ", ".join(parts) or _("Nothing noted yet")


def due_words(action: ActionRow) -> str:
    """'Joost Veldkamp · vr 27 nov · 2 keer doorgeschoven'."""
    parts = [action.owner]
    if action.due_on:
        parts.append(date_short(action.due_on))
    if action.carried_over:
        parts.append(ngettext("carried over once", "carried over {n} times", action.carried_over))
    if action.state == "dropped":
        parts.append(_("no longer needed"))
    return " · ".join(part for part in parts if part)


class _NewAction(QWidget):
    """What, who, by when: one line to add an action."""

    added = Signal(str, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.what = TextField(_("What will be done?"), max_length=300)
        self.what.returnPressed.connect(self.submit)
        self.who = ComboBox([], _("Who"), empty=_("Choose who"))
        self.due = DateEdit(_("By when"))
        self.what_row = FormRow(_("What will be done?"), self.what)
        self.who_row = FormRow(_("Who"), self.who)
        self.due_row = FormRow(_("By when"), self.due, optional=True)
        self.due.echoed.connect(self.due_row.set_hint)
        self.due.refused.connect(self.due_row.set_error)
        column.addWidget(self.what_row)
        row = QHBoxLayout()
        row.setSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self.who_row, 1, top)
        row.addWidget(self.due_row, 0, top)
        button = Button(_("Add action"), "secondary", "plus").writes()
        button.clicked.connect(self.submit)
        holder = QVBoxLayout()
        holder.setContentsMargins(0, theme.line("small") + 4, 0, 0)
        holder.addWidget(button)
        holder.addStretch(1)
        row.addLayout(holder)
        column.addLayout(row)

    def submit(self) -> None:
        """Hand over what was typed, when the date can be read."""
        due = self.due.value()
        self.what_row.set_error(self.what.problem)
        if self.due.problem or self.what.problem:
            return
        self.added.emit(self.what.text().strip(), self.who.value(), due)

    def show_errors(self, fields: dict[str, str]) -> None:
        """Sentences under the fields."""
        self.what_row.set_error(fields.get("text", ""))
        self.who_row.set_error(fields.get("owner_id", ""))

    def clear(self) -> None:
        """Ready for the next action; who stays, as one person often gets two."""
        self.what.set_value("")
        self.due.set_value(None)
        self.show_errors({})


class ItemMinutes(Card):
    """One item: question, decisions, actions, and the fields to add them."""

    decided = Signal(int, str)
    reworded = Signal(object, str)
    decision_removed = Signal(int)
    acted = Signal(object)
    ticked = Signal(int, bool)
    action_removed = Signal(int)
    action_dropped = Signal(int)
    left_item = Signal()
    came_to = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self._editing: DecisionRow | None = None
        self.waiting: set[str] = set()  # for an answer: a second Enter adds nothing meanwhile
        self.item: AgendaItemRow | None = None
        self._meeting_id = 0
        scroll = ScrollPage()
        scroll.body.setContentsMargins(24, 18, 24, 18)
        scroll.body.setSpacing(10)
        self.body.addWidget(scroll, 1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        self._decisions = QVBoxLayout()
        self._decisions.setSpacing(2)
        self._actions = QVBoxLayout()
        self._actions.setSpacing(2)
        self.drafts_place = QVBoxLayout()
        scroll.body.addLayout(self.drafts_place)
        scroll.body.addLayout(self._facts)
        self._decision_part = self._decision_fields()
        self._action_part = self._action_fields()
        scroll.body.addWidget(self._decision_part)
        scroll.body.addWidget(self._action_part)
        scroll.body.addStretch(1)

    def _decision_fields(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Hairline())
        column.addWidget(Label(_("Decisions"), "h3"))
        column.addLayout(self._decisions)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.decision = TextField(_("What was decided?"), max_length=1000)
        self.decision.setPlaceholderText(_("What was decided?"))
        self.decision.returnPressed.connect(self.submit)
        self.decision_row = FormRow("", self.decision)
        row.addWidget(self.decision_row, 1)
        self.decide_button = Button(_("Add decision"), "secondary", "plus").writes()
        self.decide_button.clicked.connect(self.submit)
        row.addWidget(self.decide_button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        return part

    def _action_fields(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(Hairline())
        column.addWidget(Label(_("Actions"), "h3"))
        column.addLayout(self._actions)
        self.new_action = _NewAction()
        self.new_action.added.connect(self._act)
        column.addWidget(self.new_action)
        return part

    def set_form(self, form: MinutesForm) -> None:
        """Colleagues to choose from, and how dates are read."""
        self.new_action.who.set_choices(list(form.staff))
        self.new_action.due.set_parser(school_parser(form.today, form.calendar))

    def show_item(self, detail: MeetingDetail, item: AgendaItemRow) -> None:
        """Show this item; what is half typed stays as long as the item is the same."""
        another = self.item is None or self.item.id != item.id
        if another:
            self.left_item.emit()
            self._edit(None)
            self.new_action.clear()
        self.item, self._meeting_id = item, detail.row.id
        if another:
            self.came_to.emit(item)
        clear_layout(self._facts)
        clear_layout(self._decisions)
        clear_layout(self._actions)
        title = Label(f"{item.position}. {item.title}", "h2", wrap=True)
        self._facts.addWidget(title)
        if item.question:
            self._facts.addWidget(IconLabel("help-circle", item.question, "body", wrap=True))
        if known := informed_text(item):
            self._facts.addWidget(IconLabel("info-circle", known, "small", wrap=True))
        if item.subject == "previous":
            self._show_previous(detail)
        for decision in item.decisions:
            self._decisions.addWidget(self._decision_row(decision))
        for action in item.actions:
            self._actions.addWidget(self._action_row(action, removable=True))

    def _show_previous(self, detail: MeetingDetail) -> None:
        if detail.previous_on is None:
            self._facts.addWidget(Label(_("This is the first meeting of this kind."), "sub"))
            return
        day = date_long(detail.previous_on, year=False)
        self._facts.addWidget(Label(_("From {day}").format(day=day), "sub"))
        for title, text in detail.previous_decisions:
            words = f"{title}: {text}" if title else text
            self._facts.addWidget(IconLabel("circle-check", words, "small", wrap=True))
        for action in detail.carried:
            self._facts.addWidget(self._action_row(action, removable=False))
        if not detail.carried and not detail.previous_decisions:
            self._facts.addWidget(Label(_("No open actions and no decisions."), "small"))

    def _decision_row(self, decision: DecisionRow) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 2)
        row.addWidget(Icon("circle-check", 18, "action.primary"))
        row.addWidget(Label(decision.text, "body", wrap=True, selectable=True), 1)
        for icon, name, slot in (
            ("pencil", _("Reword this decision"), self._reword),
            ("x", _("Take this decision away"), self._remove_decision),
        ):
            button = IconButton(icon, name).writes()
            button.setProperty("record_id", decision.id)
            button.clicked.connect(slot)
            row.addWidget(button)
        return holder

    def _action_row(self, action: ActionRow, *, removable: bool) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        box = CheckBox("", _("Done: {title}").format(title=action.text))
        box.set_value(action.state == "done")
        box.setProperty("record_id", action.id)
        box.edited.connect(self._tick)
        row.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(action.text, "body", wrap=True, selectable=True))
        late = _("too late") if action.overdue else ""
        line = " · ".join(part for part in (due_words(action), late) if part)
        icon = "alert-triangle" if action.overdue else "user"
        color = "status.danger" if action.overdue else None
        words.addWidget(IconLabel(icon, line, "caption", color=color))
        row.addLayout(words, 1)
        if removable or action.state == "open":
            name = _("Take this action away") if removable else _("This action is no longer needed")
            button = IconButton("x", name).writes()
            button.setProperty("record_id", action.id)
            button.clicked.connect(self._remove_action if removable else self._drop_action)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return holder

    # ------------------------------------------------------------ what the user did
    def submit(self) -> None:
        """Save the decision that stands there, new or reworded."""
        text = self.decision.text().strip()
        self.decision_row.set_error(self.decision.problem)
        busy = "decision" in self.waiting
        if not text or busy or self.item is None or self.decision.problem:
            return
        self.waiting.add("decision")
        if self._editing is not None:
            self.reworded.emit(self._editing, text)
        else:
            self.decided.emit(self.item.id, text)

    def decision_saved(self) -> None:
        """Ready for the next decision."""
        self._edit(None)
        self.decision.setFocus()

    # ------------------------------------------------------------ what is kept
    def kept(self) -> dict[str, Any]:
        """The decision and the action that are being written."""
        action = self.new_action
        return {
            "editing": self._editing.id if self._editing else None,
            "decision": self.decision.kept(),
            "what": action.what.kept(),
            "who": action.who.value(),
            "due": action.due.kept(),
        }

    def put_back(self, values: Mapping[str, Any]) -> None:
        """Show what was being written; rewording goes on where the decision still stands."""
        decisions = self.item.decisions if self.item else ()
        self._edit(next((row for row in decisions if row.id == values["editing"]), None))
        self.decision.put_back(values["decision"])
        self.new_action.what.put_back(values["what"])
        self.new_action.who.set_value(values["who"])
        self.new_action.due.put_back(values["due"])

    def words(self) -> list[str]:
        """What was written."""
        return [self.decision.text().strip(), self.new_action.what.text().strip()]

    def shown(self) -> dict[str, tuple[str, str]]:
        """The decision in words, beside a colleague's."""
        return {"decision": (_("Decision"), self.decision.text())}

    def take_fresh(self, decision: DecisionRow) -> None:
        """The decision as a colleague worded it."""
        self._edit(decision)

    def _edit(self, decision: DecisionRow | None) -> None:
        self._editing = decision
        self.decision.set_value(decision.text if decision else "")
        self.decide_button.setText(_("Save decision") if decision else _("Add decision"))

    def _reword(self) -> None:
        key = self._record()
        decisions = self.item.decisions if self.item else ()
        self._edit(next((row for row in decisions if row.id == key), None))
        self.decision.setFocus()

    def _drop_action(self) -> None:
        self.action_dropped.emit(self._record())

    def _act(self, text: str, owner_id: object, due_on: object) -> None:
        if self.item is None or "action" in self.waiting:
            return
        self.waiting.add("action")
        draft = ActionDraft(
            text=text,
            owner_id=owner_id if isinstance(owner_id, int) else None,
            due_on=due_on,  # type: ignore[arg-type]
            meeting_id=self._meeting_id,
            agenda_item_id=self.item.id,
            case_id=self.item.case_id,
            group_id=self.item.group_id,
        )
        self.acted.emit(draft)

    def _record(self) -> int:
        sender = self.sender()
        return int(sender.property("record_id")) if sender is not None else 0

    def _remove_decision(self) -> None:
        self.decision_removed.emit(self._record())

    def _remove_action(self) -> None:
        self.action_removed.emit(self._record())

    def _tick(self) -> None:
        box = self.sender()
        if isinstance(box, CheckBox):
            self.ticked.emit(int(box.property("record_id")), box.value())


class MinutesPanel(QWidget):
    """Items and attendance at the left, the chosen item at the right."""

    present = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: MeetingDetail | None = None
        self._chosen: int | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(int(theme.size("cardGap")))
        left = Card(_("Agenda"))
        self._left = left
        scroll = ScrollPage()
        scroll.body.setContentsMargins(0, 0, 0, 0)
        scroll.body.setSpacing(0)
        left.body.addWidget(scroll, 1)
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        self._people = QVBoxLayout()
        self._people.setSpacing(4)
        scroll.body.addLayout(self._items)
        scroll.body.addSpacing(14)
        scroll.body.addLayout(self._people)
        scroll.body.addStretch(1)
        row.addWidget(left)
        self.item = ItemMinutes()
        row.addWidget(self.item, 1)
        theme.follow(self._restyle)

    def _restyle(self) -> None:
        self._left.setFixedWidth(theme.scaled(330))

    def show_meeting(self, detail: MeetingDetail) -> None:
        """Show this meeting; the chosen item stays chosen."""
        self._detail = detail
        clear_layout(self._items)
        for item in detail.items:
            icon = Icon(SUBJECT_ICONS[item.subject], 20)
            row = ListRow(f"{item.position}. {item.title}", counts_of(item), left=icon)
            row.setProperty("item_id", item.id)
            row.opened.connect(self._opened)
            self._items.addWidget(row)
        self._show_people(detail)
        ids = [item.id for item in detail.items]
        if ids:
            self.choose(self._chosen if self._chosen in ids else ids[0])

    def _show_people(self, detail: MeetingDetail) -> None:
        clear_layout(self._people)
        if detail.attendees:
            self._people.addWidget(Label(_("Who is there"), "overline"))
        for person in detail.attendees:
            text = person.name
            if person.external:
                text = _("{name}, external").format(name=person.name)
            box = CheckBox(text)
            box.set_value(person.present is True)
            box.setProperty("record_id", person.id)
            box.edited.connect(self._present)
            self._people.addWidget(box)

    def choose(self, item_id: int) -> None:
        """Show this item at the right."""
        self._chosen = item_id
        if self._detail is not None:
            for item in self._detail.items:
                if item.id == item_id:
                    self.item.show_item(self._detail, item)

    def _opened(self) -> None:
        row = self.sender()
        if row is not None:
            self.choose(int(row.property("item_id")))
            self.item.decision.setFocus()

    def _present(self) -> None:
        box = self.sender()
        if isinstance(box, CheckBox):
            self.present.emit(int(box.property("record_id")), box.value())

    def sizeHint(self) -> QSize:
        return QSize(800, 600)
