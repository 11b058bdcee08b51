"""Is the open vault whole? Pages, indexes, foreign keys and the audit trail."""

from __future__ import annotations

from wbos_desktop.db import audit
from wbos_desktop.db.audit import AuditHead, Break
from wbos_desktop.i18n import _

from .opening import OpenVault

MOST_SENTENCES = 20


def check_vault(vault: OpenVault) -> list[str]:
    """Sentences about what is wrong; empty when all is well. Changes nothing but the empty log."""
    kept = vault.unlocked.state
    expected = AuditHead(kept.audit_count, kept.audit_head)
    return vault.workspace.check_pages() + audit_sentences(
        vault.workspace.read(audit.find_breaks, expected)
    )


def audit_sentences(breaks: list[Break]) -> list[str]:
    """What is wrong with the audit trail, each with the place; at most 20 and how many more."""
    sentences = [_sentence(found) for found in breaks[:MOST_SENTENCES]]
    if len(breaks) > MOST_SENTENCES:
        more = _("The audit trail does not hold at {n} more places.")
        sentences.append(more.format(n=len(breaks) - MOST_SENTENCES))
    return sentences


def _sentence(found: Break) -> str:
    first, last = found.first, found.last
    if found.kind == "foreign":
        return _("The audit trail is of another vault, or all of it was rewritten.")
    if found.kind == "swapped":
        text = _("Audit trail: lines {first} and {last} were swapped.")
        return text.format(first=first, last=last)
    if found.kind == "cut":
        text = _("Audit trail: the end is missing, from line {first} to {last}.")
        return text.format(first=first, last=last)
    if found.kind == "missing":
        if first == last:
            return _("Audit trail: line {first} is missing.").format(first=first)
        return _("Audit trail: lines {first} to {last} are missing.").format(first=first, last=last)
    if first == last:
        return _("Audit trail: line {first} was changed.").format(first=first)
    return _("Audit trail: lines {first} to {last} were changed.").format(first=first, last=last)
