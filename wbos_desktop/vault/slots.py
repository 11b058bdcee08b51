"""One way into the vault: a slot that one passphrase or recovery code opens.

The secret opens the slot's private key (AES-256-GCM under Argon2id); that key opens the vault's
keys, which are sealed (HPKE: X25519, HKDF-SHA256, AES-256-GCM) to the slot's public key. So
the vault can get a new data key while the owner of a slot is absent, and a new passphrase
rewrites one slot and no data.

Two things keep a stranger with write access from planting keys of his own: the wrapped private
key carries a fingerprint of the audit key, and the slot and each sealed data key carry a tag
made with the audit key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wbos_desktop.errors import DamagedVault
from wbos_desktop.i18n import _

from .kdf import SALT_BYTES, STANDARD, KdfParams, derive_key

USER = "user"
RECOVERY = "recovery"
KEY_BYTES = 32
_NONCE_BYTES = 12
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True)
class VaultKeys:
    """The secrets of an open vault. `pending_key` is set while a re-key is under way."""

    data_key: bytes
    audit_key: bytes
    pending_key: bytes | None = None

    def __repr__(self) -> str:
        return "VaultKeys(...)"


@dataclass(frozen=True)
class Slot:
    """What the envelope keeps of one way in. Holds no name and no role.

    `pending` is True until the database knows the slot (workspace/people.py).
    """

    id: str
    kind: str
    pending: bool
    kdf: KdfParams
    salt: bytes
    public_key: bytes
    wrapped_key: bytes
    audit_key: bytes
    data_key: bytes
    pending_key: bytes | None
    tag: bytes

    def associated(self, vault_id: str) -> bytes:
        """What the wrap and the tag bind together: the slot's place, cost, salt and key."""
        fields = [
            "wbos slot 1",
            vault_id,
            self.id,
            self.kind,
            self.kdf.memory_kib,
            self.kdf.iterations,
            self.kdf.lanes,
            self.salt.hex(),
            self.public_key.hex(),
        ]
        return json.dumps(fields, separators=(",", ":")).encode()


def make_slot(
    vault_id: str,
    kind: str,
    secret: str,
    keys: VaultKeys,
    *,
    kdf: KdfParams = STANDARD,
    pending: bool = False,
) -> Slot:
    """A new slot with a key pair of its own, opened by `secret`."""
    private = X25519PrivateKey.generate()
    blank = Slot(
        id=secrets.token_hex(16),
        kind=kind,
        pending=pending,
        kdf=kdf,
        salt=os.urandom(SALT_BYTES),
        public_key=private.public_key().public_bytes_raw(),
        wrapped_key=b"",
        audit_key=b"",
        data_key=b"",
        pending_key=None,
        tag=b"",
    )
    wrapped = _wrap(blank, vault_id, secret, private.private_bytes_raw(), keys.audit_key)
    slot = replace(wrapped, audit_key=_seal(blank, vault_id, "audit", keys.audit_key))
    return seal_keys(slot, vault_id, keys)


def change_secret(
    slot: Slot, vault_id: str, old: str, new: str, *, kdf: KdfParams = STANDARD
) -> Slot | None:
    """The same slot under a new passphrase; None if `old` does not open it."""
    opened = _open_private(slot, vault_id, old)
    if opened is None:
        return None
    private, fingerprint = opened
    audit_key = _unseal(slot, vault_id, "audit", private, slot.audit_key)
    _require(hmac.compare_digest(_fingerprint(audit_key), fingerprint))
    fresh = replace(slot, kdf=kdf, salt=os.urandom(SALT_BYTES))
    return _wrap(fresh, vault_id, new, private, audit_key)


def open_slot(slot: Slot, vault_id: str, secret: str) -> VaultKeys | None:
    """The vault's keys; None if this secret does not open the slot.

    Raises DamagedVault if the secret is right and what it opens is not.
    """
    opened = _open_private(slot, vault_id, secret)
    if opened is None:
        return None
    private, fingerprint = opened
    audit_key = _unseal(slot, vault_id, "audit", private, slot.audit_key)
    _require(hmac.compare_digest(_fingerprint(audit_key), fingerprint))
    data_key = _open_tagged(slot, vault_id, "data", private, slot.data_key, audit_key)
    pending = None
    if slot.pending_key is not None:
        pending = _open_tagged(slot, vault_id, "pending", private, slot.pending_key, audit_key)
    return VaultKeys(data_key, audit_key, pending)


def seal_keys(slot: Slot, vault_id: str, keys: VaultKeys) -> Slot:
    """The slot with these data keys sealed to its public key; needs no passphrase."""
    pending = None
    if keys.pending_key is not None:
        pending = _seal_tagged(slot, vault_id, "pending", keys.pending_key, keys.audit_key)
    data = _seal_tagged(slot, vault_id, "data", keys.data_key, keys.audit_key)
    return replace(slot, data_key=data, pending_key=pending)


def made_final(slot: Slot) -> Slot:
    """The slot once the database knows it."""
    return replace(slot, pending=False)


def is_genuine(slot: Slot, vault_id: str, audit_key: bytes) -> bool:
    """True if somebody with the vault open made this slot: ask before sealing keys to it."""
    return hmac.compare_digest(_tag(slot, vault_id, audit_key), slot.tag)


def _wrap(slot: Slot, vault_id: str, secret: str, private: bytes, audit_key: bytes) -> Slot:
    key = derive_key(secret, slot.salt, slot.kdf)
    nonce = os.urandom(_NONCE_BYTES)
    content = private + _fingerprint(audit_key)
    sealed = AESGCM(key).encrypt(nonce, content, slot.associated(vault_id))
    return replace(slot, wrapped_key=nonce + sealed, tag=_tag(slot, vault_id, audit_key))


def _open_private(slot: Slot, vault_id: str, secret: str) -> tuple[bytes, bytes] | None:
    key = derive_key(secret, slot.salt, slot.kdf)
    nonce, sealed = slot.wrapped_key[:_NONCE_BYTES], slot.wrapped_key[_NONCE_BYTES:]
    try:
        content = AESGCM(key).decrypt(nonce, sealed, slot.associated(vault_id))
    except (InvalidTag, ValueError):
        return None
    return content[:KEY_BYTES], content[KEY_BYTES:]


def _seal(slot: Slot, vault_id: str, purpose: str, content: bytes) -> bytes:
    public = X25519PublicKey.from_public_bytes(slot.public_key)
    return _SUITE.encrypt(content, public, info=_info(slot, vault_id, purpose))


def _unseal(slot: Slot, vault_id: str, purpose: str, private: bytes, sealed: bytes) -> bytes:
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return _SUITE.decrypt(sealed, key, info=_info(slot, vault_id, purpose))
    except (InvalidTag, ValueError) as error:
        raise _damaged() from error


def _seal_tagged(slot: Slot, vault_id: str, purpose: str, key: bytes, audit_key: bytes) -> bytes:
    return _seal(slot, vault_id, purpose, key + _key_tag(vault_id, purpose, key, audit_key))


def _open_tagged(
    slot: Slot, vault_id: str, purpose: str, private: bytes, sealed: bytes, audit_key: bytes
) -> bytes:
    content = _unseal(slot, vault_id, purpose, private, sealed)
    key, tag = content[:KEY_BYTES], content[KEY_BYTES:]
    _require(hmac.compare_digest(_key_tag(vault_id, purpose, key, audit_key), tag))
    return key


def _info(slot: Slot, vault_id: str, purpose: str) -> bytes:
    return f"wbos {purpose} key 1|{vault_id}|{slot.id}".encode()


def _fingerprint(audit_key: bytes) -> bytes:
    return hashlib.sha256(b"wbos audit key 1" + audit_key).digest()


def _key_tag(vault_id: str, purpose: str, key: bytes, audit_key: bytes) -> bytes:
    message = f"wbos {purpose} key tag 1|{vault_id}|".encode() + key
    return hmac.digest(envelope_key(audit_key), message, hashlib.sha256)


def envelope_key(audit_key: bytes) -> bytes:
    """The key of all MACs in the envelope, apart from the one of the audit chain."""
    return hmac.digest(audit_key, b"wbos envelope key 1", hashlib.sha256)


def _tag(slot: Slot, vault_id: str, audit_key: bytes) -> bytes:
    message = b"wbos slot tag 1" + slot.associated(vault_id)
    return hmac.digest(envelope_key(audit_key), message, hashlib.sha256)


def _require(holds: bool) -> None:
    if not holds:
        raise _damaged()


def _damaged() -> DamagedVault:
    return DamagedVault(
        _("The key file of the vault was changed outside WBOS. Your data was not touched.")
    )


def slot_to_json(slot: Slot) -> dict[str, Any]:
    """The slot as it stands in keys.json; bytes as hex."""
    return {
        "id": slot.id,
        "kind": slot.kind,
        "pending": slot.pending,
        "kdf": {
            "name": "argon2id",
            "memory_kib": slot.kdf.memory_kib,
            "iterations": slot.kdf.iterations,
            "lanes": slot.kdf.lanes,
        },
        "salt": slot.salt.hex(),
        "public_key": slot.public_key.hex(),
        "wrapped_key": slot.wrapped_key.hex(),
        "audit_key": slot.audit_key.hex(),
        "data_key": slot.data_key.hex(),
        "pending_key": None if slot.pending_key is None else slot.pending_key.hex(),
        "tag": slot.tag.hex(),
    }


def slot_from_json(value: dict[str, Any]) -> Slot:
    """The inverse of `slot_to_json`. Raises KeyError, TypeError or ValueError if it is not one."""
    kdf = value["kdf"]
    if kdf["name"] != "argon2id" or value["kind"] not in (USER, RECOVERY):
        raise ValueError(value["kind"])
    pending = value["pending_key"]
    return Slot(
        id=str(value["id"]),
        kind=value["kind"],
        pending=bool(value["pending"]),
        kdf=KdfParams(int(kdf["memory_kib"]), int(kdf["iterations"]), int(kdf["lanes"])),
        salt=bytes.fromhex(value["salt"]),
        public_key=bytes.fromhex(value["public_key"]),
        wrapped_key=bytes.fromhex(value["wrapped_key"]),
        audit_key=bytes.fromhex(value["audit_key"]),
        data_key=bytes.fromhex(value["data_key"]),
        pending_key=None if pending is None else bytes.fromhex(pending),
        tag=bytes.fromhex(value["tag"]),
    )
