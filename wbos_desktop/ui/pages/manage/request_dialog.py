"""Erase one pupil on request: choose, see what goes and what stays, give the reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.people import PupilQuery, PupilRow
from wbos_desktop.domain.retention import RequestPreview, StayingFiles
from wbos_desktop.i18n import _
from wbos_desktop.services import erasure_request, looking, people
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.cards import clear_layout
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.fields import SearchField, TextField
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel, Label
from wbos_desktop.ui.widgets.rows import ListRow

from .erasing_dialog import ErasingDialog

FOUND = 8


class RequestDialog(Dialog):
    """Two steps in one place: find the pupil, then what erasing would do."""

    help_code = "manage"

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(
            _("Erase on request"),
            _("Everything about one pupil goes. This can’t be undone."),
            width=640,
            parent=parent,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.shell, self._host = shell, parent
        self._asked: Task[Any] | None = None
        self.preview: RequestPreview | None = None
        self.file_rows: list[_FilesRow] = []
        self.search = SearchField(_("Name or number of the pupil"))
        self.search.edited.connect(self._look)
        self.search_row = FormRow(_("Pupil"), self.search)
        self.body.addWidget(self.search_row)
        self.place = QVBoxLayout()
        self.place.setSpacing(8)
        self.body.addLayout(self.place)
        self.reason = TextField(_("Reason"), max_length=200)
        self.reason_row = FormRow(
            _("Who asked for it and why?"), self.reason, hint=_("Without names of pupils.")
        )
        self.body.addWidget(self.reason_row)
        self.reason_row.hide()
        self.body.addStretch(1)
        self.add_button(_("Don’t erase"), slot=self.reject)
        self.erase_button = self.add_button(_("Erase pupil"), "dangerFilled", "trash", self._ask)
        self.erase_button.block(_("Choose a pupil first."))

    def _look(self) -> None:
        text = self.search.value()
        if len(text.strip()) < 2:
            clear_layout(self.place)
            return
        task = self.shell.tasks.view(self, _find, text)
        self._asked = task.then(self._show_found).instead_of(self._asked)

    def _show_found(self, rows: list[PupilRow]) -> None:
        clear_layout(self.place)
        for row in rows:
            detail = " · ".join([*row.groups, row.pupil_number])
            line = ListRow(row.name, detail)
            line.opened.connect(lambda pupil_id=row.id: self.choose(pupil_id))
            self.place.addWidget(line)
        if not rows:
            self.place.addWidget(Label(_("Nobody found"), "sub"))
        self.refit()

    def choose(self, pupil_id: int) -> None:
        """Show what erasing this pupil would do."""
        task = self.shell.tasks.view(self, erasure_request.preview, pupil_id)
        self._asked = task.then(self._show_preview).instead_of(self._asked)

    def _show_preview(self, preview: RequestPreview) -> None:
        self.preview = preview
        self.search_row.hide()
        clear_layout(self.place)
        self.place.addWidget(Label(preview.name, "h2", wrap=True))
        for reason in preview.blocked:
            self.place.addWidget(IconLabel("alert-triangle", reason, "bodyStrong", wrap=True))
        self._add_counts(_("Goes"), preview.goes)
        self._add_counts(_("Stays, without the name, because others need it"), preview.stays)
        self._add_mentions(_("The name also goes out of"), preview, automatic=True)
        self._add_mentions(_("Look here yourself"), preview, automatic=False)
        self._add_files(preview)
        self.reason_row.setVisible(not preview.blocked)
        self.erase_button.block(preview.blocked[0] if preview.blocked else "")
        self.refit()

    def _add_counts(self, title: str, counts: tuple[tuple[str, int], ...]) -> None:
        if counts:
            words = ", ".join(rules.counted(kind, n) for kind, n in counts)
            self.place.addWidget(Label(title, "captionStrong", wrap=True))
            self.place.addWidget(Label(words, "body", wrap=True))

    def _add_mentions(self, title: str, preview: RequestPreview, *, automatic: bool) -> None:
        found = [m.where for m in preview.mentions if m.automatic is automatic]
        if found:
            self.place.addWidget(Label(title, "captionStrong", wrap=True))
            self.place.addWidget(Label("\n".join(found), "small", wrap=True))

    def _add_files(self, preview: RequestPreview) -> None:
        if not preview.files:
            return
        title = _("These attachments stay: look who is in them, and remove what has to go")
        self.place.addWidget(Label(title, "captionStrong", wrap=True))
        self.file_rows = [_FilesRow(files) for files in preview.files]
        for row in self.file_rows:
            row.asked.connect(self._go_to)
            self.place.addWidget(row)

    def _go_to(self, files: StayingFiles) -> None:
        self.reject()
        self.shell.go("case" if files.table == "cases" else "assess", files.record_id)

    def _ask(self) -> None:
        if self.preview is None:
            return
        if not self.reason.value().strip():
            self.reason_row.set_error(_("Write who asked for it and why, without names."))
            return
        total = sum(n for _kind, n in self.preview.goes)
        self.shell.messages.ask(
            self,
            _("Erase this pupil?"),
            _("This can’t be undone: it also leaves the history."),
            yes=_("Erase pupil"),
            no=_("Don’t erase"),
            then=self._erase,
            danger=True,
            word=_("erase") if total > rules.MANY else "",
        )

    def _erase(self) -> None:
        assert self.preview is not None
        ErasingDialog(
            self.shell,
            self._host,
            start=erasure_request.begin_request,
            arguments=(self.preview.pupil_id, self.reason.value()),
        ).open()
        self.accept()


class _FilesRow(ListRow):
    """How many attachments stay with one record; opens it."""

    asked = Signal(object)

    def __init__(self, files: StayingFiles) -> None:
        super().__init__(rules.files_text(files))
        self._files = files
        self.opened.connect(self._ask)

    def _ask(self) -> None:
        self.asked.emit(self._files)


def _find(session: Any, text: str) -> list[PupilRow]:
    """The first pupils that fit, those at school before those who left."""
    ids = looking.search_pupils(session, PupilQuery(text))
    ids += looking.search_pupils(session, PupilQuery(text, left=True))
    rows = people.load_pupil_rows(session, ids[:FOUND])
    return [rows[pupil_id] for pupil_id in ids[:FOUND]]
