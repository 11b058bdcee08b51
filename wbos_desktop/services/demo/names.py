"""Names as they stand on class lists in today's Netherlands. All combinations are invented."""

from __future__ import annotations

import random

GIVEN = """
Noah Emma Daan Julia Sem Mila Lucas Sophie Levi Zoë Finn Olivia Luuk Nora Milan Saar Mees Yara
Liam Evi Jayden Tess James Noor Bram Lotte Thijs Sara Jesse Fleur Ruben Lina Adam Maud Teun Liv
Sam Isa Mohammed Fatima Yusuf Aylin Emir Elif Ali Amira Bilal Yasmin Hamza Safiya Omar Nour
Ibrahim Salma Ayoub Hafsa Ilyas Inaya Şeyma Büşra Çağla Ömer Umut Defne Mert Eylül Łukasz Zofia
Kacper Zuzanna Jakub Maja Wojciech Hanna Đorđe Milica Luka Jelena Gergő Réka Zsófia Bence Ștefan
Ioana Andrei Daria Kenji Mei Wei Linh Priya Arjun Shanice Jaydon Chanel Rayen Gianni Naomi
Quincy Faye Sven Roos Stijn Anouk Tygo Jasmijn Hidde Femke Jurre Wende Sietse Fenna Tobias Hugo
Merel Pepijn Veerle Casper Lieke Olaf Puck Boaz Esther Elias Rania Dilan Aram Sipan Berivan Zaid
Malak Kwame Abena Yohannes Selam Tesfay Feven Maksym Oksana Artem Sofiya Danylo Anastasiia
""".split()

FAMILY = """
Bakker; Visser; Smit; Mulder; Bos; Vos; Peters; Hendriks; Dekker; Brouwer; Dijkstra; Smits; Kok;
Jacobs; Vermeulen; Schouten; Willems; Hoekstra; Koster; Prins; Huisman; Postma; Kuipers;
Veenstra; Kramer; Scholten; Wouters; Timmermans; Groen; Gerritsen; Bosch; Yılmaz; Kaya; Demir;
Şahin; Çelik; Öztürk; Aydın; Arslan; Doğan; El Amrani; Bouzid; Haddou; Ouali; Benali; Azzouzi;
Chaibi; Idrissi; Kowalski; Nowak; Wiśniewska; Łęcki; Zieliński; Nagy; Kovács; Szabó; Erdődi;
Jovanović; Đorđević; Marković; Popescu; Ionescu; Nguyen; Tran; Wang; Chen; Sharma; Singh;
Ramdin; Bhagwandin; Pinas; Martina; Wijngaarde; Kromosoeto; Haile; Tesfay; Mensah; Owusu;
Al-Masri; Khalil; Hassan; Saleh; Abdi; Warsame; Shevchenko; Kovalenko; Bondarenko; Rasool;
de|Jong; de|Vries; de|Boer; de|Groot; de|Wit; de|Graaf; van|Dijk; van|Leeuwen; van|Dam;
van|Vliet; van den|Berg; van den|Heuvel; van der|Meer; van der|Linden; van der|Wal; van
der|Veen; ten|Brink; ter|Horst; in 't|Veld; van 't|Hof; op den|Kamp; den|Hollander; du|Pont;
von|Hagen
"""


def family_names() -> list[tuple[str, str]]:
    """(prefix, family name) pairs such as ('van der', 'Meer') and ('', 'Bakker')."""
    names = " ".join(FAMILY.split()).split("; ")
    parts = [name.rpartition("|") for name in names]
    return [(prefix, family) for prefix, _bar, family in parts]


def pupil_names(amount: int, dice: random.Random) -> list[tuple[str, str, str]]:
    """Distinct (given, prefix, family) names; one in fifteen has a double family name."""
    families, seen = family_names(), set[tuple[str, str, str]]()
    found: list[tuple[str, str, str]] = []
    while len(found) < amount:
        prefix, family = dice.choice(families)
        if dice.random() < 1 / 15:
            other_prefix, other = dice.choice(families)
            family = f"{family}-{f'{other_prefix} {other}'.strip()}"
        name = (dice.choice(GIVEN), prefix, family)
        if name not in seen:
            seen.add(name)
            found.append(name)
    return found


STAFF = [
    # given, prefix, family, code, roles
    ("Karin", "", "Bosman", "BOS", ("zorg",)),
    ("Joost", "", "Veldkamp", "VEL", ("leraar", "mentor")),
    ("Samira", "el", "Idrissi", "IDR", ("leraar", "mentor")),
    ("Peter", "van", "Hees", "HEE", ("leiding",)),
    ("Wilma", "", "Jansen", "JAN", ("directie",)),
    ("Murat", "", "Yıldız", "YIL", ("apc", "leraar")),
    ("Anke", "de", "Ruiter", "RUI", ("vertrouwen",)),
    ("Stefan", "", "Kuiper", "KUI", ("veilig",)),
    ("Ilse", "van der", "Laan", "LAA", ("af",)),
    ("Nadia", "", "Haddad", "HAD", ("smw",)),
    ("Maarten", "", "Oosterhuis", "OOS", ("psycholoog",)),
    ("Hetty", "", "Blom", "BLO", ("leerplicht",)),
    ("Cora", "", "Terpstra", "TER", ("bestuur",)),
]

MENTORS = [
    ("Bas", "", "Groot", "GRO"),
    ("Lisanne", "", "Pol", "POL"),
    ("Youssef", "", "Amrani", "AMR"),
    ("Eline", "van", "Beek", "BEE"),
    ("Tom", "", "Wolters", "WOL"),
    ("Sanne", "de", "Lange", "LAN"),
    ("Rik", "", "Haverkamp", "HAV"),
    ("Dewi", "", "Suwarno", "SUW"),
    ("Koen", "", "Bergsma", "BER"),
    ("Marloes", "", "Vink", "VIN"),
    ("Jeroen", "van", "Rijn", "RIJ"),
    ("Ayşe", "", "Polat", "POA"),
    ("Henk", "", "Zandstra", "ZAN"),
    ("Floor", "", "Maas", "MAA"),
    ("Gijs", "ter", "Braak", "BRA"),
    ("Malgorzata", "", "Wójcik", "WOJ"),
]
