"""Is the open vault whole? Pages, indexes, foreign keys and the audit trail."""

from __future__ import annotations

from wbos_desktop.db import audit
from wbos_desktop.db.audit import AuditHead
from wbos_desktop.i18n import _

from .opening import OpenVault


def check_vault(vault: OpenVault) -> list[str]:
    """Sentences about what is wrong; empty when all is well. Changes nothing but the empty log."""
    findings = vault.workspace.check_pages()
    kept = vault.unlocked.state
    expected = AuditHead(kept.audit_count, kept.audit_head)
    for seq in vault.workspace.read(audit.find_breaks, expected):
        findings.append(_("The audit trail does not hold at line {n}.").format(n=seq))
    return findings
