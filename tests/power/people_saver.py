"""Lets a colleague in and out of a real vault while every call to the disk is recorded.

Arguments: vault folder, passphrase, the colleague's passphrase, log file, number of steps, and
'safe', or 'blind' for the control that forgets the old key before the new one holds.

The library's calls are recorded as in syscalls.py. The key files are written by Python: a whole
write of each stands in the log as truncated, written and synced, which is harsher than the rename
that the program does.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import sqlcipher3._sqlite3

from tests.e2e.crash_people_child import CHEAP, COLLEAGUE, colleague, forget_the_old_key
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import kdf
from wbos_desktop.workspace import people
from wbos_desktop.workspace.opening import open_vault

from .syscalls import Recorder


def record_key_files(recorder: Recorder) -> None:
    real = envelopes.write_whole

    def write_whole(path: Path, data: bytes) -> None:
        real(path, data)
        name = path.name
        recorder.ops += [("truncate", name, 0), ("write", name, 0, data), ("sync", name)]

    envelopes.write_whole = write_whole


def main(folder: Path, secret: str, other: str, log: Path, steps: int, mode: str) -> None:
    kdf.FLOOR = CHEAP
    recorder = Recorder(folder)
    recorder.install(Path(sqlcipher3._sqlite3.__file__))
    record_key_files(recorder)
    if mode == "blind":
        forget_the_old_key()
    vault = open_vault(folder, secret)
    for number in range(1, steps + 1):
        recorder.mark("begun", number)
        user_id = vault.workspace.read(colleague)
        if user_id is None:
            people.add_user(vault, COLLEAGUE, "member", other, kdf=CHEAP)
        else:
            people.remove_user(vault, user_id)
        recorder.mark("done", number)
    vault.workspace.close()
    log.write_bytes(pickle.dumps(recorder.ops))


if __name__ == "__main__":
    words = sys.argv
    main(Path(words[1]), words[2], words[3], Path(words[4]), int(words[5]), words[6])
