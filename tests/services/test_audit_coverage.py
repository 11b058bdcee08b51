"""Nothing is changed or opened without a line: what the hook can't see is a short, known list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import wbos_desktop
from tests import factories
from tests.services.test_history import next_gesture
from wbos_desktop.db import audit, changes
from wbos_desktop.db.base import Base, Record
from wbos_desktop.db.models.system import AuditLine, VaultSetting
from wbos_desktop.services import undo

ROOT = Path(wbos_desktop.__file__).parent

# Tables that the change hook does not follow, each with what notes it instead.
NOT_FOLLOWED = {
    "changes": "is the history itself",
    "audit": "is the trail itself",
    "drafts": "half typed, seen by their user only; saving makes the line",
    "preferences": "how one user likes the window",
    "exports": "record_export notes 'export'",
    "norm_cues": "shipped catalogue",
    "attachment_contents": "the attachment that holds it is followed",
    "attachment_chunks": "the attachment that holds it is followed",
    "key_state": "workspace/people.py notes 'access', rekey.py 'rekey'",
    "log_epochs": "numbers of the database log, for power cuts",
    "backups": "workspace/backup.py notes 'backup'",
}


def test_the_hook_follows_every_table_but_the_known_ones() -> None:
    followed = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record)
    }
    every = set(Base.metadata.tables) - {"alembic_version"}
    assert every - followed - changes.LINKS.keys() <= NOT_FOLLOWED.keys()


def actions(session: Session, after: int) -> list[str]:
    lines = select(AuditLine.action).where(AuditLine.seq > after).order_by(AuditLine.seq)
    return list(session.scalars(lines))


def test_making_changing_removing_and_undoing_each_leave_a_line(session: Session) -> None:
    before = audit.head(session).count
    setting = VaultSetting(key="x", value={"a": 1})
    session.add(setting)
    next_gesture(session)
    setting.value = {"a": 2}
    next_gesture(session)
    session.delete(setting)
    next_gesture(session)
    undo.undo_last(session)
    next_gesture(session)
    assert actions(session, before) == ["insert", "update", "delete", "restore"]


def test_a_gesture_that_fails_halfway_leaves_no_line(session: Session) -> None:
    session.commit()
    before = audit.head(session).count
    factories.make_pupil(session)
    session.rollback()
    assert audit.head(session).count == before


# ---------------------------------------------------------------- the window asks through view
def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _notes_a_look(function: ast.FunctionDef) -> bool:
    words = ast.unparse(function)
    return "audit.note(session, 'view'" in words or "note_search(session" in words


def openers() -> dict[str, set[str]]:
    """Public service functions that note a look, by module."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "services").glob("*.py")):
        names = {f.name for f in _functions(path) if _notes_a_look(f) and f.name[0] != "_"}
        if names:
            found[path.stem] = names
    return found


def _reads(path: Path) -> Iterator[tuple[str, str]]:
    """(module, function) of each call `.read(module.function, ...)`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr != "read":
            continue
        for argument in node.args:
            if isinstance(argument, ast.Attribute) and isinstance(argument.value, ast.Name):
                yield argument.value.id, argument.attr


def test_the_window_never_opens_a_record_without_its_line() -> None:
    known = openers()
    assert len(known) > 4
    wrong = [
        f"{path.name}: {module}.{name}"
        for path in sorted((ROOT / "ui").rglob("*.py"))
        for module, name in _reads(path)
        if name in known.get(module, ())
    ]
    assert wrong == []


def test_the_rule_would_see_a_look_without_a_line(tmp_path: Path) -> None:
    """The control: a page that reads what it should view is found."""
    page = tmp_path / "page.py"
    page.write_text("self.read(cases.open_case, 3)\nself.read(cases.get_case, 3)\n")
    known = openers()
    found = [name for module, name in _reads(page) if name in known.get(module, ())]
    assert found == ["open_case"]


def test_names_are_searched_through_the_noted_services_only() -> None:
    """find_people and find_pupil_ids find by name: the window asks services/looking.py."""
    for path in (ROOT / "ui").rglob("*.py"):
        text = path.read_text("utf-8")
        assert "incident_form.find_people" not in text, path.name
        assert "access.find_pupils" not in text, path.name
        assert "people.find_pupil_ids" not in text, path.name
