"""A small vault and a place for its backups for every test here; made once, not once a file."""

from __future__ import annotations

from tests.vault.backup_fixture import clock, folder, new_vault, opener, stick, vault

__all__ = ["clock", "folder", "new_vault", "opener", "stick", "vault"]
