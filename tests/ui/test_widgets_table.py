"""The paged model and the table on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from wbos_desktop.ui import theme
from wbos_desktop.ui.widgets.empty_state import EmptyState
from wbos_desktop.ui.widgets.paged_model import PAGE, Column, PagedModel
from wbos_desktop.ui.widgets.record_table import RecordTable

Deliver = Callable[[Mapping[int, "Row"]], None]


@dataclass(frozen=True)
class Row:
    number: str
    title: str


class Store:
    """Rows on demand; `hold` keeps answers back as a slow disk would."""

    def __init__(self, count: int) -> None:
        self.rows = {i: Row(f"{i:04}", f"Casus {i}") for i in range(1, count + 1)}
        self.asked: list[list[int]] = []
        self.hold = False
        self.held: list[tuple[list[int], Deliver]] = []

    def fetch(self, ids: list[int], deliver: Deliver) -> None:
        self.asked.append(ids)
        if self.hold:
            self.held.append((ids, deliver))
        else:
            deliver({i: self.rows[i] for i in ids})

    def release(self) -> None:
        for ids, deliver in self.held:
            deliver({i: self.rows[i] for i in ids})
        self.held.clear()


COLUMNS: list[Column[Row]] = [
    Column("Nr", lambda row: row.number, width=70, sort="number"),
    Column(
        "Wat", lambda row: row.title, sub=lambda row: "online", width=200, stretch=1, strong=True
    ),
    Column("Groep", lambda row: "2B", width=200, hide=2),
    Column("Wie", lambda row: "Da, Se", width=200, hide=1),
]


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)


def make_table(qtbot: QtBot, store: Store, width: int = 900) -> RecordTable:
    table = RecordTable(COLUMNS, store.fetch, "Incidenten", empty=EmptyState("Nog niets"))
    qtbot.addWidget(table)
    table.resize(width, 500)
    table.set_ids(list(store.rows))
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    return table


def test_the_model_is_a_good_model(qtbot: QtBot) -> None:
    store = Store(300)
    model = PagedModel(COLUMNS, store.fetch)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_ids(list(store.rows))
    wait_until(lambda: bool(store.asked))
    model.set_ids(list(reversed(store.rows)))
    model.set_ids([])
    assert tester.model() is model
    model.deleteLater()


def test_only_what_is_seen_is_asked(qtbot: QtBot) -> None:
    store = Store(5000)
    table = make_table(qtbot, store)
    wait_until(lambda: table.model.row_data(0) is not None)
    assert table.model.rowCount() == 5000
    assert sum(len(ids) for ids in store.asked) <= 2 * PAGE


def test_rows_appear_when_they_arrive(qtbot: QtBot) -> None:
    store = Store(10)
    store.hold = True
    table = make_table(qtbot, store)
    wait_until(lambda: bool(store.held))
    cell = table.model.index(3, 1)
    assert cell.data() == ""
    store.release()
    assert cell.data() == "Casus 4"
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Wat: Casus 4, online"


def test_a_late_answer_to_an_older_question_is_dropped(qtbot: QtBot) -> None:
    store = Store(10)
    store.hold = True
    table = make_table(qtbot, store)
    wait_until(lambda: bool(store.held))
    table.set_ids([9, 8])
    store.rows[9] = Row("0009", "Nieuw")
    old = store.held.pop(0)
    old[1]({9: Row("0009", "Oud")})
    assert table.model.index(0, 1).data() == ""
    wait_until(lambda: bool(store.held))
    store.release()
    assert table.model.index(0, 1).data() == "Nieuw"


def test_the_selection_stays_with_the_record(qtbot: QtBot) -> None:
    store = Store(20)
    table = make_table(qtbot, store)
    table.select(5)
    with qtbot.assertNotEmitted(table.selected):
        table.set_ids([9, 5, 1])
    assert table.current_id() == 5
    assert table.view.currentIndex().row() == 1
    with qtbot.waitSignal(table.selected) as gone:
        table.set_ids([9, 1])
    assert gone.args == [None]


def test_arrows_select_and_enter_opens(qtbot: QtBot) -> None:
    table = make_table(qtbot, Store(20))
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    assert table.current_id() == 2
    QTest.keyClick(table.view, Qt.Key.Key_End)
    with qtbot.waitSignal(table.activated) as opened:
        QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert opened.args == [20]


def test_a_head_sorts_and_turns_round(qtbot: QtBot) -> None:
    table = make_table(qtbot, Store(3))
    spot = table.head.sectionViewportPosition(0) + 10
    for down in (False, True):
        with qtbot.waitSignal(table.sorted) as told:
            QTest.mouseClick(
                table.head.viewport(),
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
                table.head.viewport().rect().topLeft()
                + table.head.rect().topLeft()
                + type(table.head.rect().topLeft())(spot, 15),
            )
        assert told.args == ["number", down]


def test_columns_hide_in_their_order(qtbot: QtBot) -> None:
    table = make_table(qtbot, Store(3), width=900)
    hidden = [table.view.isColumnHidden(i) for i in range(4)]
    assert hidden == [False] * 4
    table.resize(560, 400)
    assert [table.view.isColumnHidden(i) for i in range(4)] == [False, False, False, True]
    table.resize(380, 400)
    assert [table.view.isColumnHidden(i) for i in range(4)] == [False, False, True, True]


def test_an_empty_table_says_so(qtbot: QtBot) -> None:
    table = make_table(qtbot, Store(3))
    assert table.empty is not None
    table.set_ids([])
    assert table.empty.isVisible()
    assert not table.view.isVisible()
    table.set_ids([1])
    assert table.view.isVisible()


def test_rows_grow_with_the_text(qtbot: QtBot, qapp: QApplication) -> None:
    table = make_table(qtbot, Store(3))
    assert table.view.rowHeight(0) == 60
    table.set_compact(True)
    assert table.view.rowHeight(0) == 36
    theme.apply(qapp, "dark", 130)
    assert table.view.rowHeight(0) == 47
    table.grab()


def test_cut_words_have_a_tooltip(qtbot: QtBot) -> None:
    store = Store(2)
    store.rows[1] = Row("0001", "Buitengesloten in de klassenapp en daarna ook op het plein " * 3)
    table = make_table(qtbot, store)
    wait_until(lambda: table.model.row_data(0) is not None)
    assert table.cut_text(0, 1).startswith("Buitengesloten")
    assert table.cut_text(1, 1) == ""


def test_typing_finds_a_row(qtbot: QtBot) -> None:
    table = make_table(qtbot, Store(30))
    wait_until(lambda: table.model.row_data(29) is not None)
    table.view.setFocus()
    QTest.keyClicks(table.view, "Casus 17")
    assert table.current_id() == 17


def test_typing_does_not_load_the_table(qtbot: QtBot) -> None:
    store = Store(5000)
    table = make_table(qtbot, store)
    wait_until(lambda: table.model.known(0) is not None)
    asked = len(store.asked)
    table.view.setFocus()
    QTest.keyClicks(table.view, "zzz")
    assert len(store.asked) == asked
    assert table.current_id() == 1


def test_a_row_can_be_copied_for_a_short_while(qtbot: QtBot) -> None:
    table = make_table(qtbot, Store(3))
    wait_until(lambda: table.model.known(1) is not None)
    table.select(2)
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "0002\tCasus 2\t2B\tDa, Se"
    copied = QApplication.clipboard().mimeData()
    assert copied.hasFormat("ExcludeClipboardContentFromMonitorProcessing")
