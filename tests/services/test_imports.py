"""Import into the vault: counts, re-import, conflicts, moves, and that nobody disappears."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from wbos_desktop.db.context import Context
from wbos_desktop.db.models.school import (
    Group,
    GroupMentor,
    ImportRun,
    Membership,
    Pupil,
    School,
    Staff,
    StaffRole,
)
from wbos_desktop.documents import reader
from wbos_desktop.domain.imports import ImportFile, ImportOptions, school_year_of
from wbos_desktop.errors import Cancelled, FileRejected, Invalid, NotAllowed
from wbos_desktop.progress import Progress
from wbos_desktop.services import imports, undo

GOLDEN = Path(__file__).parent.parent / "golden"
HEAD = "Stamnummer;Roepnaam;Achternaam;Klas;Geboortedatum;Mentor\n"
LIST = HEAD + "101;Eva;Smit;2B;1-2-2013;BOS\n102;Bo;Berg;2B;2-2-2013;BOS\n103;Noor;Wit;2C;;\n"


def _file(text: str) -> ImportFile:
    return reader.parse(text.encode(), "lijst.csv")


def _apply(session: Session, text: str) -> dict[str, dict[str, int]]:
    found = imports.apply_import(session, _file(text)).as_json()
    session.expire_all()
    return found


def _pupil(session: Session, number: str) -> Pupil:
    return session.scalars(select(Pupil).where(Pupil.pupil_number == number)).one()


def _places(session: Session, number: str) -> list[tuple[str, dt.date | None, dt.date | None]]:
    rows = session.execute(
        select(Group.name, Membership.member_from, Membership.member_to)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.pupil_id == _pupil(session, number).id)
        .order_by(Membership.id)
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("name", "groups", "pupils", "staff", "rejected"),
    [("edexml-1.0.3.xml", 2, 4, 1, 0), ("edexml-2.1.xml", 3, 2, 1, 2)],
)
def test_edexml_twice_gives_nothing_new(
    session: Session, name: str, groups: int, pupils: int, staff: int, rejected: int
) -> None:
    file = reader.parse((GOLDEN / name).read_bytes(), name)
    first = imports.apply_import(session, file).as_json()
    assert first["groups"]["new"] == groups
    assert (first["pupils"]["new"], first["pupils"]["rejected"]) == (pupils, rejected)
    assert first["staff"]["new"] == staff
    again = imports.apply_import(session, file).as_json()
    for kind in ("groups", "pupils", "staff"):
        assert (again[kind]["new"], again[kind]["changed"]) == (0, 0)
    assert again["pupils"]["unchanged"] == pupils


def test_a_preview_says_what_happens_and_changes_nothing(session: Session) -> None:
    preview = imports.preview_import(session, _file(LIST))
    assert session.scalar(select(func.count(Pupil.id))) == 0
    report = imports.apply_import(session, _file(LIST))
    assert preview.as_json() == report.as_json()


def test_the_list_lands_in_groups_with_a_mentor(session: Session) -> None:
    counts = _apply(session, LIST)
    assert (counts["groups"]["new"], counts["pupils"]["new"]) == (2, 3)
    # BOS is Karin Bosman, who was there already.
    assert counts["staff"] == {"new": 0, "changed": 0, "unchanged": 1, "rejected": 0}
    mentor = session.scalars(
        select(Staff.family_name).join(GroupMentor, GroupMentor.staff_id == Staff.id)
    ).one()
    assert mentor == "Bosman"
    assert session.scalars(select(StaffRole.role)).all() == ["mentor"]
    assert _places(session, "101") == [("2B", dt.date(2026, 8, 24), None)]


def test_a_changed_name_is_changed_not_doubled(session: Session) -> None:
    _apply(session, LIST)
    counts = _apply(session, LIST.replace("Eva;Smit", "Eva;Smit-Jansen"))
    assert counts["pupils"] == {
        "new": 0,
        "changed": 1,
        "unchanged": 2,
        "missing": 0,
        "rejected": 0,
    }
    assert _pupil(session, "101").sort_name == "smit-jansen eva"


def test_who_moves_to_another_group_keeps_the_past(session: Session) -> None:
    _apply(session, LIST)
    counts = _apply(session, LIST.replace("Eva;Smit;2B", "Eva;Smit;2C"))
    assert counts["pupils"]["changed"] == 1
    assert _places(session, "101") == [
        ("2B", dt.date(2026, 8, 24), dt.date(2026, 11, 23)),
        ("2C", dt.date(2026, 11, 24), None),
    ]


def test_a_move_that_is_put_right_the_same_day_leaves_no_trace(session: Session) -> None:
    _apply(session, LIST)
    _apply(session, LIST.replace("Eva;Smit;2B", "Eva;Smit;2C"))
    _apply(session, LIST)
    open_ones = [place for place in _places(session, "101") if place[2] is None]
    assert [place[0] for place in open_ones] == ["2B"]


def test_missing_pupils_are_told_and_stay(session: Session) -> None:
    _apply(session, LIST)
    report = imports.apply_import(session, _file(HEAD + "101;Eva;Smit;2B;1-2-2013;BOS\n"))
    # Noor is in 2C, which this list is not about.
    assert report.missing == ("Bo Berg",)
    assert _pupil(session, "102").left_on is None


def test_missing_pupils_leave_when_that_is_said(session: Session) -> None:
    _apply(session, LIST)
    options = ImportOptions(mark_missing_left=True)
    file = _file(HEAD + "101;Eva;Smit;2B;1-2-2013;BOS\n")
    imports.apply_import(session, file, options)
    assert _pupil(session, "102").left_on == dt.date(2026, 11, 24)
    assert _places(session, "102")[0][2] == dt.date(2026, 11, 24)


def test_nobody_leaves_while_rows_are_rejected(session: Session) -> None:
    _apply(session, LIST)
    file = _file(HEAD + "101;Eva;Smit;2B;31-2-2013;BOS\n")
    with pytest.raises(Invalid):
        imports.apply_import(session, file, ImportOptions(mark_missing_left=True))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("101;Piet;Puk;2B;9-9-2012;", "van een andere leerling"),
        ("101;Piet;Puk;2B;;", "van een andere leerling"),
        (";Noor;Wit;2D;;", "Nummer of geboortedatum|nummer of geboortedatum"),
        ("999;Eva;Smit;2B;1-2-2013;", "ander nummer"),
    ],
)
def test_doubtful_rows_are_rejected_and_merge_nobody(
    session: Session, row: str, words: str
) -> None:
    _apply(session, LIST)
    report = imports.apply_import(session, _file(HEAD + row + "\n"))
    assert report.pupils.rejected == 1
    assert any(word in report.rows[0].reason for word in words.split("|"))
    assert session.scalar(select(func.count(Pupil.id))) == 3


def test_twins_of_one_name_and_day_are_two_pupils(session: Session) -> None:
    twins = HEAD + "1;Sam;Smit;2B;1-2-2013;\n2;Sam;Smit;2B;1-2-2013;\n"
    assert _apply(session, twins)["pupils"]["new"] == 2
    assert _apply(session, twins)["pupils"]["unchanged"] == 2


def test_one_number_on_two_names_is_rejected(session: Session) -> None:
    report = imports.apply_import(
        session, _file(HEAD + "1;Sam;Smit;2B;;\n1;Bo;Berg;2B;;\n1;Sam;Smit;2B;;\n")
    )
    assert (report.pupils.new, report.pupils.rejected) == (1, 2)
    assert "regel 2" in report.rows[0].reason


def test_a_second_row_can_add_a_group(session: Session) -> None:
    report = imports.apply_import(session, _file(HEAD + "1;Sam;Smit;2B;;\n1;Sam;Smit;2wi;;\n"))
    assert (report.pupils.new, report.pupils.rejected) == (1, 0)
    assert [place[0] for place in _places(session, "1")] == ["2B", "2wi"]


def test_lists_without_numbers_match_on_name_and_birth_date(session: Session) -> None:
    names = "Naam;Klas;Geboortedatum\nSmit, Eva;2B;1-2-2013\nBo Berg;2B;2-2-2013\n"
    _apply(session, names)
    assert _apply(session, names)["pupils"]["unchanged"] == 2
    counts = _apply(session, LIST)
    assert (counts["pupils"]["new"], counts["pupils"]["changed"]) == (1, 2)
    assert _pupil(session, "101").family_name == "Smit"


def test_a_left_pupil_gets_no_open_place(session: Session) -> None:
    head = "Stamnummer;Naam;Klas;Uitstroomdatum\n"
    imports.apply_import(session, _file(head + "1;Eva Smit;2B;1-10-2026\n"))
    assert _pupil(session, "1").left_on == dt.date(2026, 10, 1)
    assert all(place[2] is not None for place in _places(session, "1"))


def test_a_new_year_ends_the_places_of_the_old_one(session: Session) -> None:
    _apply(session, LIST)
    options = ImportOptions(school_year="2027-2028")
    imports.apply_import(session, _file(LIST.replace("2B", "3B")), options)
    session.expire_all()
    assert _places(session, "101") == [
        ("2B", dt.date(2026, 8, 24), dt.date(2027, 7, 9)),
        ("3B", dt.date(2027, 8, 1), None),
    ]


def test_a_file_of_another_school_is_refused(session: Session) -> None:
    session.scalars(select(School)).one().brin = "99ZZ"
    file = reader.parse((GOLDEN / "edexml-2.1.xml").read_bytes(), "x")
    with pytest.raises(FileRejected, match="12AB"):
        imports.preview_import(session, file)


def test_unclear_columns_change_nothing(session: Session) -> None:
    with pytest.raises(FileRejected, match="kopregel"):
        imports.apply_import(session, _file("a;b\n1;2\n"))


def test_only_a_coordinator_reads_in(session: Session) -> None:
    who = session.info["context"]
    session.info["context"] = Context(who.user_id, who.staff_id, "member", who.now, who.today)
    with pytest.raises(NotAllowed):
        imports.preview_import(session, _file(LIST))


def test_the_run_is_kept_without_a_folder(session: Session) -> None:
    file = reader.parse(LIST.encode(), "/home/karin/klas 2B.csv")
    report = imports.apply_import(session, file)
    run = session.scalars(select(ImportRun)).one()
    assert (run.uid, run.file_name) == (report.run_uid, "klas 2B.csv")
    assert run.counts["pupils"]["new"] == 3
    assert "Smit" not in str(run.counts)


def test_stopping_half_way_raises(session: Session) -> None:
    progress = Progress(lambda done, _total, _what: progress.cancel() if done else None)
    many = HEAD + "".join(f"{n};A;B{n};2B;;\n" for n in range(200))
    with pytest.raises(Cancelled):
        imports.apply_import(session, _file(many), progress=progress)


def test_reads_a_file_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text(LIST, "utf-8")
    file = imports.read_file(path)
    assert (file.file_name, len(file.pupils)) == ("lijst.csv", 3)


def test_staff_with_one_name_are_not_merged(session: Session) -> None:
    for _ in range(2):
        factories.make_staff(session, given_name="Piet", family_name="Jansen")
    text = "Roepnaam;Achternaam;Klas;Mentor\nEva;Smit;2B;Piet Jansen\n"
    report = imports.apply_import(session, _file(text))
    assert (report.staff.new, report.staff.rejected, report.pupils.new) == (0, 1, 1)


@pytest.mark.parametrize(
    ("day", "name"),
    [(dt.date(2026, 7, 31), "2025-2026"), (dt.date(2026, 8, 1), "2026-2027")],
)
def test_the_school_year_turns_on_the_first_of_august(day: dt.date, name: str) -> None:
    assert school_year_of(day) == name


def test_a_whole_import_can_be_undone_and_done_again(session: Session) -> None:
    options = ImportOptions(school_year="2027-2028")
    imports.apply_import(session, _file(LIST), options)
    session.flush()
    session.info["gesture"] = "undo"
    assert undo.undo_last(session)
    session.expire_all()
    for table in (Pupil, Group, Membership, GroupMentor, ImportRun):
        assert session.scalar(select(func.count(table.id))) == 0
    session.info.pop("undoes")
    session.info["gesture"] = "again"
    assert imports.apply_import(session, _file(LIST), options).pupils.new == 3
