"""Keeps windows out of pictures and shared screens, where the system can.

Windows: the display affinity of the window. macOS: the sharing type of the window. Linux has no
such means, under X11 nor Wayland. A camera before the screen sees everything, everywhere.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

from PySide6.QtWidgets import QWidget

_NOT_IN_PICTURES = 0x11  # WDA_EXCLUDEFROMCAPTURE, since Windows 10 2004
_BLACK_IN_PICTURES = 0x01  # WDA_MONITOR, before it
_SHARED, _NOT_SHARED = 1, 0  # NSWindowSharingReadOnly, NSWindowSharingNone

Setter = Callable[[int, bool], bool]


class Capture:
    """Covers the windows of the program while `on`; `setter` tells the system."""

    def __init__(self, setter: Setter | None = None) -> None:
        self._set = setter or system_setter()
        self.on = False

    @property
    def possible(self) -> bool:
        """True where the system has a means at all."""
        return self._set is not None

    def cover(self, window: QWidget) -> None:
        """Keep one shown window out of pictures, or let it in again after a change of `on`."""
        if self._set is None or not (self.on or window.property("covered")):
            return
        if self._set(int(window.winId()), self.on):
            window.setProperty("covered", self.on)


def system_setter() -> Setter | None:
    """What hides a window from pictures on this system; None on Linux."""
    if sys.platform == "win32":
        return _set_on_windows
    if sys.platform == "darwin":
        return _set_on_macos
    return None


def _set_on_windows(window: int, on: bool) -> bool:
    """Not tried here: written from Microsoft's description of SetWindowDisplayAffinity."""
    set_affinity = getattr(ctypes, "windll").user32.SetWindowDisplayAffinity  # noqa: B009
    handle = ctypes.c_void_p(window)
    if not on:
        return bool(set_affinity(handle, 0))
    return bool(set_affinity(handle, _NOT_IN_PICTURES)) or bool(
        set_affinity(handle, _BLACK_IN_PICTURES)
    )


def _set_on_macos(view: int, on: bool) -> bool:
    """Not tried here: `[[view window] setSharingType: NSWindowSharingNone]`."""
    objc = ctypes.CDLL("/usr/lib/libobjc.dylib")
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = [ctypes.c_char_p]
    send = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(
        ("objc_msgSend", objc)
    )
    window = send(view, objc.sel_registerName(b"window"))
    if not window:
        return False
    send_number = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(
        ("objc_msgSend", objc)
    )
    kind = _NOT_SHARED if on else _SHARED
    send_number(window, objc.sel_registerName(b"setSharingType:"), kind)
    return True
