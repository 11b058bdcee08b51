"""A lock while an attached PDF shows: the process that drew it is gone, and so is the page."""

from __future__ import annotations

import gc
import os

import pytest
from pytestqt.qtbot import QtBot

from tests import factories
from tests.documents.test_pictures import telling_document
from tests.helpers.waiting import rest, wait_until
from tests.ui.window_fixture import wait
from wbos_desktop.domain.attachments import PDF, CleanFile
from wbos_desktop.services import attachments
from wbos_desktop.ui.main_window import MainWindow
from wbos_desktop.ui.pages.incidents.attachment_dialogs import ViewerDialog
from wbos_desktop.ui.pages.incidents.attachments_tab import AttachmentsTab
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.widgets.rows import ListRow


def view_letter(window: MainWindow) -> int:
    """Look at a PDF of a new case; the id of the process that draws it."""
    workspace = window.shell.tasks.workspace
    assert workspace is not None
    case_id = workspace.write(factories.make_case)
    letter = CleanFile(PDF, telling_document())
    workspace.write(attachments.add_attachment, case_id, letter, "Brief")
    window.shell.navigator.go(Route("case", case_id, "files"))
    wait(window)
    tab = window.findChild(AttachmentsTab)
    assert tab is not None
    tab.pane.findChildren(ListRow)[0].click()
    wait(window)
    viewer = window.findChild(ViewerDialog)
    assert viewer is not None
    assert viewer.pdf is not None
    drawer = viewer.pdf.sheet.drawer
    wait_until(lambda: drawer._pages == 2)
    assert drawer._process is not None
    return int(drawer._process.processId())


def test_a_lock_ends_the_drawing_of_pages(qtbot: QtBot, opened: MainWindow) -> None:
    pid = view_letter(opened)
    with qtbot.waitSignal(opened.locked, timeout=20_000):
        opened.lock()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    rest(0.05)
    gc.collect()
    assert not [thing for thing in gc.get_objects() if isinstance(thing, ViewerDialog)]
