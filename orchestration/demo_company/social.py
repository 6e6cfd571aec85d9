"""Reviews and mentions: the delighted and the angry write, some long after they stopped buying."""

from __future__ import annotations

import numpy as np

from orchestration.demo_company import names, phrases
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import product_numbers
from orchestration.demo_company.clock import DAY, END, HOUR, MISSING, Ints
from orchestration.demo_company.experience import Orders
from orchestration.demo_company.people import People
from orchestration.demo_company.shop import Lines
from orchestration.demo_company.writing import Columns, ids, instants_z, integers, texts, where, words

_REVIEW_PLATFORMS = ("trustvoice", "shopstars")
_NETWORKS = ("chirper", "fotowall")
_KINDS = ("review", "mention")


def posts_export(block: Block, people: People, orders: Orders, lines: Lines) -> tuple[Columns, Ints]:
    """The columns of social.posts in the order of time, and the person behind each row."""
    rng = block.rng("social")
    lived = np.where(orders.delivered == MISSING, orders.ordered, orders.delivered)
    lived = np.where(orders.lost, orders.promised + 7 * DAY, lived)
    # The angry write more readily than the delighted, and everybody more readily than those in between.
    strength = np.maximum(orders.mood - 0.4, 0.0) + 2.2 * np.maximum(-0.2 - orders.mood, 0.0)
    writes = orders.is_completed() & (rng.random(len(orders)) < np.clip(0.035 + 0.035 * strength, 0, 0.4))
    order = np.flatnonzero(writes)
    reviewed = lived[order] + (rng.exponential(5 * DAY, len(order))).astype(np.int64) + 3 * HOUR

    # Advocates praise in public, and go on doing so when they no longer buy; critics complain in public once.
    advocate = people.contentment > 0.8
    since = np.where(people.first_order == MISSING, END, people.first_order) + 10 * DAY
    count = rng.poisson(np.where(advocate, 0.55, 0.04) * np.maximum(END - since, 0) / (365 * DAY))
    fan = np.repeat(np.arange(len(people)), count)
    praised = since[fan] + (rng.random(len(fan)) * (END - since[fan])).astype(np.int64)
    angry = np.flatnonzero((orders.mood < -1.6) & (rng.random(len(orders)) < 0.15) & orders.is_completed())
    complained = lived[angry] + (rng.exponential(2 * DAY, len(angry))).astype(np.int64) + HOUR

    person = np.concatenate([orders.person[order], fan, orders.person[angry]])
    at = np.concatenate([reviewed, praised, complained])
    felt = np.concatenate([orders.mood[order], people.contentment[fan], orders.mood[angry]])
    is_mention = np.arange(len(at)) >= len(order)
    about = np.concatenate([order, np.full(len(fan), MISSING), angry])
    first_line = np.searchsorted(lines.order, np.maximum(about, 0))
    names_product = ~is_mention & (rng.random(len(at)) < 0.75)
    product = np.where(names_product, lines.product[np.minimum(first_line, len(lines.product) - 1)], MISSING)
    late = np.where(about == MISSING, 0.0, orders.days_late()[about]) > 0

    sequence = np.lexsort((person, at))
    sequence = sequence[at[sequence] < END]
    person, at, felt, is_mention = person[sequence], at[sequence], felt[sequence], is_mention[sequence]
    product, late = product[sequence], late[sequence]
    n = len(at)
    # Stars are given in extremes: few of the disappointed stop at two or three.
    stars = 4.35 + 1.1 * felt - 2.0 * (felt < -0.5) + rng.normal(0, 0.55, n)
    rating = np.clip(np.rint(stars), 1, 5).astype(np.int64)
    sentiment = np.where(rating <= 2, phrases.NEGATIVE, np.where(rating == 3, phrases.NEUTRAL, phrases.POSITIVE))
    sentiment = np.where(is_mention, phrases.sentiments(rng, felt), sentiment)
    own = np.array([phrases.LANGUAGES.index(country.language) for country in names.COUNTRIES])[people.country[person]]
    language = np.where(rng.random(n) < 0.08, phrases.LANGUAGES.index("en"), own)
    topic = rng.choice(4, n, p=(0.30, 0.42, 0.13, 0.15))
    topic = np.where(late & (rng.random(n) < 0.8), phrases.DELIVERY, topic)
    replied = at + HOUR + (rng.exponential(1.5 * DAY, n)).astype(np.int64)
    answers = (rng.random(n) < np.where(sentiment == phrases.NEGATIVE, 0.65, 0.12)) & (replied < END)
    platform = rng.integers(0, 2, n) + 2 * is_mention
    return {
        "post_id": ids("PO", block.numbers(np.arange(n))),
        "platform": words([*_REVIEW_PLATFORMS, *_NETWORKS], platform),
        "handle": texts([people.handle[i] for i in person.tolist()]),
        "kind": words(_KINDS, is_mention.astype(np.int64)),
        "rating": integers(np.where(is_mention, MISSING, rating)),
        "language": where(rng.random(n) > 0.15, words(phrases.LANGUAGES, language)),
        "text": phrases.review_texts(rng, language, sentiment, topic),
        "product_id": product_numbers(product),
        "posted_at": instants_z(at),
        "reply_text": phrases.reply_texts(np.where(answers, language, MISSING)),
        "replied_at": instants_z(np.where(answers, replied, MISSING)),
    }, person
