"""The window. Importing this makes Qt safe to use on Python 3.11, see `_keep_singletons`."""

import ctypes
import sys


def _keep_singletons() -> None:
    """Give None, True and False so many references that they can never be freed.

    PySide6 6.12 is built for Pythons in which they are immortal (3.12 and later): each call that
    gives None takes away one reference, and on 3.11 the process stops after some ten thousand
    calls with "none_dealloc". Measured with sys.getrefcount(None); 6.11 does not do it, but has
    no separate PySide6_Pdf. The reference count is the first field of every CPython object.
    """
    for thing in (None, True, False, NotImplemented, Ellipsis):
        count = ctypes.c_ssize_t.from_address(id(thing))
        if count.value < 1 << 40:
            count.value += 1 << 41


if sys.version_info < (3, 12) and sys.implementation.name == "cpython":
    _keep_singletons()
