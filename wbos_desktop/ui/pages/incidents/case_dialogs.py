"""Dialogs about a whole case: note, end of a track, closing, reopening, owner, who may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain import tracks
from wbos_desktop.domain.cases import NOTE_LIMIT, REASON_LIMIT, CaseRow, ClosingCheck, TrackRow
from wbos_desktop.domain.incidents import (
    LEVELS,
    ROLE_NOTE_LIMIT,
    ROLES,
    PersonDetails,
    PersonRow,
    level_text,
    role_text,
)
from wbos_desktop.i18n import _
from wbos_desktop.services import cases, incidents
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.date_edit import DateEdit, DateParser
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox, TextArea, TextField
from wbos_desktop.ui.widgets.form import Field
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup

from .form_dialog import FormDialog, Kept


class Checklist(QWidget):
    """Ticks under each other; the value maps each line to True or False."""

    edited = Signal()

    def __init__(self, lines: Sequence[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.boxes: dict[str, CheckBox] = {}
        for line in lines:
            box = CheckBox("", line)
            box.edited.connect(self.edited)
            self.boxes[line] = box
            label = Label(line, "body", wrap=True)
            label.setBuddy(box)
            row = QHBoxLayout()
            row.setSpacing(4)
            row.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label, 1)
            column.addLayout(row)

    def value(self) -> Any:
        """Line to whether it is ticked."""
        return {line: bool(box.value()) for line, box in self.boxes.items()}

    def set_value(self, value: Mapping[str, bool] | None) -> None:
        """Tick without telling."""
        for line, box in self.boxes.items():
            box.set_value(bool((value or {}).get(line)))

    def shown(self) -> str:
        """The lines that are ticked."""
        return "\n".join(line for line, box in self.boxes.items() if box.value())

    def set_error(self, message: str) -> None:
        """The message as accessible description."""
        self.setAccessibleDescription(message)

    def focus_first(self) -> None:
        """Put the focus on the first line."""
        for box in self.boxes.values():
            box.setFocus()
            return


def _fresh_case(session: Any, case_id: int) -> SimpleNamespace:
    """What the forms about a whole case show, as it is now."""
    case = cases.get_case(session, case_id)
    return SimpleNamespace(
        version=case.version,
        look_back=case.look_back,
        checks=case.closing_checks,
        owner_id=case.owner_id,
        level=case.level,
        viewer_ids={name: True for _id, name in case.viewers},
    )


def _kept(form: str, case: CaseRow) -> Kept:
    detail = f"{case.number} · {case.title}"
    reload = (_fresh_case, (case.id,))
    return Kept(form, case.id, Route("case", case.id), detail, case.version, reload=reload)


def note_dialog(shell: Shell, case: CaseRow, parent: QWidget) -> FormDialog:
    """A line in the log: a note, or a call with the parents."""
    kinds = PillGroup([("note", _("Note")), ("call", _("Call with parents"))], _("Kind of note"))

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        return cases.add_note, (case.id, values["text"], values["kind"] or "note")

    return FormDialog(
        shell,
        _("Note"),
        [
            Field(
                _("What do you want to keep?"),
                "text",
                TextArea(_("Note"), lines=5, limit=NOTE_LIMIT),
            ),
            Field(_("Kind of note"), "kind", kinds),
        ],
        verb=_("Save note"),
        cancel=_("Don't save"),
        send=send,
        kept=_kept("note", case),
        subtitle=f"{case.number} · {case.title}",
        fill=SimpleNamespace(text="", kind="note"),
        parent=parent,
    )


def end_track_dialog(shell: Shell, case: CaseRow, track: TrackRow, parent: QWidget) -> FormDialog:
    """How a track ends; everything but done asks a reason."""
    choices = [(state, tracks.state_text(state)) for state in tracks.ends(track.track)]

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        arguments = (case.id, track.track, values["state"] or "", values["reason"])
        return cases.end_track, arguments

    return FormDialog(
        shell,
        _("End track"),
        [
            Field(_("How does it end?"), "state", PillGroup(choices, _("How does it end?"))),
            Field(
                _("Reason"),
                "reason",
                TextArea(_("Reason"), lines=2, limit=REASON_LIMIT),
                hint=_("Not needed when everything is done."),
            ),
        ],
        verb=_("End track"),
        cancel=_("Leave it open"),
        send=send,
        kept=_kept(f"track_end.{track.track}", case),
        subtitle=tracks.title(track.track),
        text=_("Open steps of this track are skipped with the reason, unless it is done."),
        parent=parent,
    )


def close_dialog(shell: Shell, case: CaseRow, found: ClosingCheck, parent: QWidget) -> FormDialog:
    """Look back, checklist of the protocol, and a reason when something is not ticked."""
    text = ""
    if found.unanswered:
        text = _("Not answered yet: {questions}").format(questions=" ".join(found.unanswered))
    fields: list[Field] = [
        Field(
            _("Look back: how did it go?"),
            "look_back",
            TextArea(_("Look back: how did it go?"), lines=4),
        )
    ]
    if found.checklist:
        ticks = Checklist(found.checklist, _("Checklist"))
        fields.append(Field(_("Checklist"), "checks", ticks))
    fields.append(
        Field(
            _("Reason to close anyway"),
            "reason",
            TextField(_("Reason to close anyway")),
            optional=True,
            hint=_("Only needed when not everything is ticked."),
        )
    )

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        checks = values.get("checks", {})
        arguments = (case.id, values["version"], values["look_back"], checks, values["reason"])
        return cases.close_case, arguments

    return FormDialog(
        shell,
        _("Close case?"),
        fields,
        verb=_("Close case"),
        cancel=_("Leave it open"),
        send=send,
        kept=_kept("case_close", case),
        subtitle=f"{case.number} · {case.title}",
        text=text,
        fill=SimpleNamespace(look_back=case.look_back, checks=case.closing_checks, reason=""),
        width=640,
        parent=parent,
    )


def reopen_dialog(shell: Shell, case: CaseRow, parent: QWidget) -> FormDialog:
    """A closed case goes on, with a reason."""

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        return cases.reopen_case, (case.id, values["reason"])

    return FormDialog(
        shell,
        _("Reopen case?"),
        [
            Field(
                _("Why does the case go on?"),
                "reason",
                TextArea(_("Reason"), lines=2, limit=REASON_LIMIT),
            )
        ],
        verb=_("Reopen case"),
        cancel=_("Leave it closed"),
        send=send,
        kept=_kept("case_reopen", case),
        subtitle=f"{case.number} · {case.title}",
        parent=parent,
    )


def owner_dialog(
    shell: Shell, case: CaseRow, staff: Sequence[tuple[int, str]], parent: QWidget
) -> FormDialog:
    """Another owner."""

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        return cases.set_owner, (case.id, values["version"], values["owner_id"])

    return FormDialog(
        shell,
        _("Choose owner"),
        [Field(_("Owner"), "owner_id", ComboBox(staff, _("Owner")))],
        verb=_("Save"),
        cancel=_("Leave it"),
        send=send,
        kept=_kept("case_owner", case),
        subtitle=f"{case.number} · {case.title}",
        fill=SimpleNamespace(owner_id=case.owner_id),
        parent=parent,
    )


def level_dialog(
    shell: Shell, case: CaseRow, staff: Sequence[tuple[int, str]], parent: QWidget
) -> FormDialog:
    """Who may see the case; with the narrowest level the people are ticked."""
    names = {name: staff_id for staff_id, name in staff}
    listed = {name: True for _id, name in case.viewers}
    ticks = Checklist(list(names), _("Listed people"))

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        chosen = [names[name] for name, on in values["viewer_ids"].items() if on]
        return cases.set_level, (case.id, values["version"], values["level"], chosen)

    levels = [(level, level_text(level)) for level in LEVELS]
    return FormDialog(
        shell,
        _("Who may see this case?"),
        [
            Field(_("Level"), "level", ComboBox(levels, _("Level"))),
            Field(
                _("Listed people"),
                "viewer_ids",
                ticks,
                hint=_("Counts for 'only listed people'. At least one coordinator."),
            ),
        ],
        verb=_("Save"),
        cancel=_("Leave it"),
        send=send,
        kept=_kept("case_level", case),
        subtitle=f"{case.number} · {case.title}",
        fill=SimpleNamespace(level=case.level, viewer_ids=listed),
        parent=parent,
    )


def fresh_person(session: Any, case_id: int, person_id: int) -> PersonRow:
    """Somebody involved as noted now, for the form that a colleague was ahead of."""
    return next(one for one in cases.get_case(session, case_id).persons if one.id == person_id)


def _person_fields(past: DateParser) -> list[Field | Sequence[Field]]:
    roles = ComboBox([(role, role_text(role)) for role in ROLES], _("Role"))
    injury = PillGroup(
        [("no", _("No")), ("yes", _("Yes")), ("doctor", _("Yes, doctor"))],
        _("Injury"),
        clearable=True,
    )
    return [
        [
            Field(_("Role"), "role", roles),
            Field(
                _("In your own words"),
                "role_note",
                TextField(_("In your own words"), max_length=ROLE_NOTE_LIMIT),
                optional=True,
            ),
        ],
        Field(_("Heard on"), "heard_on", DateEdit(_("Heard on"), parser=past), optional=True),
        Field(
            _("Own account"),
            "account",
            TextArea(_("Own account"), lines=4),
            optional=True,
            hint=_("Belongs to this person only, also in exports."),
        ),
        Field(_("Injury"), "injury", injury, optional=True),
        [
            Field(
                _("Parents told on"),
                "parents_informed_on",
                DateEdit(_("Parents told on"), parser=past),
                optional=True,
            ),
            Field(_("How"), "parents_informed_how", TextField(_("How")), optional=True),
        ],
    ]


def person_dialog(
    shell: Shell, case: CaseRow, person: PersonRow, past: DateParser, parent: QWidget
) -> FormDialog:
    """Role, hearing, injury and the parents of one involved person."""
    fields = _person_fields(past)

    def send(values: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        known = {**values, "injury": values["injury"] or "", "role": values["role"] or "unknown"}
        details = PersonDetails(id=person.id, role_source=person.role_source, **known)
        return incidents.change_person, (details,)

    return FormDialog(
        shell,
        person.name,
        fields,
        verb=_("Save"),
        cancel=_("Don't save"),
        send=send,
        kept=Kept(
            "person",
            person.id,
            Route("case", case.id, "facts"),
            f"{case.number} · {case.title}",
            person.version,
            _("Somebody involved"),
            (fresh_person, (case.id, person.id)),
        ),
        fill=person,
        width=620,
        parent=parent,
    )
