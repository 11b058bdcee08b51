"""The doors of the services, and of an open vault, against a table that a person can read.

As test_rights_matrix.py: written from product.md section 1, not from the code.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.rights_world import ROLES, World
from tests.services.test_rights_matrix import _karin_again, lines, world
from wbos_desktop.domain.backups import WHO_MAY
from wbos_desktop.errors import NotAllowed, UserError
from wbos_desktop.services import rights
from wbos_desktop.workspace import backup_check

__all__ = ["_karin_again", "world"]

# Everything else, by role only: x may, '.' never may.
DOORS = """
kind            action   coordinator  member  lead  reader
incident        report   x            x       x     .
incident        read     x            x       x     .
incident        write    x            x       x     .
incident        decide   x            .       x     .
case            read     x            x       x     .
case            write    x            x       x     .
case            decide   x            .       x     .
case            export   x            x       x     .
group           read     x            x       x     .
group           write    x            x       x     .
group           export   x            x       x     .
response        write    x            x       x     .
pupil           read     x            x       x     .
pupil           write    x            .       .     .
colleague       read     x            x       x     .
colleague       write    x            .       .     .
scenario        read     x            x       x     .
scenario        write    x            x       x     .
meeting         read     x            x       x     x
meeting         propose  x            x       x     .
meeting         write    x            .       .     .
meeting         export   x            x       x     x
minutes         write    x            x       x     .
action          read     x            x       x     .
action          write    x            x       x     .
register        export   x            x       x     .
full_names      export   x            .       .     .
export_line     read     x            x       x     x
overview        read     x            x       x     x
protocol        read     x            x       x     .
norm            read     x            x       x     x
norm            write    x            .       .     .
school          read     x            x       x     x
school          write    x            .       .     .
user            read     x            .       .     .
user            write    x            .       .     .
history         read     x            x       x     .
bin             read     x            x       x     .
bin             write    x            x       x     .
attachment      read     x            x       x     .
attachment      write    x            x       x     .
audit           read     x            .       .     .
keeping         write    x            .       .     .
access_request  write    x            .       .     .
backup          make     x            x       x     x
backup          restore  x            .       .     .
main_copy       decide   x            .       .     .
own             write    x            x       x     x
"""


def gated() -> dict[str, Callable[..., object]]:
    """Every service function with the gate, by module and name."""
    found = {}
    for path in sorted(Path(rights.__file__).parent.glob("*.py")):
        module = importlib.import_module(f"wbos_desktop.services.{path.stem}")
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == module.__name__
            if own and hasattr(function, "needs"):
                found[f"{path.stem}.{name}"] = function
    return found


def test_doors_say_what_the_table_says(world: World) -> None:
    """Called with nothing but a session: refused at the door, or let in to miss its arguments."""
    doors = {(kind, action, role): mark for (kind, action, role), mark in lines(DOORS, 2)}
    assert {key[:2] for key in doors} == set(rights.MATRIX)
    wrong = []
    for name, function in gated().items():
        action, kind = function.needs  # type: ignore[attr-defined]
        for role in ROLES:
            world.become(role)
            if refused_at_the_door(world, function) != (doors[kind, action, role] == "."):
                wrong.append((name, role))
    assert wrong == []


def test_an_open_vault_asks_the_same_table(world: World) -> None:
    """Backups are no service: the vault asks before it makes, restores or moves one."""
    said = {key: mark for key, mark in lines(DOORS, 2) if (key[0], key[1]) in WHO_MAY}
    assert {key[:2] for key in said} == set(WHO_MAY)
    for (kind, action, role), mark in said.items():
        world.become(role)
        try:
            backup_check.demand(world.session, action, kind)
            assert mark == "x"
        except NotAllowed:
            assert mark == "."


def refused_at_the_door(world: World, function: Callable[..., object]) -> bool:
    with world.trial():
        try:
            function(world.session)
        except NotAllowed:
            return True
        except (TypeError, UserError, LookupError):
            return False  # let in: it misses its arguments
        return False


def test_control_without_the_gate_the_doors_are_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for by_role in rights.MATRIX.values():
        monkeypatch.setitem(by_role, "reader", rights.Reach.ALL)
    with pytest.raises(AssertionError):
        test_doors_say_what_the_table_says(world)
