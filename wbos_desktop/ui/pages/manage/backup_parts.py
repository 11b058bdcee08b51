"""The pieces of Back-up that only show: the state, one backup, what one seldom needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.backups import (
    BackupRow,
    BackupStatus,
    DrillReport,
    Standing,
    age_text,
    counts_text,
    moment_text,
    standing_text,
    warning_text,
)
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Card
from wbos_desktop.ui.widgets.labels import ElidedLabel, Icon, Label


def state_card(status: BackupStatus, places: Sequence[Button], *, demo: bool) -> Card:
    """How old the last backup is and where; `places` are buttons for another place."""
    card = Card(ground="surface.sunken", padding=16)
    row = QHBoxLayout()
    row.setSpacing(14)
    bad = not demo and (status.is_old or status.standing is not Standing.MAIN)
    icon, ink = ("alert-triangle", "status.danger") if bad else ("circle-check", "action.link")
    row.addWidget(Icon(icon, 24, ink), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Label(age_text(status), "bodyStrong", wrap=True))
    for text in _demo_facts() if demo else _facts(status):
        words.addWidget(Label(text, "sub", wrap=True))
    row.addLayout(words, 1)
    if places:
        column = QVBoxLayout()
        column.setSpacing(8)
        for button in places:
            column.addWidget(button)
        column.addStretch(1)
        row.addLayout(column)
    card.body.addLayout(row)
    return card


def backup_line(row: BackupRow, restore: Callable[[Path], None] | None) -> QWidget:
    """One backup: its moment, what is in it, and the button to put it back."""
    line, place = QWidget(), QHBoxLayout()
    line.setLayout(place)
    place.setContentsMargins(0, 6, 0, 6)
    place.setSpacing(12)
    words = QVBoxLayout()
    words.setSpacing(0)
    title = moment_text(row.header.made_at) if row.header else row.path.name
    words.addWidget(ElidedLabel(title, "smallStrong"))
    about = row.problem
    if row.header:
        size = _("{n} MB").format(n=max(1, round(row.size / 1_000_000)))
        about = f"{counts_text(row.header.counts)} · {size}"
    words.addWidget(ElidedLabel(about, "caption"))
    place.addLayout(words, 1)
    if row.header and restore is not None:
        button = Button(_("Restore backup"), "secondary", "history", size="small")
        button.setAccessibleName(_("Put back {backup}").format(backup=title))
        button.clicked.connect(lambda: restore(row.path))
        place.addWidget(button)
    return line


def action_line(verb: str, about: str, icon: str, slot: Callable[[], None]) -> QWidget:
    """What one seldom needs: what it is for, and its button."""
    part = QWidget()
    row = QHBoxLayout(part)
    row.setContentsMargins(0, 6, 0, 6)
    row.setSpacing(12)
    row.addWidget(Label(about, "small", wrap=True), 1)
    button = Button(verb, "secondary", icon)
    button.clicked.connect(slot)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
    return part


def drill_text(report: DrillReport) -> str:
    """'De back-up van wo 25 nov is heel: ... Dit duurde 12 seconden.'"""
    seconds = max(1, round(report.seconds))
    if seconds < 90:
        length = ngettext("{n} second", "{n} seconds", seconds)
    else:
        length = ngettext("{n} minute", "{n} minutes", -(-seconds // 60))
    text = _("The backup of {moment} is whole: {counts}. The audit trail fits. It took {length}.")
    moment = moment_text(report.made_at)
    return text.format(moment=moment, counts=counts_text(report.counts), length=length)


def _facts(status: BackupStatus) -> list[str]:
    facts = []
    if status.standing is not Standing.MAIN:
        facts.append(standing_text(status.standing))
    elif warning := status.failed or warning_text(status):
        facts.append(warning)
    if status.last_at is not None and (status.failed or status.is_old):
        facts.append(_("Last backup: {moment}").format(moment=moment_text(status.last_at)))
    elif status.last_at is not None:
        facts.append(_("Opened and checked when it was made."))
    if status.place is None:
        facts.append(
            _("The backups are on this laptop. Choose a stick or folder outside it as well.")
        )
    else:
        facts.append(_("Place: {folder}").format(folder=status.place))
    facts.append(_("Once a day at locking or closing WBOS makes one by itself."))
    return facts


def _demo_facts() -> list[str]:
    return [
        _("The example school needs no backup. You can practise making one and putting it back.")
    ]


def plain_column() -> tuple[QWidget, QVBoxLayout]:
    """A widget without margins and its layout."""
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return part, column
