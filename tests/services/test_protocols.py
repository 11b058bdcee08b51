from __future__ import annotations

import datetime as dt
import tomllib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop import paths
from wbos_desktop.db.models.cases import TemplateVersion
from wbos_desktop.db.models.school import School
from wbos_desktop.domain.incidents import InvolvedDraft
from wbos_desktop.domain.protocols import Template, contents, template_from
from wbos_desktop.services import cases, protocols

CATALOGUE = tomllib.loads(paths.resource_bytes("catalogues", "protocols.toml").decode())
TEMPLATES = [template_from(content) for content in contents(CATALOGUE).values()]
BASES = {"reported", "decision", "suspension_start", "suspension_end", "repair_talk"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.code)
def test_every_shipped_protocol_hangs_together(template: Template) -> None:
    codes = [step.code for step in template.steps]
    assert len(codes) == len(set(codes))
    for step in template.steps:
        assert set(step.requires) <= set(codes)
        for rule in filter(None, (step.rule, step.rule.latest)):
            assert rule.base in BASES or rule.base.removeprefix("step:") in codes
        assert step.track != "repair" or step.due_kind == "target"
        assert step.sets_base != "repair_talk" or len(step.requires) >= 4


def test_the_catalogue_is_stored_once_and_again_only_when_it_changed(session: Session) -> None:
    assert protocols.install_catalogue(session) == 8
    assert protocols.install_catalogue(session) == 0
    stored = session.scalars(select(TemplateVersion)).first()
    assert stored is not None
    stored.content = {**stored.content, "title": "Ouder"}
    session.flush()
    assert protocols.install_catalogue(session) == 1


@pytest.mark.parametrize(
    ("sector", "inside", "outside"), [("VO", "S-3", "S-4"), ("MBO", "S-4", "S-3")]
)
def test_steps_follow_the_sector(session: Session, sector: str, inside: str, outside: str) -> None:
    session.scalars(select(School)).one().sector = sector
    case = cases.get_case(session, factories.make_case(session, "GEW"))
    codes = {step.code for step in case.steps}
    assert inside in codes
    assert outside not in codes


def test_care_about_a_pupil_has_the_support_track_only(session: Session) -> None:
    case = cases.get_case(session, factories.make_case(session, "ZRG"))
    assert [track.track for track in case.tracks] == ["support"]


def test_the_preview_counts_steps_for_the_people_named(session: Session) -> None:
    protocols.install_catalogue(session)
    nobody = protocols.preview_protocol(session, "PST")
    persons = [InvolvedDraft(pupil_id=1, role="affected"), InvolvedDraft(pupil_id=2, role="actor")]
    two = protocols.preview_protocol(session, "PST", persons)
    assert [track.track for track in two.tracks] == ["consequence", "repair", "support"]
    assert two.tracks[0].first_title == "Voer het stopgesprek"
    assert two.tracks[0].first_due_on == dt.date(2026, 11, 26)
    assert two.tracks[2].steps == nobody.tracks[2].steps
    alone = protocols.preview_protocol(session, "PST", persons[:1])
    assert alone.tracks[0].steps == 0
