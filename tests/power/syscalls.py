"""Records what the database library asks of the disk, without a compiler and without root.

SQLite calls open, write, pwrite64, ftruncate64, fsync, close and unlink through pointers that the
loader filled in. They are found in the relocation table of the library file and turned to
functions of ours, which note the call and make it. Linux on x86-64 and ARM64.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_POINTER_TYPES = {"x86_64": {1, 6, 7}, "aarch64": {257, 1025, 1026}}
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_PLTRELSZ, _DT_STRTAB, _DT_SYMTAB, _DT_RELA, _DT_RELASZ, _DT_JMPREL = 2, 5, 6, 7, 8, 23
_LIBC = ctypes.CDLL(None, use_errno=True)

INT, LONG, SIZE, POINTER, TEXT = (
    ctypes.c_int,
    ctypes.c_int64,
    ctypes.c_size_t,
    ctypes.c_void_p,
    ctypes.c_char_p,
)

SUPPORTED = sys.platform == "linux" and platform.machine() in _POINTER_TYPES

Op = tuple[Any, ...]


class Library:
    """The pointers of a loaded ELF library, by the name of the function they point to."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self._loads, dynamic = self._segments()
        self._tags = self._dynamic(dynamic)
        self._base = _base_address(path) - (min(load[0] for load in self._loads) & ~0xFFF)

    def pointers(self, name: str) -> list[int]:
        """Addresses in memory where the loader put the address of this function."""
        return [self._base + offset for offset, symbol in self._relocations() if symbol == name]

    def _segments(self) -> tuple[list[tuple[int, int, int]], int]:
        offset, size, count = struct.unpack_from("<Q", self._bytes, 32)[0], 56, 0
        count = struct.unpack_from("<H", self._bytes, 56)[0]
        loads, dynamic = [], 0
        for number in range(count):
            kind, _flags, at, address, _phys, length = struct.unpack_from(
                "<IIQQQQ", self._bytes, offset + number * size
            )
            if kind == _PT_LOAD:
                loads.append((address, at, length))
            elif kind == _PT_DYNAMIC:
                dynamic = at
        return loads, dynamic

    def _dynamic(self, at: int) -> dict[int, int]:
        tags: dict[int, int] = {}
        while True:
            tag, value = struct.unpack_from("<QQ", self._bytes, at)
            if tag == 0:
                return tags
            tags[tag], at = value, at + 16

    def _relocations(self) -> list[tuple[int, str]]:
        wanted = _POINTER_TYPES[platform.machine()]
        found = []
        for start, size in ((_DT_RELA, _DT_RELASZ), (_DT_JMPREL, _DT_PLTRELSZ)):
            at = self._in_file(self._tags[start])
            for entry in range(at, at + self._tags[size], 24):
                offset, info = struct.unpack_from("<QQ", self._bytes, entry)
                if info & 0xFFFFFFFF in wanted and info >> 32:
                    found.append((offset, self._symbol(info >> 32)))
        return found

    def _symbol(self, number: int) -> str:
        at = self._in_file(self._tags[_DT_SYMTAB]) + number * 24
        name = self._in_file(self._tags[_DT_STRTAB]) + struct.unpack_from("<I", self._bytes, at)[0]
        return self._bytes[name : self._bytes.index(b"\0", name)].decode()

    def _in_file(self, address: int) -> int:
        for start, at, length in self._loads:
            if start <= address < start + length:
                return address - start + at
        raise LookupError(hex(address))


def _base_address(path: Path) -> int:
    real = os.path.realpath(path)
    for line in Path("/proc/self/maps").read_text().splitlines():
        if line.endswith(real):
            return int(line.split("-")[0], 16)
    raise LookupError("the library is not loaded")


@dataclass
class Recorder:
    """Notes every call that concerns a file below `folder`; `ops` is the log, in order."""

    folder: Path
    ops: list[Op] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)

    def mark(self, *words: Any) -> None:
        """Put a line of our own in the log, such as the number of an acknowledged save."""
        self.ops.append(("mark", *words))

    def install(self, library: Path) -> None:
        """Turn the pointers of the library; there is no way back in this process."""
        image = Library(library)
        kinds: dict[str, tuple[Any, list[Any], Callable[..., int]]] = {
            "open": (INT, [TEXT, INT, INT], self._open),
            "open64": (INT, [TEXT, INT, INT], self._open),
            "close": (INT, [INT], self._close),
            "write": (LONG, [INT, POINTER, SIZE], self._write),
            "pwrite64": (LONG, [INT, POINTER, SIZE, LONG], self._pwrite),
            "pwrite": (LONG, [INT, POINTER, SIZE, LONG], self._pwrite),
            "ftruncate64": (INT, [INT, LONG], self._truncate),
            "ftruncate": (INT, [INT, LONG], self._truncate),
            "fsync": (INT, [INT], self._sync),
            "fdatasync": (INT, [INT], self._sync),
            "unlink": (INT, [TEXT], self._unlink),
        }
        turned = 0
        for name, (result, arguments, ours) in kinds.items():
            callback = ctypes.CFUNCTYPE(result, *arguments, use_errno=True)(ours)
            self._kept.append(callback)
            address = ctypes.cast(callback, POINTER).value
            for place in image.pointers(name):
                _make_writable(place)
                ctypes.c_uint64.from_address(place).value = address or 0
                turned += 1
        if turned < len(("open", "close", "pwrite", "ftruncate", "fsync", "unlink")):
            raise LookupError("the library calls the disk in another way")

    def _inside(self, path: bytes) -> str:
        text = os.fsdecode(path)
        return os.path.relpath(text, self.folder) if text.startswith(str(self.folder)) else ""

    def _open(self, path: bytes, flags: int, mode: int) -> int:
        name = self._inside(path)
        is_new = bool(name) and bool(flags & os.O_CREAT) and not os.path.exists(path)
        descriptor = int(_LIBC.open(path, flags, mode))
        if descriptor >= 0 and name:
            self._names[descriptor] = name
            if is_new:
                self.ops.append(("create", name))
        return descriptor

    def _close(self, descriptor: int) -> int:
        self._names.pop(descriptor, None)
        return int(_LIBC.close(descriptor))

    def _write(self, descriptor: int, data: int, size: int) -> int:
        at = os.lseek(descriptor, 0, os.SEEK_CUR) if descriptor in self._names else 0
        _LIBC.write.restype = LONG
        done = int(_LIBC.write(descriptor, POINTER(data), SIZE(size)))
        self._note_write(descriptor, data, done, at)
        return done

    def _pwrite(self, descriptor: int, data: int, size: int, at: int) -> int:
        _LIBC.pwrite64.restype = LONG
        done = int(_LIBC.pwrite64(descriptor, POINTER(data), SIZE(size), LONG(at)))
        self._note_write(descriptor, data, done, at)
        return done

    def _note_write(self, descriptor: int, data: int, done: int, at: int) -> None:
        name = self._names.get(descriptor)
        if name is not None and done > 0:
            self.ops.append(("write", name, at, ctypes.string_at(data, done)))

    def _truncate(self, descriptor: int, size: int) -> int:
        result = int(_LIBC.ftruncate64(descriptor, LONG(size)))
        if descriptor in self._names and result == 0:
            self.ops.append(("truncate", self._names[descriptor], size))
        return result

    def _sync(self, descriptor: int) -> int:
        result = int(_LIBC.fsync(descriptor))
        if descriptor in self._names and result == 0:
            self.ops.append(("sync", self._names[descriptor]))
        return result

    def _unlink(self, path: bytes) -> int:
        result = int(_LIBC.unlink(path))
        if result == 0 and (name := self._inside(path)):
            self.ops.append(("unlink", name))
        return result


def _make_writable(address: int) -> None:
    page = address & ~(mmap.PAGESIZE - 1)
    if _LIBC.mprotect(POINTER(page), SIZE(mmap.PAGESIZE), 1 | 2) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
