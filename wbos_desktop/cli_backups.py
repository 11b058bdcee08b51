"""`backup`, `restore` and `verify` on the command line, for school ICT and tests."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import errors, paths
from .i18n import _
from .terminal import (
    OK,
    add_command,
    needs_passphrase,
    needs_vault,
    open_vault,
    print_json,
    print_path,
    read_passphrase,
)

if TYPE_CHECKING:
    from .domain.backups import BackupHeader, RestorePreview
    from .workspace.opened import OpenVault


def add_commands(commands: Any) -> None:
    """Add the three commands to the parser of the program."""
    backup = add_command(commands, "backup", _backup, _("make a checked backup"))
    backup.add_argument("--to", type=Path, required=True, metavar="FILE|DIR")
    backup.add_argument("--json", action="store_true")
    needs_vault(backup)
    restore = add_command(commands, "restore", _restore, _("put a backup back"))
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--to", type=Path, required=True, metavar="DIR", dest="vault")
    restore.add_argument("--yes", action="store_true", help=_("do it without asking"))
    restore.add_argument(
        "--only-read", action="store_true", help=_("a copy to read, not the main copy")
    )
    restore.add_argument("--json", action="store_true")
    needs_passphrase(restore)
    verify = add_command(commands, "verify", _verify, _("check a backup to its last page"))
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--json", action="store_true")
    needs_passphrase(verify)


def _backup(options: argparse.Namespace) -> int:
    from .workspace import backup, backup_notes

    vault = open_vault(options)
    try:
        made = backup.make_backup(vault, options.to.absolute())
        backup_notes.note_made(vault, made)
    finally:
        vault.workspace.close()
    if options.json:
        print_json({"file": str(made.path), "bytes": made.size, **_as_json(made.header)})
    else:
        print_path(_("backup"), made.path)
        _print_header(made.header)
    return OK


def _verify(options: argparse.Namespace) -> int:
    from .workspace import backup_reading

    header = backup_reading.verify(options.file, read_passphrase(options), paths.data_dir())
    if options.json:
        print_json({"ok": True, **_as_json(header)})
    else:
        print(_("This backup is whole: pages, counts and audit trail."))
        _print_header(header)
    return OK


# ---------------------------------------------------------------- restore
def _restore(options: argparse.Namespace) -> int:
    from .workspace import restoring

    secret = read_passphrase(options)
    if not restoring.holds_vault(options.vault):
        return _restore_elsewhere(options, secret)
    try:
        vault = open_vault(options, secret)
    except (errors.WrongPassphrase, errors.DamagedVault):
        return _restore_closed(options, secret)
    try:
        seen = restoring.preview(vault, options.file)
        _refuse_other_school(seen)
        _show_sides(options, seen)
        _ask(options)
        saved = restoring.prepare(vault, options.file, secret if seen.needs_secret else "")
    finally:
        vault.workspace.close()
    restoring.put_in_place(options.vault)
    more = {"saved_first": str(saved.path) if saved else None}
    return _restored(options, secret, seen.header, more)


def _restore_closed(options: argparse.Namespace, secret: str) -> int:
    """Over a vault that this passphrase does not open, or that is damaged."""
    from .workspace import backup_reading, restoring

    header = backup_reading.read_header(options.file)
    _say(options, _("The present vault does not open; its files are kept beside."))
    _say(options, _side(_("backup"), header.made_at, header.counts))
    _ask(options)
    restoring.restore_closed(options.vault, options.file, secret)
    return _restored(options, secret, header, {"saved_first": None})


def _restore_elsewhere(options: argparse.Namespace, secret: str) -> int:
    from .workspace import backup_reading, restoring

    header = backup_reading.read_header(options.file)
    _say(options, _side(_("backup"), header.made_at, header.counts))
    if options.only_read:
        _say(options, _("This becomes a copy to read."))
    else:
        _say(options, _("This becomes the main copy; the old one then opens for reading only."))
    _ask(options)
    restoring.restore_to(options.vault, options.file, secret, main=not options.only_read)
    return _restored(options, secret, header, {})


def _restored(
    options: argparse.Namespace, secret: str, header: BackupHeader, more: dict[str, Any]
) -> int:
    """Unlock once, so that what was erased is erased again before anybody reads."""
    vault: OpenVault = open_vault(options, secret)
    vault.workspace.close()
    if options.json:
        print_json({"vault": str(options.vault), **_as_json(header), **more})
    else:
        print_path(_("vault"), options.vault)
    return OK


def _refuse_other_school(seen: RestorePreview) -> None:
    if seen.other_school:
        raise errors.NotOurVault(
            _("This backup is of another school or another vault. Your present data is unchanged.")
        )


def _show_sides(options: argparse.Namespace, seen: RestorePreview) -> None:
    from .i18n import ngettext

    if seen.now is not None:
        _say(options, _side(_("now"), seen.now.at, seen.now.counts))
    _say(options, _side(_("backup"), seen.header.made_at, seen.header.counts))
    if seen.newer_actions:
        text = ngettext(
            "{n} noted action is newer than the backup.",
            "{n} noted actions are newer than the backup.",
            seen.newer_actions,
        )
        _say(options, text)
    _say(options, _("The present state is saved as a backup first."))


def _side(what: str, at: Any, counts: dict[str, int]) -> str:
    from .domain.backups import counts_text, moment_text

    when = moment_text(at) if at is not None else "-"
    return f"{what}: {when}; {counts_text(counts)}"


def _say(options: argparse.Namespace, text: str) -> None:
    """To the user; with --json only the result goes to standard output."""
    print(text, file=sys.stderr if options.json else sys.stdout, flush=True)


def _ask(options: argparse.Namespace) -> None:
    """Go on after a clear yes. Raises UserError."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise errors.UserError(_("Nothing was changed. Add --yes to put this backup back."))
    answer = input(_("Put this backup back? Type yes: "))
    if answer.strip().casefold() not in (_("yes"), "yes"):
        raise errors.UserError(_("Nothing was changed."))


def _as_json(header: BackupHeader) -> dict[str, Any]:
    return {
        "made_at": header.made_at.isoformat(),
        "counts": header.counts,
        "audit_count": header.audit_count,
        "generation": header.generation,
        "main_number": header.main_number,
    }


def _print_header(header: BackupHeader) -> None:
    print(_side(_("made"), header.made_at, header.counts))
