"""Two versions of a record: mine and a colleague's, side by side, a choice per field.

Nothing is overwritten: what is chosen is saved upon the colleague's version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.i18n import _

from .widgets.buttons import Button
from .widgets.cards import Card
from .widgets.dialog import Dialog
from .widgets.fields import TextArea
from .widgets.labels import Label
from .widgets.pills import PillGroup

if TYPE_CHECKING:
    from .drafts import Keepable

MINE, THEIRS = "mine", "theirs"
_LONG = 1_500  # signs: longer than the dialog is high


class Versions:
    """What both wrote. Made while the form shows the colleague's version; then it shows mine.

    `before` is what both began with: a field that only one of them changed needs no thought.
    """

    def __init__(self, form: Keepable, mine: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        self._form = form
        self._theirs = form.kept()
        self._mine = dict(mine)
        their_words = form.shown()
        form.put_back(mine)
        my_words = form.shown()
        self.fields: list[tuple[str, str, str, str]] = []  # attribute, label, mine, theirs
        self.choices: dict[str, str] = {}
        for key, value in self._theirs.items():
            if key not in my_words or self._mine.get(key, value) == value:
                continue
            label, words = my_words[key]
            self.fields.append((key, label, words, their_words[key][1]))
            if before.get(key) == value:
                self.choices[key] = MINE
            elif before.get(key) == self._mine[key]:
                self.choices[key] = THEIRS

    @property
    def agree(self) -> bool:
        """True when the colleague touched nothing of what this form shows."""
        return all(self.choices.get(key) == MINE for key, *_rest in self.fields)

    def take(self, choices: Mapping[str, str]) -> None:
        """Show the chosen version of each field in the form; a field of one mind stays."""
        chosen = dict(self._theirs)
        for key, choice in choices.items():
            chosen[key] = self._mine[key] if choice == MINE else self._theirs[key]
        self._form.put_back(chosen)

    @property
    def theirs(self) -> dict[str, Any]:
        """The colleague's version, as it is kept."""
        return dict(self._theirs)

    def show_mine(self) -> None:
        """Show what I wrote, for when nothing was chosen yet."""
        self._form.put_back(self._mine)


class ConflictDialog(Dialog):
    """'Een collega wijzigde dit ook': both texts whole, a choice per field or for all."""

    def __init__(self, versions: Versions, parent: QWidget) -> None:
        super().__init__(
            _("A colleague changed this too"),
            _("Choose per field which text stays. Nothing is lost until you choose."),
            width=860,
            parent=parent,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.versions = versions
        row = QHBoxLayout()
        row.setSpacing(8)
        for text, choice in ((_("All mine"), MINE), (_("All my colleague's"), THEIRS)):
            button = Button(text, "secondary", size="small")
            button.clicked.connect(lambda _on=False, choice=choice: self.choose_all(choice))
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.choosers: dict[str, PillGroup] = {}
        for key, label, mine, theirs in versions.fields:
            self.body.addWidget(self._field(key, label, mine, theirs))
        self.body.addStretch(1)
        self.add_button(_("Choose later"), slot=self.reject)
        self.take_button = self.add_button(_("Save my choice"), "primary", "check", self._take)

    def _field(self, key: str, label: str, mine: str, theirs: str) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(6)
        chooser = PillGroup(
            [(MINE, _("Mine")), (THEIRS, _("My colleague's"))],
            _("Which text stays: {field}").format(field=label),
        )
        chooser.set_value(self.versions.choices.get(key))
        chooser.edited.connect(lambda: self.set_footer_error(""))
        self.choosers[key] = chooser
        head = QHBoxLayout()
        head.addWidget(Label(label, "bodyStrong", wrap=True), 1)
        head.addWidget(chooser)
        column.addLayout(head)
        texts = QHBoxLayout()
        texts.setSpacing(12)
        for title, words in ((_("Mine"), mine), (_("My colleague's"), theirs)):
            card = Card(title, ground="surface.sunken")
            text = _text(words or _("empty"))
            text.setAccessibleName(f"{title}: {words[:_LONG] or _('empty')}")
            card.body.addWidget(text)
            card.body.addStretch(1)
            texts.addWidget(card, 1)
        column.addLayout(texts)
        return part

    def choose_all(self, choice: str) -> None:
        """One choice for every field."""
        for chooser in self.choosers.values():
            chooser.set_value(choice)
        self.set_footer_error("")

    def _take(self) -> None:
        choices = {key: chooser.value() for key, chooser in self.choosers.items()}
        missing = [key for key, choice in choices.items() if choice is None]
        if missing:
            self.set_footer_error(_("Choose for each field which text stays."))
            self.choosers[missing[0]].focus_first()
            return
        self.versions.take(choices)
        self.accept()


def _text(words: str) -> QWidget:
    """The whole text; one of many pages scrolls by itself and is laid out at once."""
    if len(words) <= _LONG:
        return Label(words, "body", wrap=True, selectable=True)
    area = TextArea(lines=12, limit=len(words))
    area.set_value(words)
    area.setReadOnly(True)
    return area


def choose_version(
    owner: QWidget,
    versions: Versions,
    then: Callable[[], object],
    later: Callable[[], object] | None = None,
) -> ConflictDialog | None:
    """Ask which version stays, unless only one of them changed what the form shows.

    `then` is called when the form shows what was chosen; `later` when nothing was chosen.
    """
    if versions.agree:
        then()
        return None
    dialog = ConflictDialog(versions, owner)
    dialog.accepted.connect(then)
    if later is not None:
        dialog.rejected.connect(later)
    dialog.open()
    return dialog
