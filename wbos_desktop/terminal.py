"""What all commands share: the passphrase, opening a vault, exit statuses, one line per thing."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import errors
from .i18n import _

if TYPE_CHECKING:
    from .workspace.opened import OpenVault

OK, BUG, USER = 0, 1, 2


def add_command(
    commands: Any, name: str, command: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    """A parser for one command; `command` gets the options and returns the exit status."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser


def needs_vault(parser: argparse.ArgumentParser) -> None:
    """The options of a command that opens a vault."""
    parser.add_argument("--vault", type=Path, metavar="DIR", required=True)
    needs_passphrase(parser)


def needs_passphrase(parser: argparse.ArgumentParser) -> None:
    """The option of a command that asks a passphrase."""
    text = _("file with the passphrase, - for standard input")
    parser.add_argument("--passphrase-file", metavar="FILE", help=text)


def read_passphrase(options: argparse.Namespace, *, twice: bool = False) -> str:
    """From the file, standard input or the prompt, in NFC. Raises UserError."""
    if options.passphrase_file:
        return read_secret(options.passphrase_file)
    text = getpass.getpass(_("Passphrase: "))
    if twice and getpass.getpass(_("The same passphrase again: ")) != text:
        raise errors.UserError(_("The two passphrases differ. Nothing was made."))
    return unicodedata.normalize("NFC", text)


def read_secret(file: str) -> str:
    """The one line of a file, or of standard input for '-', in NFC. Raises UserError."""
    if file == "-":
        text = sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")
    else:
        try:
            text = Path(file).read_text("utf-8-sig", errors="replace")
        except OSError:
            raise errors.UserError(_("The file with the passphrase can't be read.")) from None
    text = text.removesuffix("\n").removesuffix("\r")
    return unicodedata.normalize("NFC", text)


def open_vault(options: argparse.Namespace, secret: str | None = None) -> OpenVault:
    """Open the vault of the options; what the user should know goes to standard error.

    After a restore it erases again what was erased before. Raises the errors of opening.
    """
    from . import vaults
    from .settings import Settings
    from .workspace import opening

    vault = opening.open_vault(options.vault, secret or read_passphrase(options))
    try:
        if vault.must_renew:
            raise errors.WrongPassphrase(
                _("This is a start password. Open WBOS and choose your own password first.")
            )
        vaults.settle_restored(vault)
        vaults.believe_story(vault)
    except BaseException:
        vault.workspace.close()
        raise
    doubts = (vault.doubt.text,) if vault.doubt else ()
    for notice in (*vault.notices, *doubts, Settings().policy.sentence):
        if notice:
            print(notice, file=sys.stderr)
    return vault


def print_json(content: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(content, ensure_ascii=False))


def print_path(what: str, path: Path) -> None:
    """'backup: /media/stick/...'."""
    print(f"{what}: {path}", flush=True)
