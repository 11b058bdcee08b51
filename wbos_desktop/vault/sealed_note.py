"""A small sealed file beside the database: what belongs to this copy of the vault and not to
its data, such as where its backups go. A restore leaves it as it is.

AES-256-GCM under a key from the audit key. A note that can't be read counts as not there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .files import write_whole

_NONCE_BYTES = 12
_MAX_BYTES = 1_000_000


def load(path: Path, audit_key: bytes) -> dict[str, Any]:
    """The note's content; empty when it is missing, damaged or of another vault."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES)
        plain = AESGCM(_key(audit_key)).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None)
        content = json.loads(plain)
    except (OSError, InvalidTag, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def save(path: Path, audit_key: bytes, content: dict[str, Any]) -> None:
    """Replace the note, whole. Raises StorageError; then the old one stands."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key(audit_key)).encrypt(nonce, json.dumps(content).encode(), None)
    write_whole(path, nonce + sealed)


def _key(audit_key: bytes) -> bytes:
    return hmac.digest(audit_key, b"wbos note key 1", hashlib.sha256)
