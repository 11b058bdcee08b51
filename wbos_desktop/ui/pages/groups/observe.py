"""A new observation (05b): first what you hear and see, then a norm, then what you do with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.domain import profiles as rules
from wbos_desktop.domain import typed_dates
from wbos_desktop.domain.norms import (
    PHASES,
    NormSuggestion,
    phase_title,
    response_title,
    strength_title,
)
from wbos_desktop.domain.profiles import (
    STATUSES,
    ObservationForm,
    ProfileDraft,
    ResponseDraft,
    status_title,
)
from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import norms, observation_form, profiles
from wbos_desktop.ui.conflict import Versions, choose_version
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.page import PageDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import ScrollPage
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser
from wbos_desktop.ui.widgets.fields import ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field, Form, FormRow
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.pills import PillGroup, SegmentedControl

from .norm_lines import NormList, StrengthHead, in_order
from .presence import PresenceDialog
from .response_panel import ResponsePanel

_SUGGEST_MS = 500
_QUOTES = "'‘’ "


class ObserveDialog(PageDialog):
    """Which norms do I notice, how strong, what do I do with them? (ui.md sections 9 and 16.14)

    Route: id = group, tab = id of a profile to change. For the keeper of drafts the dialog
    itself is the form: its parts, the strengths and the responses.
    """

    def __init__(self, shell: Shell, route: Route, parent: QWidget | None = None) -> None:
        super().__init__(
            shell,
            route,
            parent,
            title=_("New observation"),
            subtitle=_("About 5 minutes. Describe behaviour, no judgement."),
            width=1000,
            height=736,
        )
        self._form: ObservationForm | None = None
        self._draft: ProfileDraft | None = None
        self._suggested: dict[str, str] = {}
        self._suggesting: Task[Any] | None = None
        self._second_before: int | None = None
        self.keeper: DraftKeeper | None = None
        self._unsettled = False
        self._add_left()
        self._add_right()
        self.save_button = self.add_button(
            _("Save observation"), "primary", "check", self._save
        ).writes()
        self._suggest_later = QTimer(self)
        self._suggest_later.setSingleShot(True)
        self._suggest_later.setInterval(_SUGGEST_MS)
        self._suggest_later.timeout.connect(self._suggest)
        self.setEnabled(False)
        self._load(route.id)

    # ---------------------------------------------------------------- left: what and which norm
    def _add_left(self) -> None:
        self.group_choice = ComboBox([], _("Group"), width=180)
        self.group_choice.edited.connect(self._group_chosen)
        self._group_row = FormRow(_("Group"), self.group_choice)
        self._group_row.hide()
        self.body.addWidget(self._group_row)
        self.facts = Form(
            [
                Field(
                    _("What do you hear?"),
                    "heard",
                    TextArea(lines=2),
                    hint=_("Describe what somebody does, not what somebody is like."),
                ),
                Field(_("What do you see?"), "seen", TextArea(lines=2)),
                Field(_("With whom?"), "by_whom", TextField(), optional=True),
            ]
        )
        self.facts.edited.connect(self._facts_edited)
        self.body.addWidget(self.facts)
        part = QVBoxLayout()
        part.setSpacing(4)
        self.head = StrengthHead(_("Which norm fits?"))
        part.addWidget(self.head)
        self._invite = Label("", "sub", wrap=True)
        part.addWidget(self._invite)
        self.few = NormList()
        self.all = NormList()
        self.all.hide()
        for shown in (self.few, self.all):
            shown.chosen.connect(self._strength_chosen)
            shown.focused.connect(self._norm_focused)
            shown.letter.connect(self._jump)
            shown.answer.connect(self._answer)
            part.addWidget(shown)
        self._recognise = Label("", "caption", wrap=True)
        self._recognise.hide()
        part.addWidget(self._recognise)
        self.body.addLayout(part)
        self.all_button = Button(_("All norms"), "secondary", "list", size="small")
        self.all_button.setCheckable(True)
        self.all_button.toggled.connect(self._show_all)
        self.body.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignLeft)
        keys = _("Type a letter to go to its norm; ← and → say how strong it is.")
        self.body.addWidget(IconLabel("info-circle", keys, "caption", wrap=True))
        self.body.addStretch(1)

    # ---------------------------------------------------------------- right: when, response, phase
    def _add_right(self) -> None:
        side = ScrollPage()
        self.when = Form(
            [
                [
                    Field(_("When"), "observed_on", DateEdit(width=150), stretch=0),
                    Field(_("Where"), "place", TextField(placeholder=_("In class, 3rd lesson"))),
                ]
            ]
        )
        self.response = ResponsePanel()
        self.response.edited.connect(self._response_edited)
        self.phase = Form(
            [
                Field(
                    _("Group phase"),
                    "phase",
                    PillGroup(
                        [(code, phase_title(code)) for code in PHASES],
                        _("Group phase"),
                        clearable=True,
                    ),
                    optional=True,
                ),
                Field(
                    _("Observe again on"),
                    "next_observation_on",
                    DateEdit(width=172),
                    optional=True,
                ),
            ]
        )
        self.more_button = Button(_("Fill in more"), "ghost", "plus", size="small")
        self.more_button.setCheckable(True)
        self.more = self._more()
        self.more.hide()
        self.more_button.toggled.connect(self.more.setVisible)
        for widget in (self.when, self.response, self.phase):
            side.body.addWidget(widget)
        side.body.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        side.body.addWidget(self.more)
        side.body.addStretch(1)
        self.body.setContentsMargins(28, 20, 18, 14)
        side.body.setContentsMargins(4, 0, 4, 4)
        self.set_side(side, 424)

    def _more(self) -> QWidget:
        self.more_form = Form(
            [
                Field(_("Who has influence"), "influence", TextArea(lines=2), optional=True),
                Field(_("Subgroups"), "subgroups", TextField(), optional=True),
                Field(_("Climate"), "climate", TextField(), optional=True),
                Field(_("What shows the phase?"), "phase_evidence", TextField(), optional=True),
                Field(_("Question for the team"), "question", TextArea(lines=2), optional=True),
                Field(_("Wished norm"), "wished_norm", TextField(), optional=True),
                Field(
                    _("Status"),
                    "status",
                    SegmentedControl(
                        [(code, status_title(code)) for code in STATUSES], _("Status")
                    ),
                ),
            ]
        )
        self.second = ComboBox([], _("Second observer"), empty=_("nobody"))
        self._second_row = FormRow(_("Second observer"), self.second, optional=True)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.more_form)
        column.addWidget(self._second_row)
        return box

    @property
    def _forms(self) -> tuple[Form, ...]:
        return (self.facts, self.when, self.phase, self.more_form)

    # ---------------------------------------------------------------- filling
    def _load(self, group_id: int | None) -> None:
        profile_id = int(self.route.tab) if self.route.tab else None
        self.read(observation_form.load_form, group_id, profile_id).then(self._show).failed(
            self._not_loaded
        )

    def _not_loaded(self, error: UserError) -> None:
        self.setEnabled(True)
        self.save_button.block(error.message)
        self.shell.messages.show_error(self, error)

    def _show(self, form: ObservationForm) -> None:
        self._form = form
        draft = form.draft
        title = _("New observation of {group}") if draft.id is None else _("Observation of {group}")
        self.set_heading(title.format(group=form.group_name), self.subtitle_label.text())
        parse = _parser(form, past=True)
        self.when.fields["observed_on"].widget.set_parser(parse)
        self.phase.fields["next_observation_on"].widget.set_parser(_parser(form, past=False))
        self.group_choice.set_choices(form.groups)
        self.group_choice.set_value(draft.group_id)
        self._group_row.setVisible(self.route.id is None and self.route.tab is None)
        self.second.set_choices([one for one in form.staff if one[0] != self.shell.who.staff_id])
        self.all.show_all(in_order(form.norms), draft.strengths)
        self.all.follow(self.all_button)
        self.setEnabled(True)
        self._fill(draft)
        self._start_keeping(form)
        first = self.group_choice if self._group_row.isVisible() else None
        (first or self.facts.fields["heard"].widget).setFocus()

    def _start_keeping(self, form: ObservationForm) -> None:
        draft = form.draft
        name, record_id = ("profile", draft.id) if draft.id else ("observation", draft.group_id)
        place = Route("observe", draft.group_id, str(draft.id) if draft.id else None)
        version = draft.version if draft.id else None
        if self.keeper is not None:
            self.keeper.move_to(record_id, place, detail=form.group_name, version=version)
        else:
            self.keeper = DraftKeeper(
                self,
                self.shell,
                name,
                record_id,
                of=self,
                place=place,
                title=_("Observation not finished"),
                detail=form.group_name,
                version=version,
            )
        self.keeper.start()

    def focus_first(self) -> None:
        """Put the focus where one writes what one hears."""
        self.facts.fields["heard"].widget.setFocus()

    # ---------------------------------------------------------------- what is kept
    def kept(self) -> dict[str, Any]:
        """The parts as typed, with the strengths, the responses and the second observer."""
        values: dict[str, Any] = {}
        for form in self._forms:
            values |= form.kept()
        draft = self._draft
        responses = draft.responses if draft else {}
        return values | {
            "strengths": dict(draft.strengths) if draft else {},
            "responses": {code: [list(one.sequence), one.how] for code, one in responses.items()},
            "second": self.second.value(),
        }

    def put_back(self, values: Mapping[str, Any]) -> None:
        """Show what was kept."""
        for form in self._forms:
            form.put_back(values)
        self.second.set_value(values["second"])
        if self._draft is not None:
            responses = {
                code: ResponseDraft(tuple(sequence), how)
                for code, (sequence, how) in values["responses"].items()
            }
            strengths = dict(values["strengths"])
            self._draft = replace(self._draft, strengths=strengths, responses=responses)
            self._show_norms()

    def words(self) -> list[str]:
        """What was written, also with a response."""
        found = [words for form in self._forms for words in form.words()]
        responses = self._draft.responses if self._draft else {}
        return [*found, *(one.how for one in responses.values())]

    def shown(self) -> dict[str, tuple[str, str]]:
        """The parts in words, and the norms with their strength."""
        found: dict[str, tuple[str, str]] = {}
        for form in self._forms:
            found |= form.shown()
        titles = {norm.code: norm.title for norm in self._form.norms} if self._form else {}
        draft = self._draft
        strengths = draft.strengths if draft else {}
        norms_text = "\n".join(
            f"{titles.get(code, code)}: {strength_title(strength)}"
            for code, strength in strengths.items()
            if strength
        )
        responses = draft.responses if draft else {}
        answers = "\n".join(
            f"{titles.get(code, code)}: {', '.join(map(response_title, one.sequence))} {one.how}"
            for code, one in responses.items()
        )
        return found | {
            "strengths": (_("Norms"), norms_text),
            "responses": (_("Response"), answers),
            "second": (_("Second observer"), self.second.currentText()),
        }

    def _fill(self, draft: ProfileDraft) -> None:
        self._draft = draft
        for form in self._forms:
            form.fill(draft)
        others = [one for one in draft.observers if one != self.shell.who.staff_id]
        self._second_before = others[0] if others else None
        self.second.set_value(self._second_before)
        self._show_norms()

    def _show_norms(self) -> None:
        strengths = self._draft.strengths if self._draft else {}
        self._show_few()
        self.all.set_strengths(strengths)
        self._show_response(max(strengths, key=strengths.__getitem__, default=""))
        if any(self.facts.words()[:2]):
            self._suggest_later.start()

    def _group_chosen(self) -> None:
        if self.keeper is not None:
            self.keeper.pause()
        self._load(self.group_choice.value())

    # ---------------------------------------------------------------- norms and responses
    def _facts_edited(self) -> None:
        self._suggest_later.start()

    def _suggest(self) -> None:
        words = f"{self.facts.fields['heard'].widget.value()}\n"
        words += str(self.facts.fields["seen"].widget.value())
        self._suggesting = (
            self.read(norms.suggest_norms, words)
            .then(self._show_suggestions)
            .instead_of(self._suggesting)
        )

    def _show_suggestions(self, found: list[NormSuggestion]) -> None:
        self._suggested = {one.norm.code: one.reason for one in found}
        self._show_few()

    def _show_few(self) -> None:
        if self._form is None or self._draft is None:
            return
        strengths = self._draft.strengths
        wanted = [n for n in self._form.norms if n.code in self._suggested or strengths.get(n.code)]
        order = list(self._suggested)
        wanted.sort(key=lambda n: order.index(n.code) if n.code in order else len(order))
        reasons = {code: f"‘{cue.strip(_QUOTES)}’" for code, cue in self._suggested.items()}
        self.few.show_norms(wanted, reasons, strengths)
        self.few.follow(self.facts.fields["by_whom"].widget)
        self._invite.setText(
            _("Often fits, keep asking.")
            if wanted
            else _("Write what you hear or see. Then at most three norms are suggested here.")
        )
        self._invite.setVisible(not self.all_button.isChecked())

    def _show_all(self, on: bool) -> None:
        self.all.setVisible(on)
        self.few.setVisible(not on)
        self._invite.setVisible(not on)
        words = _("Which norms do you notice, and how strong?") if on else _("Which norm fits?")
        self.head.set_title(words)
        if on:
            QTimer.singleShot(0, self, self._show_grid)

    def _show_grid(self) -> None:
        self.pane.ensureWidgetVisible(self.all, 0, 0)
        self.pane.ensureWidgetVisible(self.head, 0, 0)

    def _strength_chosen(self, code: str, strength: int) -> None:
        if self._draft is None:
            return
        strengths = rules.with_strength(self._draft.strengths, code, strength)
        self._draft = replace(self._draft, strengths=strengths)
        self.few.set_strengths(strengths)
        self.all.set_strengths(strengths)
        self._show_response(code)

    def _norm_focused(self, code: str) -> None:
        self._show_response(code)

    def _show_response(self, code: str) -> None:
        known = {norm.code: norm for norm in self._form.norms} if self._form else {}
        norm = known.get(code)
        similar = (
            [known[other].title for other in norm.lookalikes if other in known] if norm else []
        )
        looks = _("Looks like: {norms}.").format(norms=", ".join(similar)) if similar else ""
        self._recognise.setText(f"{looks} {norm.recognise}".strip() if norm else "")
        self._recognise.setVisible(bool(self._recognise.text()))
        own = self._draft.responses if self._draft else {}
        self.response.show_norm(norm, own.get(code, ResponseDraft()))

    def _response_edited(self, code: str, response: ResponseDraft) -> None:
        if self._draft is not None:
            responses = {**self._draft.responses, code: response}
            self._draft = replace(self._draft, responses=responses)

    def _answer(self) -> None:
        first = next(iter(self.response.tiles.values()))
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _jump(self, letter: str) -> None:
        if self.all_button.isChecked():
            self.all.jump(letter)
        elif not self.few.jump(letter) and letter in self.all.lines:
            self.all_button.setChecked(True)
            self.all.jump(letter)

    # ---------------------------------------------------------------- keeping and saving
    def _typed(self) -> ProfileDraft | None:
        if self._draft is None:
            return None
        draft = self._draft
        for form in self._forms:
            draft = form.draft(draft)
        kept = [one for one in draft.observers if one != self._second_before]
        second = self.second.value()
        pair = kept if second is None else [*kept[:1], second, *kept[1:]]
        day = draft.observed_on or self._draft.observed_on
        return replace(draft, phase=draft.phase or "", observed_on=day, observers=tuple(pair))

    def _save(self) -> None:
        draft = self._typed()
        problems = {key: text for form in self._forms for key, text in form.problems().items()}
        if draft is None or self.keeper is None:
            return
        if problems:
            self._show_problems(problems)
        elif self._unsettled:
            self._ask_fresh()
        else:
            task = self.keeper.send(profiles.save_profile, draft)
            task.then(self._saved).failed(self._not_saved)

    def _not_saved(self, error: UserError) -> None:
        if isinstance(error, Invalid):
            self._show_problems(error.fields)
        elif isinstance(error, Conflict):
            self._ask_fresh()
        else:
            self.shell.messages.show_error(self, error)

    def _ask_fresh(self) -> None:
        if self._draft is not None and self._draft.id is not None:
            self.read(profiles.load_draft, self._draft.id).then(self._compare)

    def _compare(self, fresh: ProfileDraft) -> None:
        """A colleague saved this observation meanwhile: lay both versions side by side."""
        keeper = self.keeper
        if keeper is None:
            return
        self._unsettled = True
        mine = self.kept()
        self._fill(fresh)
        versions = Versions(self, mine, keeper.before)

        def chosen() -> None:
            self._unsettled = False
            keeper.meet(versions, fresh.version)
            self._save()

        choose_version(self, versions, chosen, versions.show_mine)

    def _show_problems(self, problems: dict[str, str]) -> None:
        if any(key in self.more_form.rows or key == "observers" for key in problems):
            self.more_button.setChecked(True)
        self._second_row.set_error(problems.get("observers", ""))
        sentence = ""
        for form in reversed(self._forms):
            sentence = form.show_errors(problems)
        known = {key for form in self._forms for key in form.rows} | {"observers"}
        rest = [text for key, text in problems.items() if key not in known]
        if rest:
            self.shell.messages.strip(self, " ".join(rest), kind="error")
        self.set_footer_error(sentence)

    def _saved(self, profile_id: int) -> None:
        new = self._draft is not None and self._draft.id is None
        self.accept()
        self.shell.messages.toast(_("Observation saved."), undo_last=True)
        if not new:
            return
        group_id = self._draft.group_id if self._draft is not None else 0
        PresenceDialog(self.shell, group_id, profile_id, self.parentWidget()).open()

    def reject(self) -> None:
        """Close; what was written is kept as a draft."""
        if self.keeper is not None:
            self.keeper.leave()
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        letter = event.text().upper()
        if plain and len(letter) == 1 and letter in self.all.lines:
            self._jump(letter)
            return
        super().keyPressEvent(event)


def _parser(form: ObservationForm, *, past: bool) -> DateParser:
    def parse(text: str) -> tuple[dt.date, str]:
        day = typed_dates.parse_day(text, form.today, form.calendar, past=past)
        if day is None:
            raise UserError(_("Write a date, such as 25-11."))
        return day, typed_dates.day_echo(day, form.today, form.calendar)

    return parse
