"""What people and agents write, in six languages: by sentiment and topic, by step and category of a ticket."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from orchestration.demo_company.clock import MISSING, Floats, Ints
from orchestration.demo_company.writing import words

LANGUAGES: Final = ("en", "de", "fr", "it", "es", "sv")
NEGATIVE, NEUTRAL, POSITIVE = range(3)
TOPICS: Final = ("delivery", "product", "support", "price")
DELIVERY, PRODUCT, SUPPORT, PRICE = range(4)

# By language: openers by sentiment, then what is said by sentiment and topic (two ways each).
_OPENERS: Final = (
    (
        ("Very disappointed.", "Not again.", "Never before so annoyed!"),
        ("It was okay.", "Mixed feelings.", "So-so."),
        ("Great!", "Love it.", "Happy as always."),
    ),
    (
        ("Sehr enttäuscht.", "So nicht.", "Ich ärgere mich!"),
        ("Ganz in Ordnung.", "Geht so.", "Na ja."),
        ("Klasse!", "Sehr zufrieden.", "Gerne wieder."),
    ),
    (
        ("Très déçue.", "Plus jamais.", "Quelle déception !"),
        ("Correct, sans plus.", "Mitigé.", "Moyen."),
        ("Parfait !", "Je recommande.", "Très contente."),
    ),
    (
        ("Molto deluso.", "Mai più.", "Che delusione!"),
        ("Nella media.", "Così così.", "Normale."),
        ("Ottimo!", "Lo consiglio.", "Molto contenta."),
    ),
    (
        ("Muy decepcionado.", "Nunca más.", "¡Qué decepción!"),
        ("Normal.", "Regular.", "Ni bien ni mal."),
        ("¡Estupendo!", "Lo recomiendo.", "Muy contenta."),
    ),
    (
        ("Mycket besviken.", "Aldrig igen.", "Vilken besvikelse!"),
        ("Helt okej.", "Sådär.", "Lagom."),
        ("Toppen!", "Rekommenderas.", "Mycket nöjd."),
    ),
)
_SAID: Final = (
    (
        (
            ("The parcel came days later than promised", "Delivery was late and nobody told me"),
            ("It broke after a week", "Poor quality, not as described"),
            ("Nobody answered my messages", "The help line kept me waiting for ages"),
            ("Far too expensive for what it is", "Prices went up again"),
        ),
        (
            ("Delivery took the usual time", "The parcel came, the box was dented"),
            ("The product does what it should", "Colour differs a little from the picture"),
            ("The answer came after two days", "Support was polite but slow"),
            ("The price is about average", "Shipping costs could be lower"),
        ),
        (
            ("Fast delivery, well packed", "It arrived a day earlier than promised"),
            ("Beautiful and well made", "Better than in the picture"),
            ("Support solved it at once", "Very friendly advice on the phone"),
            ("Good value for the money", "A fair price and a nice discount"),
        ),
    ),
    (
        (
            ("Das Paket kam Tage später als versprochen", "Lieferung verspätet und keine Nachricht"),
            ("Nach einer Woche kaputt", "Schlechte Qualität, nicht wie beschrieben"),
            ("Niemand antwortet auf meine Nachrichten", "Ewig in der Warteschleife gehangen"),
            ("Viel zu teuer dafür", "Schon wieder teurer geworden"),
        ),
        (
            ("Lieferzeit wie üblich", "Paket kam an, Karton war eingedrückt"),
            ("Das Produkt tut, was es soll", "Die Farbe weicht etwas vom Bild ab"),
            ("Antwort kam nach zwei Tagen", "Freundlich, aber langsam"),
            ("Preis im Mittelfeld", "Der Versand könnte günstiger sein"),
        ),
        (
            ("Schnelle Lieferung, gut verpackt", "Einen Tag früher da als versprochen"),
            ("Schön und gut verarbeitet", "Noch besser als auf dem Bild"),
            ("Der Kundendienst hat sofort geholfen", "Sehr freundliche Beratung am Telefon"),
            ("Preis und Leistung stimmen", "Fairer Preis und schöner Rabatt"),
        ),
    ),
    (
        (
            ("Le colis est arrivé bien après la date promise", "Livraison en retard et aucune nouvelle"),
            ("Cassé au bout d'une semaine", "Mauvaise qualité, pas conforme à la description"),
            ("Personne ne répond à mes messages", "Une attente interminable au téléphone"),
            ("Beaucoup trop cher", "Les prix ont encore augmenté"),
        ),
        (
            ("Délai de livraison habituel", "Colis reçu, carton abîmé"),
            ("Le produit fait ce qu'il doit", "La couleur diffère un peu de la photo"),
            ("Réponse après deux jours", "Service poli mais lent"),
            ("Prix dans la moyenne", "Les frais de port pourraient être plus bas"),
        ),
        (
            ("Livraison rapide et soignée", "Reçu un jour plus tôt que promis"),
            ("Très beau et bien fini", "Encore mieux que sur la photo"),
            ("Le service client a tout réglé aussitôt", "Des conseils très aimables au téléphone"),
            ("Bon rapport qualité-prix", "Un prix juste et une belle remise"),
        ),
    ),
    (
        (
            ("Il pacco è arrivato giorni dopo la data promessa", "Consegna in ritardo e nessun avviso"),
            ("Si è rotto dopo una settimana", "Qualità scarsa, diverso dalla descrizione"),
            ("Nessuno risponde ai miei messaggi", "Attesa infinita al telefono"),
            ("Troppo caro per quello che è", "I prezzi sono aumentati ancora"),
        ),
        (
            ("Consegna nei tempi soliti", "Pacco arrivato, scatola ammaccata"),
            ("Il prodotto fa il suo dovere", "Il colore è un po' diverso dalla foto"),
            ("Risposta dopo due giorni", "Gentili ma lenti"),
            ("Prezzo nella media", "La spedizione potrebbe costare meno"),
        ),
        (
            ("Consegna veloce e ben imballata", "Arrivato un giorno prima del previsto"),
            ("Bello e ben fatto", "Meglio che nella foto"),
            ("L'assistenza ha risolto subito", "Consigli molto gentili al telefono"),
            ("Ottimo rapporto qualità prezzo", "Prezzo giusto e bello sconto"),
        ),
    ),
    (
        (
            ("El paquete llegó días después de lo prometido", "Entrega con retraso y sin avisar"),
            ("Se rompió a la semana", "Mala calidad, no es como lo describen"),
            ("Nadie contesta a mis mensajes", "Una espera eterna al teléfono"),
            ("Demasiado caro para lo que es", "Otra vez han subido los precios"),
        ),
        (
            ("La entrega tardó lo habitual", "Llegó el paquete con la caja golpeada"),
            ("El producto cumple", "El color cambia un poco respecto a la foto"),
            ("Respondieron a los dos días", "Amables pero lentos"),
            ("Precio normal", "El envío podría ser más barato"),
        ),
        (
            ("Entrega rápida y bien embalada", "Llegó un día antes de lo prometido"),
            ("Bonito y bien hecho", "Mejor que en la foto"),
            ("Atención al cliente lo resolvió enseguida", "Muy buen consejo por teléfono"),
            ("Buena relación calidad-precio", "Precio justo y buen descuento"),
        ),
    ),
    (
        (
            ("Paketet kom flera dagar senare än utlovat", "Försenad leverans och ingen information"),
            ("Gick sönder efter en vecka", "Dålig kvalitet, inte som beskrivet"),
            ("Ingen svarar på mina meddelanden", "Fick vänta en evighet i telefon"),
            ("Alldeles för dyrt", "Priserna har höjts igen"),
        ),
        (
            ("Leveransen tog den vanliga tiden", "Paketet kom fram, kartongen var bucklig"),
            ("Produkten gör vad den ska", "Färgen skiljer sig lite från bilden"),
            ("Svar efter två dagar", "Trevliga men långsamma"),
            ("Priset är som vanligt", "Frakten kunde vara billigare"),
        ),
        (
            ("Snabb leverans, väl förpackat", "Kom en dag tidigare än utlovat"),
            ("Vacker och välgjord", "Ännu finare än på bilden"),
            ("Kundtjänst löste det direkt", "Mycket vänlig rådgivning på telefon"),
            ("Prisvärt", "Rimligt pris och fin rabatt"),
        ),
    ),
)
_REPLIES: Final = (
    "Thank you for telling us. We are looking into it.",
    "Danke für die Rückmeldung. Wir kümmern uns darum.",
    "Merci de votre retour. Nous nous en occupons.",
    "Grazie per la segnalazione. Ce ne occupiamo noi.",
    "Gracias por avisarnos. Lo estamos revisando.",
    "Tack för att du berättar. Vi tittar på det.",
)
# By language: what is asked in a ticket by category (delivery, product, payment, account, advice, complaint), what the
# agent answers at first and at the end, and what comes when it was not solved.
_ASKED: Final = (
    (
        "Where is my parcel? It should be here by now.",
        "The item is damaged, what can I do?",
        "I was charged twice.",
        "I cannot log in to my account.",
        "Which size would suit a small room?",
        "I want to complain. This is not acceptable.",
    ),
    (
        "Wo bleibt mein Paket? Es sollte längst da sein.",
        "Der Artikel ist beschädigt, was nun?",
        "Der Betrag wurde doppelt abgebucht.",
        "Ich komme nicht in mein Konto.",
        "Welche Größe passt in ein kleines Zimmer?",
        "Ich möchte mich beschweren. So geht das nicht.",
    ),
    (
        "Où est mon colis ? Il devrait déjà être là.",
        "L'article est abîmé, que faire ?",
        "J'ai été débitée deux fois.",
        "Je n'arrive pas à me connecter.",
        "Quelle taille pour une petite pièce ?",
        "Je veux me plaindre. C'est inadmissible.",
    ),
    (
        "Dov'è il mio pacco? Doveva già essere qui.",
        "L'articolo è danneggiato, cosa posso fare?",
        "Mi è stato addebitato due volte.",
        "Non riesco ad accedere al mio account.",
        "Quale misura per una stanza piccola?",
        "Voglio fare un reclamo. È inaccettabile.",
    ),
    (
        "¿Dónde está mi paquete? Ya debería haber llegado.",
        "El artículo está dañado, ¿qué hago?",
        "Me han cobrado dos veces.",
        "No puedo entrar en mi cuenta.",
        "¿Qué tamaño va bien en una habitación pequeña?",
        "Quiero reclamar. Esto es inaceptable.",
    ),
    (
        "Var är mitt paket? Det borde vara här nu.",
        "Varan är skadad, vad gör jag?",
        "Jag har debiterats två gånger.",
        "Jag kan inte logga in.",
        "Vilken storlek passar ett litet rum?",
        "Jag vill klaga. Det här är oacceptabelt.",
    ),
)
_ANSWERED: Final = (
    (
        "Thank you for writing. I am checking this for you.",
        "This is settled now. Please write again if anything is left.",
        "This is still not solved.",
    ),
    (
        "Danke für Ihre Nachricht. Ich prüfe das für Sie.",
        "Das ist nun erledigt. Melden Sie sich gern wieder.",
        "Das ist noch immer nicht gelöst.",
    ),
    (
        "Merci de votre message. Je vérifie cela.",
        "C'est réglé. N'hésitez pas à nous réécrire.",
        "Ce n'est toujours pas résolu.",
    ),
    ("Grazie per averci scritto. Verifico subito.", "È tutto risolto. Ci scriva pure ancora.", "Non è ancora risolto."),
    (
        "Gracias por escribirnos. Lo estoy comprobando.",
        "Ya está resuelto. Escríbanos si queda algo.",
        "Sigue sin resolverse.",
    ),
    (
        "Tack för ditt meddelande. Jag kontrollerar det.",
        "Nu är det ordnat. Hör av dig om något återstår.",
        "Det är fortfarande inte löst.",
    ),
)
_NOTES: Final = ("asked the warehouse", "carrier opened an inquiry", "second contact this month", "refund approved")


def sentiments(rng: np.random.Generator, felt: Floats) -> Ints:
    """The sentiment of what somebody writes whose satisfaction, in standard units, is `felt`."""
    blurred = felt + rng.normal(0.0, 0.3, len(felt))
    return np.where(blurred < -0.7, NEGATIVE, np.where(blurred < 0.0, NEUTRAL, POSITIVE))


def review_texts(rng: np.random.Generator, language: Ints, sentiment: Ints, topic: Ints) -> Any:
    """A short review or mention each."""
    pool, said = [], np.array(_SAID, object)
    for index in range(len(LANGUAGES)):
        for mood in range(3):
            for opener in _OPENERS[index][mood]:
                pool += [f"{opener} {phrase}." for phrase in said[index, mood].ravel()]
    ways = 3 * len(TOPICS) * 2
    way = rng.integers(0, 3, len(language)) * len(TOPICS) * 2 + topic * 2 + rng.integers(0, 2, len(language))
    return words(pool, (language * 3 + sentiment) * ways + way)


def comment_texts(rng: np.random.Generator, language: Ints, sentiment: Ints, topic: Ints) -> Any:
    """What is written into a survey; MISSING as language gives nothing."""
    pool = [f"{phrase}." for phrase in np.array(_SAID, object).ravel()]
    way = ((language * 3 + sentiment) * len(TOPICS) + topic) * 2 + rng.integers(0, 2, len(language))
    return words(pool, np.where(language == MISSING, MISSING, way))


def reply_texts(language: Ints) -> Any:
    """The company's public reply; MISSING gives none."""
    return words(_REPLIES, language)


def ticket_texts(rng: np.random.Generator, language: Ints, step: Ints, category: Ints) -> Any:
    """A comment each. Steps: question, note among agents, first answer, solution, not solved."""
    asked, answered = [text for row in _ASKED for text in row], [text for row in _ANSWERED for text in row]
    pool = [*asked, *answered, *_NOTES]
    note = len(asked) + len(answered) + rng.integers(0, len(_NOTES), len(step))
    answer = len(asked) + language * 3 + np.select([step == 2, step == 3], [0, 1], 2)
    return words(pool, np.select([step == 0, step == 1], [language * 6 + category, note], answer))
