"""What is due, in groups with tick boxes; what stays and why; nothing goes without a click."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.retention import (
    ClockQuestion,
    DueItem,
    HeldItem,
    HoldDraft,
    Proposal,
    Target,
)
from wbos_desktop.i18n import _, date_long, date_numeric, ngettext
from wbos_desktop.services import erasure, retention
from wbos_desktop.ui.form_dialog import FormDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, Hairline, clear_layout
from wbos_desktop.ui.widgets.date_edit import DateEdit, plain_parser
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import CheckBox, TextField
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.ui.widgets.labels import Label, Link

from .erasing_dialog import ErasingDialog

SHOWN = 50
"""Lines of one kind that are shown; the box of the kind stands for the rest."""


class ProposalDialog(Dialog):
    """The list; after a choice it asks once more and hands over to the erasing."""

    help_code = "manage"

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(
            _("What is due"),
            _("Untick what stays. Nothing is erased without your yes."),
            width=760,
            parent=parent,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell, self._host = shell, parent
        self.groups: list[DueGroup] = []
        self.place = QVBoxLayout()
        self.place.setSpacing(12)
        self.body.addLayout(self.place)
        self.reason = TextField(_("Reason"), max_length=200)
        self.reason.set_value(_("Retention term is over"))
        self.reason_row = FormRow(_("Reason"), self.reason, hint=_("Without names of pupils."))
        self.body.addWidget(self.reason_row)
        self.body.addStretch(1)
        self.add_button(_("Don’t erase"), slot=self.reject)
        self.erase_button = self.add_button("", "dangerFilled", "trash", self._ask)
        self.reason_row.hide()
        self.erase_button.hide()
        self.ask_again()

    def ask_again(self) -> None:
        """Read the list anew."""
        self.shell.tasks.read(self, retention.proposal).then(self.show_proposal)

    def show_proposal(self, found: Proposal) -> None:
        """Fill the dialog; first the question about the clock when it jumped."""
        clear_layout(self.place)
        self.groups = []
        if found.clock is not None:
            self._show_clock(found.clock)
            return
        for kind in rules.KINDS:
            items = [item for item in found.items if item.kind == kind.code]
            if items:
                group = DueGroup(kind.code, items)
                group.changed.connect(self._count)
                group.hold_asked.connect(self._hold)
                group.toggled.connect(self.refit)
                self.groups.append(group)
                self.place.addWidget(group)
        if not self.groups:
            self.place.addWidget(Label(_("Nothing is due."), "body"))
        self._show_held(found.held)
        self.reason_row.setVisible(bool(self.groups))
        self._count()
        self.refit()

    def _show_clock(self, question: ClockQuestion) -> None:
        card = Card(title=_("Is today’s date right?"), ground="surface.canvas")
        text = _(
            "This computer says it is {today}. After {last} WBOS was not used for a long time."
            " With a wrong date too much would be due."
        ).format(
            today=date_long(question.today, weekday=False),
            last=date_long(question.last_known, weekday=False),
        )
        card.body.addWidget(Label(text, "body", wrap=True))
        self.clock_button = Button(_("The date is right"))
        self.clock_button.clicked.connect(self._confirm_clock)
        card.body.addWidget(self.clock_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.place.addWidget(card)
        self.refit()

    def _confirm_clock(self) -> None:
        task = self.shell.tasks.write(self, retention.confirm_clock)
        task.then(lambda _none: self.ask_again())

    def _show_held(self, held: tuple[HeldItem, ...]) -> None:
        if not held:
            return
        self.place.addWidget(Label(_("Stays for now"), "h3"))
        for item in held[:SHOWN]:
            self.place.addWidget(_held_line(item, self._end_hold))
        if len(held) > SHOWN:
            more = ngettext("and {n} more", "and {n} more", len(held) - SHOWN)
            self.place.addWidget(Label(more, "sub"))

    def _hold(self, item: DueItem) -> None:
        dialog = HoldDialog(self.shell, item, self)
        dialog.finished_with.connect(lambda _id: self.ask_again())
        dialog.open()

    def _end_hold(self, hold_id: int) -> None:
        task = self.shell.tasks.write(self, retention.end_hold, hold_id)
        task.then(lambda _none: self.ask_again())

    def chosen(self) -> list[DueItem]:
        """The lines that are ticked."""
        return [item for group in self.groups for item in group.chosen()]

    def _count(self) -> None:
        found = self.chosen()
        words = erase_words(found)
        self.erase_button.setVisible(bool(self.groups))
        self.erase_button.setText(words or _("Erase"))
        self.erase_button.setAccessibleName(self.erase_button.text())
        self.erase_button.block("" if found else _("Tick what may go first."))

    def _ask(self) -> None:
        found = self.chosen()
        total = sum(item.count for item in found)
        text = _("This can’t be undone: it also leaves the history.")
        if any(rules.BY_CODE[item.kind].after == rules.ANONYMISE for item in found):
            text = _("{text} Observations stay, without names of pupils.").format(text=text)
        self.shell.messages.ask(
            self,
            _("{what}?").format(what=erase_words(found)),
            text,
            yes=erase_words(found),
            no=_("Don’t erase"),
            then=self._erase,
            danger=True,
            word=_("erase") if total > rules.MANY or _whole_year(found) else "",
        )

    def _erase(self) -> None:
        targets: dict[Target, None] = {}
        for item in self.chosen():
            targets |= dict.fromkeys(item.targets)
        ErasingDialog(
            self.shell,
            self._host,
            start=erasure.begin,
            arguments=(tuple(targets), self.reason.value()),
        ).open()
        self.accept()


def _whole_year(items: list[DueItem]) -> bool:
    """True if a line stands for a whole school year of a group."""
    return any(item.subject_table == "groups" for item in items)


def erase_words(items: list[DueItem]) -> str:
    """'12 casussen wissen': one kind by its name, several as records; '' for nothing."""
    total = sum(item.count for item in items)
    if not total:
        return ""
    kinds = {item.kind for item in items}
    if len(kinds) == 1:
        what = rules.counted(kinds.pop(), total)
    else:
        what = ngettext("{n} record", "{n} records", total)
    return _("Erase {what}").format(what=what)


class DueGroup(Card):
    """One kind: a box for all of it, and its lines when they are asked for."""

    changed = Signal()
    hold_asked = Signal(object)
    toggled = Signal()

    def __init__(self, kind: str, items: list[DueItem]) -> None:
        super().__init__(padding=14)
        self._items = items
        self._off: set[int] = set()
        self.boxes: list[CheckBox] = []
        total = sum(item.count for item in items)
        self.box = CheckBox(f"{rules.kind_title(kind)} · {rules.counted(kind, total)}")
        self.box.edited.connect(self._all)
        self.box.set_value(True)
        self.more = Link(_("Show the list"))
        self.more.clicked.connect(self._toggle)
        row = QHBoxLayout()
        row.addWidget(self.box)
        row.addStretch(1)
        row.addWidget(self.more)
        self.body.addLayout(row)
        after = rules.after_text(rules.BY_CODE[kind].after)
        if rules.BY_CODE[kind].after == rules.KEEP:
            after = rules.after_text(rules.ERASE)
        self.body.addWidget(Label(after, "sub"))
        self.lines = QWidget()
        self._place = QVBoxLayout(self.lines)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(0)
        self.body.addWidget(self.lines)
        self.lines.hide()
        if len(items) <= 6:
            self._toggle()

    def chosen(self) -> Iterator[DueItem]:
        """The items that are ticked."""
        return (item for number, item in enumerate(self._items) if number not in self._off)

    def _toggle(self) -> None:
        if not self.boxes:
            self._fill()
        opened = self.lines.isHidden()
        self.lines.setVisible(opened)
        self.more.set_text(_("Hide the list") if opened else _("Show the list"))
        self.toggled.emit()

    def _fill(self) -> None:
        for number, item in enumerate(self._items[:SHOWN]):
            self._place.addWidget(Hairline())
            self._place.addWidget(self._line(number, item))
        if len(self._items) > SHOWN:
            rest = len(self._items) - SHOWN
            self._place.addWidget(Label(ngettext("and {n} more", "and {n} more", rest), "sub"))

    def _line(self, number: int, item: DueItem) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        box = CheckBox("", _("Erase {what}").format(what=item.title))
        box.set_value(number not in self._off)
        box.edited.connect(lambda: self._one(number, box.isChecked()))
        self.boxes.append(box)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(item.title, "smallStrong", wrap=True))
        words.addWidget(Label(reason_of(item), "sub", wrap=True))
        row.addWidget(box)
        row.addLayout(words, 1)
        if item.subject_table:
            keep = Button(_("Keep longer"), "ghost", size="small")
            keep.setAccessibleName(_("Keep longer: {what}").format(what=item.title))
            keep.clicked.connect(lambda: self.hold_asked.emit(item))
            row.addWidget(keep)
        return line

    def _one(self, number: int, on: bool) -> None:
        (self._off.discard if on else self._off.add)(number)
        self.box.set_value(len(self._off) < len(self._items))
        self.changed.emit()

    def _all(self) -> None:
        on = self.box.isChecked()
        self._off = set() if on else set(range(len(self._items)))
        for box in self.boxes:
            box.set_value(on)
        self.changed.emit()


def reason_of(item: DueItem) -> str:
    """Why this is due: what its term counts from, and since when it is over."""
    told = _("term from {base}, over on {due}").format(
        base=date_numeric(item.base), due=date_numeric(item.due_on)
    )
    return f"{item.detail} · {told}" if item.detail else told


def _held_line(item: HeldItem, end_hold: Any) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(Label(item.title, "smallStrong", wrap=True))
    words.addWidget(Label(item.reason, "sub", wrap=True))
    row.addLayout(words, 1)
    if item.hold_id is not None:
        hold_id = item.hold_id
        button = Button(_("No longer keep"), "ghost", size="small")
        button.setAccessibleName(_("No longer keep: {what}").format(what=item.title))
        button.clicked.connect(lambda: end_hold(hold_id))
        row.addWidget(button)
    return line


class HoldDialog(FormDialog):
    """Keep one record longer: why, and until when."""

    help_code = "manage"

    def __init__(self, shell: Shell, item: DueItem, parent: QWidget) -> None:
        super().__init__(shell, _("Keep longer"), item.title, width=520, parent=parent)
        self._draft = HoldDraft(item.subject_table, item.subject_id)
        self.form = Form(
            [
                Field(_("Why is this kept longer?"), "reason", TextField(max_length=200)),
                Field(
                    _("Until"),
                    "until",
                    DateEdit(
                        _("Until"), parser=plain_parser(item.due_on, lean=1), today=dt.date.today()
                    ),
                    optional=True,
                ),
            ]
        )
        self.form.fill(self._draft)
        self.finish_form(_("Keep longer"))
        # Two records of two kinds may bear one number.
        place = Route("manage", None, "privacy")
        self.keep_as(f"hold.{item.subject_table}", item.subject_id, place)

    def call(self) -> tuple[Any, tuple[Any, ...]]:
        """Keep it."""
        return retention.add_hold, (self.form.draft(self._draft),)

    def saved(self, answer: Any) -> None:
        """Say so."""
        self.shell.messages.toast(_("Kept longer."), undo_last=True)
