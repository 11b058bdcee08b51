"""The side of the report form: what starts when this is saved, and who will see it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.cases import ProtocolPreview, TrackPreview
from wbos_desktop.domain.incidents import EmergencyLine, level_text
from wbos_desktop.i18n import _, date_short, ngettext
from wbos_desktop.ui.widgets import marks
from wbos_desktop.ui.widgets.cards import Card, clear_layout
from wbos_desktop.ui.widgets.labels import ElidedLabel, Icon, IconLabel, Label


class _TrackCard(Card):
    """A track with the number of steps and the first one."""

    def __init__(self, preview: TrackPreview) -> None:
        super().__init__(padding=10)
        ink = f"track.{preview.track}.ink"
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Icon(marks.track_icon(preview.track), 18, ink))
        top.addWidget(Label(marks.track_name(preview.track), "smallStrong", color=ink), 1)
        top.addWidget(Label(ngettext("{n} step", "{n} steps", preview.steps), "caption"))
        self.body.setSpacing(2)
        self.body.addLayout(top)
        below = QHBoxLayout()
        below.setContentsMargins(26, 0, 0, 0)
        first = preview.first_title or _("Starts when a role is known")
        below.addWidget(ElidedLabel(first, "caption", color="text.primary"), 1)
        if preview.first_due_on:
            below.addWidget(Label(date_short(preview.first_due_on), "caption"))
        self.body.addLayout(below)


class ReportSide(Card):
    """Shows the protocol that fits, or that a note is enough."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("What happens next"), " ", ground="surface.canvas", radius="board", parent=parent
        )
        self._tracks = QVBoxLayout()
        self._tracks.setSpacing(10)
        self.body.addLayout(self._tracks)
        self._text = Label("", "small", color="text.secondary", wrap=True)
        self.body.addWidget(self._text)
        self.body.addStretch(1)
        self._level = IconLabel("lock", "", "caption", wrap=True)
        self.body.addWidget(self._level)

    def show_note(self, title: str, text: str) -> None:
        """No protocol: say why."""
        clear_layout(self._tracks)
        self.set_title(title)
        self._text.setText(text)
        self._text.show()

    def show_protocol(self, preview: ProtocolPreview, text: str) -> None:
        """The three tracks with their first step."""
        clear_layout(self._tracks)
        self.set_title(preview.title)
        for track in preview.tracks:
            if track.steps or track.first_title:
                self._tracks.addWidget(_TrackCard(track))
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def show_level(self, level: str) -> None:
        """Who will see it."""
        text = _("Visible for: {who}.").format(who=level_text(level).lower())
        self._level.set("lock", text, "caption")


class EmergencyCard(Card):
    """The school's own numbers, on top of everything when somebody is not safe."""

    def __init__(self, contacts: tuple[EmergencyLine, ...], parent: QWidget | None = None) -> None:
        super().__init__(
            ground="status.dangerSoft", edge="status.danger", padding=14, parent=parent
        )
        head = IconLabel(
            "alert-triangle", _("First make it safe. Then report."), "smallStrong", color=None
        )
        self.body.addWidget(head)
        lines = contacts or (EmergencyLine(_("Emergency number"), "112"),)
        for line in lines:
            row = QHBoxLayout()
            row.addWidget(Label(line.label, "small"), 1)
            row.addWidget(Label(line.phone, "smallStrong", selectable=True))
            self.body.addLayout(row)
