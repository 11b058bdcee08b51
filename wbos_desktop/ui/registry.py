"""Which class shows which route: data, so that a page is imported when it is first opened."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from .page import Page, PageDialog

RAIL = ("today", "groups", "incidents", "scenarios", "meetings", "manage")


@dataclass(frozen=True)
class Entry:
    """Where a page lives. `rail` is the rail item it belongs to.

    The class of a dialog derives from `PageDialog` and opens over the page that is shown.
    """

    module: str
    name: str
    rail: str
    dialog: bool = False


# Modules are relative to wbos_desktop.ui.pages.
PAGES: dict[str, Entry] = {
    "groups": Entry("groups.list_page", "GroupsPage", "groups"),
    "group": Entry("groups.group_page", "GroupPage", "groups"),
    "observe": Entry("groups.observe", "ObserveDialog", "groups", dialog=True),
    "today": Entry("today.page", "TodayPage", "today"),
    "scenarios": Entry("scenarios.page", "ScenariosPage", "scenarios"),
    "meetings": Entry("meetings.page", "MeetingsPage", "meetings"),
    "incidents": Entry("incidents.register", "RegisterPage", "incidents"),
    "case": Entry("incidents.case", "CasePage", "incidents"),
    "report": Entry("incidents.report", "ReportDialog", "incidents", dialog=True),
    "assess": Entry("incidents.assess", "AssessDialog", "incidents", dialog=True),
    "manage": Entry("manage.page", "ManagePage", "manage"),
}


def page_class(entry: Entry) -> type[Page]:
    """Import the module of a page and return its class."""
    return cast("type[Page]", getattr(_module(entry), entry.name))


def dialog_class(entry: Entry) -> type[PageDialog]:
    """Import the module of a dialog and return its class."""
    return cast("type[PageDialog]", getattr(_module(entry), entry.name))


def _module(entry: Entry) -> object:
    return importlib.import_module(f"wbos_desktop.ui.pages.{entry.module}")
