"""What a disk may hold when the power goes: synced data stays, the rest survives by chance."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wbos_desktop.errors import UserError

from .syscalls import Op

SECTOR = 512
SURVIVAL = (0.0, 0.3, 0.7, 1.0)


@dataclass
class File:
    """One file: what is on the platter, and what the system still holds back."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)

    def sync(self) -> None:
        """Everything written so far is on the platter."""
        for op in self.pending:
            _apply(self.synced, op)
        self.pending.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        """The content that the next start finds: each unsynced sector survives or does not."""
        survival, content = chance.choice(SURVIVAL), bytearray(self.synced)
        for op in self.pending:
            if op[0] == "truncate":
                if chance.random() < survival:
                    _apply(content, op)
                continue
            _kind, name, at, data = op
            for start in range(0, len(data), SECTOR):
                if chance.random() < survival:
                    _apply(content, ("write", name, at + start, data[start : start + SECTOR]))
        return bytes(content)


class Disk:
    """A folder on a disk that can lose power; feed it a log of calls."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.name: File(bytearray(path.read_bytes()))
            for path in folder.iterdir()
            if path.is_file()
        }
        # Names made or removed and not yet synced, in order: (name, the file or None).
        self._names: list[tuple[str, File | None]] = []
        self._durable = dict(self._files)

    def feed(self, op: Op) -> None:
        """Do what the program asked."""
        kind, name = op[0], op[1]
        if kind == "create":
            self._files[name] = File()
            self._names.append((name, self._files[name]))
        elif kind == "unlink":
            self._files.pop(name, None)
            self._names.append((name, None))
        elif kind == "sync" and name == ".":
            self._durable = dict(self._files)
            self._names.clear()
        elif kind == "sync":
            self._files[name].sync()
        elif kind in ("write", "truncate"):
            self._files[name].pending.append(op)

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files of the next start: name -> content. Changes of names survive in order."""
        names = dict(self._durable)
        for name, file in self._names[: chance.randint(0, len(self._names))]:
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file
        return {
            name: file.after_a_cut(chance)
            for name, file in names.items()
            if not name.endswith("-shm")  # the next start makes it anew
        }


def cuts(
    folder: Path, ops: Sequence[Op], count: int, seed: int
) -> Iterator[tuple[dict[str, bytes], int, int]]:
    """`count` states after a cut at a random call: the files, the last save that was
    acknowledged before it, and the last one that was begun."""
    chance = random.Random(seed)
    moments = sorted(chance.randrange(len(ops)) for _cut in range(count))
    disk, done, begun, next_op = Disk(folder), 0, 0, 0
    for moment in moments:
        while next_op <= moment:
            op = ops[next_op]
            if op[0] != "mark":
                disk.feed(op)
            elif op[1] == "begun":
                begun = op[2]
            else:
                done = op[2]
            next_op += 1
        yield disk.cut(chance), done, begun


def _apply(content: bytearray, op: Op) -> None:
    if op[0] == "truncate":
        size = op[2]
        content.extend(bytes(max(0, size - len(content))))
        del content[size:]
        return
    at, data = op[2], op[3]
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


def judged(folder: Path, files: dict[str, bytes], judge: Callable[[Path], str]) -> str:
    """What `judge` says of these files in a folder that lives as long; else the error's name."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        return judge(folder)
    except UserError as error:
        return type(error).__name__
    finally:
        shutil.rmtree(folder)
