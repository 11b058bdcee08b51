import pytest
from sqlalchemy import func, select

from tests import factories
from wbos_desktop.db.models.norms import Norm, NormCue
from wbos_desktop.domain.norms import NormDraft
from wbos_desktop.errors import Invalid
from wbos_desktop.services import norms


def test_the_catalogue_can_be_installed_twice(session):
    first = norms.install_catalogue(session)
    hidden = session.scalar(select(Norm).where(Norm.code == "H"))
    hidden.hidden = True
    session.flush()
    assert norms.install_catalogue(session) == first
    assert session.scalar(select(func.count()).select_from(Norm)) == 13
    assert hidden.hidden


def test_an_older_catalogue_gets_new_words_and_keeps_its_ids(session):
    norms.install_catalogue(session)
    norm = session.scalar(select(Norm).where(Norm.code == "D"))
    for one in session.scalars(select(Norm)):
        one.catalogue_version = 0
    norm.title, norm.hidden = "Oud", True
    session.add(NormCue(code="old", text="Weg", norms=["D"], sectors=[]))
    session.flush()
    norms.install_catalogue(session)
    assert norm.title == "Scoren ten koste van de ander"
    assert norm.hidden
    assert session.scalar(select(NormCue).where(NormCue.code == "old")) is None


def test_cues_of_another_sector_are_left_out(session):
    norms.install_catalogue(session)
    cues = {cue.code for cue in norms.list_cues(session)}
    assert "C-W1" not in cues  # po and go only
    assert "G-W2" in cues


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Het is maar een prank hoor!", "D"),
        ("Saaaaiii zeg, wat is hier het nut van", "I"),
        ("Drie leerlingen kijken eerst naar dezelfde klasgenoot voordat ze antwoord geven", "A"),
        ("ruzie over de punten na het spel", "F"),
    ],
)
def test_words_suggest_a_norm_with_its_cue(session, words, code):
    norms.install_catalogue(session)
    found = norms.suggest_norms(session, words)
    assert code in [one.norm.code for one in found]
    assert len(found) <= 3
    assert all(one.reason for one in found)


def test_a_chosen_cue_suggests_its_norms_with_lookalikes(session):
    norms.install_catalogue(session)
    found = norms.suggest_norms(session, "", ["cue-08"])
    assert [one.norm.code for one in found] == ["A", "D"]
    assert [norm.code for norm in found[0].lookalikes] == ["B", "E", "L"]


def test_common_words_suggest_nothing(session):
    norms.install_catalogue(session)
    assert norms.suggest_norms(session, "De leerlingen zitten in de klas en het is goed.") == []


def test_a_school_norm_gets_the_next_letter_and_can_be_hidden(session):
    factories.make_norms(session)
    norm_id = norms.add_norm(session, NormDraft("Wij zijn tegen", "niets is goed"))
    assert norms.list_norms(session)[-1].code == "N"
    norms.hide_norm(session, norm_id)
    assert len(norms.list_norms(session)) == 13
    assert "N" in norms.load_norms(session)


def test_a_norm_needs_a_name(session):
    with pytest.raises(Invalid) as error:
        norms.add_norm(session, NormDraft("  "))
    assert set(error.value.fields) == {"title"}
