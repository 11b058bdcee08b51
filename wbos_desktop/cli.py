"""`wbos-desktop`: the window by default; the main job headless, for school ICT and tests.

A passphrase comes from a file, standard input or the prompt, never from an argument. With
--json one JSON object goes to standard output. Exit status: 0 done, 1 a bug, 2 the user can act.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__, cli_backups, cli_care, dumps, errors, i18n, log
from .i18n import _
from .settings import Settings
from .terminal import (
    BUG,
    OK,
    USER,
    add_command,
    needs_passphrase,
    needs_vault,
    open_vault,
    print_path,
    read_passphrase,
    read_secret,
)

if TYPE_CHECKING:
    from .services.demo.build import DemoResult
    from .services.export_kinds import Report
    from .workspace.session import Workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    dumps.forbid_dumps()
    os.umask(0o077)  # whatever it writes is for this user of the computer only
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    i18n.activate(Settings().get("language") or i18n.system_language())
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except errors.UserError as error:
        print(error.message, file=sys.stderr)
        return USER
    except (KeyboardInterrupt, errors.Cancelled):
        print(_("Stopped. Nothing was changed."), file=sys.stderr)
        return USER
    except Exception as error:  # noqa: BLE001 - the last net: a place for the report, no content
        log.bug(error)
        text = _("Something went wrong in WBOS: {place}").format(place=log.place_of(error))
        print(text, file=sys.stderr)
        return BUG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wbos-desktop", description=_("WBOS Desktop"))
    parser.add_argument("--version", action="version", version=f"WBOS Desktop {__version__}")
    parser.add_argument("--vault", type=Path, metavar="DIR", help=_("folder of the vault"))
    parser.add_argument("--self-test", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    parser.set_defaults(command=_window)
    commands = parser.add_subparsers(title=_("commands"))
    _add_demo(commands)
    _add_init(commands)
    _add_import(commands)
    _add_export(commands)
    cli_care.add_commands(commands)
    cli_backups.add_commands(commands)
    return parser


def _add_demo(commands: Any) -> None:
    parser = add_command(commands, "demo", _demo, _("make the example school and its exports"))
    parser.add_argument("dir", type=Path, metavar="DIR")
    parser.add_argument("--today", type=dt.date.fromisoformat, metavar="DATE")
    parser.add_argument("--seed", type=int, default=2026, metavar="N")


def _add_init(commands: Any) -> None:
    parser = add_command(commands, "init", _init, _("make an empty vault"))
    parser.add_argument("dir", type=Path, metavar="DIR")
    parser.add_argument("--school", required=True, metavar="NAME")
    parser.add_argument("--sector", required=True, choices=i18n.SECTORS)
    parser.add_argument("--user", default="", metavar="NAME")
    needs_passphrase(parser)


def _add_import(commands: Any) -> None:
    parser = add_command(commands, "import", _import, _("read in a class list"))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--school-year", default="", metavar="Y")
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
    parser.add_argument("--json", action="store_true")
    needs_vault(parser)


def _add_export(commands: Any) -> None:
    parser = add_command(commands, "export", _export, _("write a PDF or Excel file"))
    parser.add_argument("what", choices=("pack", "dossier", "group-profile", "register", "audit"))
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--meeting", type=int, metavar="N")
    parser.add_argument("--case", metavar="NUMBER")
    parser.add_argument("--group", metavar="NAME")
    parser.add_argument("--names", choices=("initials", "first", "full"), default="initials")
    parser.add_argument("--purpose", default="", metavar="TEXT")
    for option in ("--since", "--until"):
        parser.add_argument(option, type=dt.date.fromisoformat, metavar="DATE")
    text = _("file with the password for the export, - for standard input")
    parser.add_argument("--password-file", metavar="FILE", help=text)
    needs_vault(parser)


# ---------------------------------------------------------------- the window
def _window(options: argparse.Namespace) -> int:
    from . import app

    if options.self_test:
        return _self_test(options.self_test)
    return app.run(options.vault)


# ---------------------------------------------------------------- demo and init
def _demo(options: argparse.Namespace) -> int:
    from . import vaults

    folder, today = options.dir, options.today or dt.date.today()
    print(_("Making the example school in {folder} …").format(folder=folder), flush=True)
    result = vaults.make_example(folder / "vault", today, seed=options.seed)
    secret = folder / "passphrase.txt"
    secret.write_text(vaults.EXAMPLE_PASSPHRASE + "\n", "utf-8")
    print_path(_("passphrase"), secret)
    print_path(_("vault"), folder / "vault")
    moment = dt.datetime.combine(today, dt.time(16, 5)).astimezone()
    vault = vaults.open_example(folder / "vault", clock=lambda: moment)
    try:
        for path in _demo_exports(vault.workspace, result, folder / "exports"):
            print_path(_("export"), path)
    finally:
        vault.workspace.close()
    return OK


def _demo_exports(work: Workspace, result: DemoResult, out: Path) -> list[Path]:
    from .services import reports

    pack = work.read(reports.meeting_pack_report, result.meeting_id)
    dossier = work.read(reports.case_report, result.case_id)
    profile = work.read(reports.group_profile_report, result.group_id)
    made = [_save(work, pack, out, suffix) for suffix in ("pdf", "xlsx")]
    return made + [_save(work, report, out, "pdf") for report in (dossier, profile)]


def _init(options: argparse.Namespace) -> int:
    from . import vaults
    from .domain.people import split_name
    from .workspace.create import NewVault

    given, prefix, family = split_name(options.user or _("Coordinator"))
    new = NewVault(options.school, options.sector, given, prefix, family)
    passphrase = read_passphrase(options, twice=True)
    code = vaults.make_vault(options.dir, passphrase, new)
    print_path(_("vault"), options.dir)
    print(_("Recovery code, shown this once: {code}").format(code=code.text))
    print(_("Without passphrase and recovery code nobody can read the data. We can't either."))
    return OK


# ---------------------------------------------------------------- import
def _import(options: argparse.Namespace) -> int:
    from .domain.imports import ImportOptions
    from .services import imports

    mapping = dict(_column(text) for text in options.map)
    file = imports.read_file(options.file, mapping)
    if file.problem:
        raise errors.FileRejected(file.problem)
    vault = open_vault(options)
    choices = ImportOptions(school_year=options.school_year)
    try:
        if options.dry_run:
            report = vault.workspace.read(imports.preview_import, file, choices)
        else:
            report = vault.workspace.write(imports.apply_import, file, choices)
    finally:
        vault.workspace.close()
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
        return OK
    for name, counts in ((_("groups"), report.groups), (_("staff"), report.staff)):
        print(_("{what}: {n} new").format(what=name, n=counts.new))
    numbers = report.as_json()["pupils"]
    print(_("pupils: {new} new, {changed} changed, {unchanged} unchanged").format(**numbers))
    print(_("missing from the list: {missing}, rejected: {rejected}").format(**numbers))
    for row in report.rows:
        print(_("row {row}: {reason}").format(row=row.row, reason=row.reason))
    return OK


def _column(text: str) -> tuple[str, str]:
    from .domain.imports import COLUMN_FIELDS

    column, _equals, field = text.partition("=")
    if field not in COLUMN_FIELDS:
        known = ", ".join(COLUMN_FIELDS)
        raise errors.UserError(
            _("--map wants COLUMN=FIELD, with one of: {fields}").format(fields=known)
        )
    return column, field


# ---------------------------------------------------------------- export
def _export(options: argparse.Namespace) -> int:
    from .services import export_files

    if options.names == "full" and not options.purpose.strip():
        raise errors.UserError(_("Full names need a purpose: add --purpose TEXT."))
    vault = open_vault(options)
    try:
        vault.workspace.write(export_files.remove_parts)
        for path in _exported(vault.workspace, options):
            print_path(_("export"), path)
    finally:
        vault.workspace.close()
    return OK


def _exported(work: Workspace, options: argparse.Namespace) -> list[Path]:
    from .domain.audit_trail import AuditQuery
    from .domain.reports import ExportOptions
    from .services import audit_report, cases, groups, meetings, reports

    password = read_secret(options.password_file) if options.password_file else ""
    choice = ExportOptions(names=options.names, purpose=options.purpose, password=password)
    report: Report
    suffixes = ["pdf"]
    if options.what == "pack":
        number = options.meeting
        if number is None:
            following = work.read(meetings.next_meeting)
            if following is None:
                raise errors.NotFound(_("There is no next meeting. Plan one, or give --meeting N."))
            number = following.id
        report, suffixes = work.read(reports.meeting_pack_report, number, choice), ["pdf", "xlsx"]
    elif options.what == "dossier":
        case_id = work.read(cases.find_case, _wanted(options.case, "--case NUMBER"))
        report = work.read(reports.case_report, case_id, choice)
    elif options.what == "group-profile":
        name = _wanted(options.group, "--group NAME")
        known = {label: group_id for group_id, label in work.read(groups.group_choices)}
        if name not in known:
            raise errors.NotFound(_("There is no group {name} this year.").format(name=name))
        report = work.read(reports.group_profile_report, known[name], choice)
    elif options.what == "audit":
        query = AuditQuery(since=options.since, until=options.until)
        report = work.read(audit_report.audit_report, query, choice)
        suffixes = ["pdf", "xlsx"]
    else:
        report, suffixes = work.read(reports.register_report, None, choice), ["xlsx"]
    return [_save(work, report, options.out, suffix) for suffix in suffixes]


def _wanted(value: str | None, option: str) -> str:
    if not value:
        raise errors.UserError(_("Add {option}.").format(option=option))
    return value


def _save(work: Workspace, report: Report, out: Path, suffix: str) -> Path:
    from .progress import Progress
    from .services import exports

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise errors.StorageError(_("The folder for the exports can't be made.")) from None
    target = out / exports.default_name(report, suffix)
    exports.save_report(Progress(), work, report, target, suffix)
    return target


# ---------------------------------------------------------------- self-test
def _self_test(target: Path) -> int:
    """For the installer: window, vault, PDF and xlsx on this machine; the report goes to a file."""
    import tempfile

    from . import app, vaults

    report: dict[str, Any] = {"version": __version__, "window": app.show_once()}
    with tempfile.TemporaryDirectory(prefix="wbos-self-test-") as name:
        folder = Path(name)
        result = vaults.make_example(folder / "vault", dt.date.today())
        vault = vaults.open_example(folder / "vault")
        try:
            made = _demo_exports(vault.workspace, result, folder / "exports")
        finally:
            vault.workspace.close()
        report["vault"] = (folder / "vault" / "wbos.db").stat().st_size > 0
        report["pdf"] = made[0].read_bytes().startswith(b"%PDF-")
        report["xlsx"] = made[1].read_bytes().startswith(b"PK")
    report["ok"] = all(report[key] for key in ("window", "vault", "pdf", "xlsx"))
    target.write_text(json.dumps(report) + "\n", "utf-8")
    print(json.dumps(report))
    return OK if report["ok"] else BUG


if __name__ == "__main__":
    sys.exit(main())
