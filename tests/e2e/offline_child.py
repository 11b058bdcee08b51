"""The main job without a window, for test_no_network.py: `offline_child FOLDER [break]`.

With `break` it ends by asking for an address, as a program that talks to others would.
"""

from __future__ import annotations

import datetime as dt
import socket
import sys
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop import cli, vaults
from wbos_desktop.db.models.cases import CaseStep
from wbos_desktop.db.models.school import Group, Pupil
from wbos_desktop.domain.incidents import IncidentDraft, InvolvedDraft
from wbos_desktop.services import agenda, assessments, scenario_choice, steps
from wbos_desktop.workspace.create import NewVault
from wbos_desktop.workspace.opening import open_vault

SECRET = "paarse fiets langs de gracht"
LIST = "Stamnummer;Roepnaam;Achternaam;Klas\n1;Eva;Smit;2B\n2;Bo;Berg;2B\n"


def work(session: Session) -> None:
    """Profile, report, protocol, scenario and agenda of group 2B."""
    group = session.scalars(select(Group.id).where(Group.name == "2B")).one()
    factories.make_profile(session, group, observed_on=dt.date.today())
    first, second = session.scalars(select(Pupil.id).order_by(Pupil.id))
    persons = (_involved(first, "affected"), _involved(second, "actor"))
    draft = IncidentDraft(
        text="Duwen op de gang.",
        kind_code="fysiek",
        place="corridor",
        severity="serious",
        group_ids=(group,),
        persons=persons,
    )
    case = assessments.report_and_start(session, draft)
    step = session.scalars(
        select(CaseStep).where(CaseStep.case_id == case, CaseStep.state == "open")
    ).first()
    assert step is not None
    steps.skip_step(session, step.id, step.version, "Is al gedaan.")
    scenario = scenario_choice.matching_scenarios(session, group_id=group)[0].row.id
    scenario_choice.pick_scenario(session, scenario, group_id=group)
    start = dt.datetime.combine(dt.date.today() + dt.timedelta(1), dt.time(13, 30))
    end = start + dt.timedelta(hours=1)
    meeting = factories.make_meeting(session, starts_at=start, ends_at=end)
    for subject, record in (("group", group), ("case", case), ("scenario", scenario)):
        agenda.add_item(session, meeting, subject, record)


def _involved(pupil: int, role: str) -> InvolvedDraft:
    return InvolvedDraft(pupil_id=pupil, role=role)


def main(folder: Path, *, broken: bool) -> None:
    kluis, source, secret = folder / "kluis", folder / "klas.csv", folder / "geheim.txt"
    source.write_text(LIST, "utf-8")
    secret.write_text(SECRET, "utf-8")
    vaults.make_vault(kluis, SECRET, NewVault("De Linde", "VO", "Karin", "", "Bosman"))
    on = ["--vault", str(kluis), "--passphrase-file", str(secret)]
    assert cli.main(["import", str(source), *on]) == cli.OK
    vault = open_vault(kluis, SECRET)
    vault.workspace.write(work)
    vault.workspace.close()
    assert cli.main(["export", "pack", "--out", str(folder / "uit"), *on]) == cli.OK
    assert cli.main(["check", *on]) == cli.OK
    if broken:
        socket.getaddrinfo("localhost", 80)


if __name__ == "__main__":
    main(Path(sys.argv[1]), broken="break" in sys.argv[2:])
