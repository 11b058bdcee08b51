"""Lines over every page about the vault itself: read-only and why, busy, full disk, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .widgets.message_strip import MessageStrip

if TYPE_CHECKING:
    from wbos_desktop.workspace.alerts import Alert
    from wbos_desktop.workspace.session import Workspace


class VaultBar(QWidget):
    """`care_asked` when the user wants to choose what to do about damage."""

    care_asked = Signal()
    _alerted = Signal(object)

    def __init__(self, workspace: Workspace | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._listen = self._alerted.emit  # one object, so that it can be taken off the list
        self.state = MessageStrip(closable=False)
        self.state.action.connect(self.care_asked)
        self.busy = MessageStrip(closable=False)
        self.busy.action.connect(self._stop_waiting)
        self.news = MessageStrip()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 6, 24, 0)
        column.setSpacing(4)
        for strip in (self.state, self.busy, self.news):
            column.addWidget(strip)
            strip.closed.connect(self._fit)
        self._alerted.connect(self._show, Qt.ConnectionType.QueuedConnection)
        if workspace is not None:
            workspace.alerts.append(self._listen)
            # The banner of presenting says it already.
            if workspace.read_only and (workspace.damaged or not workspace.is_presented):
                self._show_read_only(workspace.read_only, damaged=workspace.damaged)
        self._fit()

    def close_down(self) -> None:
        """Listen no longer, at lock."""
        workspace, self._workspace = self._workspace, None
        if workspace is not None and self._listen in workspace.alerts:
            workspace.alerts.remove(self._listen)

    @Slot(object)
    def _show(self, alert: Alert) -> None:
        if self._workspace is None:
            return
        if alert.kind == "damaged":
            self._show_read_only(alert.text, damaged=True)
        elif alert.kind == "busy":
            self.busy.show_message(alert.text, "info", _("Stop waiting"))
        elif alert.kind == "free":
            self.busy.hide()
        else:
            self.news.show_message(alert.text, "warning")
        self._fit()

    def _show_read_only(self, text: str, *, damaged: bool) -> None:
        action = _("Lock and choose") if damaged else ""
        self.state.show_message(text, "error" if damaged else "warning", action)

    @Slot()
    def _stop_waiting(self) -> None:
        if self._workspace is not None:
            self._workspace.stop_waiting()

    def _fit(self) -> None:
        """Take no room while there is nothing to say."""
        strips = (self.state, self.busy, self.news)
        self.setVisible(any(not strip.isHidden() for strip in strips))
