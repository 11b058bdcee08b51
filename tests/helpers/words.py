"""Words that follow the sector of the school, for tests that compare whole titles."""

from __future__ import annotations

from wbos_desktop.i18n import _


def group_words(name: str) -> str:
    """'Groep 2B' or 'Klas 2B', as the program says it now."""
    return _("Group {name}").format(name=name)
