"""The destruction report: what was erased when, why and by whom; no names of pupils."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .reports import ExportOptions, Masthead


@dataclass(frozen=True)
class DestructionLine:
    """How many of one kind, and the term that was over ('' for a request)."""

    what: str
    count: int
    term: str


@dataclass(frozen=True)
class DestructionReport:
    """One destruction, ready to print; `notes` are sentences on what else was done, `stayed` says
    what stayed and why ('' when nothing did)."""

    masthead: Masthead
    destruction_id: int
    at: dt.datetime
    by: str
    reason: str
    done: bool
    lines: tuple[DestructionLine, ...]
    stayed: str
    notes: tuple[str, ...]
    options: ExportOptions
