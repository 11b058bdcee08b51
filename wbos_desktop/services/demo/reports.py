"""What happens in the example school: short factual reports. {a} to {d} are given names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Happening:
    """A report in the making; `roles` are those of {a}, {b}, {c}, {d} in that order."""

    kind: str
    place: str
    part_of_day: str
    text: str
    roles: tuple[str, ...]
    safe: str = "yes"


def _rows(table: str) -> tuple[Happening, ...]:
    found = []
    for line in table.strip().splitlines():
        kind, place, part, roles, text = (cell.strip() for cell in line.split("|"))
        found.append(Happening(kind, place, part, text, tuple(roles.split())))
    return tuple(found)


# Small things: a note is enough.
LIGHT = _rows(
    """
    schelden | corridor | morning_break | actor affected | {a} roept in de gang een scheldwoord naar {b}. {b} loopt door.
    schelden | class | afternoon_lesson | actor affected | {a} noemt {b} dom na een fout antwoord. Twee leerlingen lachen.
    ruzie | yard | lunch_break | actor actor | {a} en {b} trekken aan dezelfde bal en schreeuwen tegen elkaar. Na vijf minuten spelen zij weer.
    ruzie | canteen | lunch_break | actor actor bystander | {a} en {b} hebben ruzie over een plek in de kantine. {c} staat erbij.
    ordeverstoring | class | morning_lesson | actor | {a} maakt drie keer een geluid tijdens de toets. Stopt na een gesprek bij de deur.
    ordeverstoring | class | afternoon_lesson | actor joined | {a} gooit propjes. {b} gooit terug. Samen ruimen zij op.
    ordeverstoring | gym | afternoon_lesson | actor | {a} loopt weg bij het kiezen van de teams en komt na tien minuten terug.
    positief | class | morning_lesson | helper affected | {a} ziet dat {b} alleen zit en vraagt {b} bij het groepje.
    positief | corridor | lunch_break | helper | {a} haalt de conciërge als twee brugklassers ruzie maken.
    positief | online | evening_weekend | helper | {a} vraagt in de groepsapp om te stoppen met de grap over een toets. Het stopt.
    anders | on_the_way | after_school | unknown | {a} komt twintig minuten te laat, de fietsketting lag eraf.
    anders | trip | morning_lesson | actor | {a} raakt tijdens de excursie de groep kwijt. Na een kwartier is iedereen weer samen.
    """  # noqa: E501
)

# What starts a case.
SERIOUS = _rows(
    """
    vernederen | online | evening_weekend | affected actor joined | {b} deelt in de groepsapp een foto van {a}. {c} plaatst er een sticker op. Niemand stopt het.
    pesten | class | morning_lesson | affected actor joined bystander | {b} en {c} noemen {a} al weken bij een bijnaam als {a} iets zegt. {d} kijkt toe.
    fysiek | yard | lunch_break | actor affected | {a} duwt {b} tegen het hek. {b} heeft een schaafwond aan de elleboog.
    buitensluiten | class | afternoon_lesson | affected actor joined | Bij groepswerk zeggen {b} en {c} hardop dat {a} er niet bij mag.
    vernieling | class | after_school | actor | {a} krast met een passer in drie tafels in het lokaal.
    discriminatie | corridor | morning_break | actor affected bystander | {a} maakt een opmerking over de afkomst van {b}. {c} vraagt {a} om te stoppen.
    diefstal | changing_room | afternoon_lesson | affected actor | Na gym mist {a} een telefoon. Die ligt later in de tas van {b}.
    bedreigen | online | evening_weekend | actor affected | {a} schrijft {b} dat die maandag op het plein iets kan verwachten.
    buitensluiten | online | evening_weekend | affected actor | {b} haalt {a} uit de groepsapp. In een nieuwe groep wordt over {a} gepraat.
    agressie_personeel | class | morning_lesson | actor | {a} gooit een stoel om als de docent om de telefoon vraagt en scheldt de docent uit.
    pesten | changing_room | afternoon_lesson | affected actor | {b} verstopt voor de derde keer de schoenen van {a}.
    vuurwerk | yard | after_school | actor joined | {a} steekt een rotje af bij de fietsenstalling. {b} staat erbij en lacht.
    fysiek | corridor | morning_break | actor affected joined | {a} en {c} houden {b} vast tegen de kluisjes. Een docent haalt hen uit elkaar.
    weglopen | class | morning_lesson | unknown | {a} loopt na een opmerking de school uit. Na een uur bellen de ouders dat {a} thuis is.
    vernederen | class | afternoon_lesson | affected actor | {b} doet het stotteren van {a} na terwijl {a} een spreekbeurt houdt.
    """  # noqa: E501
)
WORRY = Happening(
    "zorg",
    "class",
    "morning_lesson",
    "{a} slaapt deze week drie keer in de les en eet niet in de pauze.",
    ("unknown",),
)

# The case that every picture and the README shows: group 2B, online.
PHOTO = SERIOUS[0]

RESULTS = {
    "consequence": (
        "Rustig gesprek. Kan vertellen wat de grens is en waarom.",
        "Besproken met de leerling en de ouders. Iedereen weet wat er nu gebeurt.",
        "Afspraak staat op papier. De mentor kijkt vrijdag of het lukt.",
    ),
    "repair": (
        "De vijf vragen besproken. Wil het graag oplossen.",
        "Vertelt wat nodig is: dat het stopt en dat de groep het weet.",
        "Beiden aan tafel, met de mentor erbij. Afspraken in eigen woorden.",
    ),
    "support": (
        "Voelt zich veiliger dan vorige week. Vaste plek in de pauze helpt.",
        "Ouders zijn blij met het korte contact op vrijdag.",
        "Doet weer mee in de les. Volgende week opnieuw kijken.",
    ),
    "general": (
        "Gedaan en besproken met de betrokkenen.",
        "Feiten opgeschreven, ieder apart gehoord.",
        "Afgewogen met de teamleider.",
    ),
}
LOOK_BACKS = (
    "Het gedrag stopte na twee weken. De groep noemt zelf wat helpt. We blijven kort vragen.",
    "De afspraken zijn nagekomen. Het contact met de ouders op vrijdag hielp het meest.",
    "Herstel lukte pas na de tweede poging. Volgende keer eerder met de groep praten.",
)
WORDS_NOW = (
    "Hoe gaat het nu? ‘Beter, ik durf weer in de kantine te zitten.’",
    "Hoe gaat het nu? ‘Het is gestopt, maar ik kijk nog wel om me heen.’",
)
