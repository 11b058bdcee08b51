"""All shared widgets on one screen, as in the design's picture of components."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.ui.widgets.buttons import Button, IconButton
from wbos_desktop.ui.widgets.cards import Card, ClickCard, Hairline
from wbos_desktop.ui.widgets.chips import (
    Avatar,
    Chip,
    CountPill,
    NormBadge,
    PhaseDots,
    SegmentBar,
    TrackChip,
)
from wbos_desktop.ui.widgets.date_edit import DateEdit, TimeEdit
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import (
    CheckBox,
    ComboBox,
    NumberField,
    PasswordField,
    SearchField,
    TextArea,
    TextField,
)
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import IconLabel, Label, Link
from wbos_desktop.ui.widgets.marks import TRACKS
from wbos_desktop.ui.widgets.message_strip import MessageStrip
from wbos_desktop.ui.widgets.page_header import PageHeader
from wbos_desktop.ui.widgets.pills import FilterPill, PillGroup, SegmentedControl, TabBar
from wbos_desktop.ui.widgets.progress_card import ProgressCard
from wbos_desktop.ui.widgets.rows import ListRow, TaskRow


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(10)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line


def _marks() -> list[QHBoxLayout]:
    badges = [NormBadge(letter, "burdening", "Zie mij", 26) for letter in "ABCDEFGHI"]
    badges += [NormBadge(letter, "prosocial", "Wij helpen elkaar", 26) for letter in "JKLM"]
    states = [
        IconLabel("circle-check", "Gedaan", "smallStrong", color="action.primary"),
        IconLabel("alert-triangle", "2 schooldagen te laat", "danger"),
        IconLabel("clock", "Vandaag", "smallStrong"),
        IconLabel("player-skip-forward", "Overgeslagen", "sub"),
    ]
    others: list[QWidget] = [
        Chip("Lopend", "circle-dot", "state"),
        Chip("Groep", "users-group"),
        CountPill(3, "taken"),
        Avatar("KB", "Karin Bosman", filled=True),
        PhaseDots("norming"),
    ]
    return [_line(*[TrackChip(t) for t in TRACKS]), _line(*states), _line(*badges), _line(*others)]


def _left() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addWidget(Label("Knoppen", "overline"))
    disabled = Button("Niet beschikbaar")
    disabled.block("Eerst een groep kiezen")
    column.addLayout(
        _line(Button("Incident melden", "primary", "plus"), IconButton("x", "Sluiten"))
    )
    column.addLayout(
        _line(
            Button("Verzetten"),
            Button("Naar overleg", icon="presentation"),
            Button("Wissen", "danger", "trash"),
            Button("Ander protocol", "ghost"),
            disabled,
        )
    )
    column.addWidget(Label("Labels: nooit kleur alleen", "overline"))
    for line in _marks():
        column.addLayout(line)
    column.addWidget(Label("Velden", "overline"))
    column.addLayout(_fields())
    column.addLayout(_line(CheckBox("Open"), CheckBox("Gedaan")))
    places = PillGroup([("class", "Klas"), ("online", "Online"), ("yard", "Plein")], "Waar")
    places.set_value("online")
    column.addWidget(places)
    column.addWidget(Label("Bezig, met annuleren", "overline"))
    progress = ProgressCard("Lijst inlezen")
    progress.set_progress(214, 486, "leerlingen")
    column.addWidget(progress)
    column.addStretch(1)
    return column


def _fields() -> QHBoxLayout:
    title = FormRow(
        "Titel", TextField(placeholder="Bijv. ruzie in de kantine"), hint="Zonder namen"
    )
    day = FormRow("Klaar op", DateEdit(), hint="1 schooldag")
    wrong = FormRow("Klaar op", DateEdit())
    wrong.set_error("Kies een schooldag.")
    return _line(title, day, wrong)


def _right() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    card = Card()
    card.body.addWidget(
        EmptyState(
            "Nog geen sociogram van 2B",
            "Sleep leerlingen naar een laag: wie bepaalt, wie volgt en wie draagt de last?",
            "Leerlingen plaatsen",
            "plus",
            kind="primary",
        )
    )
    column.addWidget(card)
    strip = MessageStrip()
    strip.show_message("Opslaan lukt niet: de schijf is vol.", "error", "Probeer opnieuw")
    column.addWidget(strip)
    tasks = Card("Te laat")
    tasks.body.addWidget(
        TaskRow(
            "Herstelgesprek voeren",
            "Casus 2026-031",
            chip=TrackChip("repair"),
            due="2 schooldagen te laat",
            due_state="late",
        )
    )
    tasks.body.addWidget(
        ListRow("Nu dominant", "was M", left=NormBadge("D", "burdening", "Scoren"))
    )
    column.addWidget(tasks)
    column.addWidget(SegmentBar("repair", 1, 4))
    column.addWidget(Hairline())
    column.addLayout(_line(SegmentedControl([("m", "Mijn taken"), ("t", "Hele team")], "Taken")))
    column.addLayout(_line(FilterPill("Groep", [(None, "Alle"), (1, "2B")]), SearchField("Zoek")))
    column.addWidget(TabBar([("p", "Protocol"), ("l", "Logboek (11)")], "Tabbladen"))
    column.addLayout(_line(Link("Gebruikt in aanpak 2B"), ComboBox([(1, "2B")], "Groep")))
    column.addLayout(_line(TimeEdit("Hoe laat"), NumberField("Minuten")))
    column.addWidget(PasswordField("Wachtwoord"))
    column.addWidget(TextArea("Wat zag je?", lines=2))
    column.addWidget(ClickCard("Oefen deze week", "‘Het is maar een prank hoor!’"))
    for role in ("display", "title", "h2", "body", "small", "caption"):
        column.addWidget(Label("De groep bepaalt nu wat normaal is.", role))
    column.addStretch(1)
    return column


def gallery() -> QWidget:
    """The screen."""
    screen = QWidget()
    outer = QVBoxLayout(screen)
    header = PageHeader(
        "Onderdelen", "Alles op een rij", [("Beheer", lambda: None), ("Hier", None)]
    )
    header.add_button("Opslaan", "secondary", "device-floppy")
    outer.addWidget(header)
    columns = QHBoxLayout()
    columns.setSpacing(40)
    columns.addLayout(_left(), 1)
    columns.addLayout(_right(), 1)
    outer.addLayout(columns, 1)
    return screen
