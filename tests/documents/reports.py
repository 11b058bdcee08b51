"""Reports as services would fill them, for the documents to lay out."""

import datetime as dt

from wbos_desktop.domain import charts
from wbos_desktop.domain.reports import (
    ActionLine,
    AgendaPart,
    CasePart,
    CaseReport,
    DecisionLine,
    ExportOptions,
    FactsPart,
    GroupPart,
    GroupProfileReport,
    LogLine,
    Masthead,
    MeetingPack,
    NormLine,
    PersonLine,
    ScenarioPart,
    StepLine,
    TrackPart,
)

TODAY = dt.date(2026, 11, 24)
FILLER = "De mentor praat met iedereen apart. "


def masthead(document="Casusdossier 2026-031"):
    return Masthead(
        document=document,
        title=document,
        school="Voorbeeldschool De Linde",
        made_at=dt.datetime(2026, 11, 24, 15, 10),
        made_by="Karin Bosman",
        readers="Alleen voor de genoemde ontvangers",
        destroy_line="Vernietig dit papier na het overleg",
        names_line="Namen ingekort tot voorletter",
    )


def step(title, sign, day="wo 25 nov", remark="", person=""):
    return StepLine(
        title, person, "J. Veldkamp", day, sign, remark, due_on=TODAY, state=sign, track="repair"
    )


def tracks():
    return (
        TrackPart("general", "Eerst dit", "Veiligheid, eigenaar", "1 van 1 klaar", "", (
            step("Veiligheid regelen", "done", "ma 16 nov", "gedaan"),
        )),
        TrackPart("consequence", "Consequentie", "Een duidelijke grens", "2 van 3 klaar", "", (
            step("Gesprek over de grens", "done", "ma 16 nov", "gedaan"),
            step("Ouders informeren", "done", "di 17 nov", "gedaan", "D."),
            step("Opdracht over portretrecht", "open"),
        )),
        TrackPart("repair", "Herstel", "Herstellen, als iedereen dat wil", "1 van 3 klaar", "", (
            step("Voorgesprek", "done", "wo 18 nov", "Şeyma wil het gesprek", "Şe."),
            step("Herstelgesprek", "late", "vr 20 nov", "2 schooldagen te laat"),
            step("Gesprek met de klas", "waiting", "", "als nodig"),
        )),
        TrackPart("support", "Ondersteuning", "Sterker maken", "1 van 2 klaar", "", (
            step("Aanbod schoolpsycholoog", "skipped", "do 19 nov", "Reden: ouders praten zelf"),
            step("Check-in", "today", "di 24 nov", "vandaag", "Şe."),
        )),
    )  # fmt: skip


def case(number="2026-031", text=FILLER * 5, **changes):
    values = {
        "number": number,
        "title": "Vernederen (online)",
        "line": f"Casus {number} · groep 2B · gemeld 16-11-2026 · protocol ‘Online’",
        "state": "Lopend",
        "severity": "Ernstig",
        "handled": 5,
        "counted": 9,
        "late": 1,
        "owner": "Karin Bosman",
        "banner": "",
        "facts": (FactsPart(number, "ma 16 nov, 20.15 uur, online", text),),
        "persons": (PersonLine("Şe.", "getroffen"), PersonLine("D.", "deed het")),
        "tracks": tracks(),
        "agreements": (LogLine(dt.date(2026, 11, 18), "Şe. bepaalt wie erbij is.", "K. Bosman"),),
        "groups": ("2B",),
        "reported_on": dt.date(2026, 11, 16),
        "protocol": "Online grensoverschrijdend gedrag",
    }
    return CasePart(**(values | changes))


def ribbon():
    norms = [
        charts.RibbonNorm(code, title, "prosocial" if code in "JKM" else "burdening")
        for code, title in (
            ("J", "Wij helpen elkaar"), ("K", "Wij doen ons best"), ("M", "Wij hebben het fijn"),
            ("A", "Ik bepaal voor ons"), ("C", "Zie mij"), ("D", "Scoren ten koste van de ander"),
        )
    ]  # fmt: skip
    profiles = [
        charts.RibbonProfile(dt.date(2026, 8, 24), {"J": 1, "M": 3}, "confirm"),
        charts.RibbonProfile(dt.date(2026, 9, 14), {"J": 2, "K": 1, "M": 3, "C": 1}, "confirm"),
        charts.RibbonProfile(dt.date(2026, 10, 8), {"J": 1, "K": 1, "C": 2, "D": 2}, "ignore"),
        charts.RibbonProfile(dt.date(2026, 11, 2), {"M": 1, "A": 1, "C": 2, "D": 3}, "steer"),
    ]
    return charts.norm_ribbon(
        norms,
        profiles,
        today=TODAY,
        holidays=[charts.RibbonHoliday(dt.date(2026, 10, 19), dt.date(2026, 10, 23))],
        incidents=[charts.RibbonIncident(dt.date(2026, 11, 9))],
        planned=[dt.date(2026, 12, 7)],
    )


def group(name="Groep 2B", **changes):
    score = NormLine("D", "Scoren ten koste van de ander", "jezelf profileren", "burdening", TODAY)
    fun = NormLine("M", "Wij houden het gezellig", "", "prosocial")
    values = {
        "name": name,
        "line": "havo/vwo · 27 leerlingen · mentor Joost Veldkamp",
        "observed_on": dt.date(2026, 11, 2),
        "dominant": score,
        "norms": ((score, 3), (fun, 1)),
        "heard": "‘Eigen schuld, had je maar niet moeten snitchen.’",
        "seen": "Lachen als iemand een fout antwoord geeft.",
        "question": "Hoe steunen we N. en haar groepje, zodat helpen weer normaal wordt?",
        "phase": "Normering",
        "ribbon": ribbon(),
        "facts": (("Wie heeft invloed", FILLER * 3), ("Klimaat", FILLER * 2)),
        "actions": (ActionLine("Zitplaatsen wisselen", "Joost Veldkamp", TODAY),),
        "cases": (("2026-031 Vernederen (online)", "Lopend, 1 stap te laat"),),
        "scenarios": ("‘Het is maar een prank hoor!’",),
        "pupils": 27,
        "mentors": ("Joost Veldkamp",),
    }
    return GroupPart(**(values | changes))


def scenario():
    return ScenarioPart(
        "D-S1", "Het is maar een prank hoor!", "Als iemand filmt, dan: ga ernaast staan.",
        (("Als", "Iemand filmt."), ("Dan, fysiek", "Ga ernaast staan.")),
        (NormLine("D", "Scoren ten koste van de ander", "", "burdening"),),
        "11 keer geoefend", "Ingebouwd in WBOS",
    )  # fmt: skip


def item(position, subject, title, **changes):
    values = {
        "minutes": 10,
        "aim": "Bespreken",
        "question": "Wat doen we nu?",
        "informed": "Ouders en leerling weten ervan: ja",
    }
    return AgendaPart(position=position, subject=subject, title=title, **(values | changes))


def pack(items=None, **options):
    if items is None:
        items = (
            item(1, "previous", "Acties en besluiten vorige keer", informed="", question="",
                 decisions=(DecisionLine("Elke les norm J benoemen.", "Groep 2B", TODAY),),
                 actions=(ActionLine("Ouders bellen", "Karin Bosman", TODAY, carried_over=2),)),
            item(2, "group", "Groep 2B", group=group()),
            item(3, "case", "2026-031 Vernederen (online)", case=case()),
            item(4, "scenario", "‘Het is maar een prank hoor!’", scenario=scenario()),
            item(5, "free", "Rondvraag"),
        )  # fmt: skip
    return MeetingPack(
        masthead=masthead("Overlegpakket zorgteam 26-11-2026"),
        meeting_id=1,
        title="Zorgteam 26 november",
        line="donderdag 26 november, 13.30 – 14.30 · kamer 1",
        on=dt.date(2026, 11, 26),
        held=False,
        chair="Karin Bosman",
        minutes_taker="",
        attendees=("Karin Bosman", "Joost Veldkamp", "P. de Wit (extern)"),
        available=60,
        items=items,
        options=ExportOptions(**options),
    )


def case_report(**changes):
    return CaseReport(masthead(), 1, case(**changes), ExportOptions())


def group_report(**changes):
    return GroupProfileReport(
        masthead("Groepsprofiel 2B"), 1, TODAY, group(**changes), ExportOptions()
    )
