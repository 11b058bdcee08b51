"""Refuses the network in every Python process that has this folder on its path.

Each refusal is also noted in the file that WBOS_TEST_REFUSED names: a program that hides the
error is found out too.
"""

from __future__ import annotations

import os
import sys

REFUSED = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.sendto",
        "socket.sendmsg",
    }
)


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if event in REFUSED:
        note = os.open(os.environ["WBOS_TEST_REFUSED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(note, f"{event}\n".encode())
        os.close(note)
        raise PermissionError(event)


sys.addaudithook(_refuse)
