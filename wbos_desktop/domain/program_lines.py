"""Sentences that the program itself writes into records, in no language: a code and its values.

They become words when somebody reads them, in the reader's language. Kept as text: a tab, the
code, and a tab before each value. What people type never starts with a tab, and a plain sentence
of before stays as it is. Nothing is quoted, so that a name in a value is found, masked and taken
out as in any other text; the codes are words that nobody is called by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from wbos_desktop.i18n import _, date_short

from . import tracks

_MARK = "\t"
_MOST = 4
"""Values of a line at most; one that is missing reads as nothing."""


def keep(code: str, *values: str) -> str:
    """The text to store for a line of `_SENTENCES`. Raises KeyError for an unknown code."""
    _SENTENCES[code]  # a slip shows at once, not when somebody reads
    assert len(values) <= _MOST
    return _MARK + _MARK.join((code, *(value.replace(_MARK, " ").strip() for value in values)))


def code_of(text: str) -> str:
    """The code of a stored line; empty for what somebody typed."""
    return text[1:].split(_MARK)[0] if text.startswith(_MARK) else ""


def in_words(text: str) -> str:
    """The sentence of a stored line in the language of now; any other text as it is."""
    if not text.startswith(_MARK):
        return text
    code, *values = text[1:].split(_MARK)
    try:
        return _SENTENCES[code](values + [""] * (_MOST - len(values)))
    except (KeyError, ValueError):
        # Of a newer WBOS, or a code that was mistaken for a name: what it was about still reads.
        return ", ".join(value for value in values if value) or code


def _moved(values: Sequence[str]) -> str:
    title, before, day, reason = values
    words = {"title": title, "day": date_short(dt.date.fromisoformat(day))}
    if before:
        words["before"] = date_short(dt.date.fromisoformat(before))
        text = _("Step moved: {title}, from {before} to {day}").format(**words)
    else:
        text = _("Step moved: {title}, {day}").format(**words)
    return f"{text}. {reason}" if reason else text


def _answered(values: Sequence[str]) -> str:
    question, answer = values[:2]
    words = {"yes": _("yes"), "no": _("no"), "unknown": _("not known")}
    return f"{question} {words[answer]}"


def _track_ended(values: Sequence[str]) -> str:
    track, state = values[:2]
    return _("Track ended: {track}, {state}").format(
        track=tracks.title(track), state=tracks.state_text(state)
    )


def _skipped_with_track(values: Sequence[str]) -> str:
    state, reason = values[:2]
    if state == "done":
        return _("Not needed any more when the track ended")
    return f"{tracks.state_text(state)}: {reason}"


_SENTENCES: dict[str, Callable[[Sequence[str]], str]] = {
    "stepfinished": lambda v: _("Step finished: {title}").format(title=v[0]),
    "stepreopened": lambda v: _("Step opened again: {title}").format(title=v[0]),
    "stepskipped": lambda v: _("Step skipped: {title}").format(title=v[0]),
    "stepmoved": _moved,
    "steppassed": lambda v: _("Step handed over: {title}, to {name}").format(title=v[0], name=v[1]),
    "stepadded": lambda v: _("Step added: {title}").format(title=v[0]),
    "conditionanswered": _answered,
    "calendarmoved": lambda v: _("Dates were moved to the school calendar."),
    "reportadded": lambda v: _("Report {number} was added.").format(number=v[0]),
    "casestarted": lambda v: _("Case started with protocol {title}.").format(title=v[0]),
    "casereopened": lambda v: _("Case opened again: {reason}").format(reason=v[0]),
    "caseclosed": lambda v: _("Case closed."),
    "trackended": _track_ended,
    "trackreopened": lambda v: _("Track opened again: {track}").format(track=tracks.title(v[0])),
    "skippedwithtrack": _skipped_with_track,
    "ownerchanged": lambda v: _("Owner is now {name}").format(name=v[0]),
    "viewerschanged": lambda v: _("Who may see this case was changed."),
    "factschanged": lambda v: _("The facts of the report were changed."),
    "personadded": lambda v: _("Somebody involved was added."),
    "personchanged": lambda v: _("Somebody involved was changed."),
    "erasedagain": lambda v: _("Erased again after a backup was put back."),
    "binemptied": lambda v: _("Emptied from the bin."),
    "accessrequested": lambda v: _("Request for access"),
}
