"""In which order dbt and Python take turns, on small graphs whose order one sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from orchestration.computations import Computation, ComputationError, Stage, computed_from, stages


def project(models: Mapping[str, Sequence[str]], computed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """dbt's manifest of models, with the models or tables (`source.table`) they read, and of computed sources."""

    def key(name: str) -> str:
        return f"source.p.{name}" if "." in name else f"model.p.{name}"

    return {
        "nodes": {
            key(name): {
                "name": name,
                "schema": "intermediate",
                "resource_type": "model",
                "depends_on": {"nodes": [key(parent) for parent in parents]},
            }
            for name, parents in models.items()
        },
        "sources": {
            "source.p.shop.orders": {"source_name": "shop", "config": {"meta": {}}},
            **{
                key(f"{source}.scores"): {"source_name": source, "config": {"meta": {"computed_from": list(inputs)}}}
                for source, inputs in computed.items()
            },
        },
    }


def computations(*sources: str) -> list[Computation]:
    def compute(*_: object) -> Any:
        raise AssertionError("nothing is computed to find an order")

    return [Computation(source, source, compute) for source in sources]


def turns(found: Sequence[Stage]) -> list[tuple[list[str], list[str]]]:
    """What is computed, and which models are built then, stage by stage."""
    return [
        ([one.source for one in stage.computations], sorted(key.split(".")[-1] for key in stage.nodes))
        for stage in found
    ]


def test_what_is_computed_from_something_computed_comes_a_stage_later() -> None:
    made = project(
        {"orders": ["shop.orders"], "worth": ["value.scores", "orders"], "actions": ["action.scores", "worth"]},
        {"action": ["worth", "orders"], "value": ["orders"]},
    )
    found = stages(made, computations("action", "value"))
    assert turns(found) == [([], ["orders"]), (["value"], ["worth"]), (["action"], ["actions"])]
    assert [stage.selection() for stage in found] == [
        ["--select", "fqn:*", "--exclude", "source:action+", "source:value+"],
        ["--select", "source:value+", "--exclude", "source:action+"],
        ["--select", "source:action+"],
    ]


def test_computations_that_do_not_depend_on_each_other_share_a_stage() -> None:
    made = project(
        {"orders": ["shop.orders"], "texts": [], "worth": ["value.scores"], "moods": ["mood.scores", "worth"]},
        {"value": ["orders"], "mood": ["texts", "orders"]},
    )
    assert turns(stages(made, computations("value", "mood"))) == [
        ([], ["orders", "texts"]),
        (["value", "mood"], ["moods", "worth"]),
    ]


def test_without_computations_dbt_runs_once() -> None:
    (stage,) = stages(project({"orders": ["shop.orders"]}, {}), [])
    assert stage.selection() == ["--select", "fqn:*"]


def test_a_computation_that_rests_on_its_own_output_is_named_with_the_way_it_does() -> None:
    made = project(
        {"orders": ["shop.orders"], "worth": ["value.scores"], "ranks": ["worth", "orders"]}, {"value": ["ranks"]}
    )
    with pytest.raises(ComputationError, match="rests on its own output") as caught:
        stages(made, computations("value"))
    for name in ("value.scores", "worth", "ranks"):
        assert name in str(caught.value)
    assert "orders" not in str(caught.value)


def test_two_computations_that_rest_on_each_other_are_a_cycle_too() -> None:
    made = project({"one": ["first.scores"], "other": ["second.scores"]}, {"first": ["other"], "second": ["one"]})
    with pytest.raises(ComputationError, match=r"first\.scores.*second\.scores|second\.scores.*first\.scores"):
        stages(made, computations("first", "second"))


@pytest.mark.parametrize(
    ("computed", "known", "message"),
    [
        pytest.param({"value": ["order"]}, ["value"], "value is computed from order, which is no model", id="misspelt"),
        pytest.param({"value": ["orders"]}, [], "Nothing computes the source value", id="no function"),
        pytest.param({}, ["value"], "The source value is computed, and no YAML declares it", id="no source"),
    ],
)
def test_what_is_declared_and_what_is_computed_have_to_agree(
    computed: dict[str, list[str]], known: list[str], message: str
) -> None:
    with pytest.raises(ComputationError, match=message):
        stages(project({"orders": ["shop.orders"]}, computed), computations(*known))


def test_what_a_source_is_computed_from_is_told_as_relations() -> None:
    made = project({"orders": ["shop.orders"], "worth": ["value.scores"]}, {"value": ["orders"]})
    assert computed_from(made, computations("value")) == {"value": ("intermediate.orders",)}
