"""What a rescue of a damaged vault brought: counts and numbers of records, no names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wbos_desktop.i18n import _, ngettext


@dataclass(frozen=True)
class TableResult:
    """One table. `lost` rows could not be read, `lost_labels` are their numbers as the user knows
    them ('2026-014') or else those of the record; not always all of them. `removed` could be
    read, but belong to a record that is lost."""

    table: str
    saved: int
    lost: int = 0
    lost_labels: tuple[str, ...] = ()
    removed: int = 0


@dataclass(frozen=True)
class SalvageResult:
    """All tables with rows, and how many bonds to lost records were emptied."""

    folder: Path
    tables: tuple[TableResult, ...]
    emptied: int = 0
    seconds: float = 0.0

    @property
    def saved(self) -> int:
        """Rows in the new vault."""
        return sum(table.saved - table.removed for table in self.tables)

    @property
    def missing(self) -> int:
        """Rows that are not in it."""
        return sum(table.lost + table.removed for table in self.tables)

    @property
    def share(self) -> float:
        """The part that was saved, 0 to 1."""
        return self.saved / max(1, self.saved + self.missing)

    def as_json(self) -> dict[str, Any]:
        """For the command line and to keep in the vault; without names."""
        return {
            "saved": self.saved,
            "missing": self.missing,
            "emptied": self.emptied,
            "tables": {
                found.table: {
                    "saved": found.saved,
                    "lost": found.lost,
                    "removed": found.removed,
                    "numbers": list(found.lost_labels),
                }
                for found in self.tables
                if found.lost or found.removed
            },
        }


def table_name(table: str) -> str:
    """The word of the user for a table; small tables share one."""
    return {
        "pupils": _("Pupils"),
        "groups": _("Groups"),
        "staff": _("Colleagues"),
        "incidents": _("Incidents"),
        "involved_persons": _("People in incidents"),
        "cases": _("Cases"),
        "case_steps": _("Steps of cases"),
        "case_log": _("Notes in cases"),
        "profiles": _("Group profiles"),
        "observations": _("Observations"),
        "meetings": _("Meetings"),
        "actions": _("Actions"),
        "scenarios": _("Scenarios"),
        "memberships": _("Who is in which group"),
        "changes": _("Lines of history"),
        "audit": _("Lines of the audit trail"),
        "attachment_chunks": _("Parts of attachments"),
    }.get(table, _("Other data"))


def result_lines(result: SalvageResult) -> list[str]:
    """What is missing, a line for each kind: 'Melding: 3, nummers 2026-014, 2026-015'."""
    counts: dict[str, int] = {}
    labels: dict[str, list[str]] = {}
    for found in result.tables:
        if found.lost or found.removed:
            name = table_name(found.table)
            counts[name] = counts.get(name, 0) + found.lost + found.removed
            if name != _("Other data"):
                labels.setdefault(name, []).extend(found.lost_labels)
    lines = []
    for name, count in counts.items():
        line = _("{what}: {count}").format(what=name, count=count)
        known = labels.get(name, [])
        if known:
            more = ", …" if len(known) > 20 else ""
            numbers = ", ".join(known[:20]) + more
            line = _("{line} (numbers {numbers})").format(line=line, numbers=numbers)
        lines.append(line)
    return lines


def share_text(result: SalvageResult) -> str:
    """'12.345 van 12.350 gegevens gered (99,9 %)', never rounded up to all."""
    total = result.saved + result.missing
    percent = int(result.share * 10_000) / 100
    saved = ngettext("{n} record", "{n} records", result.saved)
    return _("{saved} of {total} rescued ({percent} %)").format(
        saved=saved, total=total, percent=f"{percent:.2f}".replace(".", ",")
    )
