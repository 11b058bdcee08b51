"""Search and filters above the list of scenarios."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.scenarios import (
    AIMED_AT,
    LEVELS,
    PLACES,
    RESPONSES,
    SECTORS,
    Places,
    ScenarioQuery,
    aimed_at_text,
    level_text,
    place_text,
    response_text,
)
from wbos_desktop.i18n import _
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.fields import SearchField
from wbos_desktop.ui.widgets.flow import FlowLayout
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import FilterPill, PillGroup

_WAIT = 200


class Filters(QWidget):
    """Search field, quick pills and, on request, every other filter; `changed` on each edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.search = SearchField(_("Search by word, norm or tag"))
        self._timer = QTimer(self, singleShot=True, interval=_WAIT)
        self._timer.timeout.connect(self.changed)
        self.search.textChanged.connect(self._timer.start)
        column.addWidget(self.search)
        quick = [
            ("mine", _("My groups")),
            ("class", _("In class")),
            ("online", _("Online")),
            ("kept", _("Kept")),
        ]
        self.quick = PillGroup(quick, _("Filters"), multiple=True)
        self._chosen = False  # by the user or the way here; until then the usual filter holds
        self.quick.edited.connect(self._quick_edited)
        column.addWidget(self.quick)
        self._pills = QWidget()
        flow = FlowLayout(self._pills, 8)
        self._more = dict(self._filter_pills())
        for pill in self._more.values():
            pill.changed.connect(self._pill_changed)
            flow.addWidget(pill)
        self._pills.hide()
        column.addWidget(self._pills)
        foot = QHBoxLayout()
        self.count = Label("", "caption", wrap=True)
        foot.addWidget(self.count, 1)
        self.more_button = Button(_("More filters"), "ghost", "adjustments", size="small")
        self.more_button.clicked.connect(self._toggle)
        foot.addWidget(self.more_button)
        column.addLayout(foot)

    def _filter_pills(self) -> list[tuple[str, FilterPill]]:
        everything = ("", _("all"))
        sectors = [(code, code.upper()) for code in SECTORS]
        return [
            ("norm", FilterPill(_("Norm"), [everything])),
            ("sector", FilterPill(_("Sector"), [everything, *sectors])),
            ("level", FilterPill(_("Level"), _choices(LEVELS, level_text))),
            ("response", FilterPill(_("Response"), _choices(RESPONSES, response_text))),
            ("aimed_at", FilterPill(_("Aimed at"), _choices(AIMED_AT, aimed_at_text))),
            ("place", FilterPill(_("Place"), _choices(PLACES, place_text))),
        ]

    def set_norms(self, places: Places) -> None:
        """Fill the norm filter."""
        choices = [(code, f"{code}  {title}") for code, title, _kind in places.norms]
        self._more["norm"].set_choices([("", _("all")), *choices])

    def query(self) -> ScenarioQuery:
        """What is asked for now."""
        quick = self.quick.value()
        more = {name: pill.value() or "" for name, pill in self._more.items()}
        place = next((code for code in ("class", "online") if code in quick), more["place"])
        return ScenarioQuery(
            text=self.search.text().strip(),
            norms=(more["norm"],) if more["norm"] else (),
            sector=more["sector"],
            level=more["level"],
            aimed_at=more["aimed_at"],
            response=more["response"],
            place=place,
            my_groups="mine" in quick,
            kept="kept" in quick,
        )

    def offer_mine(self, fits: bool) -> bool:
        """Begin with what fits one's own groups if anything does; True when that is new."""
        begins = fits and not self._chosen
        if begins:
            self.quick.set_value(["mine"])
        self._chosen = True
        return begins

    def show_all(self) -> None:
        """Begin without quick filters; says nothing."""
        self._chosen = True
        self.quick.set_value([])

    def clear(self) -> None:
        """Take every filter away, 'my groups' too."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.show_all()
        for pill in self._more.values():
            pill.set_value("")
        self.changed.emit()

    def show_norm(self, code: str) -> None:
        """Only scenarios for this norm."""
        self.show_all()
        self._more["norm"].set_value(code)
        self._pills.show()
        self.changed.emit()

    def _toggle(self) -> None:
        self._pills.setVisible(self._pills.isHidden())

    def _quick_edited(self) -> None:
        self._chosen = True
        chosen = self.quick.value()
        if "class" in chosen and "online" in chosen:
            # a scenario has one place: the pill that was chosen last stays
            chosen.remove("class" if self._last_place == "class" else "online")
            self.quick.set_value(chosen)
        self._last_place = next((code for code in ("class", "online") if code in chosen), "")
        self._more["place"].set_value("")
        self.changed.emit()

    _last_place = ""

    def _pill_changed(self) -> None:
        if self._more["place"].value():
            chosen = [code for code in self.quick.value() if code not in ("class", "online")]
            self.quick.set_value(chosen)
        self.changed.emit()


def _choices(codes: tuple[str, ...], words: object) -> list[tuple[str, str]]:
    assert callable(words)
    shown = [(code, str(words(code))) for code in codes]
    return [("", _("all")), *((code, text[:1].upper() + text[1:]) for code, text in shown)]
