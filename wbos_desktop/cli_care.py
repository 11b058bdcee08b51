"""`check` and `salvage` on the command line: is a vault whole, and what can be rescued of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .i18n import _
from .terminal import (
    OK,
    USER,
    add_command,
    needs_vault,
    open_vault,
    print_json,
    print_path,
    read_passphrase,
)


def add_commands(commands: Any) -> None:
    """Add the two commands to the parser of the program."""
    check = add_command(commands, "check", _check, _("check the vault"))
    check.add_argument("--json", action="store_true")
    needs_vault(check)
    text = _("rescue what is readable of a damaged vault into a new one")
    salvage = add_command(commands, "salvage", _salvage, text)
    salvage.add_argument("--to", type=Path, required=True, metavar="DIR")
    salvage.add_argument("--json", action="store_true")
    needs_vault(salvage)


def _check(options: argparse.Namespace) -> int:
    from .workspace.checking import inspect_vault

    vault = open_vault(options)
    try:
        report = inspect_vault(vault)
    finally:
        vault.workspace.close()
    findings = [*vault.notices, *report.findings]
    if options.json:
        content = {"ok": not findings, "findings": findings, "parts": report.parts}
        print_json(content | {"details": list(report.raw)})
    else:
        whole = _("The vault is whole: pages, indexes, keys, attachments and audit trail.")
        print("\n".join(findings) or whole)
    return USER if findings else OK


def _salvage(options: argparse.Namespace) -> int:
    from .domain.salvage import result_lines, share_text
    from .workspace.salvage import salvage_to

    result = salvage_to(options.vault, read_passphrase(options), options.to)
    if options.json:
        print_json(result.as_json() | {"vault": str(result.folder)})
        return OK
    print(share_text(result))
    if result.missing:
        print(_("Missing:"))
    for line in result_lines(result):
        print(f"  {line}")
    print_path(_("vault"), result.folder)
    return OK
