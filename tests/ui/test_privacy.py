"""Beheer > Privacy en bewaren: the proposal, holds, requests, erasing and its report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import NOW
from tests.helpers.accessibility import find_clipped_texts, find_unnamed_controls
from tests.helpers.waiting import settle
from tests.ui.shell_fixture import fake, make_shell, show_changes
from wbos_desktop import i18n
from wbos_desktop.db.models.school import Pupil, SchoolYear
from wbos_desktop.domain.retention import DueItem, RequestPreview, StayingFiles
from wbos_desktop.services import erasure, retention
from wbos_desktop.ui import theme
from wbos_desktop.ui.page import Who
from wbos_desktop.ui.pages.manage.erasing_dialog import ErasingDialog
from wbos_desktop.ui.pages.manage.page import ManagePage
from wbos_desktop.ui.pages.manage.privacy_section import PrivacySection
from wbos_desktop.ui.pages.manage.proposal_dialog import HoldDialog, ProposalDialog
from wbos_desktop.ui.pages.manage.request_dialog import RequestDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.dialog import Dialog
from wbos_desktop.vault.kdf import KdfParams
from wbos_desktop.workspace.create import NewVault, create_vault
from wbos_desktop.workspace.opened import OpenVault
from wbos_desktop.workspace.opening import open_vault

SECRET = "paarse fietsbel regent zacht"
GONE = dt.date(2023, 7, 1)


@dataclass
class World:
    vault: OpenVault
    shell: Shell
    page: ManagePage
    qtbot: QtBot

    @property
    def section(self) -> PrivacySection:
        found = self.page.section("privacy")
        assert isinstance(found, PrivacySection)
        return found

    def settle(self) -> None:
        settle(self.shell.tasks)

    def show(self) -> PrivacySection:
        self.page.open(Route("manage", None, "privacy"))
        self.settle()
        return self.section

    def dialog(self) -> Dialog:
        self.settle()
        return [d for d in self.page.findChildren(Dialog) if d.isVisible()][-1]

    def pupils(self) -> int:
        return self.vault.workspace.read(_count)


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Pupil)) or 0


def _fill(session: Session) -> None:
    session.add(
        SchoolYear(name="2026-2027", first_day=dt.date(2026, 8, 24), last_day=dt.date(2027, 7, 9))
    )
    session.flush()
    for number, name in enumerate(("Fenna", "Milan", "Sanne")):
        factories.make_pupil(
            session, given_name=name, family_name=f"Post{number}", left_on=GONE, sort_name=name
        )
    factories.make_pupil(session, given_name="Daan", sort_name="bakker daan")
    factories.make_meeting(session, starts_at=dt.datetime(2024, 3, 1, 9))


@pytest.fixture
def world(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[World]:
    theme.apply(qapp, "light", 100)
    cheap = KdfParams(memory_kib=64, iterations=1)
    new = NewVault("De Linde", "VO", "Karin", "", "Bosman")
    create_vault(tmp_path / "kluis", SECRET, new, kdf=cheap, clock=lambda: NOW)
    vault = open_vault(tmp_path / "kluis", SECRET, clock=lambda: NOW)
    vault.workspace.write(_fill)
    shell = make_shell(vault.workspace, Who(1, 1, "coordinator", "Karin Bosman", "Karin"))
    shell.vault = vault
    page = ManagePage(shell)
    qtbot.addWidget(page)
    page.resize(1170, 768)
    with qtbot.waitActive(page):
        page.show()
    show_changes(shell, page)
    yield World(vault, shell, page, qtbot)
    shell.tasks.close()
    vault.workspace.close()
    theme.apply(qapp, "light", 100)
    assert fake(shell).bugs == []


def test_the_banner_says_what_is_due(world: World) -> None:
    section = world.show()
    assert section.banner.title_text.text() == "3 leerlingen en 1 overleg zijn aan de beurt"
    assert section.banner.button.isVisible()
    assert section.banner.go_on.isHidden()


def test_a_term_is_chosen_in_the_table(world: World) -> None:
    section = world.show()
    assert section.terms.combos["pupils"].currentText() == "2 jaar na vertrek"
    section.terms.combos["pupils"].set_value("year:5")
    section.terms.combos["pupils"].edited.emit()
    world.settle()
    assert fake(world.shell).toasts == ["Termijn opgeslagen."]
    assert section.banner.title_text.text() == "1 overleg is aan de beurt"


def _proposal(world: World) -> ProposalDialog:
    world.show().open_list()
    dialog = world.dialog()
    assert isinstance(dialog, ProposalDialog)
    return dialog


def test_nothing_goes_when_the_answer_is_no(world: World) -> None:
    dialog = _proposal(world)
    assert dialog.erase_button.text() == "4 gegevens wissen"
    fake(world.shell).answers = [False]
    dialog.erase_button.click()
    world.settle()
    assert fake(world.shell).asked == ["4 gegevens wissen?"]
    assert world.pupils() == 4


def test_what_is_ticked_is_erased_and_reported(world: World, tmp_path: Path) -> None:
    dialog = _proposal(world)
    dialog.groups[0].boxes[1].click()
    dialog.groups[1].box.click()
    assert dialog.erase_button.text() == "2 leerlingen wissen"
    fake(world.shell).answers = [True]
    dialog.erase_button.click()
    erasing = world.dialog()
    assert isinstance(erasing, ErasingDialog)
    assert erasing.told.text() == "Gewist: 2 leerlingen."
    assert world.pupils() == 2
    target = tmp_path / "vernietigingsoverzicht.pdf"
    fake(world.shell).paths = [target]
    erasing.report_button.click()
    world.settle()
    assert "Karin Bosman" in PdfReader(target).pages[0].extract_text()
    erasing.close_verb.click()
    section = world.show()
    assert section.banner.title_text.text() == "1 leerling en 1 overleg zijn aan de beurt"
    assert section.earlier.count() == 3


def test_nothing_ticked_gives_no_button_to_erase(world: World) -> None:
    dialog = _proposal(world)
    for group in dialog.groups:
        group.box.click()
    assert dialog.chosen() == []
    assert not dialog.erase_button.isEnabled()


def test_one_is_kept_longer_and_let_go(world: World) -> None:
    dialog = _proposal(world)
    dialog.groups[0].hold_asked.emit(next(dialog.groups[0].chosen()))
    hold = world.dialog()
    assert isinstance(hold, HoldDialog)
    hold.save()
    world.settle()
    assert hold.form.rows["reason"].error == "Schrijf waarom je dit langer bewaart."
    hold.form.fields["reason"].widget.set_value("Klacht loopt")
    hold.save()
    world.settle()
    assert len(list(dialog.groups[0].chosen())) == 2
    held = world.vault.workspace.read(retention.proposal).held
    assert [item.reason for item in held] == ["Langer bewaard: Klacht loopt"]
    dialog._end_hold(held[0].hold_id or 0)
    world.settle()
    assert len(list(dialog.groups[0].chosen())) == 3


def test_an_erasing_that_was_cut_off_is_offered_again(world: World) -> None:
    targets = [t for i in world.vault.workspace.read(retention.proposal).items for t in i.targets]
    world.vault.workspace.write(erasure.begin, targets, "Termijn")
    section = world.show()
    assert section.banner.title_text.text() == "Het wissen is nog niet klaar"
    assert section.banner.sub.text() == "Er staan er nog 4 op de lijst."
    section.banner.go_on.click()
    erasing = world.dialog()
    assert isinstance(erasing, ErasingDialog)
    assert erasing.row is not None
    assert (erasing.row.state, world.pupils()) == ("done", 1)


def test_erasing_ends_the_undo_of_a_restore_and_says_so(world: World) -> None:
    aside = world.vault.folder / "before-restore"
    aside.mkdir()
    (aside / "wbos.db").write_bytes(b"old rows")
    targets = [t for i in world.vault.workspace.read(retention.proposal).items for t in i.targets]
    world.vault.workspace.write(erasure.begin, targets, "Termijn")
    world.show().banner.go_on.click()
    world.settle()
    assert not aside.exists()
    assert "kun je niet meer ongedaan maken" in fake(world.shell).strips[-1]


def test_a_pupil_is_erased_on_request(world: World) -> None:
    world.show().erase_button.click()
    dialog = world.dialog()
    assert isinstance(dialog, RequestDialog)
    assert not dialog.erase_button.isEnabled()
    dialog.search.set_value("bakker")
    dialog._look()
    world.settle()
    found = dialog._asked
    assert found is not None
    dialog.choose(4)
    world.settle()
    assert dialog.preview is not None
    assert dialog.preview.name == "Daan Bakker"
    dialog.erase_button.click()
    assert dialog.reason_row.error == "Schrijf wie het vroeg en waarom, zonder namen."
    dialog.reason.set_value("Verzoek van een ouder")
    fake(world.shell).answers = [True]
    dialog.erase_button.click()
    erasing = world.dialog()
    assert isinstance(erasing, ErasingDialog)
    assert erasing.told.text() == "Gewist: 1 leerling."
    assert world.pupils() == 3


def test_attachments_that_stay_lead_to_their_case(world: World) -> None:
    navigator = world.shell.navigator
    navigator.navigate.connect(navigator.arrived)
    dialog = RequestDialog(world.shell, world.page)
    dialog.open()
    files = StayingFiles("cases", 7, "2026-014", 2)
    dialog._show_preview(RequestPreview(1, "Daan Bakker", files=(files,)))
    [row] = dialog.file_rows
    assert row.accessibleName() == "2 bijlagen bij casus 2026-014"
    assert find_clipped_texts(dialog) == []
    row.opened.emit()
    assert not dialog.isVisible()
    assert navigator.here == Route("case", 7)


def test_a_wrong_clock_is_asked_about_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    later = NOW + dt.timedelta(days=3650)
    monkeypatch.setattr(world.vault.workspace, "_clock", lambda: later)
    dialog = _proposal(world)
    assert dialog.groups == []
    assert dialog.erase_button.isHidden()
    dialog.clock_button.click()
    world.settle()
    assert dialog.groups


def _dialogs(world: World) -> list[Dialog]:
    item = world.vault.workspace.read(retention.proposal).items[0]
    assert isinstance(item, DueItem)
    request = RequestDialog(world.shell, world.page)
    request.choose(1)
    return [
        ProposalDialog(world.shell, world.page),
        HoldDialog(world.shell, item, world.page),
        ErasingDialog(world.shell, world.page),
        request,
    ]


@pytest.mark.parametrize("size", [100, 130])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_part_and_its_dialogs_fit(
    world: World, qapp: QApplication, language: str, size: int
) -> None:
    i18n.activate(language)
    theme.apply(qapp, "dark" if size == 130 else "light", size)
    page = ManagePage(world.shell)
    world.qtbot.addWidget(page)
    page.resize(960 if size == 100 else 1170, 540 if size == 100 else 768)
    page.show()
    page.open(Route("manage", None, "privacy"))
    world.settle()
    assert find_clipped_texts(page) == []
    assert find_unnamed_controls(page) == []
    for dialog in _dialogs(world):
        dialog.open()
        world.settle()
        assert find_clipped_texts(dialog) == []
        assert find_unnamed_controls(dialog) == []
        dialog.done(0)
    assert page.width() <= (960 if size == 100 else 1170)
