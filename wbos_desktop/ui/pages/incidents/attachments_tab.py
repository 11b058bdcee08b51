"""The files of a case: a list, adding one, and looking at it without leaving the vault."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.attachments import PDF, AttachmentRow, CleanFile, kind_text, size_text
from wbos_desktop.i18n import _, date_short
from wbos_desktop.services import attachments
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.labels import Icon, Label
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.ui.widgets.progress_card import ProgressCard
from wbos_desktop.ui.widgets.rows import ListRow

from .attachment_dialogs import ViewerDialog, title_dialog

Found = tuple[list[AttachmentRow], str]


class AttachmentsTab(QWidget):
    """Asks for the files of one case and shows them; `counted` tells how many there are."""

    counted = Signal(int)

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self._case_id: int | None = None
        self._may_write = True
        self._asked: Task[Found] | None = None
        self._reading: Task[CleanFile] | None = None
        self._lines: dict[int, ListRow] = {}
        self._aimed_at: int | None = None  # the file whose row gets the focus when it is there
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        self.messages_place = QVBoxLayout()
        column.addLayout(self.messages_place)
        head = QHBoxLayout()
        text = _("Files stay inside the vault. Hidden data of photos is taken out.")
        head.addWidget(Label(text, "sub", wrap=True), 1)
        self.add_button = Button(_("Add file"), "secondary", "paperclip").writes()
        self.add_button.clicked.connect(self.ask_file)
        head.addWidget(self.add_button)
        column.addLayout(head)
        self.refused = MessageStrip(closable=False)
        column.addWidget(self.refused)
        self.refused.hide()
        self.progress = ProgressCard(_("Adding the file"))
        self.progress.stopped.connect(self._stop)
        column.addWidget(self.progress)
        self.progress.hide()
        self.pane = ScrollPage()
        column.addWidget(self.pane, 1)

    def show_case(self, case_id: int, *, may_write: bool = True) -> None:
        """Ask for the files of this case; without `may_write` they are only looked at."""
        if case_id != self._case_id:
            self._aimed_at = None
        self._case_id, self._may_write = case_id, may_write
        task = self.shell.tasks.read(self, _load, case_id)
        self._asked = task.then(self._show).instead_of(self._asked)

    def _show(self, found: Found) -> None:
        rows, refusal = found
        self.add_button.setVisible(self._may_write and not refusal)
        self.refused.setVisible(bool(refusal))
        if refusal:
            self.refused.show_message(refusal, "warning")
        at = self._focused()
        clear_layout(self.pane.body)
        self._lines = {}
        if not rows:
            empty = _("Nothing is kept with this case yet.")
            self.pane.body.addWidget(EmptyState(_("No files."), empty))
        else:
            card = Card()
            card.body.setSpacing(0)
            for number, row in enumerate(rows):
                if number:
                    card.body.addWidget(Hairline())
                card.body.addWidget(self._line(row))
            self.pane.body.addWidget(card)
        self.pane.body.addStretch(1)
        self.counted.emit(len(rows))
        if self._aimed_at is None and at is not None:
            stay = [row.id for row in rows][: at + 1]
            self._aimed_at = stay[-1] if stay else 0
        # Rows that were just made can't take the focus yet when a dialog closes meanwhile.
        QTimer.singleShot(0, self, self._give_focus)

    def _focused(self) -> int | None:
        """The place in the list of the row that has the focus, itself or one of its tools."""
        focus = self.window().focusWidget()
        for at, line in enumerate(self._lines.values()):
            place = line.parentWidget()
            if focus is not None and place is not None and place.isAncestorOf(focus):
                return at
        return None

    def _aim(self, attachment_id: int) -> None:
        self._aimed_at = attachment_id
        self._give_focus()

    def _give_focus(self) -> None:
        """To the row that was aimed at once it is there; 0 is the button that adds a file."""
        if self._aimed_at is None:
            return
        row = self._lines.get(self._aimed_at)
        if row is not None:
            self._aimed_at = None
            row.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self._lines:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _line(self, row: AttachmentRow) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        facts = [kind_text(row.media_type), size_text(row.size), row.added_by]
        facts.append(date_short(row.added_at.astimezone().date()))
        icon = Icon("file-type-pdf" if row.media_type == PDF else "eye", 20, "text.secondary")
        button = ListRow(row.title, " · ".join(fact for fact in facts if fact), left=icon)
        button.opened.connect(partial(self._open, row))
        self._lines[row.id] = button
        layout.addWidget(button, 1)
        rename = IconButton("pencil", _("Change the name of {title}").format(title=row.title))
        rename.clicked.connect(partial(self._rename, row))
        remove = IconButton("trash", _("Remove {name}").format(name=row.title))
        remove.clicked.connect(partial(self._remove, row))
        for tool in (rename, remove):
            tool.writes().setHidden(not self._may_write)
            layout.addWidget(tool, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    # ------------------------------------------------------------ adding
    def ask_file(self) -> None:
        """Let the user choose a file."""
        kinds = _("PDF and pictures") + " (*.pdf *.jpg *.jpeg *.png)"
        self.shell.messages.open_file(self, _("Add file"), kinds, self.add_file)

    def add_file(self, path: Path) -> None:
        """Read and clean this file, then ask for its name."""
        self.shell.messages.clear(self)
        self.add_button.setEnabled(False)
        self.progress.set_progress(0, 0)
        self.progress.show()
        case_id = self._case_id
        task = self.shell.tasks.run_long(self, attachments.read_file, path)
        task.progress(lambda done, total, what: self.progress.set_progress(done, total, what))
        task.then(lambda file: self._name(case_id, file)).finally_(self._read)
        self._reading = task

    def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    def _read(self) -> None:
        self.progress.hide()
        self.add_button.setEnabled(True)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name(self, case_id: int | None, file: CleanFile) -> None:
        if case_id is not None and case_id == self._case_id:
            send = lambda values: (  # noqa: E731
                attachments.add_attachment,
                (case_id, file, values["title"]),
            )
            dialog = title_dialog(self.shell, _("Keep this file"), "", send, self.window())
            dialog.finished_with.connect(self._kept)
            dialog.open()

    def _kept(self, attachment_id: int) -> None:
        self._said(_("File kept."))
        self._aim(attachment_id)

    def _said(self, text: str) -> None:
        self.shell.messages.toast(text, undo_last=True)

    # ------------------------------------------------------------ one file
    def _open(self, row: AttachmentRow) -> None:
        self.shell.tasks.view(self, attachments.open_attachment, row.id).then(
            lambda found: self._view(row, *found)
        )

    def _view(self, row: AttachmentRow, media_type: str, content: bytes) -> None:
        ViewerDialog(row.title, media_type, content, self.window()).open()

    def _rename(self, row: AttachmentRow) -> None:
        send = lambda values: (  # noqa: E731
            attachments.rename_attachment,
            (row.id, values["title"], row.version),
        )
        title = _("Change name")
        dialog = title_dialog(self.shell, title, row.title, send, self.window())
        dialog.finished_with.connect(lambda _none: self._said(_("Name changed.")))
        dialog.open()

    def _remove(self, row: AttachmentRow) -> None:
        said = _("Removed: {name}.").format(name=row.title)
        task = self.shell.tasks.write(self, attachments.remove_attachment, row.id, row.version)
        task.then(lambda _none: self._said(said))


def _load(session: object, case_id: int) -> Found:
    rows = attachments.list_attachments(session, case_id)  # type: ignore[arg-type]
    return rows, attachments.refusal(session, case_id)  # type: ignore[arg-type]
