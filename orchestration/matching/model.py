"""Splink's model of the records: estimated from them, then asked of pairs. Nothing here knows where records come from.

One thread and tables in order: sums of doubles depend on the order they are added in, and two runs have to agree.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.matching.comparisons import COMPARISONS, Comparison, Level, comparison_settings

# Pairs drawn at random to learn how often people who are not one agree by chance, and the most of a training block.
SAMPLED_PAIRS = 1_200_000
# By what the pairs are found that m is learned from: each names a person nearly alone, and leaves the others to learn.
TRAINING_KEYS = (("birth_date",), ("email",), ("phone",), ("street", "postal_code"))
# Fewer pairs teach nothing; so many share only what names nobody.
LEAST_TRAINING_PAIRS, MOST_TRAINING_PAIRS = 20, 5_000_000
MOST_ITERATIONS = 100
# Of a few hundred pairs none may differ in something; that does not make it impossible.
LEAST_SHARE = 0.005
# Of the pairs that are one person, the share that deterministic rules are taken to have found.
FOUND_BEFORE = 0.95


class NotEstimatedError(Exception):
    """The records do not say how pairs that are one person differ from others. The message says what was missing."""


@dataclass(frozen=True)
class EstimatedLevel:
    """A level of a comparison with its shares: the logarithm to base 2 of their ratio is what it weighs."""

    comparison: Comparison
    level: Level
    among_same: float
    among_others: float

    @property
    def match_weight(self) -> float:
        return math.log2(self.among_same / self.among_others)


@dataclass(frozen=True)
class Model:
    """An estimated model: Splink's settings, and the share of all pairs of records that are one person."""

    settings: dict[str, Any]
    prior: float

    @property
    def prior_weight(self) -> float:
        """Logarithm to base 2 of the odds of two records before anything of them is known."""
        return math.log2(self.prior / (1 - self.prior))

    def levels(self) -> Iterator[EstimatedLevel]:
        for comparison, described in zip(COMPARISONS, self.settings["comparisons"], strict=True):
            for level, estimated in zip(comparison.levels, described["comparison_levels"][1:], strict=True):
                yield EstimatedLevel(comparison, level, estimated["m_probability"], estimated["u_probability"])


def estimate(connection: duckdb.DuckDBPyConnection) -> Model:
    """Estimate the model from the table `records`; raises NotEstimatedError where they do not suffice."""
    from splink.internals.exceptions import SplinkException

    try:
        prior = _prior(connection)
        settings = _chance_agreement(connection, _settings(prior))
        settings = _agreement_of_one_person(connection, settings)
    except SplinkException as error:
        raise NotEstimatedError(f"Splink could not estimate: {str(error).strip().splitlines()[0]}") from error
    model = Model(settings, prior)
    for estimated in model.levels():
        if estimated.level is estimated.comparison.levels[0] and estimated.match_weight <= 0:
            raise NotEstimatedError(
                f"{estimated.level.words} would speak against one person: too few records agree in it to learn from"
            )
    return model


def score(connection: duckdb.DuckDBPyConnection, model: Model, pairs: str, scored: str) -> None:
    """Make the table `scored` of all `pairs` (join_key_l, join_key_r, match_key): weight, probability and levels."""
    api, linker = _linker(connection, model.settings)
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    found = linker.inference.predict(warning_mode="never")
    levels = ", ".join(f"gamma_{comparison.name} as {comparison.name}_level" for comparison in COMPARISONS)
    # As many digits as anyone reads: the last ones of a double are nobody's.
    connection.execute(
        f"""
        create table {scored} as
        select
            record_l as first_record,
            record_r as second_record,
            round(match_weight, 4) as match_weight,
            round(match_weight - {model.prior_weight!r}, 4) as evidence_weight,
            round(match_probability, 6) as match_probability,
            {levels}
        from {found.physical_name}
        """
    )


def _settings(prior: float) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": prior,
        "comparisons": comparison_settings(),
        "blocking_rules_to_generate_predictions": [],
        "max_iterations": MOST_ITERATIONS,
        # The levels of a pair come with its columns or not at all.
        "retain_matching_columns": True,
    }


def _linker(
    connection: duckdb.DuckDBPyConnection, settings: dict[str, Any], table: str = "records"
) -> tuple[Any, Any]:
    """Splink's access to the connection, and its linker."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=connection)
    # Its warnings are of levels that no pair shows, which keep what they start from.
    return api, Linker(api.register(table), settings, log_level=logging.CRITICAL)


def _prior(connection: duckdb.DuckDBPyConnection) -> float:
    """How many of all pairs are one person, judged by those that deterministic rules found."""
    row = connection.execute(
        "select sum(n), sum(n * (n - 1) / 2) from (select count(*) as n from records group by customer_id)"
    ).fetchone()
    assert row is not None
    records, found = int(row[0]), float(row[1])
    return max(found, 1.0) / FOUND_BEFORE / (records * (records - 1) / 2)


def _chance_agreement(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> dict[str, Any]:
    """u, from random pairs of one record a customer: with all their records, pairs that are one would count as chance."""
    connection.execute(
        """
        create or replace table one_record_a_customer as
        select * from records
        where record in (select min_by(record, md5(record)) from records group by customer_id) order by record
        """
    )
    _, linker = _linker(connection, settings, "one_record_a_customer")
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=1)
    return _with_least_shares(linker.misc.save_model_to_json())


def _agreement_of_one_person(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> dict[str, Any]:
    """m, by expectation maximisation within blocks that mostly hold one person."""
    from splink import block_on

    _, linker = _linker(connection, settings)
    learned: set[str] = set()
    for key in TRAINING_KEYS:
        if not LEAST_TRAINING_PAIRS <= _pairs_sharing(connection, key) <= MOST_TRAINING_PAIRS:
            continue
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*key), max_pairs=SAMPLED_PAIRS, record_sample_proportion=1.0
        )
        # Splink tells of it in its log alone (`tests/python/unit/matching` notices when this moves).
        if len(session._core_model_settings_history) > MOST_ITERATIONS:
            raise NotEstimatedError(
                f"the estimation from pairs with the same {' and '.join(key)} did not settle in {MOST_ITERATIONS} rounds"
            )
        learned |= {comparison.output_column_name for comparison in session.core_model_settings.comparisons}
    missing = [comparison.name for comparison in COMPARISONS if comparison.name not in learned]
    if missing:
        raise NotEstimatedError(
            f"fewer than {LEAST_TRAINING_PAIRS} pairs of records share what would teach how the {missing[0]} of one "
            "person agrees"
        )
    return _with_least_shares(linker.misc.save_model_to_json())


def _pairs_sharing(connection: duckdb.DuckDBPyConnection, key: tuple[str, ...]) -> int:
    known = " and ".join(f"{column} is not null" for column in key)
    row = connection.execute(
        f"""
        select coalesce(sum(n * (n - 1) // 2), 0)
        from (select count(*) as n from records where {known} group by {", ".join(key)})
        """
    ).fetchone()
    assert row is not None
    return int(row[0])


def _with_least_shares(settings: dict[str, Any]) -> dict[str, Any]:
    """No level without a share, and none impossible among pairs that are one person."""
    for comparison, described in zip(COMPARISONS, settings["comparisons"], strict=True):
        levels = described["comparison_levels"][1:]
        for level, estimated in zip(comparison.levels, levels, strict=True):
            estimated["m_probability"] = max(estimated.get("m_probability") or level.among_same, LEAST_SHARE)
            estimated["u_probability"] = estimated.get("u_probability") or level.among_others
        for share in ("m_probability", "u_probability"):
            whole = sum(estimated[share] for estimated in levels)
            for estimated in levels:
                estimated[share] /= whole
    return settings
