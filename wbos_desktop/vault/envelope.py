"""The envelope: keys.json and its copy. Whoever reads it learns no name, role or school.

    {"format": 1, "vault": id, "sequence": n, "last_slot": id, "slots": [...],
     "state": {"generation", "audit_count", "audit_head", "erasures", "copy"?, "mac"},
     "checksum"}

`sequence` grows with every write, so that the newer of two whole files is known; `checksum`
finds damage before any passphrase is asked. What a stranger could change is covered by the
slots' own seals and, for the state, by `mac`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wbos_desktop.domain.backups import Standing
from wbos_desktop.errors import DamagedVault, NewerVault, VaultMissing
from wbos_desktop.i18n import _

from .files import storage_error, write_whole
from .slots import (
    Slot,
    VaultKeys,
    envelope_key,
    is_genuine,
    open_slot,
    slot_from_json,
    slot_to_json,
)

FORMAT = 1
FILE_NAME = "keys.json"
COPY_NAME = "keys.copy.json"
MAX_SLOTS = 12
MAX_BYTES = 16_000_000  # erasure marks of many years; more is not read, here or in a backup


@dataclass(frozen=True)
class State:
    """What is known of the database outside it, so that an older file or a cut tail shows.

    `generation` grows with each new data key; `audit_head` is the MAC of the last audit line;
    `erasures` are hashes of erased records, applied again after a restore; `restored_at` is the
    moment (UTC, ISO) of a restore whose first unlock is still to come. `main_number` grows each
    time a copy becomes the main copy, at `main_since`; `standing` is what this copy is.
    """

    generation: int = 1
    audit_count: int = 0
    audit_head: bytes = bytes(32)
    erasures: tuple[bytes, ...] = ()
    main_number: int = 1
    main_since: str = ""
    standing: Standing = Standing.MAIN
    restored_at: str = ""


@dataclass(frozen=True)
class Envelope:
    """The content of keys.json."""

    vault_id: str
    slots: tuple[Slot, ...]
    state: State = State()
    state_mac: bytes = b""
    sequence: int = 0
    last_slot: str = ""

    def with_slot(self, slot: Slot) -> Envelope:
        """With `slot` in the place of the one with its id, or added.

        At most 12 fit, and one more that is pending: it may replace another.
        """
        others = [old for old in self.slots if old.id != slot.id]
        if len(others) >= MAX_SLOTS + slot.pending:
            raise ValueError("the envelope is full")
        at = next((i for i, old in enumerate(self.slots) if old.id == slot.id), len(others))
        return replace(self, slots=(*others[:at], slot, *others[at:]))

    def without_slot(self, slot_id: str) -> Envelope:
        """Without this way in; the data key that it knew stays valid until a re-key."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.id != slot_id))

    def with_state(self, state: State, audit_key: bytes) -> Envelope:
        """With this state, signed."""
        return replace(self, state=state, state_mac=_state_mac(self.vault_id, state, audit_key))

    def state_is_genuine(self, audit_key: bytes) -> bool:
        """False if the state was changed by somebody who could not open the vault."""
        expected = _state_mac(self.vault_id, self.state, audit_key)
        return hmac.compare_digest(expected, self.state_mac)

    def is_genuine(self, audit_key: bytes) -> bool:
        """True if the state and every slot were written with the vault open."""
        return self.state_is_genuine(audit_key) and all(
            is_genuine(slot, self.vault_id, audit_key) for slot in self.slots
        )

    def open(self, secret: str, kind: str) -> tuple[Slot, VaultKeys] | None:
        """The slot of this kind that `secret` opens, the last used one first; None if none does.

        Takes one key derivation for each slot tried.
        """
        slots = sorted(self.slots, key=lambda slot: slot.id != self.last_slot)
        for slot in slots:
            if slot.kind == kind and (keys := open_slot(slot, self.vault_id, secret)):
                return slot, keys
        return None


@dataclass(frozen=True)
class Loaded:
    """What the two files held: the whole ones, newest first, and whether both are equal."""

    envelopes: tuple[Envelope, ...]
    all_whole: bool
    equal: bool


def new_vault_id() -> str:
    """A random id that binds slots to one vault; 32 hex digits."""
    return secrets.token_hex(16)


def load(folder: Path) -> Loaded:
    """Read both files and change nothing: only an opened vault may be mended.

    Raises VaultMissing (no file at all), NewerVault or DamagedVault (no whole file).
    """
    contents = [_read(folder / name) for name in (FILE_NAME, COPY_NAME)]
    if contents == [None, None]:
        raise VaultMissing(_("There is no vault in this folder."))
    whole: list[Envelope] = []
    for content in contents:
        try:
            whole.append(from_bytes(content or b""))
        except DamagedVault:
            continue
    if not whole:
        raise _damaged()
    whole.sort(key=lambda envelope: envelope.sequence, reverse=True)
    return Loaded(tuple(whole), len(whole) == 2, contents[0] == contents[1])


def load_best(folder: Path, audit_key: bytes) -> Envelope:
    """The newest envelope that was written with this vault open, or else the newest one.

    Raises as `load`.
    """
    found = load(folder).envelopes
    return next((envelope for envelope in found if envelope.is_genuine(audit_key)), found[0])


def save(folder: Path, envelope: Envelope) -> Envelope:
    """Write both files, each whole, the main one first; returns it as written.

    Raises StorageError; then at least one whole file stands.
    """
    written = replace(envelope, sequence=envelope.sequence + 1)
    data = to_bytes(written)
    write_whole(folder / FILE_NAME, data)
    write_whole(folder / COPY_NAME, data)
    return written


def to_bytes(envelope: Envelope) -> bytes:
    """The file content, readable JSON in ASCII."""
    content = _to_json(envelope)
    content["checksum"] = _checksum(content)
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def from_bytes(data: bytes) -> Envelope:
    """The inverse of `to_bytes`. Raises NewerVault or DamagedVault."""
    try:
        content = json.loads(data)
        number = content["format"]
        checksum = content.pop("checksum")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged() from error
    if isinstance(number, int) and number > FORMAT:
        raise NewerVault(
            _("This vault was made by a newer WBOS. Install the newest version. Nothing changed.")
        )
    try:
        if number != FORMAT or checksum != _checksum(content):
            raise ValueError("checksum")
        return _from_json(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged() from error


def _to_json(envelope: Envelope) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "vault": envelope.vault_id,
        "sequence": envelope.sequence,
        "last_slot": envelope.last_slot,
        "slots": [slot_to_json(slot) for slot in envelope.slots],
        "state": {**_state_json(envelope.state), "mac": envelope.state_mac.hex()},
    }


def _from_json(content: dict[str, Any]) -> Envelope:
    slots = tuple(slot_from_json(value) for value in content["slots"])
    if len(slots) > MAX_SLOTS + 1:
        raise ValueError("too many slots")
    state = content["state"]
    return Envelope(
        vault_id=str(content["vault"]),
        slots=slots,
        state=State(
            generation=int(state["generation"]),
            audit_count=int(state["audit_count"]),
            audit_head=bytes.fromhex(state["audit_head"]),
            erasures=tuple(bytes.fromhex(value) for value in state["erasures"]),
            **_copy_from_json(state.get("copy")),
        ),
        state_mac=bytes.fromhex(state["mac"]),
        sequence=int(content["sequence"]),
        last_slot=str(content["last_slot"]),
    )


def _state_json(state: State) -> dict[str, Any]:
    content = {
        "generation": state.generation,
        "audit_count": state.audit_count,
        "audit_head": state.audit_head.hex(),
        "erasures": [value.hex() for value in state.erasures],
    }
    copy = [state.main_number, state.main_since, state.standing.value, state.restored_at]
    if copy != _FIRST_COPY:  # left out so that the MAC of an older envelope still holds
        content["copy"] = copy
    return content


_FIRST_COPY: list[Any] = [1, "", Standing.MAIN.value, ""]


def _copy_from_json(value: Any) -> dict[str, Any]:
    number, since, standing, restored_at = _FIRST_COPY if value is None else value
    return {
        "main_number": int(number),
        "main_since": str(since),
        "standing": Standing(standing),
        "restored_at": str(restored_at),
    }


def _state_mac(vault_id: str, state: State, audit_key: bytes) -> bytes:
    message = json.dumps(["wbos state 1", vault_id, _state_json(state)], sort_keys=True)
    return hmac.digest(envelope_key(audit_key), message.encode(), hashlib.sha256)


def _checksum(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error) from error


def _damaged() -> DamagedVault:
    return DamagedVault(
        _(
            "The key file of the vault is damaged and so is its copy. Your data was not touched."
            " Make no new vault and ask your administrator for help."
        )
    )


def erasures_added(state: State, hashes: Iterable[bytes]) -> State:
    """The state with these erasure hashes too, each once."""
    known = dict.fromkeys((*state.erasures, *hashes))
    return replace(state, erasures=tuple(known))
