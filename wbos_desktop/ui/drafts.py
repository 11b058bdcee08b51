"""Keeps what is typed in a form, inside the vault, and gives it back: one way for every form.

    form shown --start()--> looks every two seconds --changed--> drafts.keep_form
         ^                       |  lock, hidden: at once
         |                       +-- send(save) = save and forget in one transaction
         +--- a draft was there: its text is put back, the bar offers to start again;
              the record was changed since: the user chooses per field (conflict.py)

Nothing of it stands in history, audit or undo, and no page is told while somebody types on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.domain.drafts import DraftRow, KeptForm
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import drafts

from .conflict import Versions, choose_version
from .routes import Route
from .shell import Shell
from .tasks import Task
from .widgets.draft_bar import DraftBar

if TYPE_CHECKING:
    from wbos_desktop.workspace.session import Workspace

P = ParamSpec("P")
T = TypeVar("T")

_FRESH = dt.timedelta(hours=12)
LOOK_EVERY_MS = 2_000  # at most this much typing is lost, and the time of one write


class Keepable(Protocol):
    """What can be kept: a `Form`, or a dialog that answers for several parts."""

    def kept(self) -> dict[str, Any]:
        """What stands there as typed, as JSON by attribute."""

    def put_back(self, values: Mapping[str, Any]) -> None:
        """Show what was kept."""

    def words(self) -> list[str]:
        """What was written and whom somebody named."""

    def shown(self) -> dict[str, tuple[str, str]]:
        """Attribute to label and value in words."""


@dataclass
class _Sent:
    """One attempt to save; set on the worker when it went well."""

    saved: bool = False


class DraftKeeper(QObject):
    """Keeps one form of one record. `restored` tells that older typing stands in it again.

    `place` is the route from where the form opens again; `title` and `detail` name it on
    Vandaag, without names of pupils. `version` is that of the record that was read.
    """

    restored = Signal()
    enabled = True  # the control of the test that kills the program switches it off

    def __init__(
        self,
        owner: QWidget,
        shell: Shell,
        form: str,
        record_id: int = 0,
        *,
        of: Keepable,
        place: Route,
        title: str,
        detail: str = "",
        version: int | None = None,
        where: QVBoxLayout | None = None,
    ) -> None:
        super().__init__(owner)
        self._owner, self._shell, self._of = owner, shell, of
        self.form, self.record_id, self.version = form, record_id, version
        self._label = (title, detail, (place.page, place.id, place.tab))
        self._where: QVBoxLayout | None = where or getattr(owner, "drafts_place", None)
        self.bar: DraftBar | None = None
        self.before: dict[str, Any] = {}
        self._words: list[str] = []
        self._last: dict[str, Any] = {}
        self._stored = self._ready = self._told = self._over = False
        self._sent: _Sent | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_EVERY_MS)
        self._clock.timeout.connect(self.keep)

    def start(self, *, blank: bool = False) -> None:
        """The form shows the record now; from here on it is kept. Asks whether a draft is there.

        With `blank` somebody may be writing already in the fields of a new form.
        """
        self.before = self._last = self._of.kept()
        self._words = self._of.words()
        if blank and any(self.before[key] for key in self._text_keys()):
            self.before = {**self.before, **dict.fromkeys(self._text_keys(), "")}
            self._last, self._words = self.before, []
        self._stored = self._ready = self._over = False
        self._hide_bar()
        self._owner.installEventFilter(self)
        self._shell.tasks.read(self, drafts.find_form, self.form, self.record_id).then(self._found)

    def pause(self) -> None:
        """Keep what is typed; the form is about to show something else, until `start`."""
        self.keep()
        self._clock.stop()
        self._ready = False

    def move_to(
        self, record_id: int, place: Route, *, detail: str = "", version: int | None = None
    ) -> None:
        """The form shows another record; call `start` when it does."""
        if self._ready:
            self.pause()
        self.record_id, self.version = record_id, version
        self._label = (self._label[0], detail, (place.page, place.id, place.tab))

    # ------------------------------------------------------------ keeping
    def keep(self) -> None:
        """Keep what is typed, if that changed since the last time."""
        workspace = self._workspace()
        if not self._ready or self._over or workspace is None or not self.enabled:
            return
        values = self._of.kept()
        if values == self._last:
            return
        if not self._can_keep(workspace):
            self._tell(workspace.read_only)
            return
        self._last = values
        if values == self.before:
            self._forget()
        else:
            self._stored = True
            sent = self._sent or _Sent()
            task = self._shell.tasks.write(self, _keep_unless_saved, sent, self._kept(values))
            task.failed(self._not_kept)

    def _can_keep(self, workspace: Workspace) -> bool:
        return not workspace.read_only or workspace.damaged

    def _workspace(self) -> Workspace | None:
        """The open vault; None while it is locked or the window is gone."""
        tasks = self._shell.tasks
        return None if tasks.closed else tasks.workspace

    def on_lock(self) -> None:
        """Keep what is typed before the vault closes."""
        self.keep()

    def leave(self) -> bool:
        """The form closes unsaved. True when something was written: it is kept as a draft."""
        written = self._of.words() != self._words and any(self._of.words())
        workspace = self._workspace()
        if self._over or not self._ready or not written or workspace is None:
            if self._ready and not self._over and self._stored and self._workspace():
                self._forget()
            self._over = True
            return False
        self.keep()
        self._over = True
        if not self._can_keep(workspace):
            return False
        text = _("Kept as draft. You find it on Today.")
        self._shell.messages.toast(
            text, undo=_thrower(self._shell, self.form, self.record_id), verb=_("Throw away")
        )
        return True

    def send(
        self, save: Callable[Concatenate[Any, P], T], *args: P.args, **kw: P.kwargs
    ) -> Task[T]:
        """Save with save(session, *args) and forget the draft, both or neither."""
        sent = self._sent = _Sent()
        call = _Call(sent, self.form, self.record_id, save)
        task: Task[T] = self._shell.tasks.write(self._owner, call, *args, **kw)
        return task.then(self._saved).finally_(self._answered)

    def _saved(self, _answer: object) -> None:
        self._over = True
        self._clock.stop()

    def _answered(self) -> None:
        self._sent = None

    def meet(self, versions: Versions, version: int | None) -> None:
        """The user chose between two versions: the colleague's is what this form began with."""
        self.before, self.version = versions.theirs, version

    def go_on(self, *, emptied: bool = False) -> None:
        """After a save the form stays open: what it shows now is the record.

        With `emptied` it began empty and what still stands in it is not saved yet.
        """
        self._over = self._stored = False
        if emptied:
            self._last = dict(self.before)
        else:
            self.before = self._last = self._of.kept()
            self._words = self._of.words()
        self._hide_bar()
        self._clock.start()

    def _forget(self) -> None:
        self._stored = False
        self._shell.tasks.write(self, drafts.throw_away, self.form, self.record_id).failed(
            self._not_kept
        )

    def _kept(self, values: dict[str, Any]) -> KeptForm:
        title, detail, place = self._label
        return KeptForm(
            self.form, self.record_id, values, self.before, self.version, title, detail, place
        )

    def _not_kept(self, error: UserError) -> None:
        self._last = {}
        self._tell(error.message)

    def _tell(self, why: str) -> None:
        """Once per form: typing goes on, but is not kept."""
        if not self._told:
            self._told = True
            text = _("What you type is not kept as a draft. {why}").format(why=why)
            self._shell.messages.strip(self._owner, text, kind="info")

    # ------------------------------------------------------------ giving back
    def _found(self, kept: KeptForm | None) -> None:
        typed = self._of.kept()
        self._ready = True
        self._clock.start()
        chosen = self._shell.navigator.was_resumed(self.form, self.record_id)
        if kept is None:
            return
        self._stored = True
        values = {**kept.values, **self._written_meanwhile(kept, typed)}
        if kept.version is not None and kept.version != self.version:
            mine = {**typed, **values}
            versions = Versions(self._of, mine, {**typed, **kept.before})
            choose_version(self._owner, versions, lambda: self._chosen(kept), self._later)
            return
        self._of.put_back(values)
        self._last = self._of.kept() if values == kept.values else {}
        self._show_bar(kept, chosen=chosen)
        self.restored.emit()

    def _text_keys(self) -> list[str]:
        keys: Callable[[], list[str]] | None = getattr(self._of, "text_keys", None)
        return keys() if keys is not None else []

    def _written_meanwhile(self, kept: KeptForm, typed: Mapping[str, Any]) -> dict[str, str]:
        """Somebody who writes faster than the draft is found loses neither text."""
        return {
            key: f"{kept.values.get(key) or ''} {typed[key]}".strip()
            for key in self._text_keys()
            if typed[key] != self.before[key] and typed[key].strip()
        }

    def _chosen(self, kept: KeptForm) -> None:
        self._last = {}
        self.keep()
        self._show_bar(kept)
        self.restored.emit()

    def _later(self) -> None:
        """Not chosen between the two versions: the draft waits, the form closes."""
        self._over = True
        close = getattr(self._owner, "done", None)
        if close is not None:
            close(0)

    def _show_bar(self, kept: KeptForm, *, chosen: bool = True) -> None:
        if self._where is None or kept.kept_at is None:
            return
        self.bar = DraftBar(kept.kept_at, self._owner, chosen=chosen)
        self.bar.going_on.connect(self._go_on_typing)
        self.bar.starting_again.connect(self.start_again)
        self._where.addWidget(self.bar)
        self.bar.show()
        if (cross := getattr(self._owner, "close_button", None)) is not None:
            QWidget.setTabOrder(cross, self.bar.go_on)  # as it stands: above the fields
            QWidget.setTabOrder(self.bar.go_on, self.bar.again)
        self._set_room(10)

    def _hide_bar(self) -> None:
        if self.bar is not None:
            self.bar.hide()
            self.bar.deleteLater()
            self.bar = None
            self._set_room(0)

    def _set_room(self, above: int) -> None:
        """Some room above the bar, and the dialog fitted to it."""
        if self._where is not None:
            margins = self._where.contentsMargins()
            margins.setTop(above)
            self._where.setContentsMargins(margins)
        refit = getattr(self._owner, "refit", None)
        if refit is not None:
            refit()

    def _go_on_typing(self) -> None:
        self._hide_bar()
        focus = getattr(self._owner, "focus_first", None)
        if focus is not None:
            focus()

    def start_again(self) -> None:
        """Show the record as it is and forget the draft; the toast brings it back."""
        was = self._kept(self._of.kept())
        self._hide_bar()
        self._of.put_back(self.before)
        self._last = self._of.kept()
        self._forget()
        self.restored.emit()
        self._go_on_typing()

        def bring_back() -> None:
            self._of.put_back(was.values)
            self.restored.emit()
            self.keep()

        self._shell.messages.toast(_("Started again."), undo=bring_back, kind="info")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._owner and event.type() == QEvent.Type.Hide:
            self.keep()
        return False


class _Call:
    """Saves and forgets in one transaction, and notes that it went well."""

    def __init__(self, sent: _Sent, form: str, record_id: int, save: Callable[..., Any]) -> None:
        self._sent, self._form, self._record_id, self._save = sent, form, record_id, save

    def __call__(self, session: Any, *args: Any, **kw: Any) -> Any:
        return drafts.finish_form(session, self._form, self._record_id, self._save, *args, **kw)

    def committed(self) -> None:
        """Only now: a full disk can still take back what the call did."""
        self._sent.saved = True


def _keep_unless_saved(session: Any, sent: _Sent, kept: KeptForm) -> None:
    """At lock a save may be on its way: its form needs no draft any more."""
    if not sent.saved:
        drafts.keep_form(session, kept)


# In a vault where a damaged page was met nothing is saved but this (Workspace.write).
_keep_unless_saved.keeps_typing = True  # type: ignore[attr-defined]


def _thrower(shell: Shell, form: str, record_id: int) -> Callable[[], None]:
    def throw() -> None:
        throw_away(shell, shell.messages, form, record_id)

    return throw


def throw_away(shell: Shell, owner: QObject, form: str, record_id: int) -> None:
    """Throw a draft away; the toast brings it back."""

    def say(kept: KeptForm | None) -> None:
        if kept is not None:
            shell.messages.toast(
                _("Thrown away."), undo=lambda: shell.tasks.write(owner, drafts.keep_form, kept)
            )

    shell.tasks.write(owner, drafts.throw_away, form, record_id).then(say)


def offer_last(shell: Shell, owner: QObject) -> None:
    """After an unlock: name the form that somebody was last busy with today, with a way to it."""

    def offer(rows: list[DraftRow]) -> None:
        if not rows or dt.datetime.now(dt.UTC) - rows[0].updated_at > _FRESH:
            return
        last = rows[0]
        route = Route(*last.place, form=(last.form, last.record_id))
        text = _("You were busy with: {title}.").format(title=last.title)
        shell.messages.toast(
            text,
            undo=lambda: shell.navigator.go(route),
            verb=_("Go on with it"),
            kind="info",
        )

    shell.tasks.read(owner, drafts.list_drafts).then(offer)
