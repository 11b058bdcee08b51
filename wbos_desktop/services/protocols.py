"""Protocol templates and their versions; a running case keeps the version it began with."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop import paths
from wbos_desktop.db.context import context
from wbos_desktop.db.models.cases import ProtocolTemplate, TemplateVersion
from wbos_desktop.domain.cases import ProtocolPreview, TrackPreview
from wbos_desktop.domain.deadlines import BaseMoment, due_of
from wbos_desktop.domain.incidents import InvolvedDraft
from wbos_desktop.domain.protocols import (
    Person,
    Template,
    TemplateRow,
    contents,
    persons_for,
    template_from,
)
from wbos_desktop.domain.tracks import TRACKS
from wbos_desktop.errors import NotFound
from wbos_desktop.i18n import _

from .case_people import sector_of
from .rights import needs
from .school_days import load_calendar


def install_catalogue(session: Session) -> int:
    """Store the shipped protocols; a changed one becomes a new edition. Number of new editions."""
    raw = paths.resource_bytes("catalogues", "protocols.toml").decode("utf-8")
    added = 0
    for code, content in contents(tomllib.loads(raw)).items():
        template = session.scalar(select(ProtocolTemplate).where(ProtocolTemplate.code == code))
        if template is None:
            template = ProtocolTemplate(code=code, origin="builtin")
            session.add(template)
            session.flush()
        latest = _latest(session, template.id)
        if latest is not None and latest.content == content:
            continue
        session.add(
            TemplateVersion(
                template_id=template.id,
                edition=latest.edition + 1 if latest else 1,
                title=content["title"],
                content=content,
                valid_from=context(session).today,
            )
        )
        added += 1
    session.flush()
    return added


def _latest(session: Session, template_id: int) -> TemplateVersion | None:
    return session.scalar(
        select(TemplateVersion)
        .where(TemplateVersion.template_id == template_id)
        .order_by(TemplateVersion.edition.desc())
        .limit(1)
    )


@needs("read", "protocol")
def load_templates(session: Session) -> list[TemplateRow]:
    """The newest edition of each protocol that holds in the school's sector, in catalogue order."""
    sector = sector_of(session)
    newest = (
        select(TemplateVersion.template_id, func.max(TemplateVersion.edition).label("edition"))
        .group_by(TemplateVersion.template_id)
        .subquery()
    )
    rows = session.execute(
        select(TemplateVersion, ProtocolTemplate.origin)
        .join(ProtocolTemplate, ProtocolTemplate.id == TemplateVersion.template_id)
        .join(
            newest,
            (newest.c.template_id == TemplateVersion.template_id)
            & (newest.c.edition == TemplateVersion.edition),
        )
        .where(ProtocolTemplate.retired.is_(False))
        .order_by(ProtocolTemplate.id)
    )
    found = []
    for version, origin in rows:
        template = template_from(version.content)
        if sector.lower() in template.sectors:
            found.append(_row(version, origin, template, len(template.steps_in(sector))))
    return found


def _row(version: TemplateVersion, origin: str, template: Template, steps: int) -> TemplateRow:
    return TemplateRow(
        version_id=version.id,
        code=template.code,
        title=template.title,
        when_to_use=template.when_to_use,
        edition=version.edition,
        origin=origin,
        owner_role=template.owner,
        highest_confidentiality=template.highest_confidentiality,
        law_checked_on=template.law_checked_on,
        approved_on=version.approved_on,
        steps=steps,
    )


@needs("read", "protocol")
def get_template(session: Session, version_id: int) -> Template:
    """One edition, whole, for the read-only view in Beheer; NotFound when it is not there."""
    version = session.get(TemplateVersion, version_id)
    if version is None:
        raise NotFound(_("This protocol is not there any more."))
    return template_from(version.content)


@needs("read", "protocol")
def newest_version(session: Session, code: str) -> tuple[int, Template]:
    """Id and content of the newest edition of a protocol; NotFound for an unknown code."""
    version = session.scalar(
        select(TemplateVersion)
        .join(ProtocolTemplate, ProtocolTemplate.id == TemplateVersion.template_id)
        .where(ProtocolTemplate.code == code)
        .order_by(TemplateVersion.edition.desc())
        .limit(1)
    )
    if version is None:
        raise NotFound(_("This protocol is not there any more."))
    return version.id, template_from(version.content)


@needs("read", "protocol")
def preview_protocol(
    session: Session, code: str, persons: Sequence[InvolvedDraft] = ()
) -> ProtocolPreview:
    """What a protocol would start now for these persons, for the side of the report form."""
    _version_id, template = newest_version(session, code)
    now = context(session)
    days = load_calendar(session)
    bases = {"reported": BaseMoment(now.today, now.now)}
    people = [
        Person(number, frozenset({person.role}), person.unknown)
        for number, person in enumerate(persons)
    ]
    steps = template.steps_in(sector_of(session))
    previews = []
    for track in TRACKS:
        found: list[tuple[dt.date, str]] = []
        count = 0
        for step in steps:
            # Before anybody is named, each step counts for one person.
            times = len(persons_for(step.concerns, people)) if people else 1
            if step.track != track or step.condition or not times:
                continue
            count += times
            if due := due_of(step.rule, bases, days):
                found.append((due.on, step.title))
        first = min(found, key=lambda entry: entry[0], default=None)
        previews.append(
            TrackPreview(track, count, first[1] if first else "", first[0] if first else None)
        )
    return ProtocolPreview(code, template.title, tuple(previews))
