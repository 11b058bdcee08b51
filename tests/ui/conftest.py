"""The window and its vault for every test here; the vault is made once, not once a file."""

from __future__ import annotations

from tests.ui.window_fixture import made_vault, opened, vault, window

__all__ = ["made_vault", "opened", "vault", "window"]
