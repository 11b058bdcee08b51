"""Nothing readable lies about: temp folder, home, Qt's own settings; also after a kill."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_sentinels import FAST, ROOT, SCHOOL, SECRET, WORD, hits
from wbos_desktop.services import export_files
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opening import open_vault


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("tmp", "home", "data", "out"):
        (tmp_path / name).mkdir()
    create_vault(tmp_path / "kluis", SECRET, NewVault(SCHOOL, "VO", WORD), kdf=FAST)
    return tmp_path


def env_of(place: Path) -> dict[str, str]:
    """Every place where a program may leave something, inside ours."""
    places = {"TMPDIR": "tmp", "SQLITE_TMPDIR": "tmp", "HOME": "home", "WBOS_DATA_DIR": "data"}
    more = {name: str(place / folder) for name, folder in places.items()}
    more |= {"XDG_CONFIG_HOME": str(place / "home" / ".config"), "QT_QPA_PLATFORM": "offscreen"}
    return os.environ | more


def left_in(place: Path) -> list[str]:
    """Files in the temp folder, the home and the folder of settings."""
    folders = [place / name for name in ("tmp", "home", "data")]
    return [str(path) for folder in folders for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("suffix", ["pdf", "xlsx"])
def test_killed_export_leaves_one_half_file_that_the_next_unlock_removes(
    place: Path, suffix: str
) -> None:
    command = [sys.executable, "-m", "tests.e2e.export_child", str(place / "kluis"), SECRET]
    child = subprocess.Popen(
        [*command, str(place / "out"), suffix],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=env_of(place),
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    assert left_in(place) == []
    child.send_signal(signal.SIGKILL)
    child.communicate()
    parts = list((place / "out").iterdir())
    assert [part.suffix for part in parts] == [".part"]
    assert left_in(place) == []
    vault = open_vault(place / "kluis", SECRET)
    assert vault.workspace.write(export_files.remove_parts) == 1
    vault.workspace.close()
    assert list((place / "out").iterdir()) == []
    assert hits(place, [WORD, SCHOOL]) == []


# The window: unlock, choose a file to save, preview a pack, present, lock.
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QFileDialog
from tests.helpers.waiting import rest, wait_until
from wbos_desktop import app
from wbos_desktop.settings import Settings
from wbos_desktop.workspace.opening import open_vault

folder, secret, word, out = sys.argv[1:]
settings = Settings()
application = app.make_application(settings)
window = app.make_window(settings, Path(folder))
window.show()
app._warm_up(application, window)
window._opened(open_vault(Path(folder), secret))
wait_until(lambda: window.work is not None and not window.shell.tasks.busy)
(Path(out) / word).mkdir()
chosen = []
window.shell.messages.save_file(window, "Bewaren", "lijst.pdf", "PDF (*.pdf)", chosen.append)
dialog = window.findChildren(QFileDialog)[0]
assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
dialog.setDirectory(str(Path(out) / word))
dialog.selectFile(word + ".pdf")
rest(0.2)
dialog.accept()
rest(0.2)
assert len(chosen) == 1, chosen
window.shell.messages.open_file(window, "Lezen", "PDF (*.pdf)", chosen.append)
window.presenting.toggle()
wait_until(lambda: window.shell.presenting and not window.shell.tasks.busy)
window.shell.clipboard.copy(word)
window.lock()
wait_until(lambda: not window.shell.tasks.busy)
app.take_down(window)
window.close()
print(len(application.clipboard().text()))
"""


def test_window_leaves_no_name_of_a_file_or_folder(place: Path) -> None:
    command = [sys.executable, "-c", WINDOW, str(place / "kluis"), SECRET, WORD, str(place / "out")]
    ended = subprocess.run(
        command, cwd=ROOT, env=env_of(place), capture_output=True, text=True, timeout=120
    )
    assert ended.stdout.strip() == "0", ended.stderr
    for folder in ("home", "data", "tmp", "kluis"):
        assert hits(place / folder, [WORD, SCHOOL]) == []
    assert list((place / "tmp").iterdir()) == []
    assert WORD not in ended.stderr


DUMPS = """
import resource
from wbos_desktop import dumps
dumps.forbid_dumps()
import ctypes
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_no_dump_of_the_memory_is_written() -> None:
    def allow() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    said = subprocess.run(
        [sys.executable, "-c", DUMPS], cwd=ROOT, capture_output=True, text=True, preexec_fn=allow
    )
    assert said.stdout.strip() == "(0, 0) 0"


def test_crashed_program_leaves_no_dump(tmp_path: Path) -> None:
    code = "from wbos_desktop import dumps; dumps.forbid_dumps(); import os; os.abort()"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert ended.returncode == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


def test_every_command_forbids_dumps(monkeypatch: pytest.MonkeyPatch) -> None:
    from wbos_desktop import cli, dumps

    called = []
    monkeypatch.setattr(dumps, "forbid_dumps", lambda: called.append(1))
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert called == [1]
