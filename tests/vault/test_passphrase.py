"""Rules for a new passphrase (F-77)."""

from __future__ import annotations

import unicodedata

import pytest

from wbos_desktop.errors import Invalid
from wbos_desktop.vault.passphrase import check_passphrase, passphrase_problem

NAMES = ("De Linde", "Karin", "Bosman", "Christelijk Lyceum Zandvoorde")


@pytest.mark.parametrize(
    "good",
    [
        "paarse fietsbel regent zacht",
        "correct paard batterij nietje",
        "kf8#Lq2v!Zt9",
        "😀 regen op het dak 😀",
        "  spaties tellen mee  ",
        "zeven kikkers " * 70,
        "Mijn kat Karin slaapt onder de linde",
        "ŞeymaŁukaszĐorđe7",
        "Ik snap breuken nog steeds niet",
    ],
)
def test_good(good):
    assert passphrase_problem(good, NAMES) == ""


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "kort",
        "elf tekens!",
        "x9" * 501,
        "goede lange zin met \x00 erin",
        "goede lange zin met \ud800 erin",
        "aaaaaaaaaaaaaaa",
        "ababababababab",
        "abc123abc123abc123",
        "123456789012",
        "1234567890123456789012",
        "abcdefghijklm",
        "QWERTYUIOP12",
        "lkjhgfdsapoiuytrewq",
        "qwertyasdfgh",
        "wachtwoord123",
        "Wachtwoord2026!",
        "W@chtw00rd2026",
        "welkom welkom",
        "Welkom op school!",
        "geheimwachtwoord",
        "zomervakantie 2026",
        "correct horse battery staple",
        "Ik hou van jou!",
        "WBOS Desktop 2026",
        "passwordpassword",
        "to be or not to be",
        "Lang zal ze leven",
    ],
)
def test_bad(bad):
    assert passphrase_problem(bad, NAMES)
    with pytest.raises(Invalid) as caught:
        check_passphrase(bad, NAMES)
    assert list(caught.value.fields) == ["passphrase"]


@pytest.mark.parametrize(
    "bad", ["De Linde 2026!!", "delindedelinde", "KarinBosman12", "Lyceum Zandvoorde"]
)
def test_names_of_the_school_and_the_user(bad):
    assert passphrase_problem(bad, NAMES)


def test_names_only_count_when_given():
    assert passphrase_problem("Lyceum Zandvoorde") == ""


@pytest.mark.parametrize(("length", "ok"), [(11, False), (12, True), (1000, True), (1001, False)])
def test_borders_of_length(length, ok):
    text = ("kj7w q9zt pm3x vb5n " * 60)[:length]
    assert (passphrase_problem(text) == "") is ok


def test_composed_and_decomposed_have_one_length():
    decomposed = unicodedata.normalize("NFD", "é" * 5 + "à" * 5 + "q")
    assert len(decomposed) > 12
    assert passphrase_problem(decomposed)
