"""Texts in two languages: msgids are English, the Dutch catalogue is complete (a test proves it).

`_("…")` translates at the moment it is called; never call it while a module is being imported.
Sector words (klas or groep, leerling or student) are an overlay catalogue over the language.
"""

from __future__ import annotations

import datetime as dt
import gettext
import os
from functools import lru_cache

from . import paths

LANGUAGES = ("nl", "en")
SECTORS = ("PO", "VO", "GO", "MBO")


class _State:
    language = "nl"
    sector = "VO"
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def system_language() -> str:
    """'nl' or 'en', from the system's own setting; Dutch when it says neither."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not name:
        import locale

        name = locale.getlocale()[0] or ""
    return "en" if name.lower().startswith("en") else "nl"


@lru_cache(maxsize=16)
def _load(domain: str, language: str) -> gettext.NullTranslations:
    path = paths.resource("locale", language, "LC_MESSAGES", f"{domain}.mo")
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def activate(language: str, sector: str = "VO") -> None:
    """Set the language ('nl' or 'en') and the sector whose words are used."""
    _State.language = language if language in LANGUAGES else "nl"
    _State.sector = sector if sector in SECTORS else "VO"
    _State.catalogue = _catalogue(_State.language, _State.sector)


def _catalogue(language: str, sector: str) -> gettext.NullTranslations:
    base = _load("wbos", language)
    overlay = _load(f"sector-{sector.lower()}", language)
    if isinstance(overlay, gettext.GNUTranslations):
        with_base = _copy(overlay)
        with_base.add_fallback(base)
        return with_base
    return base


def _copy(catalogue: gettext.NullTranslations) -> gettext.NullTranslations:
    copied = catalogue.__class__()
    copied.__dict__.update(catalogue.__dict__)
    copied.__dict__["_fallback"] = None
    return copied


def language() -> str:
    """The active language, 'nl' or 'en'."""
    return _State.language


def _(message: str) -> str:
    """The message in the active language."""
    return _State.catalogue.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The message for n things, with {n} filled in."""
    return _State.catalogue.ngettext(singular, plural, n).format(n=n)


def pgettext(context: str, message: str) -> str:
    """The message in the active language, told apart by context."""
    return _State.catalogue.pgettext(context, message)


def in_records(message: str) -> str:
    """The message in Dutch, whatever the language of the window: for words that the program puts
    into texts of the school, which are Dutch."""
    return _catalogue("nl", _State.sector).gettext(message)


_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_DAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_SHORT_MONTHS = {"nl": "jan feb mrt apr mei jun jul aug sep okt nov dec"}


def month_name(month: int) -> str:
    """'november' for 11."""
    return _MONTHS[_State.language].split()[month - 1]


def day_name(day: dt.date) -> str:
    """'donderdag'."""
    return _DAYS[_State.language].split()[day.weekday()]


def short_month(month: int) -> str:
    """'nov' for 11, 'mrt' for 3 in Dutch."""
    if short := _SHORT_MONTHS.get(_State.language):
        return short.split()[month - 1]
    return month_name(month)[:3]


def date_short(day: dt.date) -> str:
    """'wo 25 nov' or 'Wed 25 Nov': a day in this or a near school year."""
    return (
        f"{day_name(day)[: 2 if _State.language == 'nl' else 3]} {day.day} {short_month(day.month)}"
    )


def date_long(day: dt.date, *, year: bool = True, weekday: bool = True) -> str:
    """'donderdag 26 november 2026'."""
    text = f"{day.day} {month_name(day.month)}"
    if weekday:
        text = f"{day_name(day)} {text}"
    return f"{text} {day.year}" if year else text


def date_numeric(day: dt.date) -> str:
    """'26-11-2026'."""
    return day.strftime("%d-%m-%Y")


def time_text(moment: dt.time) -> str:
    """'13.30' in Dutch, '13:30' in English."""
    return moment.strftime("%H.%M" if _State.language == "nl" else "%H:%M")
