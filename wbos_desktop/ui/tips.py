"""Tooltips that show text as it was typed: Qt takes a text that looks like markup for markup."""

from __future__ import annotations

LONGEST = 600


def literal(text: str) -> str:
    """The text for setToolTip and QToolTip.showText: `<b>` stays `<b>`, a long text is cut.

    Without "<" Qt shows a text as it is. With it, the text could name a picture that is then
    fetched from disk or a server.
    """
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    if "<" not in shown:
        return shown
    from html import escape  # rarely needed, and the window waits for imports

    return f'<p style="white-space:pre-wrap">{escape(shown)}</p>'
