"""What is typed survives: in every form, through a lock, and offered again from Vandaag."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import wait_until
from tests.ui import drafts_walk as walk
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.messages import Toast
from wbos_desktop.ui.routes import Route

PARTS = 3
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_form_comes_back_after_a_lock(
    qtbot: QtBot,
    opened: MainWindow,
    part: int,
) -> None:
    """All forms of a part lie over each other when the window locks; each comes back whole."""
    ids = opened.shell.tasks.workspace.write(walk.fill)
    chosen = list(walk.routes(ids).items())[part::PARTS]
    typed = {name: walk.type_in_new(qtbot, opened, route) for name, route in chosen}
    walk.lock_and_unlock(qtbot, opened)
    lost = {}
    for name, route in chosen:
        keeper = walk.open_form(qtbot, opened, route)
        back = keeper._of.kept()
        lost[name] = {key: back.get(key) for key in typed[name] if typed[name][key] != back[key]}
        assert keeper.bar is not None
        walk.close(keeper)
    assert {name: fields for name, fields in lost.items() if fields} == {}


def test_the_walk_sees_a_form_that_keeps_nothing(
    qtbot: QtBot,
    opened: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: without it the walk could be blind."""
    monkeypatch.setattr(DraftKeeper, "enabled", False)
    route = Route("report", form=("incident", 0))
    typed = walk.type_in_new(qtbot, opened, route)
    walk.lock_and_unlock(qtbot, opened)
    assert walk.open_form(qtbot, opened, route)._of.kept() != typed


KEEPS = {"keep_as": 0, "Kept": 0, "_kept": 0, "DraftKeeper": 2}  # call to the place of the name


# Only open when everything is done, or about what asks much to come about.
ELSEWHERE = {"case_close", "case_reopen", "hold", "access_", "access_checks", "access_given"}


def kept_names() -> set[str]:
    """Names of forms as the code gives them; 'step_add.{track}' is 'step_add'."""
    found: set[str] = set()
    for path in (ROOT / "wbos_desktop" / "ui" / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = KEEPS.get(name)
            given = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(given, ast.JoinedStr):
                given = given.values[0]
            if isinstance(given, ast.Constant):
                found.add(str(given.value).rstrip("."))
    return found


def test_the_walk_knows_every_form() -> None:
    """A form that is new must be walked too."""
    walked = {name.split()[0].split(".")[0] for name in walk.routes(walk.Ids(*range(14)))}
    assert kept_names() - walked <= ELSEWHERE


def test_the_last_form_is_offered_where_one_comes_back(
    qtbot: QtBot,
    opened: MainWindow,
) -> None:
    ids = opened.shell.tasks.workspace.write(walk.fill)
    said: list[Toast] = []
    opened.shell.messages.toasted.connect(said.append)
    opened.shell.navigator.go(Route("group", ids.group))
    walk.type_in_new(qtbot, opened, Route("report", ids.group, form=("incident", 0)))
    walk.lock_and_unlock(qtbot, opened)
    assert said[-1].text == "Je was bezig met: Incident nog niet gemeld."
    assert said[-1].undo is not None
    said[-1].undo()
    wait_until(lambda: opened.findChild(DraftKeeper) is not None)
    assert opened.shell.navigator.here == Route("group", ids.group)
