"""Naming a file, and looking at it: a PDF page by page, a picture as large as fits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wbos_desktop.domain.attachments import PDF, TITLE_LIMIT
from wbos_desktop.i18n import _
from wbos_desktop.ui import theme
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.ui.widgets.drawn_pdf import DrawnPdf
from wbos_desktop.ui.widgets.fields import TextField
from wbos_desktop.ui.widgets.form import Field

from .form_dialog import FormDialog, Send


@dataclass(frozen=True)
class _Name:
    title: str = ""


def title_dialog(shell: Shell, title: str, now: str, send: Send, parent: QWidget) -> FormDialog:
    """Ask for the name of a file; it stands in the list, so it needs no pupil's name."""
    dialog = FormDialog(
        shell,
        title,
        [
            Field(
                _("Name of the file"),
                "title",
                TextField(max_length=TITLE_LIMIT),
                hint=_("What it is, such as: letter of the parents"),
            )
        ],
        verb=_("Save"),
        cancel=_("Cancel"),
        send=send,
        fill=_Name(now),
        parent=parent,
    )
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


class Picture(QWidget):
    """A picture, whole and never larger than itself."""

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self._image = image
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(900, 560)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface.sunken"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._image.size()
        if shown.width() > self.width() or shown.height() > self.height():
            shown = shown.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, shown.width(), shown.height())
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)
        painter.end()


class ViewerDialog(Dialog):
    """Shows bytes from the vault; nothing is written to disk, and closing lets go of them."""

    def __init__(self, title: str, media_type: str, content: bytes, parent: QWidget) -> None:
        super().__init__(title, width=1000, height=720, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.pdf: DrawnPdf | None = None
        if media_type == PDF:
            self.pdf = DrawnPdf()
            self.pdf.set_pdf(content)
            self.body.addWidget(self.pdf, 1)
        else:
            self.body.addWidget(Picture(QImage.fromData(content), title), 1)
        self.add_button(_("Close"), "primary", slot=self.reject)
        self.finished.connect(self._let_go)

    def _let_go(self, _result: int) -> None:
        if self.pdf is not None:
            self.pdf.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.pdf is None or not self.pdf.handle_key(event):
            super().keyPressEvent(event)
