"""Word pools: people, places and goods. Names are common ones, put together at random; nobody in them is real."""

from __future__ import annotations

from typing import Final, NamedTuple

from orchestration.demo_company.clock import HOUR


class Country(NamedTuple):
    """A market: clock, currency, dialling code, language, share of the people, and how far it is from the warehouse."""

    code: str
    share: float
    time_zone: str
    standard_offset: int  # seconds from UTC in winter
    currency: str
    dialling_code: str
    language: str
    transit_days: float
    promise_days: int


class Place(NamedTuple):
    """A place of residence; `postal` is the start of its postal codes, `digits` how many digits follow."""

    country: str
    weight: float
    city: str
    region: str
    postal: str
    digits: int


COUNTRIES: Final = (
    Country("DE", 0.43, "Europe/Berlin", HOUR, "EUR", "+49", "de", 1.6, 4),
    Country("AT", 0.08, "Europe/Vienna", HOUR, "EUR", "+43", "de", 2.2, 5),
    Country("CH", 0.06, "Europe/Zurich", HOUR, "CHF", "+41", "de", 2.8, 6),
    Country("FR", 0.11, "Europe/Paris", HOUR, "EUR", "+33", "fr", 2.6, 6),
    Country("IT", 0.07, "Europe/Rome", HOUR, "EUR", "+39", "it", 3.1, 7),
    Country("ES", 0.08, "Europe/Madrid", HOUR, "EUR", "+34", "es", 3.2, 7),
    Country("GB", 0.11, "Europe/London", 0, "GBP", "+44", "en", 3.0, 7),
    Country("SE", 0.06, "Europe/Stockholm", HOUR, "SEK", "+46", "sv", 3.0, 7),
)

PLACES: Final = (
    Place("DE", 2.0, "Köln", "Nordrhein-Westfalen", "50", 3),
    Place("DE", 1.5, "Dortmund", "Nordrhein-Westfalen", "44", 3),
    Place("DE", 1.0, "Bielefeld", "Nordrhein-Westfalen", "33", 3),
    Place("DE", 1.5, "Berlin", "Berlin", "10", 3),
    Place("DE", 1.5, "München", "Bayern", "80", 3),
    Place("DE", 1.0, "Nürnberg", "Bayern", "90", 3),
    Place("DE", 1.0, "Leipzig", "Sachsen", "04", 3),
    Place("DE", 1.2, "Hamburg", "Hamburg", "20", 3),
    Place("AT", 2.0, "Wien", "Wien", "1", 3),
    Place("AT", 1.0, "Graz", "Steiermark", "80", 2),
    Place("AT", 1.0, "Linz", "Oberösterreich", "40", 2),
    Place("CH", 1.5, "Zürich", "Zürich", "80", 2),
    Place("CH", 1.0, "Bern", "Bern", "30", 2),
    Place("FR", 1.5, "Lyon", "Auvergne-Rhône-Alpes", "690", 2),
    Place("FR", 1.0, "Lille", "Hauts-de-France", "590", 2),
    Place("FR", 1.0, "Nîmes", "Occitanie", "300", 2),
    Place("IT", 1.5, "Milano", "Lombardia", "201", 2),
    Place("IT", 1.0, "Bologna", "Emilia-Romagna", "401", 2),
    Place("ES", 1.5, "Madrid", "Comunidad de Madrid", "280", 2),
    Place("ES", 1.0, "València", "Comunitat Valenciana", "460", 2),
    Place("ES", 1.0, "Málaga", "Andalucía", "290", 2),
    Place("GB", 1.5, "Manchester", "North West", "M1 ", 1),
    Place("GB", 1.0, "Bristol", "South West", "BS1 ", 1),
    Place("GB", 1.0, "Edinburgh", "Scotland", "EH1 ", 1),
    Place("SE", 1.5, "Göteborg", "Västra Götaland", "41", 3),
    Place("SE", 1.0, "Uppsala", "Uppsala län", "75", 3),
)

# One pool a country, in the order of COUNTRIES.
FIRST_NAMES: Final = (
    ("Anna", "Jürgen", "Sabine", "Lukas", "Katrin", "Jörg", "Leonie", "Max", "Sophie", "Ayşe", "Tobias", "Emil"),
    ("Theresa", "Florian", "Magdalena", "Andreas", "Käthe", "Matthias", "Johanna", "Stefan"),
    ("Urs", "Regula", "Beat", "Corinne", "Reto", "Nadja", "Luca", "Seraina"),
    ("Chloé", "Mathieu", "Élodie", "Hugo", "Inès", "François", "Camille", "Théo"),
    ("Giulia", "Marco", "Chiara", "Niccolò", "Elena", "Matteo", "Francesca", "Davide"),
    ("Lucía", "Álvaro", "María", "Íñigo", "Carmen", "Javier", "Nuria", "Begoña"),
    ("Emily", "Oliver", "Siân", "Callum", "Charlotte", "Rory", "Imogen", "George"),
    ("Åsa", "Björn", "Linnéa", "Göran", "Maja", "Nils", "Ebba", "Jonas"),
)
LAST_NAMES: Final = (
    ("Müller", "Schmidt", "Weiß", "Fischer", "Köhler", "Wagner", "Becker", "Schäfer", "Şahin", "Koch", "Lange", "Vogt"),
    ("Gruber", "Huber", "Pichler", "Steiner", "Moser", "Höller", "Bauer", "Wimmer"),
    ("Keller", "Brunner", "Zürcher", "Baumann", "Frei", "Widmer", "Bianchi", "Favre"),
    ("Martin", "Bernard", "Lefèvre", "Moreau", "Girard", "Rousseau", "Garnier", "Chevalier"),
    ("Rossi", "Ferrari", "Esposito", "Romano", "Colombo", "De Luca", "Marino", "Greco"),
    ("García", "Fernández", "López", "Martínez", "Núñez", "Gómez", "Ibáñez", "Torres"),
    ("Smith", "Jones", "O'Connor", "Taylor", "Brown", "Walker", "MacLeod", "Evans"),
    ("Andersson", "Johansson", "Karlsson", "Nilsson", "Öberg", "Lindström", "Åkesson", "Berg"),
)
STREETS: Final = (
    ("Lindenweg", "Hauptstraße", "Am Markt", "Bergstraße", "Gartenweg", "Schulstraße"),
    ("Ringstraße", "Kirchengasse", "Feldgasse", "Wiener Straße"),
    ("Bahnhofstrasse", "Seestrasse", "Dorfstrasse", "Rosenweg"),
    ("rue des Lilas", "avenue de la Gare", "rue Victor Hugo", "place du Marché"),
    ("via Garibaldi", "via Roma", "corso Italia", "via dei Mille"),
    ("calle Mayor", "calle del Olmo", "avenida del Sol", "plaza Nueva"),
    ("High Street", "Station Road", "Church Lane", "Mill Road"),
    ("Storgatan", "Kyrkogatan", "Björkvägen", "Skolgatan"),
)
MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")  # reserved: no mailbox can exist there
SHARED_MAILBOXES: Final = (
    "info@office.example",
    "kontakt@verein.example",
    "admin@familie.example",
    "info@praxis.example",
)

CATEGORIES: Final = ("kitchen", "living", "garden", "textiles", "lighting", "stationery")
GOODS: Final = (
    ("serving bowl", "chopping board", "teapot", "storage jar", "frying pan", "carafe", "cake stand", "salt mill"),
    ("side table", "wall clock", "picture frame", "magazine rack", "stool", "mirror", "bookend", "coat rack"),
    ("planter", "watering can", "bird house", "lantern", "garden bench", "trellis", "fire bowl", "trowel"),
    ("cushion", "throw", "table runner", "bath towel", "bed linen", "curtain", "rug", "apron"),
    ("table lamp", "pendant light", "night light", "string lights", "floor lamp", "wall light", "candle set", "torch"),
    ("notebook", "desk tray", "calendar", "pen holder", "fountain pen", "gift wrap", "photo album", "letter set"),
)
MATERIALS: Final = (
    ("Stoneware", "Oak", "Enamel", "Glass", "Bamboo"),
    ("Oak", "Walnut", "Steel", "Rattan", "Birch"),
    ("Terracotta", "Zinc", "Cedar", "Enamel", "Recycled"),
    ("Linen", "Wool", "Cotton", "Velvet", "Hemp"),
    ("Brass", "Paper", "Glass", "Ceramic", "Rattan"),
    ("Leather", "Cork", "Recycled", "Linen", "Walnut"),
)
TYPICAL_PRICES: Final = (26.0, 44.0, 30.0, 32.0, 38.0, 16.0)  # EUR, the median of each category
COST_SHARES: Final = (0.52, 0.48, 0.55, 0.50, 0.54, 0.44)  # of the list price

AGENTS: Final = tuple(f"agent-{number:02d}" for number in range(1, 25))
SALES_AGENTS: Final = tuple(f"sales-{number:02d}" for number in range(1, 13))
