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
# By what the pairs are found that m is learned from, a comparison and its columns: each names a person nearly alone,
# and leaves the other comparisons to learn.
TRAINING_KEYS = {
    "birth_date": ("birth_date",),
    "email": ("email",),
    "phone": ("phone",),
    "address": ("street", "postal_code"),
}
# Fewer pairs teach nothing; so many share only what names nobody.
LEAST_TRAINING_PAIRS, MOST_TRAINING_PAIRS = 20, 5_000_000
MOST_ITERATIONS = 100
# Of a few hundred pairs none may differ in something, which does not make it impossible. Finer shares are not told
# apart.
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
    prior = _prior(connection)
    settings = _chance_agreement(connection, _settings(prior))
    model = Model(_agreement_of_one_person(connection, settings), prior)
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
        "em_convergence": LEAST_SHARE,
        # The levels of a pair come with its columns or not at all.
        "retain_matching_columns": True,
    }


def _linker(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any], table: str = "records") -> tuple[Any, Any]:
    """Splink's access to the connection, and its linker."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=connection)
    # Its warnings are of levels that no pair shows, which keep what they start from.
    return api, Linker(api.register(table), settings, log_level=logging.CRITICAL, validate_settings=False)


def _prior(connection: duckdb.DuckDBPyConnection) -> float:
    """How many of all pairs are one person, estimated from those that deterministic rules found."""
    row = connection.execute(
        "select sum(n), sum(n * (n - 1) / 2) from (select count(*) as n from records group by customer_id)"
    ).fetchone()
    assert row is not None
    records, found = int(row[0]), float(row[1])
    return max(found, 1.0) / FOUND_BEFORE / (records * (records - 1) / 2)


def _chance_agreement(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> dict[str, Any]:
    """u, from random pairs of one record a customer: with all records, pairs that are one would count as chance."""
    connection.execute(
        """
        create or replace table one_record_a_customer as
        select * from records
        where record in (select min_by(record, md5(record)) from records group by customer_id) order by record
        """
    )
    _, linker = _linker(connection, settings, "one_record_a_customer")
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SAMPLED_PAIRS, seed=1, min_count_per_level=None, num_chunks=1
    )
    settings = linker.misc.save_model_to_json()
    row = connection.execute("select count(*) from one_record_a_customer").fetchone()
    assert row is not None
    sampled = min(SAMPLED_PAIRS, max(row[0] * (row[0] - 1) // 2, 1))
    for comparison, described in zip(COMPARISONS, settings["comparisons"], strict=True):
        for level, estimated in zip(comparison.levels, described["comparison_levels"][1:], strict=True):
            # What none of them showed is rarer than one of them.
            if estimated["u_probability"] == level.among_others:
                estimated["u_probability"] = min(level.among_others, 1 / sampled)
    return _with_least_shares(settings)


def _agreement_of_one_person(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> dict[str, Any]:
    """m, the mean of what pairs say that share a birth date, an address …; each says nothing of what it shares."""
    learned: dict[str, list[dict[str, float]]] = {comparison.name: [] for comparison in COMPARISONS}
    troubles = []
    for key in TRAINING_KEYS:
        try:
            shares = _agreement_of_those_who_share(connection, settings, key)
        except NotEstimatedError as error:
            troubles.append(str(error))
            continue
        for name, of_levels in shares.items():
            learned[name].append(of_levels)
    for comparison, described in zip(COMPARISONS, settings["comparisons"], strict=True):
        if not learned[comparison.name]:
            raise NotEstimatedError(f"nothing teaches how the {comparison.name} of one person agrees: {troubles[0]}")
        for level in described["comparison_levels"][1:]:
            shares_of_level = [of_levels[level["label_for_charts"]] for of_levels in learned[comparison.name]]
            level["m_probability"] = sum(shares_of_level) / len(shares_of_level)
    return _with_least_shares(settings)


def _agreement_of_those_who_share(
    connection: duckdb.DuckDBPyConnection, settings: dict[str, Any], key: str
) -> dict[str, dict[str, float]]:
    """m by comparison and level, by expectation maximisation over pairs that share a key; the key's own is left out."""
    from splink import block_on
    from splink.internals.exceptions import SplinkException

    columns = TRAINING_KEYS[key]
    pairs = _pairs_sharing(connection, columns)
    if not LEAST_TRAINING_PAIRS <= pairs <= MOST_TRAINING_PAIRS:
        raise NotEstimatedError(
            f"{pairs:,} pairs share the {key}, and {LEAST_TRAINING_PAIRS} to {MOST_TRAINING_PAIRS:,} are needed"
        )
    _, linker = _linker(connection, settings)
    try:
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns), max_pairs=SAMPLED_PAIRS, record_sample_proportion=1.0
        )
        estimated = linker.misc.save_model_to_json()
    except (SplinkException, ValueError) as error:
        # A share that runs to 0 is a ValueError to it.
        raise NotEstimatedError(f"pairs that share the {key}: {str(error).strip().splitlines()[0]}") from error
    # Splink tells of it in its log alone (`tests/python/unit/matching` notices when this moves).
    if len(session._core_model_settings_history) > MOST_ITERATIONS:
        raise NotEstimatedError(f"pairs that share the {key} did not settle in {MOST_ITERATIONS} rounds")
    return {
        described["output_column_name"]: {
            level["label_for_charts"]: level["m_probability"] for level in described["comparison_levels"][1:]
        }
        for described in estimated["comparisons"]
        if described["output_column_name"] != key
    }


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
    """No level that is impossible among pairs that are one person, and shares that add up to one."""
    for described in settings["comparisons"]:
        levels = described["comparison_levels"][1:]
        for estimated in levels:
            estimated["m_probability"] = max(estimated["m_probability"], LEAST_SHARE)
        for share in ("m_probability", "u_probability"):
            whole = sum(estimated[share] for estimated in levels)
            for estimated in levels:
                estimated[share] /= whole
    return settings
