"""Is the open vault whole? Pages, indexes, bonds, key files, audit trail and attachments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop.db import attachment_check, audit
from wbos_desktop.db.audit import AuditHead, Break
from wbos_desktop.db.context import context
from wbos_desktop.db.models.system import AuditLine, VaultSetting
from wbos_desktop.errors import DamagedVault, UserError
from wbos_desktop.i18n import _, ngettext
from wbos_desktop.progress import Progress
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault.envelope import State
from wbos_desktop.vault.trail import TrailFile
from wbos_desktop.vault.unlock import load_settled

from .alerts import Alert
from .opening import OpenVault

CHECKED = "check"
DAYS_BETWEEN = dt.timedelta(days=7)
MOST_SENTENCES = 20


@dataclass(frozen=True)
class CheckReport:
    """Sentences of what is wrong, per part; and the lines of the database itself in `raw`."""

    parts: dict[str, list[str]]
    raw: tuple[str, ...] = ()

    @property
    def findings(self) -> list[str]:
        """All sentences; empty when all is well."""
        return [sentence for found in self.parts.values() for sentence in found]

    @property
    def pages_are_damaged(self) -> bool:
        """True when something can't be read: rescue what can, or put a backup back."""
        return bool(self.parts["pages"] or self.parts["indexes"])


def check_vault(vault: OpenVault) -> list[str]:
    """Sentences about what is wrong; empty when all is well. Changes nothing but the empty log."""
    return inspect_vault(vault).findings


def inspect_vault(vault: OpenVault, progress: Progress | None = None) -> CheckReport:
    """Look at every page, index, bond, audit line, key file and attachment. Raises Cancelled."""
    progress = progress or Progress()
    work = vault.workspace
    progress.step(0, 4)
    raw = work.check_pages(lambda: progress.cancelled)
    parts = _page_parts(raw)
    progress.step(1, 4)
    known, parts["envelope"] = _envelope(vault)
    expected = AuditHead(known.audit_count, known.audit_head)
    parts["audit"], parts["attachments"] = [], []
    try:
        parts["audit"] = audit_sentences(work.read(audit.find_breaks, expected))
        progress.step(2, 4)
        bad = work.read(attachment_check.bad_contents, lambda: progress.step(3, 4))
    except DamagedVault:  # told with the pages already
        return CheckReport(parts, tuple(raw))
    if bad:
        parts["attachments"] = [
            ngettext(
                "{n} attachment is not whole any more.",
                "{n} attachments are not whole any more.",
                len(bad),
            )
        ]
    return CheckReport(parts, tuple(raw))


def _page_parts(raw: list[str]) -> dict[str, list[str]]:
    found = {"pages": 0, "indexes": 0, "foreign_keys": 0}
    for line in raw:
        kind = line.partition(":")[0]
        key = {"cipher_integrity_check": "pages", "foreign_key_check": "foreign_keys"}
        found[key.get(kind, "indexes")] += 1
    sentences: dict[str, list[str]] = {name: [] for name in found}
    if found["pages"]:
        sentences["pages"] = [
            ngettext("{n} page is damaged.", "{n} pages are damaged.", found["pages"])
        ]
    if found["indexes"]:
        sentences["indexes"] = [_("The structure of the data file is damaged.")]
    if found["foreign_keys"]:
        sentences["foreign_keys"] = [
            ngettext(
                "{n} record refers to one that is gone.",
                "{n} records refer to one that is gone.",
                found["foreign_keys"],
            )
        ]
    return sentences


def _envelope(vault: OpenVault) -> tuple[State, list[str]]:
    """The state kept outside the database, and what is wrong with the key files."""
    key = vault.unlocked.keys.audit_key
    findings = []
    try:
        loaded = load_settled(vault.folder)
    except UserError as error:
        return vault.unlocked.state, [error.message]
    if not (loaded.all_whole and loaded.equal):
        findings.append(_("One of the two key files is damaged. It is mended at the next start."))
    envelope = envelopes.load_best(vault.folder, key)
    if not envelope.is_genuine(key):
        findings.append(
            _("Someone changed a key file of the vault outside WBOS. Tell your administrator.")
        )
    trail = TrailFile(vault.folder, envelope.vault_id, key, envelope.state)
    mark = trail.read()
    state = envelope.state
    if mark is not None:
        state = replace(state, audit_count=mark.count, audit_head=mark.head)
    return state, findings


# ---------------------------------------------------------------- in the window
def check_when_due(progress: Progress, vault: OpenVault) -> CheckReport | None:
    """The full check when the last one was a week ago; None when it was not. Raises Cancelled."""
    work = vault.workspace
    if work.read_only or not work.read(_is_due):
        return None
    report = inspect_vault(vault, progress)
    if report.pages_are_damaged:
        work.met_damage()
        return report
    work.write(_note_check, len(report.findings))
    if report.findings:
        text = _("The weekly check found something: {what} Tell your administrator.")
        work.tell(Alert("check", text.format(what=report.findings[0])))
    return report


def _is_due(session: Session) -> bool:
    now = context(session).now
    value = session.scalar(select(VaultSetting.value).where(VaultSetting.key == CHECKED))
    if value is None:
        begun = session.scalar(select(func.min(AuditLine.at)))
        return begun is not None and now - begun > DAYS_BETWEEN
    return abs(now - dt.datetime.fromisoformat(value["at"])) > DAYS_BETWEEN


def _note_check(session: Session, findings: int) -> None:
    value = {"at": context(session).now.isoformat(), "findings": findings}
    setting = session.scalar(select(VaultSetting).where(VaultSetting.key == CHECKED))
    if setting is None:
        session.add(VaultSetting(key=CHECKED, value=value))
    else:
        setting.value = value
    audit.note(session, "check", "vault", findings)


# ---------------------------------------------------------------- the audit trail
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
