"""Putting another state of a vault in the place of the present one, whole at every moment.

The new files lie ready in a folder inside the vault folder. Then a journal is written, and from
that moment the exchange is finished, by this program or by the next one that opens the vault:
database, log and index go aside together, the new ones come in, the keys follow. Before the
journal nothing of the present state has moved.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import envelope, trail
from .files import replace, storage_error, sync_folder, write_whole
from .folder import DATABASE_NAME

JOURNAL_NAME = "exchange.json"
INCOMING_NAME = ".restore.part"
ASIDE_NAMES = ("before-restore", "before-restore-2")  # in turn: the one never hides the other
LOG_NAMES = (f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm")
MOVED_NAMES = (DATABASE_NAME, *LOG_NAMES, trail.FILE_NAME)
KEY_NAMES = (envelope.FILE_NAME, envelope.COPY_NAME)


@dataclass(frozen=True)
class _Journal:
    incoming: str
    aside: str
    moving: tuple[str, ...]


def make_incoming(folder: Path) -> Path:
    """An empty folder for the new files. Raises StorageError."""
    incoming = folder / INCOMING_NAME
    try:
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(mode=0o700)
    except OSError as error:
        raise storage_error(error) from error
    return incoming


def put_in(folder: Path) -> None:
    """Exchange the present state for the prepared one; the present one then lies aside.

    The caller holds the vault's lock and nothing has the database open. Raises StorageError:
    then the old state stands, or the next opening finishes what was begun.
    """
    _demand_ready(folder / INCOMING_NAME)
    forget_aside(folder)
    _exchange(folder, INCOMING_NAME, ASIDE_NAMES[0])


def put_back(folder: Path) -> None:
    """Exchange the present state for the one that was put aside, which then lies aside itself.

    As `put_in`. Raises StorageError too when nothing lies aside.
    """
    lying = lies_aside(folder)
    first, second = ASIDE_NAMES
    here = second if lying is not None and lying.name == second else first
    _exchange(folder, here, first if here == second else second)


def lies_aside(folder: Path) -> Path | None:
    """The folder with the state before the last exchange, whole; None when there is none."""
    asides = (folder / name for name in ASIDE_NAMES)
    return next((aside for aside in asides if (aside / DATABASE_NAME).is_file()), None)


def forget_aside(folder: Path) -> None:
    """Delete the state that lies aside."""
    for name in ASIDE_NAMES:
        shutil.rmtree(folder / name, ignore_errors=True)


def finish(folder: Path) -> bool:
    """Finish an exchange that was cut off; True if there was one. Raises StorageError.

    Call it with the lock held, before anything else looks at the vault.
    """
    journal = folder / JOURNAL_NAME
    if not journal.exists():
        return False
    try:
        _carry_out(folder, _read(journal))
        journal.unlink()
        sync_folder(folder)
    except OSError as error:
        raise storage_error(error) from error
    return True


def _demand_ready(incoming: Path) -> None:
    if not (incoming / DATABASE_NAME).is_file():
        raise storage_error(FileNotFoundError(DATABASE_NAME))


def _exchange(folder: Path, incoming: str, aside: str) -> None:
    _demand_ready(folder / incoming)
    try:
        shutil.rmtree(folder / aside, ignore_errors=True)
        (folder / aside).mkdir(mode=0o700)
        for name in KEY_NAMES:
            with suppress(FileNotFoundError):
                write_whole(folder / aside / name, (folder / name).read_bytes())
        sync_folder(folder / incoming)
        moving = [name for name in MOVED_NAMES if (folder / name).exists()]
    except OSError as error:
        raise storage_error(error) from error
    content = {"incoming": incoming, "aside": aside, "moving": moving}
    write_whole(folder / JOURNAL_NAME, json.dumps(content).encode("ascii"))
    finish(folder)


def _read(path: Path) -> _Journal:
    try:
        content = json.loads(path.read_bytes())
        incoming, aside = content["incoming"], content["aside"]
        if incoming not in (INCOMING_NAME, *ASIDE_NAMES) or aside not in ASIDE_NAMES:
            raise ValueError(aside)
        moving = tuple(name for name in content["moving"] if name in MOVED_NAMES)
        return _Journal(incoming, aside, moving)
    except (ValueError, KeyError, TypeError) as error:
        raise storage_error(OSError(str(error))) from error


def _carry_out(folder: Path, journal: _Journal) -> None:
    """Every step may be done already: each looks before it moves."""
    incoming, aside = folder / journal.incoming, folder / journal.aside
    for name in journal.moving:
        if (folder / name).exists() and not (aside / name).exists():
            replace(folder / name, aside / name)
    if aside.is_dir():
        sync_folder(aside)
    sync_folder(folder)
    for name in (*MOVED_NAMES, *KEY_NAMES):
        if (incoming / name).exists():
            replace(incoming / name, folder / name)
    sync_folder(folder)
    shutil.rmtree(incoming, ignore_errors=True)
