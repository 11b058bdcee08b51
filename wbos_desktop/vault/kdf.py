"""From a passphrase to a key that opens one slot: Argon2id (RFC 9106)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from wbos_desktop.errors import DamagedVault
from wbos_desktop.i18n import _

SALT_BYTES = 16
KEY_BYTES = 32
# Ceilings are checked before any memory is taken: an envelope can be edited by a stranger
_MAX_MEMORY_KIB = 1024 * 1024
_MAX_ITERATIONS = 20
_MAX_LANES = 8


@dataclass(frozen=True)
class KdfParams:
    """Cost of one guess. The values stand in the slot and are authenticated with it."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 1


STANDARD = KdfParams()
FLOOR = STANDARD
"""A slot below this gets the standard at its owner's next login (vault/unlock.py)."""


def is_weak(params: KdfParams) -> bool:
    """True if one guess costs less than the floor, in memory or in passes over it."""
    return params.memory_kib < FLOOR.memory_kib or params.iterations < FLOOR.iterations


def derive_key(secret: str, salt: bytes, params: KdfParams) -> bytes:
    """32 bytes from a passphrase (taken in NFC, so that both ways to type é are equal).

    Takes 0.1 to 0.5 s at the standard cost. Raises DamagedVault if the cost is absurd.
    """
    in_range = (
        8 * params.lanes <= params.memory_kib <= _MAX_MEMORY_KIB
        and 1 <= params.iterations <= _MAX_ITERATIONS
        and 1 <= params.lanes <= _MAX_LANES
    )
    if not in_range or len(salt) != SALT_BYTES:
        raise DamagedVault(
            _("The key file of the vault was changed outside WBOS. Your data was not touched.")
        )
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=params.iterations,
        lanes=params.lanes,
        memory_cost=params.memory_kib,
    )
    return kdf.derive(unicodedata.normalize("NFC", secret).encode())
