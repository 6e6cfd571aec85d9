"""The assets between the two halves of dbt: what dbt put together in, the tables of a computed source out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from orchestration import progress
from orchestration.defs.exclusive import REQUIRED
from orchestration.settings import Settings

# What to say of it in a line, and what Dagster keeps of it.
Outcome = tuple[str, dict[str, int | str | None]]

# The relations that each computed source is made from.
COMPUTED_FROM = {
    "valuation": (
        "intermediate.int_value__valuations",
        "intermediate.int_value__counted_histories",
        "intermediate.int_value__counted_spends",
    ),
    "matching": ("intermediate.int_identity__compared_records",),
    "texts": ("restricted.int_text__texts",),
}


def computed_definitions(settings: Settings) -> dg.Definitions:
    return dg.Definitions(
        assets=[
            _computed_asset(
                settings,
                _value_customers,
                title="value the customers",
                source="valuation",
                tables=("model_fits", "spend_fits", "seasonal_indices", "history_scores", "landing_files"),
            ),
            _computed_asset(
                settings,
                _match_records,
                title="match records",
                source="matching",
                tables=("runs", "blocking_rules", "comparison_levels", "scored_pairs", "landing_files"),
            ),
            _computed_asset(
                settings,
                _assess_texts,
                title="assess the texts",
                source="texts",
                tables=("text_models", "text_scores", "landing_files"),
            ),
        ]
    )


def _computed_asset(
    settings: Settings,
    compute: Callable[[Settings], Outcome],
    *,
    title: str,
    source: str,
    tables: Sequence[str],
) -> dg.AssetsDefinition:
    """The tables of dbt's source `source`, whose keys join the two halves in one lineage."""

    @dg.multi_asset(
        name=compute.__name__.removeprefix("_"),
        required_resource_keys=REQUIRED,
        specs=[
            dg.AssetSpec(
                [source, table],
                deps=[dg.AssetKey(relation.split(".")) for relation in COMPUTED_FROM[source]],
                group_name=source,
                kinds={"python", "parquet"},
            )
            for table in tables
        ],
    )
    def computed() -> Iterator[dg.MaterializeResult[None]]:
        with progress.stage(title) as stage:
            stage.outcome, metadata = compute(settings)
        for table in tables:
            yield dg.MaterializeResult(asset_key=[source, table], metadata=metadata)

    return computed


# What computes is imported where it is used: SciPy and scikit-learn cost a second, which listing assets need not pay.


def _value_customers(settings: Settings) -> Outcome:
    from orchestration.valuation.value_customers import value_customers

    valued = value_customers(settings.warehouse, settings.lake, settings.clock())
    outcome = f"{valued.made} valuations, {valued.fits} fits, {valued.histories:,} histories"
    return (
        outcome if valued.made else "nothing new",
        {"valuations_made": valued.made, "valuations_unchanged": valued.unchanged},
    )


def _match_records(settings: Settings) -> Outcome:
    from orchestration.matching.match_records import match_records

    matched = match_records(settings.warehouse, settings.lake, settings.clock())
    if matched is None:
        return "nothing new", {"pairs_compared": 0}
    if matched.reason:
        return f"nothing proposed: {matched.reason}", {"pairs_compared": matched.compared}
    return (
        f"{matched.record_count:,} records, {matched.compared:,} pairs compared",
        {"pairs_compared": matched.compared},
    )


def _assess_texts(settings: Settings) -> Outcome:
    from orchestration.texts.assess_texts import assess_texts

    assessed = assess_texts(settings.warehouse, settings.lake, settings.clock())
    outcome = f"{assessed.texts:,} texts" if assessed.texts else "nothing new"
    return (
        outcome + (", a new model" if assessed.is_new_model else ""),
        {"texts": assessed.texts, "model_version": assessed.model_version},
    )
