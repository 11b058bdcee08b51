#!/usr/bin/env python3
"""Everything a developer runs, with nothing but Python 3.11 or newer and this checkout.

    python3 dev.py demo OUT      the main job: an encrypted vault of the example school and exports
    python3 dev.py test [ARGS]   the tests (arguments go to pytest)
    python3 dev.py torture       the suites that prove the promises, at their full count
    python3 dev.py run [ARGS]    the window (arguments go to wbos-desktop)
    python3 dev.py check         format, lint, types, import contracts
    python3 dev.py bench         speed and memory beside baselines, as a table with ratios
    python3 dev.py screens [OUT] every page of the example school as PNG
    python3 dev.py texts         write the sector words, report texts without a Dutch one
    python3 dev.py lock          write requirements.lock from requirements.in

The first call makes .venv from requirements.lock (hashes checked) and compiles the translations.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCALE = ROOT / "resources" / "locale"
SYSTEM_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libnss3.so": "libnss3",
    "libX11.so.6": "libx11-6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
}


def say(text: str) -> None:
    """Tell what happens, at once, also when the output is a file."""
    print(f"dev.py: {text}", flush=True)


def run(*command: str | Path, **extra: str) -> int:
    """Run a command in the checkout; extra keyword arguments become environment variables."""
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **extra}, check=False
    ).returncode


def must(*command: str | Path) -> None:
    """Run a command and stop here when it fails."""
    code = run(*command)
    if code:
        say(f"this failed with exit code {code}: {' '.join(str(part) for part in command)}")
        sys.exit(code)


def prepare() -> None:
    """Make .venv from the lock when the lock changed, then compile the translations."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        say(f"this needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}")
        sys.exit(2)
    lock = ROOT / "requirements.lock"
    recipe = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    wanted = hashlib.sha256(recipe).hexdigest()
    stamp = VENV / "wbos.lock.sha256"
    if not (PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted):
        say("making .venv from requirements.lock (about a minute, once)")
        if not PYTHON.exists():
            venv.create(VENV, with_pip=True, clear=True)
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "-qq",
            "install",
        ]
        must(*pip, "--require-hashes", "-r", lock)
        must(*pip, "--no-build-isolation", "--no-deps", "-e", ROOT)
        stamp.write_text(wanted)
    compile_texts()


def compile_texts() -> None:
    """Compile every .po whose .mo is missing or older."""
    stale = [
        po
        for po in LOCALE.glob("*/LC_MESSAGES/*.po")
        if not po.with_suffix(".mo").exists()
        or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime
    ]
    for po in stale:
        code = (
            "import sys; from babel.messages.pofile import read_po;"
            "from babel.messages.mofile import write_mo;"
            "catalogue = read_po(open(sys.argv[1], 'rb'));"
            "write_mo(open(sys.argv[2], 'wb'), catalogue)"
        )
        must(PYTHON, "-c", code, po, po.with_suffix(".mo"))


def check_qt() -> None:
    """Stop with the name of the system package when Qt misses a library."""
    code = "from PySide6 import QtWidgets, QtPdfWidgets, QtSvg; QtWidgets.QApplication([])"
    probe = subprocess.run(
        [str(PYTHON), "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")},
        capture_output=True,
        text=True,
        check=False,
    )
    if probe.returncode == 0:
        return
    missing = [name for name in SYSTEM_PACKAGES if name in probe.stderr]
    say("Qt does not start on this machine.")
    if missing:
        packages = " ".join(sorted({SYSTEM_PACKAGES[name] for name in missing}))
        say(f"missing: {', '.join(missing)}. On Debian or Ubuntu: apt-get install {packages}")
    else:
        print(probe.stderr, file=sys.stderr)
    sys.exit(2)


def demo(arguments: Sequence[str]) -> int:
    """Make the example school in OUT and its exports."""
    if not arguments:
        say("usage: python3 dev.py demo OUT")
        return 2
    started = time.monotonic()
    code = run(PYTHON, "-m", "wbos_desktop", "demo", Path(arguments[0]).resolve(), *arguments[1:])
    say(f"demo {'ready' if code == 0 else 'FAILED'} after {time.monotonic() - started:.0f} s")
    return code


def test(arguments: Sequence[str]) -> int:
    """Run the tests offscreen, on two processes unless told otherwise."""
    check_qt()
    options = list(arguments) or ["-n", "2", "--dist", "worksteal", "-q"]
    code = run(PYTHON, "-m", "pytest", *options, QT_QPA_PLATFORM="offscreen")
    say("all tests passed" if code == 0 else f"the tests FAILED (pytest exit code {code})")
    return code


def torture(arguments: Sequence[str]) -> int:
    """Run the crash, power cut, damage, hostile file and sentinel suites at full count."""
    check_qt()
    options = list(arguments) or ["-n", "2", "--dist", "worksteal", "-q"]
    environment = {"QT_QPA_PLATFORM": "offscreen", "WBOS_TORTURE": "full"}
    started = time.monotonic()
    code = run(PYTHON, "-m", "pytest", "-m", "torture", "--timeout=3600", *options, **environment)
    say(f"torture {'passed' if code == 0 else 'FAILED'} after {time.monotonic() - started:.0f} s")
    return code


def check(_arguments: Sequence[str]) -> int:
    """Format, lint, types and import contracts; runs them all and names what failed."""
    steps: dict[str, list[str | Path]] = {
        "format": [BIN / "ruff", "format", "--check", "."],
        "lint": [BIN / "ruff", "check", "."],
        "types": [BIN / "mypy"],
        "import contracts": [BIN / "lint-imports"],
    }
    failed = [name for name, command in steps.items() if run(*command)]
    say(f"FAILED: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks."""
    return run(PYTHON, "-m", "benchmarks", *arguments, QT_QPA_PLATFORM="offscreen")


def screens(arguments: Sequence[str]) -> int:
    """Picture every page."""
    check_qt()
    target = Path(arguments[0]).resolve() if arguments else ROOT / "screens"
    code = run(PYTHON, "-m", "tests.screens", target, *arguments[1:], QT_QPA_PLATFORM="offscreen")
    say(f"pictures in {target}" if code == 0 else "the pictures FAILED")
    return code


def texts(_arguments: Sequence[str]) -> int:
    """Write the words of each sector, and report texts without a Dutch one."""
    must(PYTHON, "-m", "tests.helpers.sectors")
    compile_texts()
    return run(PYTHON, "-m", "tests.helpers.texts")


def lock(_arguments: Sequence[str]) -> int:
    """Pin all packages with the hashes of every platform."""
    options = "--quiet --generate-hashes --no-emit-index-url --no-emit-find-links"
    more = "--no-emit-trusted-host --no-emit-options --no-header --allow-unsafe --strip-extras"
    return run(
        BIN / "pip-compile",
        *options.split(),
        *more.split(),
        "--output-file=requirements.lock",
        "requirements.in",
    )


def window(arguments: Sequence[str]) -> int:
    """Open the window."""
    return run(PYTHON, "-m", "wbos_desktop", *arguments)


COMMANDS = {
    "demo": demo,
    "run": window,
    "test": test,
    "torture": torture,
    "check": check,
    "bench": bench,
    "screens": screens,
    "texts": texts,
    "lock": lock,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code is that of what it ran."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    prepare()
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
