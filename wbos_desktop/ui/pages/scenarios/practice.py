"""Practising: one card at a time over the whole window, the Dan part hidden until you said it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wbos_desktop.domain.scenarios import (
    PRACTICE_FORMS,
    PracticeDraft,
    ScenarioCard,
    form_text,
)
from wbos_desktop.i18n import _
from wbos_desktop.services import scenarios
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.page import Shell
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, clear_layout
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup

from .hoe_card import Part, then_part

_WHOLE = 4000


class PracticeDialog(Dialog):
    """Goes through `ids`, starting at the first: say it aloud, reveal, note how sure you feel."""

    def __init__(self, shell: Shell, ids: Sequence[int], parent: QWidget) -> None:
        super().__init__(_("Practise"), width=_WHOLE, height=_WHOLE, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell = shell
        self._ids = list(ids)
        self._at = 0
        self._card: ScenarioCard | None = None
        self.form = PillGroup([(code, form_text(code)) for code in PRACTICE_FORMS], _("How"))
        self.form.set_value("alone")
        self.sure = PillGroup(
            [(n, str(n)) for n in range(1, 6)], _("How sure do you feel?"), clearable=True
        )
        self.note = TextField(_("What did you notice?"), max_length=400)
        self.reveal_button = Button(_("Show what you do"), "primary", "eye", size="large")
        self.reveal_button.clicked.connect(self.reveal)
        self.skip_button = self.add_button(_("Next card"), slot=self.next_card)
        self.save_button = self.add_button(
            _("Save practice"), "primary", "check", slot=self.save_practice
        ).writes()
        self.keeper = DraftKeeper(
            self,
            shell,
            "scenario_practice",
            of=self,
            place=Route("scenarios"),
            title=self.heading,
        )
        self._load()

    def _load(self) -> None:
        self.shell.tasks.read(self, scenarios.get_scenario, self._ids[self._at]).then(self._show)

    def _show(self, card: ScenarioCard) -> None:
        self._card = card
        self.set_heading(
            card.row.title,
            _("Card {n} of {total}").format(n=self._at + 1, total=len(self._ids)),
        )
        self._draw(revealed=False)

    def _draw(self, *, revealed: bool) -> None:
        assert self._card is not None
        card = self._card
        # these live as long as the dialog: take them out before the rest is deleted
        for widget in (self.form, self.sure, self.note, self.reveal_button):
            widget.setParent(None)
        clear_layout(self.body)
        row = QHBoxLayout()
        row.setSpacing(14)
        for icon, word, hint, text in (
            ("eye", _("If"), _("observe"), card.if_text),
            ("target", _("So that"), _("where to"), card.so_that),
        ):
            part = Part(icon, word, hint)
            part.add_text(text)
            part.body.addStretch(1)
            row.addWidget(part, 1)
        self.body.addLayout(row)
        self.body.addWidget(then_part(card) if revealed else self._hidden())
        if revealed:
            self._add_questions()
        self.body.addStretch(1)
        self.skip_button.setVisible(len(self._ids) > 1)
        self.save_button.setVisible(revealed)
        (self.sure if revealed else self.reveal_button).setFocus()
        if revealed:
            self.sure.focus_first()
            key = card.row.id
            self.keeper.move_to(key, Route("scenarios", key), detail=card.row.title)
            self.keeper.start()

    # ------------------------------------------------------------ what is kept
    def kept(self) -> dict[str, Any]:
        """The answers to the questions after the card."""
        return {
            "form": self.form.value(),
            "sure": self.sure.value(),
            "note": self.note.kept(),
        }

    def put_back(self, values: Mapping[str, Any]) -> None:
        """Show what was answered."""
        self.form.set_value(values["form"])
        self.sure.set_value(values["sure"])
        self.note.put_back(values["note"])

    def words(self) -> list[str]:
        """What was written."""
        return [self.note.text().strip()]

    def shown(self) -> dict[str, tuple[str, str]]:
        """Nobody else writes in this form."""
        return {}

    def _hidden(self) -> Card:
        card = Card(edge="line.strong", padding=24)
        card.body.addWidget(Label(_("What do you do? Say it aloud first."), "h2", wrap=True))
        hint = _("Stand as you would stand. Say the words as you would say them.")
        card.body.addWidget(Label(hint, "sub", wrap=True))
        card.body.addWidget(self.reveal_button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _add_questions(self) -> None:
        self.sure.set_value(None)
        self.note.set_value("")
        self.body.addWidget(FormRow(_("How"), self.form))
        hint = _("1 is not yet, 5 is fully. Only you see this.")
        self.body.addWidget(
            FormRow(_("How sure do you feel?"), self.sure, optional=True, hint=hint)
        )
        hint = _("Colleagues see this line with your name.")
        self.body.addWidget(FormRow(_("What did you notice?"), self.note, optional=True, hint=hint))

    def reveal(self) -> None:
        """Show the Dan part and the questions after it."""
        if self._card is not None:
            self._draw(revealed=True)

    def next_card(self) -> None:
        """Go to the next card, the first after the last, without noting anything."""
        self.keeper.pause()
        self._at = (self._at + 1) % len(self._ids)
        self._load()

    def save_practice(self) -> None:
        """Note the practice session and go on, or close after the last card."""
        if self.note.problem:
            self.set_footer_error(self.note.problem)
            return
        draft = PracticeDraft(
            scenario_id=self._ids[self._at],
            form=self.form.value() or "alone",
            note=self.note.value(),
            sure=self.sure.value(),
        )
        self.keeper.send(scenarios.log_practice, draft).then(self._saved)

    def _saved(self, _practice_id: int) -> None:
        self.shell.messages.toast(_("Practice saved."), undo_last=True)
        if self._at + 1 < len(self._ids):
            self.next_card()
        else:
            self.accept()

    def reject(self) -> None:
        """Esc and the cross: what was written stays as a draft."""
        self.keeper.leave()
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.text()
        if self.save_button.isVisible() and number in {"1", "2", "3", "4", "5"}:
            self.sure.set_value(int(number))
            return
        super().keyPressEvent(event)
