"""A child process that erases every pupil who is due, until it is killed.

Arguments: vault folder, passphrase, id of the job. Prints a line per batch.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from tests.conftest import NOW
from wbos_desktop.progress import Progress
from wbos_desktop.services import erasure
from wbos_desktop.workspace import erasures
from wbos_desktop.workspace.opening import open_vault


def main() -> None:
    folder, secret, job = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    vault = open_vault(folder, secret, clock=lambda: NOW)
    work = vault.workspace
    told = Progress(lambda done, _total, _what: print(done, flush=True))
    keep = partial(erasures.keep_marks, vault)
    erasure.carry_out(told, work, keep, partial(erasures.compact, work), job)
    work.close()


if __name__ == "__main__":
    main()
