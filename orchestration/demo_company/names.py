"""Word pools: people, places and goods. Names are common ones, put together at random; nobody in them is real."""

from __future__ import annotations

from typing import Final, NamedTuple


class City(NamedTuple):
    """A place of residence; `postal` is the start of its postal codes, `digits` how many digits follow."""

    country: int
    city: str
    region: str
    postal: str
    digits: int


COUNTRIES: Final = ("DE", "AT", "NL", "BE", "FR")
COUNTRY_SHARES: Final = (0.45, 0.12, 0.15, 0.13, 0.15)
HOME_COUNTRY: Final = 0
NETHERLANDS: Final = 2
DIALLING_CODES: Final = ("+49", "+43", "+31", "+32", "+33")

CITIES: Final = (
    City(0, "Berlin", "Berlin", "10", 3),
    City(0, "Köln", "Nordrhein-Westfalen", "50", 3),
    City(0, "München", "Bayern", "80", 3),
    City(0, "Leipzig", "Sachsen", "04", 3),
    City(0, "Hamburg", "Hamburg", "20", 3),
    City(1, "Wien", "Wien", "1", 3),
    City(1, "Graz", "Steiermark", "80", 2),
    City(1, "Linz", "Oberösterreich", "40", 2),
    City(2, "Amsterdam", "Noord-Holland", "10", 2),
    City(2, "Utrecht", "Utrecht", "35", 2),
    City(2, "Groningen", "Groningen", "97", 2),
    City(3, "Gent", "Oost-Vlaanderen", "90", 2),
    City(3, "Liège", "Wallonie", "40", 2),
    City(3, "Bruxelles", "Bruxelles-Capitale", "10", 2),
    City(4, "Lyon", "Auvergne-Rhône-Alpes", "690", 2),
    City(4, "Lille", "Hauts-de-France", "590", 2),
    City(4, "Nîmes", "Occitanie", "300", 2),
)

FIRST_NAMES: Final = (
    ("Anna", "Jürgen", "Sabine", "Lukas", "Katrin", "Jörg", "Leonie", "Max", "Sophie", "Ayşe", "Tobias", "Emil"),
    ("Theresa", "Florian", "Magdalena", "Andreas", "Käthe", "Matthias", "Johanna", "Stefan"),
    ("Sanne", "Daan", "Femke", "Bram", "Lotte", "Joris", "Anouk", "Thijs"),
    ("Elise", "Wout", "Amélie", "Bart", "Noor", "Jérôme", "Lien", "Arthur"),
    ("Chloé", "Mathieu", "Élodie", "Hugo", "Inès", "François", "Camille", "Théo"),
)
LAST_NAMES: Final = (
    ("Müller", "Schmidt", "Weiß", "Fischer", "Köhler", "Wagner", "Becker", "Schäfer", "Şahin", "Koch", "Lange"),
    ("Gruber", "Huber", "Pichler", "Steiner", "Moser", "Höller", "Bauer", "Wimmer"),
    ("de Jong", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "van Dijk", "Bos"),
    ("Peeters", "Janssens", "Maes", "Jacobs", "Dubois", "Lambert", "Claes", "Wouters"),
    ("Martin", "Bernard", "Lefèvre", "Moreau", "Girard", "Rousseau", "Garnier", "Chevalier"),
)
MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")  # reserved: no mailbox can exist there

CATEGORIES: Final = ("kitchen", "living", "garden", "textiles", "lighting", "stationery")
GOODS: Final = (
    ("serving bowl", "chopping board", "teapot", "storage jar"),
    ("side table", "wall clock", "picture frame", "magazine rack"),
    ("planter", "watering can", "bird house", "lantern"),
    ("cushion", "throw", "table runner", "bath towel"),
    ("table lamp", "pendant light", "night light", "string lights"),
    ("notebook", "desk tray", "calendar", "pen holder"),
)
MATERIALS: Final = (
    ("Stoneware", "Oak", "Enamel", "Glass", "Bamboo"),
    ("Oak", "Walnut", "Steel", "Rattan", "Birch"),
    ("Terracotta", "Zinc", "Cedar", "Enamel", "Recycled"),
    ("Linen", "Wool", "Cotton", "Velvet", "Hemp"),
    ("Brass", "Paper", "Glass", "Ceramic", "Rattan"),
    ("Leather", "Cork", "Recycled", "Linen", "Walnut"),
)
TYPICAL_PRICES: Final = (24.0, 49.0, 29.0, 32.0, 45.0, 14.0)  # EUR, the median of each category
