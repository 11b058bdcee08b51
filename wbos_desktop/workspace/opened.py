"""An open vault, as the window and the command line hold it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wbos_desktop.vault.unlock import Unlocked

from .doubt import Doubt
from .session import Workspace


@dataclass(eq=False)
class OpenVault:
    """An open vault. `notices` are sentences that the user should read once, mostly none.

    `unlocked` changes with a new data key: ask for its keys when you need them, keep none.
    `must_renew`: a colleague chose this password, so another is to be chosen before work.
    With a `doubt` it is open for reading only, until doubt.py `accept_doubt`.
    """

    folder: Path
    workspace: Workspace
    unlocked: Unlocked = field(repr=False)
    notices: tuple[str, ...] = ()
    must_renew: bool = False
    doubt: Doubt | None = None

    @property
    def by_recovery(self) -> bool:
        """True if the recovery code was used: ask for a new passphrase (people.py) at once."""
        return self.unlocked.by_recovery
