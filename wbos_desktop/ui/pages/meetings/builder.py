"""The builder of a pack: agenda and options at the left, the PDF itself at the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.meetings import (
    AgendaItemDraft,
    AgendaItemRow,
    Choice,
    ItemProposal,
    MeetingDetail,
)
from wbos_desktop.domain.reports import FileMade
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import agenda, exports, meetings, pack_preview
from wbos_desktop.services.pack_preview import PackPreview
from wbos_desktop.ui import theme
from wbos_desktop.ui.allowed import allowed
from wbos_desktop.ui.file_password import ask_file_password
from wbos_desktop.ui.page import Page
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.pdf_preview import PdfPreview
from wbos_desktop.ui.widgets.progress_card import ProgressCard

from .agenda_panel import AgendaPanel
from .dialogs import AddDialog, ItemDialog, ProposeDialog
from .options import PackOptions

# Wait until typing and moving pauses, and only show work that takes longer than a moment.
_PAUSE, _MOMENT = 350, 400
_LEFT, _LEFT_NARROW = 470, 380


class Builder(QWidget):
    """Works on the meeting of `show_meeting`; the page owns its tasks and messages."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.detail: MeetingDetail | None = None
        self._preview_task: Task[PackPreview] | None = None
        self._save_task: Task[FileMade] | None = None
        self._stem = "overlegpakket"
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        self.progress = ProgressCard(_("Making the file"))
        self.progress.stopped.connect(self._stop)
        self.progress.hide()
        outer.addWidget(self.progress)
        row = QHBoxLayout()
        row.setSpacing(int(theme.size("cardGap")))
        outer.addLayout(row, 1)
        self.agenda = AgendaPanel()
        self.options = PackOptions(
            full_names=allowed(page.shell.who, "export", "full_names"),
            password_only=page.shell.settings.policy.export_password,
        )
        self.options.changed.connect(self._options_changed)
        self.agenda.set_options(self.options)
        self.preview = PdfPreview()
        row.addWidget(self.agenda)
        row.addWidget(self.preview, 1)
        self._connect_agenda()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.rebuild)
        self._moment = QTimer(self, singleShot=True, interval=_MOMENT)
        self._moment.timeout.connect(self.progress.show)
        theme.follow(self._restyle)

    def _connect_agenda(self) -> None:
        panel = self.agenda
        panel.moved.connect(self._move)
        panel.minutes_changed.connect(self._change_minutes)
        panel.removed.connect(self._remove)
        panel.opened.connect(self.edit_item)
        panel.focused.connect(self._focus_item)
        panel.add.connect(self.add)
        panel.propose.connect(self.propose)

    def _restyle(self) -> None:
        wish = theme.scaled(_LEFT)
        narrow = theme.scaled(_LEFT_NARROW)
        self.agenda.setFixedWidth(wish if self.width() > wish + 560 else narrow)

    # ------------------------------------------------------------ showing
    def show_meeting(self, detail: MeetingDetail) -> None:
        """Show agenda and, after a pause, the pack as it is now."""
        self.detail = detail
        self._stem = f"overlegpakket-{detail.row.starts_at.date().isoformat()}"
        self.agenda.show_meeting(detail)
        self._pause.start()

    def clear(self) -> None:
        """Forget the meeting and the bytes of its pack."""
        self.detail = None
        self._pause.stop()
        if self._preview_task is not None:
            self._preview_task.cancel()
            self._preview_task.drop()
        self.preview.clear()

    def rebuild(self) -> None:
        """Make the pack again beside the window; an earlier one that is still made is dropped."""
        workspace = self._page.shell.tasks.workspace
        if self.detail is None or workspace is None or not self.isVisible():
            return  # it is made when the builder comes into view
        if self.options.complaint():
            return
        if self._preview_task is not None:
            self._preview_task.cancel()
        self.preview.set_state(_("updating"))
        task = self._page.shell.tasks.run_long(
            self._page,
            pack_preview.preview_pack,
            workspace,
            self.detail.row.id,
            self.options.options(),
        )
        task.then(self._show_preview).failed(self._preview_failed)
        self._preview_task = task.instead_of(self._preview_task)

    def _show_preview(self, made: PackPreview) -> None:
        self._preview_task = None
        self._stem = made.stem
        self.preview.set_pdf(made.content)
        self.preview.set_state("")
        self.options.show_words(made.check_words)

    def _preview_failed(self, error: UserError) -> None:
        self._preview_task = None
        self.preview.set_state(error.message)

    def _options_changed(self) -> None:
        if not self.options.complaint():
            self._pause.start()

    def _item(self, item_id: int) -> AgendaItemRow | None:
        items = self.detail.items if self.detail else ()
        return next((item for item in items if item.id == item_id), None)

    def _focus_item(self, item_id: int) -> None:
        if item := self._item(item_id):
            self.preview.show_text(item.title)

    # ------------------------------------------------------------ changing the agenda
    def _move(self, item_id: int, position: int) -> None:
        self._page.write(agenda.move_item, item_id, position)

    def _change_minutes(self, item_id: int, by: int) -> None:
        self._page.write(agenda.change_minutes, item_id, by)

    def _remove(self, item_id: int) -> None:
        self._page.write(agenda.remove_item, item_id).then(self._removed)

    def _removed(self, _nothing: None) -> None:
        self._page.shell.messages.toast(_("Taken off the agenda."), undo_last=True)

    def edit_item(self, item_id: int) -> None:
        """Open the form of an item."""
        self._page.read(agenda.edit_item, item_id).then(self._open_item)

    def _open_item(self, draft: AgendaItemDraft) -> None:
        item = self._item(draft.id)
        if item is not None and self.detail is not None:
            external = any(person.external for person in self.detail.attendees)
            page = self._page
            meeting_id = self.detail.row.id
            ItemDialog(page.shell, item, draft, meeting_id, external, page.window()).open()

    def add(self) -> None:
        """Open the list of what can be added."""
        self._page.read(agenda.find_choices).then(self._open_choices)

    def _open_choices(self, choices: list[Choice]) -> None:
        if self.detail is not None:
            page = self._page
            AddDialog(page.shell, self.detail.row.id, choices, page.window()).open()

    def propose(self) -> None:
        """Open what the rules suggest for this agenda."""
        if self.detail is not None:
            self._page.read(meetings.propose_items, self.detail.row.id).then(self._open_proposals)

    def _open_proposals(self, found: list[ItemProposal]) -> None:
        if self.detail is not None:
            page = self._page
            ProposeDialog(page.shell, self.detail.row.id, found, page.window()).open()

    # ------------------------------------------------------------ saving
    def save(self, suffix: str) -> None:
        """Ask where, then write the pack as `pdf` or `xlsx` with progress and Stop."""
        if self.detail is None:
            return
        if complaint := self.options.complaint():
            self._page.shell.messages.strip(self._page, complaint, kind="error")
            return
        if self.options.locked.value():
            ask_file_password(self._page.shell, self._page, partial(self._choose, suffix))
        else:
            self._choose(suffix, "")

    def _choose(self, suffix: str, password: str) -> None:
        title, filters = {
            "pdf": (_("Save PDF"), "PDF (*.pdf)"),
            "xlsx": (_("Save workbook"), "Excel (*.xlsx)"),
        }[suffix]
        name = f"{self._stem}.{suffix}"
        then = partial(self._write, suffix, password)
        self._page.shell.messages.save_file(self._page, title, name, filters, then)

    def _write(self, suffix: str, password: str, target: Path) -> None:
        workspace = self._page.shell.tasks.workspace
        if self.detail is None or workspace is None:
            return
        function = exports.save_pack_pdf if suffix == "pdf" else exports.save_pack_xlsx
        options = replace(self.options.options(), password=password)
        task = self._page.shell.tasks.run_long(
            self._page, function, workspace, self.detail.row.id, target, options
        )
        task.progress(self.progress.set_progress).then(self._written)
        task.stopped(self._stopped).finally_(self._ended)
        self._save_task = task
        self.progress.set_progress(0, 0)
        self._moment.start()

    def _stop(self) -> None:
        if self._save_task is not None:
            self._save_task.cancel()

    def _written(self, made: FileMade) -> None:
        self._page.shell.messages.toast(_("Saved: {file}").format(file=made.file_name))
        for note in made.notes:
            self._page.shell.messages.strip(self._page, note)

    def _stopped(self) -> None:
        self._page.shell.messages.toast(_("Stopped. No file was written."), kind="info")

    def _ended(self) -> None:
        self._save_task = None
        self._moment.stop()
        self.progress.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.preview.handle_key(event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pause.start()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._restyle()
