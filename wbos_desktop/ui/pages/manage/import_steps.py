"""What each step of reading in shows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from wbos_desktop.domain.imports import (
    COLUMN_FIELDS,
    Counts,
    ImportFile,
    ImportOptions,
    ImportPreview,
    ImportReport,
)
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.cards import Hairline, ScrollPage, clear_layout
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.fields import CheckBox, ComboBox
from wbos_desktop.ui.widgets.form import FormRow
from wbos_desktop.ui.widgets.labels import ElidedLabel, IconLabel, Label

# More reasons than this are counted, not shown.
_MOST_ROWS = 200


def field_words() -> dict[str, str]:
    """What a column can hold, in the user's words."""
    words = {
        "number": _("Pupil number"),
        "full_name": _("Whole name"),
        "given_name": _("Given name"),
        "name_prefix": _("Prefix"),
        "family_name": _("Family name"),
        "birth_date": _("Birth date"),
        "group": _("Group"),
        "year_level": _("Year level"),
        "programme": _("Programme"),
        "mentor": _("Mentor"),
        "mentor_code": _("Code of mentor"),
        "enrolled_on": _("At school since"),
        "left_on": _("Left on"),
    }
    return {code: words[code] for code in COLUMN_FIELDS}


class FileStep(QWidget):
    """Step 1: which file."""

    choose = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        state = EmptyState(
            _("Choose a pupil list"),
            _("An EDEXML file, or a class list as CSV or Excel. You can also drop it here."),
            _("Choose file"),
            "upload",
            kind="primary",
        )
        state.clicked.connect(self.choose)
        self._button = state.button
        page = ScrollPage()
        page.body.addWidget(state, 1)
        column.addWidget(page, 1)
        column.addWidget(
            IconLabel(
                "shield-lock",
                _("BSN, nationality, address, origin and photo are never read."),
                "sub",
                wrap=True,
            )
        )

    def first(self) -> QWidget:
        """Where the user goes on."""
        return self._button


class _Foot(QHBoxLayout):
    """Buttons under a step."""

    def __init__(self, *buttons: Button) -> None:
        super().__init__()
        self.setSpacing(10)
        self.addStretch(1)
        for button in buttons:
            self.addWidget(button)


class ColumnStep(QWidget):
    """Step 2: what each column holds. `go_on` gives head -> field, "" to ignore."""

    go_on = Signal(object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.problem = IconLabel("alert-circle", "", "danger", wrap=True)
        ask = _("What stands in each column? Choose Ignore for what you do not need.")
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self.problem)
        head.addWidget(Label(ask, "body", wrap=True))
        column.addLayout(head)
        self._page = ScrollPage()
        self._page.body.setSpacing(0)
        column.addWidget(self._page, 1)
        back, go_on = Button(_("Other file")), Button(_("Go on"), "primary", "arrow-right")
        back.clicked.connect(self.back)
        go_on.clicked.connect(lambda: self.go_on.emit(self.mapping()))
        column.addLayout(_Foot(back, go_on))
        self._go_on = go_on
        self.boxes: dict[str, ComboBox] = {}

    def first(self) -> QWidget:
        """Where the user goes on: the first column."""
        return next(iter(self.boxes.values()), self._go_on)

    def mapping(self) -> dict[str, str]:
        """Head of each column to the chosen field."""
        return {head: box.value() or "" for head, box in self.boxes.items()}

    def show_file(self, file: ImportFile) -> None:
        """One line a column, with a first value to recognise it by."""
        self.problem.setVisible(bool(file.problem))
        if file.problem:
            self.problem.set("alert-circle", file.problem, "danger")
        body = self._page.body
        clear_layout(body)
        self.boxes = {}
        words = list(field_words().items())
        for column in file.columns:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 8, 0, 8)
            row.setSpacing(16)
            names = QVBoxLayout()
            names.setSpacing(0)
            names.addWidget(ElidedLabel(column.header, "bodyStrong"))
            if column.sample:
                sample = _("for example {sample}").format(sample=column.sample)
                names.addWidget(ElidedLabel(sample, "sub"))
            row.addLayout(names, 1)
            if column.sensitive:
                row.addWidget(IconLabel("shield-lock", _("Is not read in"), "sub"))
            else:
                box = ComboBox(words, column.header, empty=_("Ignore"), width=230)
                box.set_value(column.field or None)
                self.boxes[column.header] = box
                row.addWidget(box)
            body.addWidget(line)
            body.addWidget(Hairline())
        body.addStretch(1)


class CountTable(QWidget):
    """New, changed, the same, not in the file, rejected: for pupils, groups and staff."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(6, 1)

    def show_counts(self, preview: ImportPreview) -> None:
        """Fill the table."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        heads = [_("new"), _("changed"), _("the same"), _("not in the file"), _("rejected")]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, head in enumerate(heads, start=1):
            label = Label(head, "overline")
            label.setAlignment(right)
            self._grid.addWidget(label, 0, column)
        rows = [
            (_("Pupils"), preview.pupils, 5),
            (_("Groups"), preview.groups, 3),
            (_("Staff"), preview.staff, 3),
        ]
        for row, (name, counts, shown) in enumerate(rows, start=1):
            self._grid.addWidget(Label(name, "bodyStrong"), row, 0)
            for column, number in enumerate(_numbers(counts)[:shown], start=1):
                label = Label(str(number), "body" if number else "muted")
                label.setAlignment(right)
                label.setAccessibleName(f"{name}, {heads[column - 1]}: {number}")
                self._grid.addWidget(label, row, column)


def _numbers(counts: Counts) -> list[int]:
    return [counts.new, counts.changed, counts.unchanged, counts.missing, counts.rejected]


class CheckStep(QWidget):
    """Step 3: what will happen; nothing was read in yet."""

    apply = Signal()
    back = Signal()
    columns = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.headline = Label("", "h3", wrap=True)
        self.facts = Label("", "sub", wrap=True)
        self.year = ComboBox((), _("School year"), width=180)
        self.year.edited.connect(self.changed)
        self.year_row = FormRow(
            _("School year"), self.year, hint=_("The file does not say which year it is.")
        )
        self.counts = CountTable()
        self.left = CheckBox(_("Who is not in the file has left the school"))
        self.left.edited.connect(self.changed)
        self._page = ScrollPage()
        for widget in (self.headline, self.facts, self.year_row, self.counts, self.left):
            self._page.body.addWidget(widget)
        self._page.body.setSpacing(12)
        self.reasons = QVBoxLayout()
        self.reasons.setSpacing(4)
        self._page.body.addLayout(self.reasons)
        self._page.body.addStretch(1)
        column.addWidget(self._page, 1)
        other, self.to_columns = Button(_("Other file")), Button(_("Columns"))
        self.go = Button(_("Read in"), "primary", "database-import")
        other.clicked.connect(self.back)
        self.to_columns.clicked.connect(self.columns)
        self.go.clicked.connect(self.apply)
        column.addLayout(_Foot(other, self.to_columns, self.go))

    def first(self) -> QWidget:
        """Where the user goes on."""
        return self.go

    def reset(self, file: ImportFile) -> None:
        """Begin with a new file: no choices made yet."""
        self.left.set_value(False)
        self.year.set_choices(())
        self.year_row.setVisible(not file.school_year)
        self.to_columns.setVisible(bool(file.columns))
        encoding = file.encoding if file.columns else ""
        self._source = " · ".join(part for part in (file.file_name, file.format, encoding) if part)

    def options(self) -> ImportOptions:
        """What the user chose."""
        return ImportOptions(self.year.value() or "", self.left.value())

    def show_preview(self, preview: ImportPreview) -> None:
        """Counts, reasons, missing pupils, and what was not read."""
        self.headline.setText(_headline(preview))
        year = _("school year {name}").format(name=preview.school_year)
        self.facts.setText(f"{self._source} · {year}")
        first = int(preview.school_year[:4])
        names = [f"{n}-{n + 1}" for n in (first - 1, first, first + 1)]
        if not self.year.count():
            self.year.set_choices([(name, name) for name in names])
        self.year.set_value(preview.school_year)
        self.counts.show_counts(preview)
        rejected = preview.pupils.rejected > 0
        self.left.setVisible(bool(preview.missing))
        self.left.setEnabled(not rejected)
        self.left.setToolTip(
            _("Rows were rejected, so nobody can be said to have left.") if rejected else ""
        )
        self._show_reasons(preview)

    def _show_reasons(self, preview: ImportPreview) -> None:
        clear_layout(self.reasons)
        if preview.rows:
            self.reasons.addWidget(Label(_("Rows that are not taken over"), "bodyStrong"))
        for found in preview.rows[:_MOST_ROWS]:
            text = _("Row {row}: {reason}").format(row=found.row, reason=found.reason)
            self.reasons.addWidget(IconLabel("alert-circle", text, "small", wrap=True))
        more = len(preview.rows) - _MOST_ROWS
        if more > 0:
            self.reasons.addWidget(
                Label(ngettext("And {n} more row.", "And {n} more rows.", more), "sub")
            )
        if preview.missing:
            self.reasons.addWidget(Label(_("Not in the file"), "bodyStrong"))
            names = ", ".join(preview.missing[:_MOST_ROWS])
            self.reasons.addWidget(Label(names, "small", wrap=True))
        if preview.dropped:
            text = _("Never read: {columns}").format(columns=", ".join(preview.dropped))
            self.reasons.addWidget(IconLabel("shield-lock", text, "sub", wrap=True))
        if preview.ignored:
            text = _("Ignored: {columns}").format(columns=", ".join(preview.ignored))
            self.reasons.addWidget(IconLabel("eye-off", text, "sub", wrap=True))


def _headline(preview: ImportPreview) -> str:
    counts = preview.pupils
    found = counts.new + counts.changed + counts.unchanged
    words = [ngettext("{n} pupil found.", "{n} pupils found.", found)]
    if preview.rows:
        wrong = ngettext("{n} row is not right.", "{n} rows are not right.", len(preview.rows))
        words += [wrong, _("Look at them first.")]
    return " ".join([*words, _("Nothing has been read in yet.")])


class DoneStep(QWidget):
    """Step 4: what was done."""

    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        self.headline = IconLabel("circle-check", "", "h3", wrap=True)
        self.facts = Label("", "sub", wrap=True)
        self.counts = CountTable()
        again = Button(_("Read in another file"), "secondary", "upload")
        again.clicked.connect(self.again)
        column.addWidget(self.headline)
        column.addWidget(self.facts)
        column.addWidget(self.counts)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._again = again

    def first(self) -> QWidget:
        """Where the user goes on."""
        return self._again

    def show_report(self, report: ImportReport) -> None:
        """Say that it is done, with the counts."""
        counts = report.pupils
        done = counts.new + counts.changed + counts.unchanged
        text = ngettext("{n} pupil read in.", "{n} pupils read in.", done)
        year = _("school year {name}").format(name=report.school_year)
        self.headline.set("circle-check", text, "h3", "action.primary")
        self.facts.setText(f"{report.format} · {year}")
        self.counts.show_counts(report)
