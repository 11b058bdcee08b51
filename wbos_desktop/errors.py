"""What can go wrong, in two families.

    WbosError
    ├── UserError            shown as it is: what happened, is my work safe, what can I do
    │   ├── Invalid          a form has wrong fields (`fields`: attribute -> sentence)
    │   ├── NotFound         the record is gone, or hidden from this user: both sound the same
    │   ├── NotAllowed       this user may not do this
    │   ├── Conflict         somebody changed the record after it was read
    │   ├── VaultError       the vault can't be opened
    │   │   ├── WrongPassphrase, TooManyTries, VaultInUse, VaultMissing
    │   │   ├── DamagedVault, NotOurVault, NewerVault, UnsafeBuild
    │   │   └── ReadOnlyVault    may be read, not changed
    │   ├── StorageError     the disk is full, read-only or failed; nothing half was saved
    │   │   ├── DiskFull
    │   │   └── KeyWaits         it is done; a new data key comes at the next opening
    │   └── FileRejected     a file to read in is not what it should be, or a file can't be written
    └── Cancelled            the user stopped long work; rolls back, is never shown

Everything else is a bug: it goes to the log (place and type only) and the report dialog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class WbosError(Exception):
    """Root of all errors that this program raises on purpose."""


class UserError(WbosError):
    """A sentence for the user, translated already."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(UserError):
    """Fields that are not right yet; `fields` maps the draft's attribute to a sentence."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class NotFound(UserError):
    """The record does not exist for this user."""


class NotAllowed(UserError):
    """The user's role does not allow it."""


class Conflict(UserError):
    """The record was changed since the draft was read (draft.version is stale)."""


class VaultError(UserError):
    """The vault can't be opened or changed."""


class WrongPassphrase(VaultError):
    """No key slot opens with this passphrase or recovery code; the database was not touched."""


class TooManyTries(VaultError):
    """Unlocking must wait; `seconds` says how long."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class VaultInUse(VaultError):
    """Another program has this vault open."""


class VaultMissing(VaultError):
    """There is no vault in this folder."""


class DamagedVault(VaultError):
    """The key is right but the database or the envelope is not whole.

    `remedies` says what can be offered: restore (a backup), salvage, read_only, log_aside (open
    without a log that does not belong to it) and keys (key files out of a backup).
    """

    def __init__(self, message: str, remedies: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.remedies = frozenset(remedies)


class NotOurVault(VaultError):
    """The file is something else: a plain database, a picture, another program's file."""


class NewerVault(VaultError):
    """Made by a newer version of the program."""


class UnsafeBuild(VaultError):
    """The database driver does not encrypt or is too old; the program refuses to work."""


class ReadOnlyVault(VaultError):
    """The vault is open for reading only: a copy that is no longer the main one, or damaged."""


class StorageError(UserError):
    """Disk full, read-only or failing; the transaction was rolled back."""


class DiskFull(StorageError):
    """There is no room left on the disk."""


class KeyWaits(StorageError):
    """A way into the vault was changed; only its new data key has to wait for the next opening."""


class FileRejected(UserError):
    """A file that can't be read in, or an export that can't be written."""


class Cancelled(WbosError):
    """The user pressed Stop; everything done in this gesture is rolled back."""
