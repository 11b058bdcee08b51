"""The vault to damage for every test here; it is made once, not once a file."""

from __future__ import annotations

from tests.damage.fixture import folder, whole

__all__ = ["folder", "whole"]
