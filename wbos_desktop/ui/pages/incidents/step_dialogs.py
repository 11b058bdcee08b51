"""Dialogs about one step: finish, move, skip, hand over, and a step of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.cases import REASON_LIMIT, OwnStepDraft, StepDraft, StepRow
from wbos_desktop.domain.incidents import PersonRow
from wbos_desktop.domain.tracks import title as track_title
from wbos_desktop.i18n import _
from wbos_desktop.services import cases, steps
from wbos_desktop.services.case_page import CasePageData
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field
from wbos_desktop.ui.widgets.pills import PillGroup

from .form_dialog import FormDialog, Kept

# Up to six choices are pills, above that a list (ui.md section 7).
_PILLS = 6


def fresh_step(session: Any, case_id: int, step_id: int) -> StepRow:
    """The step as it is now, for the form that a colleague was ahead of. Raises NotFound."""
    return next(step for step in cases.get_case(session, case_id).steps if step.id == step_id)


def _kept(form: str, step: StepRow) -> Kept:
    place = Route("case", step.case_id, str(step.id))
    reload = (fresh_step, (step.case_id, step.id))
    return Kept(form, step.id, place, step.title, step.version, reload=reload)


def _base_label(base: str) -> str:
    return {
        "decision": _("Day of the decision"),
        "suspension_start": _("First day of the suspension"),
        "suspension_end": _("Last day of the suspension"),
        "repair_talk": _("Day of the talk"),
    }[base]


def _subtitle(step: StepRow) -> str:
    return f"{step.title}: {step.person}" if step.person else step.title


def finish_dialog(
    shell: Shell, step: StepRow, today: Any, past: DateParser, parent: QWidget
) -> FormDialog:
    """How it went: day, decision when the step asks one, what was agreed, remark."""

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        known = {key: value for key, value in values.items() if value is not None}
        return steps.finish_step, (StepDraft(id=step.id, **known),)

    filled = SimpleNamespace(
        done_on=today,
        decision=None,
        decided_by="",
        passed_on_on=None,
        base_date=today,
        result="",
        remark="",
    )
    return FormDialog(
        shell,
        _("Finish step"),
        _finish_fields(step, past),
        verb=_("Finish"),
        cancel=_("Not yet"),
        send=send,
        kept=_kept("step_finish", step),
        subtitle=_subtitle(step),
        text=step.text,
        fill=filled,
        parent=parent,
    )


def _finish_fields(step: StepRow, past: DateParser) -> list[Field | Sequence[Field]]:
    fields: list[Field | Sequence[Field]] = [
        Field(_("Done on"), "done_on", DateEdit(_("Done on"), parser=past)),
    ]
    if step.decision_options:
        options = [(option, option.capitalize()) for option in step.decision_options]
        many = len(options) > _PILLS
        choose: Any = (ComboBox if many else PillGroup)(options, _("Decision"))
        fields.insert(0, Field(_("Decision"), "decision", choose))
        passed = DateEdit(_("Passed on, on"), parser=past)
        by = TextField(_("Decision by"))
        fields.append(
            [
                Field(_("Decision by"), "decided_by", by, optional=True),
                Field(_("Passed on, on"), "passed_on_on", passed, optional=True),
            ]
        )
    if step.sets_base:
        label = _base_label(step.sets_base)
        hint = _("Other steps count from this day.")
        fields.append(Field(label, "base_date", DateEdit(label, parser=past), hint=hint))
    return [
        *fields,
        Field(_("Result"), "result", TextField(_("Result")), optional=True, hint=step.record),
        Field(_("Remark"), "remark", TextArea(_("Remark"), lines=3), optional=True),
    ]


def move_dialog(shell: Shell, step: StepRow, parser: DateParser, parent: QWidget) -> FormDialog:
    """Another day for a step, with a reason for the log."""
    fields = [
        Field(
            _("Target date") if step.target else _("New day"),
            "due_on",
            DateEdit(_("New day"), parser=parser),
            hint=_("25-11, wo or +5 (school days)"),
        ),
        Field(
            _("Reason"), "reason", TextField(_("Reason"), max_length=REASON_LIMIT), optional=True
        ),
    ]

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        day = values["due_on"] or step.due_on
        return steps.move_step, (step.id, values["version"], day, values["reason"])

    filled = SimpleNamespace(due_on=step.due_on, reason="")
    return FormDialog(
        shell,
        _("Move step"),
        fields,
        verb=_("Move"),
        cancel=_("Leave it"),
        send=send,
        kept=_kept("step_move", step),
        subtitle=_subtitle(step),
        fill=filled,
        parent=parent,
    )


def skip_dialog(shell: Shell, step: StepRow, parent: QWidget) -> FormDialog:
    """Skip on purpose; the reason is required."""
    question = _("Why do you skip this step? One sentence is enough.")

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        return steps.skip_step, (step.id, values["version"], values["reason"])

    text = _("This is a duty by law. It stays visible as skipped.") if step.statutory else ""
    return FormDialog(
        shell,
        _("Skip step"),
        [Field(question, "reason", TextArea(_("Reason"), lines=2, limit=REASON_LIMIT))],
        verb=_("Skip"),
        cancel=_("Don't skip"),
        send=send,
        kept=_kept("step_skip", step),
        subtitle=_subtitle(step),
        text=text,
        parent=parent,
    )


class HandOverDialog(FormDialog):
    """Another colleague does the step; says so when that colleague would not find it."""

    def __init__(
        self, shell: Shell, step: StepRow, data: CasePageData, parent: QWidget | None
    ) -> None:
        self._data = data
        self._access = CheckBox(_("Give access to this case too"))

        def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
            give = bool(values["give_access"]) and not data.finds(values["staff_id"])
            return _hand_over, (step.id, values["version"], values["staff_id"], give)

        super().__init__(
            shell,
            _("Hand over step"),
            [
                Field(_("Colleague"), "staff_id", ComboBox(data.staff, _("Colleague"))),
                Field("", "give_access", self._access),
            ],
            verb=_("Hand over"),
            cancel=_("Leave it"),
            send=send,
            kept=_kept("step_hand_over", step),
            subtitle=_subtitle(step),
            fill=SimpleNamespace(staff_id=step.responsible_id, give_access=False),
            parent=parent,
        )
        self.form.edited.connect(self._tell)
        if self.keeper is not None:
            self.keeper.restored.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        """What the chosen colleague can't see, and what can be done about it."""
        chosen = self.form.values()["staff_id"]
        finds = self._data.finds(chosen)
        hint = ""
        if chosen is not None and chosen not in self._data.users:
            hint = _("This colleague does not work in WBOS. Tell it yourself.")
        elif not finds and self._data.may_decide:
            hint = _("This colleague may not see the case yet.")
        elif not finds:
            hint = _("This colleague may not see the case. Ask your coordinator.")
        offered = not finds and self._data.may_decide
        self.form.rows["staff_id"].set_hint(hint)
        self.form.rows["give_access"].setVisible(offered)
        self.refit()


def _hand_over(session: Any, step_id: int, version: int, staff_id: int, give_access: bool) -> None:
    steps.hand_over(session, step_id, version, staff_id, give_access=give_access)


def add_dialog(
    shell: Shell,
    case_id: int,
    track: str,
    staff: Sequence[tuple[int, str]],
    persons: Sequence[PersonRow],
    parser: DateParser,
    parent: QWidget,
) -> FormDialog:
    """A step of the team itself on a track."""
    people = [(person.id, person.short) for person in persons]
    due = _("Target date") if track == "repair" else _("Ready on")
    fields: list[Field | Sequence[Field]] = [
        Field(_("What has to be done"), "title", TextField(_("What has to be done"))),
        [
            Field(due, "due_on", DateEdit(due, parser=parser), optional=True),
            Field(_("Who does it"), "responsible_id", ComboBox(staff, _("Who does it"))),
        ],
        Field(
            _("About"),
            "involved_id",
            ComboBox(people, _("About"), empty=_("Nobody in particular")),
            optional=True,
        ),
        Field(_("Explanation"), "text", TextArea(_("Explanation"), lines=2), optional=True),
    ]

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        return steps.add_step, (case_id, OwnStepDraft(track=track, **values))

    own = shell.who.staff_id
    return FormDialog(
        shell,
        _("Add step"),
        fields,
        verb=_("Add step"),
        cancel=_("Don't add"),
        send=send,
        kept=Kept(f"step_add.{track}", case_id, Route("case", case_id), track_title(track)),
        subtitle=track_title(track),
        fill=SimpleNamespace(title="", due_on=None, responsible_id=own, involved_id=None, text=""),
        parent=parent,
    )
