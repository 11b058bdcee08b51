"""Faults in the middle of work (F-07, F-10, F-33, F-34, F-38) and the check of every part."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from tests.helpers.counts import count
from wbos_desktop import cli
from wbos_desktop.db.models.attachments import AttachmentChunk, AttachmentContent
from wbos_desktop.db.models.school import Staff
from wbos_desktop.db.models.system import AuditLine, Draft, VaultSetting
from wbos_desktop.errors import Cancelled, DamagedVault, ReadOnlyVault
from wbos_desktop.progress import Progress
from wbos_desktop.vault import envelope
from wbos_desktop.vault.unlock import unlock
from wbos_desktop.workspace.alerts import Alert
from wbos_desktop.workspace.checking import check_when_due, inspect_vault
from wbos_desktop.workspace.opening import OpenVault, open_vault

from .fixture import SECRET, actions, add_persons, flip_table, view_one

ROOT = Path(__file__).parents[2]


def histories(session: Session) -> int:
    return session.execute(text("SELECT count(before) FROM changes")).scalar_one()


def keep_typing(session: Session) -> None:
    """As a form keeps its text (ui/drafts.py)."""
    user = session.execute(text("SELECT id FROM users")).scalar_one()
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    session.add(Draft(user_id=user, form="note", data={"text": "half"}, updated_at=now))


keep_typing.keeps_typing = True  # type: ignore[attr-defined]


def test_key_files_that_are_being_written_raise_no_alarm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When work stops the log is emptied on one lane, and the weekly check begins on the other."""
    vault = open_vault(folder, SECRET)
    vault.workspace.write(view_one, 1)
    write, between = envelope.write_whole, threading.Event()

    def slowly(path: Path, data: bytes) -> None:
        write(path, data)
        between.set()
        time.sleep(0.3)

    monkeypatch.setattr(envelope, "write_whole", slowly)
    lane = threading.Thread(target=vault.workspace.settle)
    lane.start()
    assert between.wait(10)
    assert inspect_vault(vault).findings == []
    lane.join()
    vault.workspace.close()


# ---------------------------------------------------------------- a damaged page
def test_f07_damaged_page_in_the_middle_of_work(folder: Path) -> None:
    flip_table(folder, "changes")
    vault = open_vault(folder, SECRET)
    told: list[Alert] = []
    vault.workspace.alerts.append(told.append)
    with pytest.raises(DamagedVault):
        vault.workspace.read(histories)
    assert [alert.kind for alert in told] == ["damaged"]
    assert "verder lezen" in vault.workspace.read_only
    with pytest.raises(ReadOnlyVault):
        vault.workspace.write(view_one, 1)
    # The connection was replaced: the rest can be read, and what was typed is kept.
    assert vault.workspace.read(lambda session: session.scalar(select(func.count(Staff.id)))) == 301
    vault.workspace.write(keep_typing)
    assert vault.workspace.read(lambda session: session.scalar(select(func.count(Draft.id)))) == 1
    vault.workspace.close()


def test_f07_quick_check_finds_it_before_the_work_does(folder: Path) -> None:
    flip_table(folder, "changes")
    vault = open_vault(folder, SECRET)
    assert not vault.workspace.check_quickly()
    assert vault.workspace.damaged
    vault.workspace.close()


def test_quick_check_can_be_stopped(folder: Path) -> None:
    vault = open_vault(folder, SECRET)
    with pytest.raises(Cancelled):
        vault.workspace.check_pages(lambda: True)
    assert vault.workspace.check_quickly()
    vault.workspace.write(add_persons, 1)
    vault.workspace.close()


# ---------------------------------------------------------------- a migration that is killed
OPEN = """
import sys
from tests.damage.fixture import SECRET
from wbos_desktop.vault import kdf
from wbos_desktop.workspace.opening import open_vault
kdf.FLOOR = kdf.KdfParams(memory_kib=64, iterations=1)
import alembic.command, wbos_desktop.db.models
print("ready", flush=True)
sys.stdin.readline()
open_vault(__import__("pathlib").Path(sys.argv[1]), SECRET).workspace.close()
print("done", flush=True)
"""


def older(folder: Path) -> None:
    """The vault at the revision before the newest, with its rows."""
    from alembic import command
    from alembic.config import Config

    from wbos_desktop.db.engine import open_engine, truncate_wal

    engine = open_engine(folder / "wbos.db", unlock(folder, SECRET).keys.data_key)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "wbos_desktop.db:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    truncate_wal(engine)
    engine.dispose()


@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.skipif(os.name == "nt", reason="sends SIGKILL")
def test_f10_killed_migration_leaves_the_old_or_the_new_version(folder: Path) -> None:
    chance = random.Random(10)
    for _kill in range(count(3, 30)):
        older(folder)
        command = [sys.executable, "-c", OPEN, str(folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as child:  # type: ignore[call-overload]
            assert child.stdout.readline() == "ready\n"
            child.stdin.write("go\n")
            child.stdin.flush()
            time.sleep(chance.uniform(0.0, 1.0))
            child.send_signal(signal.SIGKILL)
        vault = open_vault(folder, SECRET)
        assert vault.doubt is None
        assert (
            vault.workspace.read(lambda session: session.scalar(select(func.count(Staff.id))))
            == 301
        )
        assert vault.workspace.check_pages() == []
        vault.workspace.close()
        assert (folder / "backups" / "before-migration.db").stat().st_size > 100_000


# ---------------------------------------------------------------- time
NOW = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
MOMENTS = [
    (dt.timedelta(days=-1), "back"),
    (dt.timedelta(minutes=-6), "back"),
    (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - NOW, "back"),
    (dt.timedelta(minutes=-4), ""),
    (dt.timedelta(days=44), ""),
    (dt.timedelta(days=3650), "forward"),
]


@pytest.mark.parametrize(("jump", "kind"), MOMENTS)
def test_f34_jumping_clock_is_told_and_the_order_stays(
    folder: Path, jump: dt.timedelta, kind: str
) -> None:
    later = NOW + dt.timedelta(days=400)
    vault = open_vault(folder, SECRET, clock=lambda: later)
    vault.workspace.write(view_one, 1)
    vault.workspace.close()
    vault = open_vault(folder, SECRET, clock=lambda: later + jump)
    assert vault.workspace.clock_jump == kind
    assert len(vault.notices) == bool(kind)
    vault.workspace.write(view_one, 2)
    report = inspect_vault(vault)
    assert report.findings == []
    vault.workspace.close()


def test_f34_hour_that_comes_twice_is_stored_as_two_moments(folder: Path) -> None:
    summer, winter = (dt.timezone(dt.timedelta(hours=hours)) for hours in (2, 1))
    moments = [dt.datetime(2027, 10, 31, 2, 30, tzinfo=zone) for zone in (summer, winter)]
    now = [moments[0]]
    vault = open_vault(folder, SECRET, clock=lambda: now[0])
    vault.workspace.write(view_one, 1)
    now[0] = moments[1]
    vault.workspace.write(view_one, 2)
    last = select(AuditLine.at).order_by(AuditLine.seq.desc()).limit(2)
    found = vault.workspace.read(lambda session: list(session.scalars(last)))
    assert found[0] - found[1] == dt.timedelta(hours=1)
    assert vault.workspace.clock_jump == "forward"  # two years after the vault was made
    vault.workspace.close()


def test_f34_clock_put_back_while_open_is_told(folder: Path) -> None:
    now = [dt.datetime.now(dt.UTC)]
    vault = open_vault(folder, SECRET, clock=lambda: now[0])
    told: list[Alert] = []
    vault.workspace.alerts.append(told.append)
    vault.workspace.write(view_one, 1)
    now[0] -= dt.timedelta(hours=2)
    vault.workspace.write(view_one, 2)
    assert [alert.kind for alert in told] == ["clock"]
    assert "teruggezet" in told[0].text
    vault.workspace.close()


def test_f33_three_days_of_sleep_in_a_transaction(folder: Path) -> None:
    now = [dt.datetime.now(dt.UTC)]
    vault = open_vault(folder, SECRET, clock=lambda: now[0])

    def sleep(session: Session) -> None:
        add_persons(session, 1)
        session.flush()
        now[0] += dt.timedelta(days=3)

    vault.workspace.write(sleep)
    vault.workspace.write(add_persons, 1)
    assert inspect_vault(vault).findings == []
    vault.workspace.close()


# ---------------------------------------------------------------- the check
def attach(session: Session) -> None:
    import hashlib

    data = [b"een", b"twee", b"drie"]
    whole = b"".join(data)
    kept = AttachmentContent(sha256=hashlib.sha256(whole).hexdigest(), size=len(whole))
    session.add(kept)
    session.flush()
    for position, part in enumerate(data):
        session.add(AttachmentChunk(content_id=kept.id, position=position, data=part))


CHUNKS = [
    update(AttachmentChunk).where(AttachmentChunk.position == 1).values(data=b"TWEE"),
    update(AttachmentChunk).where(AttachmentChunk.position == 2).values(position=5),
]


@pytest.mark.parametrize("damage", CHUNKS, ids=["changed", "missing"])
def test_check_finds_a_changed_attachment(folder: Path, damage: object) -> None:
    vault = open_vault(folder, SECRET)
    vault.workspace.write(attach)
    assert inspect_vault(vault).findings == []
    vault.workspace.write(lambda session: session.execute(damage))  # type: ignore[call-overload]
    report = inspect_vault(vault)
    assert report.parts["attachments"] == ["1 bijlage is niet meer heel."]
    vault.workspace.close()


def test_check_names_the_part_that_is_damaged(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip_table(folder, "changes")
    (folder / "keys.copy.json").write_bytes(b"{")
    (tmp_path / "pass").write_text(SECRET)
    options = ["--vault", str(folder), "--passphrase-file", str(tmp_path / "pass"), "--json"]
    assert cli.main(["check", *options]) == cli.USER
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    assert said["parts"]["pages"] == ["1 pagina is beschadigd."]
    assert "beschadigd" in said["findings"][0]


def test_salvage_by_command_makes_a_vault_that_checks_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip_table(folder, "changes")
    (tmp_path / "pass").write_text(SECRET)
    secret = ["--passphrase-file", str(tmp_path / "pass")]
    options = ["--vault", str(folder), "--to", str(tmp_path / "gered"), *secret]
    assert cli.main(["salvage", *options, "--json"]) == cli.OK
    said = json.loads(capsys.readouterr().out)
    assert said["tables"]["changes"]["lost"] > 0
    assert cli.main(["check", "--vault", str(tmp_path / "gered"), *secret]) == cli.OK


def due(vault: OpenVault) -> bool:
    return check_when_due(Progress(), vault) is not None


def test_full_check_comes_once_a_week(folder: Path) -> None:
    now = [dt.datetime.now(dt.UTC)]
    vault = open_vault(folder, SECRET, clock=lambda: now[0])
    assert not due(vault)
    now[0] += dt.timedelta(days=8)
    assert due(vault)
    assert not due(vault)
    now[0] += dt.timedelta(days=8)
    assert due(vault)
    assert actions(vault).count("check") == 2
    setting = select(VaultSetting.value).where(VaultSetting.key == "check")
    assert vault.workspace.read(lambda session: session.scalar(setting))["findings"] == 0  # type: ignore[index]
    vault.workspace.close()


def test_weekly_check_that_finds_damage_stops_the_writing(folder: Path) -> None:
    flip_table(folder, "changes")
    vault = open_vault(folder, SECRET, clock=lambda: dt.datetime.now(dt.UTC))
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    vault.workspace._clock = lambda: later
    report = check_when_due(Progress(), vault)
    assert report is not None
    assert report.pages_are_damaged
    assert vault.workspace.damaged
    vault.workspace.close()
