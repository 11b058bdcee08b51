"""The recovery code on paper, straight to a printer: no file is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from wbos_desktop.i18n import _
from wbos_desktop.ui import theme


def print_code(parent: QWidget, code: str, printed: Callable[[], None]) -> None:
    """Ask for a printer and print one page with the code, without name or school.

    `printed` is called when it went to the printer, not when the question was cancelled.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName("WBOS")
    dialog = QPrintDialog(printer, parent.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setModal(True)

    def done(result: int) -> None:
        if result:
            draw_code(printer, code)
            printed()

    dialog.finished.connect(done)
    dialog.show()


def draw_code(printer: QPrinter, code: str) -> None:
    """The page itself; millimetres are worked out from the printer's resolution."""
    painter = QPainter(printer)
    mm = printer.resolution() / 25.4
    width = printer.pageRect(QPrinter.Unit.DevicePixel).width() - 20 * mm
    lines = (
        (_("Recovery code of WBOS"), 20, True, 20),
        (code, 18, True, 42),
        (_("Keep this paper where only you can find it, not beside the laptop."), 11, False, 62),
        (_("Whoever has this code and the laptop can open the vault."), 11, False, 70),
    )
    for text, size, bold, top in lines:
        font = QFont(theme.font("body"))
        font.setPointSize(size)
        font.setBold(bold)
        painter.setFont(font)
        box = QRectF(10 * mm, top * mm, width, 14 * mm)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), text)
    painter.end()
