"""Companies whose people answer with stars, with the figures that the mart would show of them, straight from NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from orchestration.trends.figures import WHOLE, CommonPeople, Cut, Figure, Figures, FloatArray

MINIMUM = 30
JANUARY = 2022 * 12
LENGTHS = {"1 month": 1, "3 months": 3, "6 months": 6, "12 months": 12}
MONTHS = 36


@dataclass(frozen=True)
class Answers:
    """One entry an answer: who, in which month, what, and in which part of each dimension."""

    person: np.ndarray
    month: np.ndarray
    value: FloatArray
    parts: dict[str, np.ndarray]


def company(seed: int, a_month: int, crisis: range = range(0), struck: float = 1.0) -> Answers:
    """Three years of a company with `a_month` answers, in eight regions and by four channels.

    Each person answers three times in all, and is more or less content throughout. In the months of `crisis` this share
    of the answers of region 0 and channel 0, a tenth of all, is less content by 1.2, where people differ by 1.1.
    """
    random = np.random.default_rng(seed)
    people, count = a_month * 12, a_month * MONTHS
    region = random.choice(8, people, p=[0.2, 0.2, 0.15, 0.15, 0.1, 0.1, 0.05, 0.05])
    content = 0.7 * random.normal(size=people)
    person, month = random.integers(0, people, count), np.repeat(np.arange(MONTHS), a_month)
    channel = random.choice(4, count, p=[0.5, 0.2, 0.2, 0.1])
    feeling = content[person] + random.normal(0, 0.8, count)
    hit = np.isin(month, crisis) & (region[person] == 0) & (channel == 0) & (random.random(count) < struck)
    stars = np.digitize(feeling - 1.2 * hit, [-1.1, -0.75, -0.6, -0.05])
    return Answers(person, month, 25.0 * stars, {"region": region[person], "order_channel": channel})


def figures(answers: Answers, lengths: Sequence[str] = tuple(LENGTHS)) -> Figures:
    """What of them is shown: parts of a dimension, and all, in every period of at least 30 people."""
    shown: list[Figure] = []
    common: dict[Cut, CommonPeople] = {}
    everybody = np.zeros(len(answers.value), np.int64)
    for dimension, parts in {WHOLE: everybody, **answers.parts}.items():
        for part in np.unique(parts):
            cut = Cut("reviews", "satisfaction_index", dimension, "all" if dimension == WHOLE else str(part))
            of_part = parts == part
            people, person = np.unique(answers.person[of_part], return_inverse=True)
            at, shape = (person, answers.month[of_part]), (len(people), int(answers.month.max()) + 1)
            counts = sparse.csr_array((np.ones(of_part.sum()), at), shape)
            sums = sparse.csr_array((answers.value[of_part], at), shape)
            pairs = ((counts, counts), (counts, sums), (sums, counts), (sums, sums))
            products = np.stack([np.tril((left.T @ right).toarray(), -1) for left, right in pairs])
            common[cut] = CommonPeople(JANUARY, products)
            shown += _shown(cut, counts, sums, lengths)
    return Figures(shown, common)


def _shown(cut: Cut, counts: sparse.csr_array, sums: sparse.csr_array, lengths: Sequence[str]) -> list[Figure]:
    found = []
    of_people, sums_of_people = counts.toarray(), sums.toarray()
    for period_type in lengths:
        length = LENGTHS[period_type]
        for first in range(of_people.shape[1] - length + 1):
            n = of_people[:, first : first + length].sum(axis=1)
            people, count = int((n > 0).sum()), int(n.sum())
            if people >= MINIMUM:
                s = sums_of_people[:, first : first + length].sum(axis=1)
                score = float(s.sum() / count)
                variance = float(((s - n * score) ** 2).sum() / count**2 * people / (people - 1))
                name = ":".join([*cut, period_type, str(first)])
                found.append(Figure(name, cut, period_type, JANUARY + first, length, count, people, score, variance))
    return found
