"""A shell, and the window with its vault, for every test here; the vault is made only once."""

from __future__ import annotations

from tests.ui.shell_fixture import shell
from tests.ui.window_fixture import made_vault, opened, vault, window

__all__ = ["made_vault", "opened", "shell", "vault", "window"]
