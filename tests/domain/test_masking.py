import pytest

from wbos_desktop.domain.masking import Names, Person

PUPILS = [
    Person(1, "Daan", "de", "Boer"),
    Person(2, "Fenna", "", "Smit"),
    Person(3, "Finn", "", "Vos"),
    Person(4, "Şeyma", "", "Yılmaz"),
    Person(5, "Sem", "", "Bakker"),
    Person(6, "Ben", "", "Kok"),
    Person(7, "Zoë", "", "Łukasz"),
]
TWINS = [
    *PUPILS,
    Person(8, "Daan", "", "Jansen"),
    Person(9, "Jan", "", "Mol"),
    Person(10, "Janneke", "", "Pot"),
]


def names(setting="initials", people=PUPILS, keep=("Karin Bosman", "Ben Smit")):
    return Names(people, setting, keep)


def test_shortest_prefix_that_is_unique():
    assert [names().name(key) for key in range(1, 8)] == [
        "D.", "Fe.", "Fi.", "Şey.", "S. B.", "B.", "Z."
    ]  # fmt: skip


def test_equal_given_names_get_the_surname():
    found = names(people=TWINS)
    assert (found.name(1), found.name(8)) == ("D. B.", "D. J.")
    assert (found.name(9), found.name(10)) == ("J. M.", "J. P.")


def test_equal_full_names_are_numbered_the_same_way_each_time():
    same = [Person(3, "Noa", "", "Kok"), Person(2, "Noa", "", "Kok")]
    found = names(people=same)
    assert (found.name(2), found.name(3)) == ("N. K.", "N. K. 2")
    assert names(people=same[::-1]).name(3) == "N. K. 2"


def test_a_code_never_shows_more_than_a_few_letters():
    people = [Person(n, "Yara", "", f"Brink-{letter}") for n, letter in enumerate("abc")]
    found = names(people=people)
    assert [found.name(n) for n in range(3)] == ["Y. B.", "Y. B. 2", "Y. B. 3"]


def test_codes_are_unique_in_a_school():
    people = [Person(i, f"{'ABCDE'[i % 5]}{i % 7}na", "", f"Fam{i}") for i in range(300)]
    found = names(people=people)
    assert len({found.name(i) for i in range(300)}) == 300


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Daan duwt Fenna.", "D. duwt Fe."),
        ("Daans tas, Daan's jas, Daan’s pen", "D.’s tas, D.’s jas, D.’s pen"),
        ("Sems' schrift", "S. B.’s schrift"),
        ("seyma en ŞEYMA", "Şey. en Şey."),
        ("Zoe belt Zoë", "Z. belt Z."),
        ("Daan de Boer en D. de Boer", "D. en D."),
        ("De Daan-groep", "De D.-groep"),
        ("Daantje, Daanen, Afdaan", "Daantje, Daanen, Afdaan"),
        ("Meester Bakker zag Bakker", "Meester Bakker zag S. B."),
        ("Karin Bosman en Ben Smit en Ben", "Karin Bosman en Ben Smit en B."),
        ("Ik ben boos, Ben ook", "Ik ben boos, B. ook"),
        ("Het was Sem.", "Het was S. B."),
    ],
)
def test_names_inside_typed_text(typed, shown):
    assert names().text(typed) == shown


def test_first_names_lose_the_surname():
    assert names("first").text("Daan de Boer en fenna Smit") == "Daan en Fenna"
    found = names("first", TWINS)
    assert found.name(8) == "Daan J."
    assert found.text("Daan Jansen duwt. Daans tas.") == "Daan J. duwt. Daan’s tas."


def test_who_of_two_is_meant_is_not_guessed():
    assert names(people=TWINS).text("Daan duwt Daan Jansen") == "D. duwt D. J."


def test_full_changes_nothing():
    found = names("full")
    assert found.name(1) == "Daan de Boer"
    assert found.text("Daans tas") == "Daans tas"


def test_doubtful_words_are_listed_for_the_maker():
    found = names()
    found.text("Ik ben er. Fennatje ook.")
    assert found.to_check == ("ben", "fennatje")


def test_decomposed_accents_are_seen():
    assert names().text("Zoe\u0308s fiets") == "Z.’s fiets"
