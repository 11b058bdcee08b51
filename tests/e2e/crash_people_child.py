"""Lets a colleague in and out again, for ever, and tells its parent when each is done.

Arguments: vault folder, passphrase, the colleague's passphrase, and 'whole', or 'blind' for the
control run that forgets the old key before the new one holds. For each line on standard input a
process is forked that works until it is killed. Standard output gets "pid N", "ready", "in" or
"out" after each step, and "killed".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from wbos_desktop.db.models.school import Staff, User
from wbos_desktop.vault import kdf, slots
from wbos_desktop.vault.envelope import Envelope
from wbos_desktop.workspace import people, rekey, ways_in
from wbos_desktop.workspace.opening import open_vault

CHEAP = kdf.KdfParams(memory_kib=64, iterations=1)
COLLEAGUE = 2  # staff id


def colleague(session: Session) -> int | None:
    """The user id of the colleague, None while out."""
    return session.scalar(select(User.id).where(User.staff_id == COLLEAGUE))


def work_for_ever(folder: Path, secret: str, other: str) -> None:
    tell(f"pid {os.getpid()}")
    vault = open_vault(folder, secret)
    tell("ready")
    while True:
        user_id = vault.workspace.read(colleague)
        if user_id is None:
            people.add_user(vault, COLLEAGUE, "member", other, kdf=CHEAP)
            tell("in")
        else:
            people.remove_user(vault, user_id)
            tell("out")
        vault.workspace.write(lambda session: session.add(Staff(given_name="Persoon")))


def forget_the_old_key() -> None:
    def new_key_only(
        envelope: Envelope, ways: Sequence[ways_in.Way], keys: slots.VaultKeys
    ) -> Envelope:
        key = keys.pending_key or keys.data_key
        return ways_in.sealed(envelope, ways, slots.VaultKeys(key, keys.audit_key))

    rekey.sealed = new_key_only


def tell(word: object) -> None:
    os.write(1, f"{word}\n".encode())


def main() -> None:
    folder, secret, other, mode = sys.argv[1:]
    kdf.FLOOR = CHEAP
    if mode == "blind":
        forget_the_old_key()
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            work_for_ever(Path(folder), secret, other)
        os.waitpid(child, 0)
        tell("killed")


if __name__ == "__main__":
    main()
