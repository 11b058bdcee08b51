"""PDFs that ask for the impossible, when they come in: one sentence or a file, in little memory."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.documents.test_pictures import document
from tests.helpers import hostile_pdf as hostile
from wbos_desktop.documents import pictures
from wbos_desktop.domain.attachments import PDF
from wbos_desktop.errors import FileRejected

MOST_MB = 300
KEPT = [
    hostile.enormous,
    hostile.drawing_itself,
    hostile.many_times_many,
    hostile.unpacking_without_end,
    partial(hostile.pages, 10_000),
]


@pytest.fixture
def peaks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How much memory each child took, in MB."""
    found: list[int] = []
    real = subprocess.Popen

    class Watched(real):  # type: ignore[type-arg, misc, valid-type]
        def __init__(self, *args: object, **kw: object) -> None:
            super().__init__(*args, **kw)  # type: ignore[call-overload]
            threading.Thread(target=self.look, daemon=True).start()

        def look(self) -> None:
            found.append(0)
            while self.returncode is None:
                found[-1] = max(found[-1], hostile.peak_mb(self.pid))
                time.sleep(0.005)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    yield found
    if sys.platform == "linux":
        assert found
        assert 0 < max(found) < MOST_MB


@pytest.mark.parametrize("make", KEPT, ids=["km", "itself", "many", "unpacking", "pages"])
def test_what_can_be_kept_is_kept_in_little_memory(
    make: Callable[[], bytes], peaks: list[int]
) -> None:
    content = make()
    started = time.monotonic()
    assert pictures.clean(content).media_type == PDF
    assert time.monotonic() - started < pictures.SECONDS


@pytest.mark.parametrize(
    ("content", "words"),
    [(document("geheim"), "wachtwoord"), (hostile.own_parent(), "beschadigd of veel te groot")],
)
def test_what_can_not_be_kept_is_one_sentence(content: bytes, words: str, peaks: list[int]) -> None:
    with pytest.raises(FileRejected, match=words):
        pictures.clean(content)
