"""Answers by respondent and question, and which constructs the questions ask about, as dbt prepared them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from orchestration.statistics.histories import FloatArray, IntArray


@dataclass(frozen=True)
class Item:
    """A question of a questionnaire that asks about a construct; a driver is one that a company can act on."""

    construct: str
    questionnaire: str
    question: str
    is_driver: bool = False


@dataclass(frozen=True)
class Answers:
    """What n respondents answer to k items on 0-100, and what the seeds say of these.

    Attributes:
        constructs: the constructs of the model, in the order of causes and effects as the seed has it.
        paths: which construct acts on which, from and to.
        items: the k items, by construct.
        indices: (n, k), NaN where a respondent did not answer; in an order that does not hang on who they are.
        minimum_respondent_count: respondents that two items have to share before anything is made of both.
        outcome: the construct that drivers drive.
        segments: of each segment, a dimension and a value of it, the places of its respondents in `indices`.
    """

    constructs: tuple[str, ...]
    paths: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    indices: FloatArray
    minimum_respondent_count: int
    outcome: str
    segments: Mapping[tuple[str, str], IntArray]

    def fingerprint(self, method: str) -> str:
        """Changes with the answers, the model, and the method, and with nothing else."""
        declared = (method, self.constructs, self.paths, self.items, self.minimum_respondent_count, self.outcome)
        digest = hashlib.md5(repr(declared).encode() + self.indices.tobytes(), usedforsecurity=False)
        for segment, places in self.segments.items():
            digest.update(repr(segment).encode() + places.tobytes())
        return digest.hexdigest()


def read_answers(connection: duckdb.DuckDBPyConnection) -> Answers:
    """The answers and the model, from the models of dbt that the source `constructs` is computed from."""
    declared = connection.execute(
        """
        select construct, questionnaire, question, is_driver, is_outcome, minimum_respondent_count
        from intermediate.int_satisfaction__construct_items
        order by construct_number, questionnaire, question
        """
    ).fetchall()
    paths = connection.execute(
        "select from_construct, to_construct from intermediate.int_satisfaction__construct_paths order by all"
    ).fetchall()
    items = tuple(Item(*row[:4]) for row in declared if row[1] is not None)
    number_of = {(item.questionnaire, item.question): number for number, item in enumerate(items)}
    answers = connection.execute(
        """
        select
            respondent_id,
            dense_rank() over (order by respondent_id) - 1 as respondent_number,
            questionnaire,
            question,
            cast(answer_index as double) as answer_index
        from intermediate.int_satisfaction__construct_answers
        """
    ).fetchnumpy()
    respondents = answers["respondent_number"].astype(np.intp)
    columns = [number_of[asked] for asked in zip(answers["questionnaire"], answers["question"], strict=True)]
    indices = np.full((respondents.max(initial=-1) + 1, len(items)), np.nan)
    indices[respondents, columns] = answers["answer_index"]
    # Ids may be given anew, and then name the same people in another order.
    order = np.lexsort(np.nan_to_num(indices, nan=-1.0).T) if items else np.arange(len(indices))
    place_of = dict(zip(answers["respondent_id"], np.argsort(order)[respondents].tolist(), strict=True))
    return Answers(
        constructs=tuple(dict.fromkeys(row[0] for row in declared)),
        paths=tuple((start, end) for start, end in paths),
        items=items,
        indices=indices[order],
        minimum_respondent_count=int(declared[0][-1]),
        outcome=next(row[0] for row in declared if row[4]),
        segments=_read_segments(connection, place_of),
    )


def _read_segments(
    connection: duckdb.DuckDBPyConnection, place_of: Mapping[str, int]
) -> dict[tuple[str, str], IntArray]:
    """All respondents, and those of each value of each dimension by which customers are told apart."""
    found: dict[tuple[str, str], list[int]] = {("none", "all"): list(place_of.values())}
    rows = connection.execute(
        """
        select attribute, attribute_value, customer_id
        from marts.customer_dimensions
        where customer_id in (select respondent_id from intermediate.int_satisfaction__construct_answers)
        order by attribute, attribute_value
        """
    ).fetchall()
    for dimension, value, customer in rows:
        found.setdefault((dimension, value), []).append(place_of[customer])
    return {segment: np.array(sorted(places), dtype=np.intp) for segment, places in found.items()}


def shared_by_enough(items: Sequence[int], shared: IntArray, minimum: int) -> list[int]:
    """Those of `items` of which any two share so many respondents: the worst is left out until it is so.

    `shared` has a row and a column an item (`correlations.shared_counts`).
    """
    left = list(items)
    while left:
        too_few = (shared[np.ix_(left, left)] < minimum).sum(axis=1)
        if not too_few.any():
            break
        # Of equals the one that fewest answer, and of these the last.
        left.pop(max(range(len(left)), key=lambda place: (too_few[place], -shared[left[place], left[place]], place)))
    return left
