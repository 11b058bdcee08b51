"""What each verb of the board does: a key, button or menu item becomes a dialog or a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QMenu

from wbos_desktop.domain import tracks
from wbos_desktop.domain.cases import StepRow
from wbos_desktop.domain.incidents import FactsDraft, PersonRow
from wbos_desktop.i18n import _
from wbos_desktop.services import cases, incidents, steps

from . import case_dialogs, step_dialogs
from .facts_dialog import facts_dialog
from .form_dialog import FormDialog
from .person_add import add_person_dialog
from .words import date_parser

if TYPE_CHECKING:
    from .case import CasePage

_MenuItem = tuple[str, str, Callable[[], object]]


class CaseActions:
    """Acts for one case page. Verbs that need an open step do nothing on others."""

    def __init__(self, page: CasePage) -> None:
        self._page = page

    def act(self, verb: str, step_id: int, track: str) -> None:
        """Do a verb on a step (0: none) or a track."""
        data = self._page.data
        if data is None or not data.may_write:
            return
        if verb == "note":
            self.open(case_dialogs.note_dialog(self._page.shell, data.case, self._page), "")
            return
        if data.case.state != "open":
            return
        if verb == "track":
            self._track_menu(track)
        elif verb == "add":
            self._add(track if track in tracks.TRACKS else "support")
        else:
            step = self._page.board.step(step_id)
            if step is not None:
                self._on_step(verb, step)

    def _on_step(self, verb: str, step: StepRow) -> None:
        verbs: dict[str, Callable[[StepRow], None]] = {
            "finish": self._finish,
            "open": self._finish_with_dialog,
            "dialog": self._finish_with_dialog,
            "skip": self._skip,
            "move": self._move,
            "menu": self._step_menu,
            "reopen": self._reopen,
            "yes": lambda s: self._answer(s, "yes"),
            "no": lambda s: self._answer(s, "no"),
        }
        if verb in verbs:
            verbs[verb](step)

    def resume(self, form: str, record_id: int) -> bool:
        """Open an unfinished form again (its name and record); False when it has no place now."""
        name, _dot, track = form.partition(".")
        step = self._page.board.step(record_id)
        on_step = {
            "step_finish": self._finish_with_dialog,
            "step_move": self._move,
            "step_skip": self._skip,
            "step_hand_over": self._hand_over,
        }
        others: dict[str, Callable[[], object]] = {
            "step_add": lambda: self._add(track),
            "track_end": lambda: self._end_track(track),
            "note": lambda: self.act("note", 0, ""),
            "case_close": self._page.close_or_reopen,
            "case_reopen": self._page.close_or_reopen,
            "case_owner": self.change_owner,
            "case_level": self.change_level,
            "person_add": lambda: self.add_person(record_id),
            "facts": lambda: self.change_facts(record_id),
            "view": self._page.views.resume,
        }
        if name in on_step:
            if step is None or step.state not in ("open", "waiting"):
                return False
            on_step[name](step)
        elif name == "person" and self._page.data is not None:
            people = self._page.data.case.persons
            person = next((one for one in people if one.id == record_id), None)
            if person is None:
                return False
            self.change_person(person)
        elif name in others:
            others[name]()
        return True

    def open(self, dialog: FormDialog, done: str, *, undo: bool = True) -> None:
        """Show a dialog; after it ended well say so, with a way back."""
        if done:
            dialog.finished_with.connect(lambda _answer: self._say(done, undo=undo))
        dialog.finished.connect(self._back)
        dialog.open()

    def _back(self, _result: int) -> None:
        """The keyboard returns to the board, whatever the dialog was opened from."""
        self._page.window().activateWindow()
        if self._page.tabs.value() == "protocol":
            self._page.board.focus_selected()

    def _say(self, text: str, *, undo: bool = True) -> None:
        self._page.shell.messages.toast(text, undo_last=undo)

    def _call(self, done: str, function: Callable[..., Any], *args: Any) -> None:
        self._page.write(function, *args).then(lambda _answer: self._say(done))

    def _finish(self, step: StepRow) -> None:
        """Space: done today without more words, unless the step asks something."""
        if step.state != "open":
            return
        if step.decision_options or step.sets_base or step.missing:
            self._finish_with_dialog(step)
            return
        text = _("Step finished: {title}").format(title=step.title)
        self._call(text, steps.complete_step, step.id, step.version)

    def _finish_with_dialog(self, step: StepRow) -> None:
        data = self._page.data
        if step.state != "open" or data is None:
            return
        past = date_parser(data.calendar, data.today, past=True)
        dialog = step_dialogs.finish_dialog(self._page.shell, step, data.today, past, self._page)
        self.open(dialog, _("Step finished: {title}").format(title=step.title))

    def _skip(self, step: StepRow) -> None:
        if step.state in ("open", "waiting"):
            dialog = step_dialogs.skip_dialog(self._page.shell, step, self._page)
            self.open(dialog, _("Step skipped: {title}").format(title=step.title))

    def _move(self, step: StepRow) -> None:
        data = self._page.data
        if step.state == "open" and data is not None:
            parser = date_parser(data.calendar, data.today)
            dialog = step_dialogs.move_dialog(self._page.shell, step, parser, self._page)
            self.open(dialog, _("Step moved."))

    def _reopen(self, step: StepRow) -> None:
        if step.state in ("done", "skipped"):
            text = _("Step opened again: {title}").format(title=step.title)
            self._call(text, steps.reopen_step, step.id, step.version)

    def _answer(self, step: StepRow, answer: str) -> None:
        if step.condition:
            arguments = (step.case_id, step.condition, answer)
            self._call(_("Answer saved."), steps.answer_condition, *arguments)

    def _hand_over(self, step: StepRow) -> None:
        data = self._page.data
        if data is not None:
            dialog = step_dialogs.HandOverDialog(self._page.shell, step, data, self._page)
            self.open(dialog, _("Step handed over."))

    def _wait(self, step: StepRow, what: str) -> None:
        text = _("Step waits.") if what else _("Step goes on.")
        self._call(text, steps.wait_for, step.id, step.version, what)

    def _add(self, track: str) -> None:
        data = self._page.data
        if data is not None:
            dialog = step_dialogs.add_dialog(
                self._page.shell,
                data.case.id,
                track,
                data.staff,
                data.case.persons,
                date_parser(data.calendar, data.today),
                self._page,
            )
            self.open(dialog, _("Step added."))

    def _step_menu(self, step: StepRow) -> None:
        items: list[_MenuItem] = []
        if step.state == "open":
            items = [
                (_("Finish…"), "check", lambda: self._finish_with_dialog(step)),
                (_("Move… (V)"), "calendar-event", lambda: self._move(step)),
                (_("Skip… (S)"), "player-skip-forward", lambda: self._skip(step)),
                (_("Hand over…"), "switch-horizontal", lambda: self._hand_over(step)),
                (_("Waits: somebody is ill"), "clock", lambda: self._wait(step, "ill")),
                (_("Waits for the police"), "clock", lambda: self._wait(step, "police")),
            ]
        elif step.state == "waiting":
            items = [(_("Skip… (S)"), "player-skip-forward", lambda: self._skip(step))]
            if step.waits_for:
                items.insert(0, (_("Go on"), "arrow-right", lambda: self._wait(step, "")))
        else:
            items = [(_("Open again"), "arrow-back-up", lambda: self._reopen(step))]
        if step.condition:
            items += [
                (_("Answer: yes"), "check", lambda: self._answer(step, "yes")),
                (_("Answer: no"), "x", lambda: self._answer(step, "no")),
                (_("Answer: not known"), "help-circle", lambda: self._answer(step, "unknown")),
            ]
        self._popup(items)

    def _track_menu(self, code: str) -> None:
        data = self._page.data
        track = next((t for t in data.case.tracks if t.track == code), None) if data else None
        if data is None or track is None:
            return
        items: list[_MenuItem] = [(_("Add step… (T)"), "plus", lambda: self._add(code))]
        if track.state in tracks.ENDED:
            items.append((_("Open track again"), "arrow-back-up", lambda: self._reopen_track(code)))
        else:
            items.append((_("End track…"), "flag", lambda: self._end_track(code)))
        self._popup(items)

    def _end_track(self, code: str) -> None:
        data = self._page.data
        track = next((t for t in data.case.tracks if t.track == code), None) if data else None
        if data is not None and track is not None and track.state not in tracks.ENDED:
            dialog = case_dialogs.end_track_dialog(self._page.shell, data.case, track, self._page)
            self.open(dialog, _("Track ended."))

    def _reopen_track(self, code: str) -> None:
        data = self._page.data
        if data is not None:
            self._call(_("Track opened again."), cases.reopen_track, data.case.id, code)

    def _popup(self, items: list[_MenuItem]) -> None:
        from wbos_desktop.ui import icons

        menu = QMenu(self._page)
        for text, icon, slot in items:
            action = QAction(icons.icon(icon), text, menu)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        focus = self._page.window().focusWidget()
        corner = focus.mapToGlobal(focus.rect().bottomLeft()) if focus else QCursor.pos()
        menu.popup(corner)

    def change_person(self, person: PersonRow) -> None:
        """Edit role, hearing and contact of one person."""
        data = self._page.data
        if data is not None:
            past = date_parser(data.calendar, data.today, past=True)
            dialog = case_dialogs.person_dialog(
                self._page.shell, data.case, person, past, self._page
            )
            self.open(dialog, _("Saved."))

    def change_facts(self, incident_id: int) -> None:
        """Correct what a report says."""
        data = self._page.data
        if data is None:
            return
        past = date_parser(data.calendar, data.today, past=True)

        def show(draft: FactsDraft) -> None:
            dialog = facts_dialog(self._page.shell, draft, past, data.case.id, self._page)
            self.open(dialog, _("Saved."))

        self._page.read(incidents.get_facts_draft, incident_id).then(show)

    def add_person(self, incident_id: int) -> None:
        """Name somebody else in a report of this case."""
        data = self._page.data
        if data is not None:
            groups = [group_id for group_id, _name in data.case.groups]
            dialog = add_person_dialog(
                self._page.shell, incident_id, groups, data.case.id, self._page
            )
            self.open(dialog, _("Added. The protocol gives this person the steps too."))

    def tell_reporter(self, incident_id: int) -> None:
        """Note that the reporter heard that something was done."""
        self._call(_("Noted for today."), incidents.tell_reporter, incident_id)

    def change_owner(self) -> None:
        """Choose another owner."""
        data = self._page.data
        if data is not None:
            dialog = case_dialogs.owner_dialog(self._page.shell, data.case, data.staff, self._page)
            self.open(dialog, _("Saved."))

    def change_level(self) -> None:
        """Choose who may see the case."""
        data = self._page.data
        if data is not None:
            dialog = case_dialogs.level_dialog(self._page.shell, data.case, data.staff, self._page)
            self.open(dialog, _("Saved."))
