"""Answers by respondent and question, and which constructs the questions ask about, as dbt prepared them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import numpy as np

from orchestration.statistics.histories import FloatArray


@dataclass(frozen=True)
class Item:
    """A question of a questionnaire that asks about a construct."""

    construct: str
    questionnaire: str
    question: str


@dataclass(frozen=True)
class Answers:
    """What n respondents answer to k items on 0-100, and what the seeds say of these.

    Attributes:
        constructs: the constructs of the model, in the order of causes and effects as the seed has it.
        paths: which construct acts on which, from and to.
        items: the k items, by construct.
        indices: (n, k), NaN where a respondent did not answer; in an order that does not hang on who they are.
        minimum_respondent_count: respondents that two items have to share before anything is made of both.
    """

    constructs: tuple[str, ...]
    paths: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    indices: FloatArray
    minimum_respondent_count: int

    def fingerprint(self, method: str) -> str:
        """Changes with the answers, the model, and the method, and with nothing else."""
        declared = (method, self.constructs, self.paths, self.items, self.minimum_respondent_count)
        return hashlib.md5(repr(declared).encode() + self.indices.tobytes(), usedforsecurity=False).hexdigest()


def read_answers(connection: duckdb.DuckDBPyConnection) -> Answers:
    """The answers and the model, from the models of dbt that the source `constructs` is computed from."""
    declared = connection.execute(
        """
        select construct, questionnaire, question, minimum_respondent_count
        from intermediate.int_satisfaction__construct_items
        order by construct_number, questionnaire, question
        """
    ).fetchall()
    paths = connection.execute(
        "select from_construct, to_construct from intermediate.int_satisfaction__construct_paths order by all"
    ).fetchall()
    items = tuple(Item(construct, *asked) for construct, *asked, _ in declared if asked[0] is not None)
    number_of = {(item.questionnaire, item.question): number for number, item in enumerate(items)}
    answers = connection.execute(
        """
        select
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
    in_order = indices[np.lexsort(np.nan_to_num(indices, nan=-1.0).T)] if items else indices
    return Answers(
        constructs=tuple(dict.fromkeys(row[0] for row in declared)),
        paths=tuple((start, end) for start, end in paths),
        items=items,
        indices=in_order,
        minimum_respondent_count=int(declared[0][-1]),
    )
