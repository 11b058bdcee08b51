"""Thirty errors with a child's name in them: none of it reaches log, screen report or stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import memory_engine
from tests.helpers.waiting import wait_until
from tests.ui.shell_fixture import make_workspace
from wbos_desktop import app as application
from wbos_desktop import cli, cli_care, log
from wbos_desktop.db import engine as db_engine
from wbos_desktop.db.models.cases import Case
from wbos_desktop.db.models.school import Pupil
from wbos_desktop.db.presenting import Shown
from wbos_desktop.documents import locked, reader
from wbos_desktop.domain.drafts import KeptForm
from wbos_desktop.domain.people import PupilDraft
from wbos_desktop.domain.reports import ExportOptions
from wbos_desktop.errors import UserError
from wbos_desktop.progress import Progress
from wbos_desktop.services import (
    cases,
    drafts,
    export_files,
    exports,
    imports,
    incidents,
    people,
    protocols,
)
from wbos_desktop.settings import Settings
from wbos_desktop.ui.messages import Messages
from wbos_desktop.ui.tasks import Tasks
from wbos_desktop.vault import envelope, passphrase, recovery

WORD = "Zwanenbloem"
Failing = Callable[[Session], object]


def _raise(error: BaseException) -> Failing:
    def fail(_session: Session) -> None:
        secret_local = WORD  # a dump of locals would show it
        raise error from ValueError(secret_local)

    return fail


def _twice(session: Session) -> None:
    for _time in range(2):
        factories.make_pupil(session, uid="same", family_name=WORD)


# What goes wrong inside a transaction: by type of error and by layer.
IN_SERVICES: dict[str, Failing] = {
    "value": _raise(ValueError(WORD)),
    "key": _raise(KeyError(WORD)),
    "type": _raise(TypeError(f"{WORD} is no number")),
    "attribute": lambda _s: getattr(Pupil, WORD),
    "index": lambda _s: [WORD][3],
    "assert": _raise(AssertionError(WORD)),
    "runtime": _raise(RuntimeError(WORD)),
    "recursion": _raise(RecursionError(WORD)),
    "unicode": lambda _s: f"{WORD}\ud800".encode(),
    "decode": lambda _s: f"{WORD}\xff".encode("latin-1").decode(),
    "number": lambda _s: int(WORD),
    "json": lambda _s: json.loads(WORD),
    "file": lambda _s: Path(f"/nowhere/{WORD}").read_text(),
    "folder": lambda _s: Path("/").joinpath(WORD, "x").iterdir().__next__(),
    "import": lambda _s: __import__(WORD),
    "group": _raise(ExceptionGroup(WORD, [ValueError(WORD)])),
    "not null": _twice,
    "raw sql": lambda s: s.execute(text("INSERT INTO nothing VALUES (:w)"), {"w": WORD}),
    "sql text": lambda s: s.execute(text(f"SELECT {WORD} FROM pupils")),
    "check": lambda s: s.execute(insert(Pupil), [{"given_name": WORD}]),
    "foreign key": lambda s: drafts.keep_form(s, KeptForm(WORD, 10**30, {"text": WORD})),
    "bind": lambda s: s.scalar(select(Case.id).where(Case.number == object.__new__(Odd))),
    "unserialisable": lambda s: drafts.keep_form(s, KeptForm("incident", 0, {WORD: Odd()})),
    "no draft": lambda s: people.save_pupil(s, {"given_name": WORD}),  # type: ignore[arg-type]
    "no facts": lambda s: incidents.report_incident(s, WORD),  # type: ignore[arg-type]
    "no template": lambda s: protocols.newest_version(s, WORD),
    "no case": lambda s: cases.find_case(s, WORD),
    "level": lambda s: cases.set_level(s, 1, 1, WORD),
    "name too long": lambda s: people.save_pupil(s, PupilDraft(given_name=WORD * 300)),
    "report": lambda _s: exports.build(WORD, "pdf"),  # type: ignore[arg-type]
    "import file": lambda s: imports.preview_import(s, WORD),  # type: ignore[arg-type]
    "half file": lambda s: export_files.note_part(s, object.__new__(Odd)),  # type: ignore[arg-type]
    "no password": lambda _s: exports.demand_password(ExportOptions(password=WORD[:3])),
    "bad lock": lambda _s: locked.lock_file(WORD.encode(), "pdf", WORD),
    "bad book": lambda _s: locked.lock_file(WORD.encode(), "xlsx", WORD),
    "no view": lambda _s: Shown({}, frozenset()).json(WORD),
    "stop": _raise(KeyboardInterrupt(WORD)),
}


class Odd:
    """Something whose words are secret."""

    def __repr__(self) -> str:
        return WORD


class Watched:
    """Every place where an error may leave words."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        self.caplog, self.capfd = caplog, capfd

    def said(self) -> str:
        captured = self.capfd.readouterr()
        handler = logging.Formatter("%(message)s %(exc_text)s %(stack_info)s")
        records = [handler.format(record) for record in self.caplog.records]
        return "\n".join([captured.out, captured.err, *records])


@pytest.fixture
def watched(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Watched:
    caplog.set_level(logging.DEBUG)
    return Watched(caplog, capfd)


def test_errors_of_services_on_the_worker(qtbot: QtBot, watched: Watched) -> None:
    """Through the lanes to the report dialog, as in the program."""
    workspace, _who = make_workspace()
    owner, messages = QWidget(), Messages()
    qtbot.addWidget(owner)
    tasks = Tasks(messages)
    tasks.workspace = workspace
    shown: list[str] = []
    try:
        for fail in IN_SERVICES.values():
            tasks.write(owner, fail).failed(lambda _error: None)
            wait_until(lambda: not tasks.busy)
            shown += [label.text() for label in owner.findChildren(QLabel)]
    finally:
        tasks.close()
    reported = [line for line in shown if " at " in line]
    assert len(reported) > 0
    assert WORD not in "\n".join(shown)
    said = watched.said()
    assert said.count("bug:") >= 20
    assert WORD not in said


def test_errors_of_slots(qtbot: QtBot, watched: Watched, vault_window: object) -> None:
    """The exception hook of the window: a place, no words."""
    for fail in list(IN_SERVICES.values())[:12]:
        try:
            fail(None)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001
            sys.excepthook(type(error), error, error.__traceback__)
    said = watched.said()
    assert said.count("bug:") == 12
    assert WORD not in said


@pytest.fixture
def vault_window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    window = application.make_window(Settings(), tmp_path / "none")
    qtbot.addWidget(window)
    application._report_bugs_to(window)
    yield window
    texts = [label.text() for label in window.findChildren(QLabel)]
    application.take_down(window)
    assert WORD not in "\n".join(texts)


FILES = {
    "xml": (f"<{WORD}><x>{WORD}".encode(), "lijst.xml"),
    "doctype": (f'<!DOCTYPE x [<!ENTITY a "{WORD}">]><x>&a;</x>'.encode(), "lijst.xml"),
    "xlsx": (b"PK\x03\x04" + WORD.encode(), "lijst.xlsx"),
    "old": (b"\xd0\xcf\x11\xe0" + WORD.encode(), "lijst.xls"),
    "csv": (f'"{WORD};\n{WORD}'.encode(), "lijst.csv"),
    "nul": (WORD.encode() + b"\x00" * 50, "lijst.csv"),
    "empty": (b"", f"{WORD}.csv"),
}


@pytest.mark.parametrize("name", FILES)
def test_errors_of_the_import_child(watched: Watched, name: str) -> None:
    content, file_name = FILES[name]
    try:
        reader.read(content, file_name, None, Progress())
    except UserError as error:
        told = error.message.replace(file_name, "")
    else:
        told = ""
    assert WORD not in told
    assert WORD not in watched.said()


def test_errors_on_the_command_line(
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The last net of the command line names the place only, and not where results go."""

    def fail(*_args: object, **_kw: object) -> None:
        raise RuntimeError(WORD)

    monkeypatch.setattr(cli_care, "open_vault", fail)
    (tmp_path / "pass").write_text(WORD)
    options = ["--vault", str(tmp_path), "--passphrase-file", str(tmp_path / "pass")]
    assert cli.main(["check", "--json", *options]) == cli.BUG
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "RuntimeError" in printed.err
    assert WORD not in printed.err
    assert WORD not in watched.said()


def test_a_wrong_passphrase_is_in_no_error(watched: Watched) -> None:
    word = f"{WORD} fiets langs \x00"
    for make in (
        lambda: passphrase.check_passphrase(word, ()),
        lambda: envelope.from_bytes(word.encode()),
        lambda: recovery.parse_code(word),
    ):
        with pytest.raises(UserError) as caught:
            make()
        log.bug(caught.value)
        assert WORD not in str(caught.value)
    assert WORD not in watched.said()


def test_sql_errors_hide_parameters(tmp_path: Path) -> None:
    """The engine of a vault leaves values out of its errors; the engine of tests does not."""
    made = db_engine.open_engine(tmp_path / "wbos.db", bytes(32), create=True)
    with pytest.raises(Exception) as met, made.connect() as connection:  # noqa: PT011
        connection.execute(text("INSERT INTO nothing VALUES (:w)"), {"w": WORD})
    db_engine.close_engine(made)
    assert WORD not in str(met.value)
    bare = memory_engine()
    with pytest.raises(Exception) as met, bare.connect() as connection:  # noqa: PT011
        connection.execute(text("INSERT INTO nothing VALUES (:w)"), {"w": WORD})
    bare.dispose()
    assert WORD in str(met.value)
