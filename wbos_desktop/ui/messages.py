"""The only place for questions, errors, toasts and file dialogs; tests put a fake in its place.

Nothing here waits in a nested event loop: an answer comes to the callback. An error stands in the
page or dialog that asked, so that what was typed stays in view. Dialogs are imported when first
needed: the window must show before them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QVBoxLayout, QWidget

from wbos_desktop import i18n
from wbos_desktop.errors import UserError
from wbos_desktop.i18n import _


@dataclass(frozen=True)
class Toast:
    """One sentence at the bottom; `undo` is called by its button, which says `verb` or Undo.

    `kind` is success (something was done), info or warning.
    """

    text: str
    undo: Callable[[], object] | None = None
    undo_last: bool = False
    verb: str = ""
    kind: str = "success"


class Messages(QObject):
    """Shows what the program has to say. `toasted` is for the main window."""

    toasted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.saved_at: dt.datetime | None = None
        self._bug_shown = False

    def toast(
        self,
        text: str,
        *,
        undo: Callable[[], object] | None = None,
        undo_last: bool = False,
        verb: str = "",
        kind: str = "success",
    ) -> None:
        """Say that something is done, for 8 seconds; or what is so (info), or went otherwise
        (warning).

        With `undo_last` the button takes back the user's last saved gesture; with `undo` it calls
        the function; `verb` is its text when that is not Undo.
        """
        self.toasted.emit(Toast(text, undo, undo_last, verb, kind))

    def show_error(self, owner: QObject, error: UserError) -> None:
        """Show the error's sentence in the page or dialog around the owner."""
        self.strip(owner, error.message, kind="error")

    def strip(self, owner: QObject, text: str, *, kind: str = "info") -> None:
        """Show a sentence on top of the page or dialog around the owner.

        Kinds: info, success, error. The strip before it goes.
        """
        place = _place(owner)
        if place is None:
            self.toast(text, kind="warning" if kind == "error" else kind)
            return
        from .widgets.message_strip import MessageStrip

        self.clear(owner)
        strip = MessageStrip()
        strip.show_message(text, kind)
        place.addWidget(strip)

    def clear(self, owner: QObject) -> None:
        """Take away the strip of the page or dialog around the owner."""
        place = _place(owner)
        while place is not None and (item := place.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def ask(
        self,
        owner: QWidget,
        title: str,
        text: str,
        *,
        yes: str,
        no: str,
        then: Callable[[], object],
        danger: bool = False,
        word: str = "",
    ) -> None:
        """Ask a question whose buttons are verbs; `no` is the safe choice and has the focus.

        `word` must be typed first: for more than 20 records or a whole school year.
        """
        from .widgets.dialog import Question

        question = Question(
            title, text, yes=yes, no=no, danger=danger, word=word, parent=owner.window()
        )
        question.accepted.connect(then)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.open()

    def report_bug(self, owner: QObject | None, error: BaseException) -> None:
        """Tell that the program failed, once at a time; the log has type and place only."""
        if self._bug_shown:
            return
        self._bug_shown = True
        from wbos_desktop import log

        from .widgets.dialog import Dialog
        from .widgets.labels import Label

        parent = owner.window() if isinstance(owner, QWidget) else None
        box = Dialog(_("Something went wrong"), width=520, icon="alert-circle", parent=parent)
        box.body.addWidget(Label(self._bug_text(), "body", wrap=True))
        place = log.place_of(error)
        box.body.addWidget(Label(place, "muted", wrap=True, selectable=True))
        box.add_button(_("Copy report"), slot=lambda: _copy(place))
        box.add_button(_("Close"), "primary", slot=box.reject)
        box.finished.connect(self._bug_closed)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def open_file(
        self, owner: QWidget, title: str, filters: str, then: Callable[[Path], object]
    ) -> None:
        """Let the user choose a file to read; filters as in 'Lists (*.csv *.xlsx)'."""
        dialog = _file_dialog(owner, title, filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def save_file(
        self,
        owner: QWidget,
        title: str,
        suggested: str,
        filters: str,
        then: Callable[[Path], object],
    ) -> None:
        """Let the user choose where to write; `suggested` is a file name without names in it."""
        dialog = _file_dialog(owner, title, filters)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(suggested).suffix.lstrip("."))
        dialog.selectFile(suggested)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def choose_folder(self, owner: QWidget, title: str, then: Callable[[Path], object]) -> None:
        """Let the user choose a folder."""
        dialog = _file_dialog(owner, title, "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def _bug_text(self) -> str:
        if self.saved_at is None:
            return _(
                "Something went wrong in WBOS. Restart, or make a report for your administrator."
            )
        return _(
            "Something went wrong in WBOS. Your work up to {time} is saved. "
            "Restart, or make a report for your administrator."
        ).format(time=i18n.time_text(self.saved_at.time()))

    def _bug_closed(self, _result: int) -> None:
        self._bug_shown = False


def _place(owner: QObject) -> QVBoxLayout | None:
    """The layout for strips of the page or dialog that the widget is in."""
    found: QObject | None = owner
    while found is not None:
        place = getattr(found, "messages_place", None)
        if isinstance(place, QVBoxLayout):
            return place
        found = found.parent()
    return None


def _file_dialog(owner: QWidget, title: str, filters: str) -> QFileDialog:
    dialog = QFileDialog(owner.window(), title, str(Path.home()), filters)
    # The window of the system keeps lists of files that were opened and saved, can't be closed
    # at lock and shows on shared screens.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    room = owner.window().geometry()
    dialog.resize(min(820, room.width() - 48), min(560, room.height() - 32))
    dialog.move(room.center() - dialog.rect().center())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # Qt's own Dutch lacks these two; the window of the system does not show them.
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Folder:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Kind of file:"))
    dialog.destroyed.connect(_forget_folders)
    return dialog


def _forget_folders() -> None:
    """Qt keeps visited folders in its own settings; folder names can hold names of pupils."""
    QSettings(QSettings.Scope.UserScope, "QtProject").remove("FileDialog")


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def close_dialogs(window: QWidget) -> None:
    """Close every question and dialog over the window, without an answer (at lock).

    Not by `reject`: a dialog with unsaved text may ask first, and would stay.
    """
    loose = [top for top in QApplication.topLevelWidgets() if top.parent() is None]
    dialogs = [top for top in loose if isinstance(top, QDialog)]
    for dialog in [*window.findChildren(QDialog), *dialogs]:
        try:
            dialog.done(QDialog.DialogCode.Rejected)
        except Exception as error:  # noqa: BLE001 - a dialog with a bug may not stay over the door
            from wbos_desktop import log

            log.bug(error)
            dialog.hide()
        dialog.deleteLater()
