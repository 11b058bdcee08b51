"""The norm catalogue: install the shipped one, add and hide norms, suggest norms from cues."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wbos_desktop import paths
from wbos_desktop.db.models.norms import Norm, NormCue
from wbos_desktop.db.models.school import School
from wbos_desktop.domain import matching
from wbos_desktop.domain.norms import (
    BURDENING,
    PROSOCIAL,
    CueRow,
    NormDraft,
    NormRow,
    NormSuggestion,
)
from wbos_desktop.errors import Invalid, NotFound
from wbos_desktop.i18n import _
from wbos_desktop.services.rights import needs

SUGGESTED = 3


def load_catalogue() -> Mapping[str, Any]:
    """The shipped norms.toml as it is (schema: the README of the content)."""
    return tomllib.loads(paths.resource_bytes("catalogues", "norms.toml").decode())


def install_catalogue(session: Session) -> int:
    """Bring the shipped norms and cues into the vault; the version that is there now.

    Can be called again: a norm keeps its id and whether it is hidden, only its words are renewed,
    and only when the shipped version is newer.
    """
    catalogue = load_catalogue()
    version = int(catalogue["version"])
    present = session.scalar(select(func.max(Norm.catalogue_version))) or 0
    if present >= version:
        return int(present)
    known = {norm.code: norm for norm in session.scalars(select(Norm))}
    for position, entry in enumerate(catalogue["norms"]):
        norm = known.get(entry["code"])
        if norm is None:
            norm = Norm(code=entry["code"], origin="builtin", hidden=False)
            session.add(norm)
        for name in ("title", "subtitle", "pattern", "kind", "recognise", "lookalikes"):
            setattr(norm, name, entry[name])
        norm.position, norm.catalogue_version = position, version
    _install_cues(session, catalogue)
    session.flush()
    return version


def _install_cues(session: Session, catalogue: Mapping[str, Any]) -> None:
    known = {cue.code: cue for cue in session.scalars(select(NormCue))}
    entries = [dict(cue, kind="utterance") for cue in catalogue["cues"]]
    for norm in catalogue["norms"]:
        entries += [dict(cue, norms=[norm["code"]]) for cue in norm["observations"]]
    for position, entry in enumerate(entries):
        cue = known.pop(entry["id"], None)
        if cue is None:
            cue = NormCue(code=entry["id"])
            session.add(cue)
        cue.text, cue.kind, cue.position = entry["text"], entry["kind"], position
        cue.norms, cue.sectors = entry["norms"], entry.get("sectors", [])
    for retired in known.values():
        session.delete(retired)


@needs("read", "norm")
def list_norms(session: Session, *, hidden: bool = False) -> list[NormRow]:
    """All norms in catalogue order, with the cues of this school's sector; hidden ones if asked."""
    query = select(Norm).order_by(Norm.position, Norm.code)
    if not hidden:
        query = query.where(Norm.hidden.is_(False))
    cues: dict[str, list[str]] = {}
    for cue in list_cues(session):
        for code in cue.norms:
            cues.setdefault(code, []).append(cue.text)
    return [_row(norm, cues.get(norm.code, ())) for norm in session.scalars(query)]


@needs("read", "norm")
def load_norms(session: Session) -> dict[str, NormRow]:
    """Every norm by code, hidden ones too: profiles may refer to them."""
    return {norm.code: norm for norm in list_norms(session, hidden=True)}


@needs("read", "norm")
def list_cues(session: Session) -> list[CueRow]:
    """The utterances and behaviours that fit the school's sector, the ten utterances first."""
    sector = (session.scalar(select(School.sector)) or "VO").lower()
    found = session.execute(
        select(
            NormCue.id, NormCue.code, NormCue.text, NormCue.kind, NormCue.norms, NormCue.sectors
        ).order_by(NormCue.position)
    )
    return [
        CueRow(id_, code, text, kind, tuple(norms))
        for id_, code, text, kind, norms, sectors in found
        if not sectors or sector in sectors
    ]


@needs("read", "norm")
def suggest_norms(
    session: Session, words: str, cue_codes: Sequence[str] = ()
) -> list[NormSuggestion]:
    """At most three norms that fit the words heard and seen, or cues that were chosen.

    Best first, each with the cue that matched. A chosen cue outweighs matching words.
    """
    norms = {norm.code: norm for norm in list_norms(session)}
    cues = list_cues(session)
    texts = [cue.text for cue in cues] + [f"{n.title} {n.pattern}" for n in norms.values()]
    codes = [cue.norms for cue in cues] + [(code,) for code in norms]
    scores = matching.similarities(words, texts)
    for place, cue in enumerate(cues):
        if cue.code in cue_codes:
            scores[place] = 1.0
    best: dict[str, tuple[float, str]] = {}
    for score, text, fitting in zip(scores, texts, codes, strict=True):
        for rank, code in enumerate(fitting):
            # The first norm of a cue is its most common reading.
            weight = score * (1 - rank * 0.1)
            if code in norms and weight > best.get(code, (matching.LEAST, ""))[0]:
                best[code] = (weight, text)
    ranked = sorted(best, key=lambda code: -best[code][0])[:SUGGESTED]
    return [_suggestion(norms, code, best[code][1]) for code in ranked]


def _suggestion(norms: Mapping[str, NormRow], code: str, reason: str) -> NormSuggestion:
    norm = norms[code]
    similar = tuple(norms[other] for other in norm.lookalikes if other in norms)
    return NormSuggestion(norm, reason, similar)


@needs("write", "norm")
def add_norm(session: Session, draft: NormDraft) -> int:
    """Add a norm of the school; its id. Raises Invalid, NotAllowed."""
    title = draft.title.strip()
    if not title:
        raise Invalid({"title": _("Give the norm a short name.")})
    if draft.kind not in (BURDENING, PROSOCIAL):
        raise Invalid({"kind": _("Choose a burdening or a helping norm.")})
    taken = set(session.scalars(select(Norm.code)))
    norm = Norm(
        code=draft.code or _free_code(taken),
        title=title,
        pattern=draft.pattern.strip(),
        kind=draft.kind,
        recognise=draft.recognise.strip(),
        lookalikes=[],
        origin="school",
        position=len(taken),
    )
    if norm.code in taken:
        raise Invalid({"code": _("Another norm has this letter.")})
    session.add(norm)
    session.flush()
    return norm.id


def _free_code(taken: set[str]) -> str:
    letters = [chr(letter) for letter in range(ord("N"), ord("Z") + 1)]
    letters += [f"{first}{second}" for first in "NOP" for second in "123456789"]
    return next(code for code in letters if code not in taken)


@needs("write", "norm")
def hide_norm(session: Session, norm_id: int, hidden: bool = True) -> None:
    """Leave a norm out of new observations (or bring it back); old ones keep it."""
    norm = session.get(Norm, norm_id)
    if norm is None:
        raise NotFound(_("This norm is no longer there."))
    norm.hidden = hidden


def _row(norm: Norm, cues: Sequence[str]) -> NormRow:
    return NormRow(
        id=norm.id,
        code=norm.code,
        title=norm.title,
        subtitle=norm.subtitle,
        pattern=norm.pattern,
        kind=norm.kind,
        recognise=norm.recognise,
        lookalikes=tuple(norm.lookalikes),
        origin=norm.origin,
        hidden=norm.hidden,
        cues=tuple(cues),
    )
