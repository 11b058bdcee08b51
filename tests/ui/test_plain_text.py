"""What a user typed is shown as it was typed: nothing on the screen guesses markup."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolTip

import wbos_desktop.ui
from wbos_desktop.ui import tips
from wbos_desktop.ui.widgets.buttons import Button
from wbos_desktop.ui.widgets.chips import Avatar
from wbos_desktop.ui.widgets.labels import ElidedLabel, IconLabel, Label, Link

UI = Path(wbos_desktop.ui.__file__).parent
FILES = sorted(UI.rglob("*.py"))
NASTY = '<b>Jan</b> <img src="file:///etc/passwd"> &eacute; & 3 < 5'
BARE = {"QLabel", "QMessageBox", "QTextBrowser", "QTextEdit", "QTextDocument", "QCheckBox"}
BARE |= {"QRadioButton", "QGroupBox", "QWhatsThis", "QErrorMessage", "QInputDialog"}
# The manual is a text of ours that ships with the program: nothing of a user is in it.
MANUAL = {"manual.py": {"setMarkdown"}}
GUESSING = {"setHtml", "insertHtml", "appendHtml", "setStatusTip", "setWhatsThis", "setMarkdown"}


def _calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _name(path: Path) -> str:
    return str(path.relative_to(UI))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_widget_that_guesses_markup(path: Path) -> None:
    found = {_called(call) for call in _calls(path)}
    assert found & (BARE | GUESSING) == MANUAL.get(_name(path), set())


def test_only_the_shared_label_is_a_qlabel() -> None:
    makers = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                makers += [f"{_name(path)}:{node.name}"] if bases & BARE else []
    assert makers == ["manual.py:ManualText", "widgets/labels.py:Label"]


def _is_ours(node: ast.expr) -> bool:
    """A text of ours, or one made literal: what may go to a tooltip."""
    if isinstance(node, ast.IfExp):
        return _is_ours(node.body) and _is_ours(node.orelse)
    if isinstance(node, ast.Constant):
        return True
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        numbers = all(keyword.arg == "n" for keyword in node.keywords)
        return numbers and _is_ours(node.func.value)
    return _called(node) in {"_", "ngettext", "pgettext", "literal"}


# The program's own words: names of places and the countdown, showing a passphrase.
OURS = {
    "rail.py": {"self._words()", "name", "self.item.text if narrow else ''"},
    "widgets/fields.py": {"name"},
}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_tooltips_are_literal(path: Path) -> None:
    wrong = []
    for call in _calls(path):
        if _called(call) == "setToolTip":
            text = call.args[0]
        elif _called(call) == "showText":
            text = call.args[1]
        else:
            continue
        if not _is_ours(text) and ast.unparse(text) not in OURS.get(_name(path), set()):
            wrong.append(ast.unparse(call))
    assert wrong == []


def _plain(shown: str) -> str:
    if not QtGui.Qt.mightBeRichText(shown):
        return shown
    document = QtGui.QTextDocument()
    document.setHtml(shown)
    return document.toPlainText()


@pytest.mark.parametrize(
    "text",
    [NASTY, "<Jan>", "&eacute;", "3 < 5 & 7", "één\ntwee  <b>", "<a href='x'>k</a>", "</p><hr>"],
)
def test_a_tooltip_says_what_was_typed(qtbot: object, text: str) -> None:
    assert _plain(tips.literal(text)) == text


def test_a_tooltip_is_cut(qtbot: object) -> None:
    assert len(_plain(tips.literal("<" + "x" * 50_000))) == tips.LONGEST + 1


def test_the_tip_window_shows_no_picture(qtbot, monkeypatch) -> None:
    """The control: Qt itself makes bold of a raw tooltip; ours has the signs in it."""
    label = Label("x")
    qtbot.addWidget(label)
    seen = []
    for text in ("<b>Jan</b>", tips.literal("<b>Jan</b>")):
        QToolTip.showText(label.pos(), text, label)
        seen.append(_plain(QToolTip.text()))
    QToolTip.hideText()
    assert seen == ["Jan", "<b>Jan</b>"]


@pytest.mark.parametrize("make", [Label, ElidedLabel, lambda text: IconLabel("lock", text)])
def test_labels_show_markup_as_text(qtbot, make) -> None:
    widget = make(NASTY)
    qtbot.addWidget(widget)
    labels = [widget] if isinstance(widget, QLabel) else widget.findChildren(QLabel)
    assert [label.textFormat() for label in labels] == [Qt.TextFormat.PlainText]
    assert labels[0].text() == NASTY


def test_buttons_and_links_show_an_ampersand(qtbot) -> None:
    link, button = Link("Jan & Piet"), Button("x", tooltip=NASTY)
    for widget in (link, button, mark := Avatar("JP", NASTY)):
        qtbot.addWidget(widget)
    assert link.text() == "Jan && Piet"
    assert _plain(button.toolTip()) == _plain(mark.toolTip()) == NASTY
