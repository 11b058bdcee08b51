"""Privacy and keeping: what is kept how long, what is due, and what was erased before."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain import retention as rules
from wbos_desktop.domain.retention import DestructionRow, NextDue, TermRow
from wbos_desktop.i18n import _, date_long, ngettext
from wbos_desktop.services import retention
from wbos_desktop.ui import theme
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.tasks import Task
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card, Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.fields import ComboBox
from wbos_desktop.ui.widgets.labels import ElidedLabel, Icon, Label

from .erasing_dialog import ErasingDialog, save_report_of
from .proposal_dialog import ProposalDialog
from .request_dialog import RequestDialog
from .same_focus import keeps_focus
from .section import Section, set_tab_order

LONGEST_TERM = 18
"""Signs of width: room for 'Zolang scenario bestaat' in the narrowest window."""

Found = tuple[NextDue, list[TermRow], list[DestructionRow]]


class PrivacySection(Section):
    """The banner with what is due, the table of terms, requests, and earlier destructions."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(
            shell,
            _("Privacy and keeping"),
            _("What do you keep, how long, and what happens after that?"),
        )
        self._asked: Task[Any] | None = None
        self.banner = Banner()
        self.banner.button.clicked.connect(self.open_list)
        self.banner.go_on.clicked.connect(self._go_on)
        self.terms = TermTable()
        self.requests = QVBoxLayout()
        self.requests.setSpacing(8)
        self.earlier = QVBoxLayout()
        self.earlier.setSpacing(0)
        page = ScrollPage()
        page.body.setSpacing(14)
        page.body.addWidget(self.banner)
        page.body.addWidget(self.terms)
        page.body.addLayout(self.requests)
        page.body.addLayout(self.earlier)
        page.body.addStretch(1)
        self.body.addWidget(page, 1)
        self._add_requests()
        self._running: DestructionRow | None = None

    def _add_requests(self) -> None:
        self.access_button = Button(_("Make overview"), "secondary", "file-text")
        self.access_button.clicked.connect(self._to_access)
        self.erase_button = Button(_("Erase on request"), "secondary", "trash")
        self.erase_button.clicked.connect(self._ask_pupil)
        for icon, text, button in (
            (
                "user",
                _("Does a parent ask for access? Make an overview of one pupil at once."),
                self.access_button,
            ),
            (
                "trash",
                _("Does a parent ask to erase? Erase everything about one pupil."),
                self.erase_button,
            ),
        ):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Icon(icon, 18, "text.secondary"))
            row.addWidget(Label(text, "small", wrap=True), 1)
            row.addWidget(button)
            self.requests.addLayout(row)

    def refresh(self) -> None:
        """Ask what is due, the terms and what was erased before."""
        self._asked = self.read(_load).then(self._show).instead_of(self._asked)

    @keeps_focus
    def _show(self, found: Found) -> None:
        due, terms, earlier = found
        self._running = next((row for row in earlier if row.state == "running"), None)
        self.banner.show_due(due)
        self.terms.show_terms(terms, self._save_term)
        combos = self.terms.combos.values()
        set_tab_order(self.banner.go_on, *combos, self.access_button, self.erase_button)
        clear_layout(self.earlier)
        done = [row for row in earlier if row.state == "done"]
        if done:
            self.earlier.addWidget(Label(_("Erased before"), "h3"))
        for row in done[:20]:
            self.earlier.addWidget(self._earlier_line(row))
            self.earlier.addWidget(Hairline())

    def _earlier_line(self, row: DestructionRow) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(counts_text(row), "bodyStrong", wrap=True))
        day = date_long(row.at.astimezone().date(), weekday=False)
        told = _("{day}, by {name}").format(day=day, name=row.by)
        words.addWidget(Label(" · ".join(p for p in (told, row.reason) if p), "sub", wrap=True))
        layout.addLayout(words, 1)
        button = Button(_("Destruction report"), "secondary", "file-text")
        button.setAccessibleName(_("Destruction report of {day}").format(day=day))
        button.clicked.connect(lambda: save_report_of(self.shell, self, row))
        layout.addWidget(button)
        return line

    def _save_term(self, kind: str, code: str) -> None:
        task = self.write(retention.save_term, kind, code)
        task.then(lambda _none: self.shell.messages.toast(_("Term saved."), undo_last=True))

    def open_list(self) -> None:
        """Show what is due, to choose from."""
        ProposalDialog(self.shell, self.window()).open()

    def _go_on(self) -> None:
        if self._running is not None:
            ErasingDialog(self.shell, self.window(), job=self._running.id).open()

    def _ask_pupil(self) -> None:
        RequestDialog(self.shell, self.window()).open()

    def _to_access(self) -> None:
        self.shell.navigator.go(Route("manage", None, "requests"))


def _load(session: Any) -> Found:
    return (
        retention.next_due(session),
        retention.list_terms(session),
        retention.list_destructions(session),
    )


def counts_text(row: DestructionRow) -> str:
    """'12 casussen, 3 leerlingen'; 'Niets gewist' when nothing was there any more."""
    known = [rules.counted(kind, n) for kind, n in row.counts if kind in rules.COUNTED]
    return ", ".join(known) or _("Nothing erased")


class Banner(Card):
    """What is due, with the button to the list; or that nothing is."""

    def __init__(self) -> None:
        super().__init__(ground="surface.canvas", padding=16)
        self.title_text = Label("", "bodyStrong", wrap=True)
        self.sub = Label("", "sub", wrap=True)
        self.button = Button(_("See the list"))
        self.go_on = Button(_("Go on"), "primary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title_text)
        words.addWidget(self.sub)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Icon("clock-exclamation", 24), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        row.addWidget(self.go_on)
        self.body.addLayout(row)
        self.button.hide()
        self.go_on.hide()

    def show_due(self, due: NextDue) -> None:
        """Show what is due now or later; an erasure that was cut off comes first."""
        self.go_on.setVisible(due.running > 0)
        self.button.setVisible(due.running == 0 and due.on is None and due.total > 0)
        if due.running:
            self.title_text.setText(_("Erasing is not finished"))
            text = ngettext("{n} record is left.", "{n} records are left.", due.running)
            self.sub.setText(text)
        elif due.total == 0:
            self.title_text.setText(_("Nothing is due"))
            self.sub.setText(_("You get a list first. Nothing is erased without your yes."))
        else:
            self.title_text.setText(rules.due_text(due))
            self.sub.setText(_("You get a list first. Nothing is erased without your yes."))


class TermTable(QWidget):
    """What, how long, what then, and how many now: a line per kind."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        for column, stretch in enumerate((5, 4, 3, 1)):
            self._grid.setColumnStretch(column, stretch)
        for column, text in enumerate((_("What"), _("Keep for"), _("After that"), _("Now"))):
            self._grid.addWidget(Label(text, "captionStrong"), 0, column)
        self.combos: dict[str, ComboBox] = {}
        self._after: dict[str, ElidedLabel] = {}
        self._now: dict[str, Label] = {}

    def show_terms(self, rows: list[TermRow], save: Any) -> None:
        """Fill the lines; `save(kind, code)` is called when a term is chosen."""
        for number, row in enumerate(rows):
            if row.kind not in self.combos:
                self._add_line(1 + number * 2, row, save)
            combo = self.combos[row.kind]
            combo.set_choices([(t.code, rules.term_text(row.kind, t)) for t in row.choices])
            combo.set_value(row.term.code)
            ends = row.term.amount is not None or row.kind == "suspensions"
            after = rules.ERASE if ends and row.after == rules.KEEP else row.after
            self._after[row.kind].setText(rules.after_text(after))
            self._now[row.kind].setText("" if row.now is None else f"{row.now}")

    def _add_line(self, line: int, row: TermRow, save: Any) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        title = Label(rules.kind_title(row.kind), "bodyStrong", wrap=True)
        words.addWidget(title)
        words.addWidget(Label(rules.kind_detail(row.kind), "sub", wrap=True))
        name = _("Keep for: {kind}").format(kind=title.text())
        combo = ComboBox([], name)
        combo.setMinimumContentsLength(LONGEST_TERM)
        combo.edited.connect(lambda kind=row.kind: save(kind, self.combos[kind].value()))
        self.combos[row.kind] = combo
        self._after[row.kind] = ElidedLabel("", "small")
        self._now[row.kind] = Label("", "smallStrong")
        self._grid.addWidget(Hairline(), line, 0, 1, 4)
        self._grid.setRowMinimumHeight(line + 1, theme.scaled(46))  # two lines of words
        self._grid.addLayout(words, line + 1, 0)
        self._grid.addWidget(combo, line + 1, 1)
        self._grid.addWidget(self._after[row.kind], line + 1, 2)
        self._grid.addWidget(self._now[row.kind], line + 1, 3)
