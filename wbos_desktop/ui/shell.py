"""What the window lends to its pages, and who is at work in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wbos_desktop.settings import Settings

from .clipboard import Clipboard
from .routes import Navigator, Route
from .tasks import Tasks

if TYPE_CHECKING:
    from wbos_desktop.workspace.opening import OpenVault

    from .messages import Messages


@dataclass
class Who:
    """Who is at work in which school, for greetings and the rail; emptied at lock."""

    user_id: int | None = None
    staff_id: int | None = None
    role: str = ""
    full_name: str = ""
    given_name: str = ""
    school: str = ""
    sector: str = "VO"
    demo: bool = False


@dataclass
class Shell:
    """What the window lends to its pages: the lanes, messages, navigation, settings, clipboard.

    `vault` is the open vault, for the settings page's new passphrase; None while locked.
    `presenting` is True while many may see the window.
    `apply_settings` puts changed settings to work: language, look, minutes until the lock.
    `while_closed` locks, calls the function with the vault closed, and says the sentence at the
    door when that went well.
    """

    tasks: Tasks
    messages: Messages
    navigator: Navigator
    settings: Settings
    who: Who = field(default_factory=Who)
    clipboard: Clipboard = field(default_factory=Clipboard)
    vault: OpenVault | None = None
    presenting: bool = False
    apply_settings: Callable[[], None] = field(default=lambda: None)
    while_closed: Callable[[Callable[[], None], str], None] = field(default=lambda _do, _say: None)

    def go(self, page: str, record_id: int | None = None, tab: str | None = None) -> None:
        """Ask to show a route."""
        self.navigator.go(Route(page, record_id, tab))
