"""What Python computes from models of dbt for other models, and in which order the two take turns.

dbt builds what rests on nothing computed, Python computes from that, dbt builds what rests on it, and so on: as many
stages as there are computations that depend on each other, and one more (docs/decisions/0057-computations.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from orchestration.computed import Computed

# dbt's manifest, as its JSON has it.
Project = Mapping[str, Any]


class ComputationError(Exception):
    """What Python computes cannot be put in an order; the message names the computation and what is wrong with it."""


@dataclass(frozen=True)
class Computation:
    """What makes the tables of a source of dbt's. `title` says what it does.

    The YAML of the source says the rest: the models it is `computed_from`, its tables, their columns and types.
    `compute` takes the warehouse, the lake and the run's clock. It writes with a ComputedLoad, which keeps versions and
    the fingerprint of what each was computed from, so that the same input is computed once.
    """

    source: str
    title: str
    compute: Callable[[Path, Path, datetime], Computed]


@dataclass(frozen=True)
class Stage:
    """One run of dbt, and what is computed right before it, as nothing earlier reads it.

    `select` and `exclude` are criteria of dbt's; `nodes` are the ids of what they come to.
    """

    number: int
    computations: tuple[Computation, ...]
    select: tuple[str, ...]
    exclude: tuple[str, ...]
    nodes: frozenset[str]

    def selection(self) -> list[str]:
        """The options that have dbt build this stage and nothing else."""
        return ["--select", *self.select, *(("--exclude", *self.exclude) if self.exclude else ())]

    def compute(self, warehouse: Path, lake: Path, computed_at: datetime) -> None:
        """Compute what the stage begins with."""
        for computation in self.computations:
            computation.compute(warehouse, lake, computed_at)


# What computes is imported where it is used: SciPy and scikit-learn cost a second, which listing assets need not pay.


def value_customers(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.valuation.value_customers import value_customers as compute

    return compute(warehouse, lake, computed_at)


def match_records(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.matching.match_records import match_records as compute

    return compute(warehouse, lake, computed_at)


def assess_texts(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.texts.assess_texts import assess_texts as compute

    return compute(warehouse, lake, computed_at)


def relate_constructs(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.constructs.relate_constructs import relate_constructs as compute

    return compute(warehouse, lake, computed_at)


def judge_profiles(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.profiling.judge_profiles import judge_profiles as compute

    return compute(warehouse, lake, computed_at)


def credit_conversions(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.attribution.credit_conversions import credit_conversions as compute

    return compute(warehouse, lake, computed_at)


def compare_periods(warehouse: Path, lake: Path, computed_at: datetime) -> Computed:
    from orchestration.trends.compare_periods import compare_periods as compute

    return compute(warehouse, lake, computed_at)


COMPUTATIONS = (
    Computation("valuation", "value the customers", value_customers),
    Computation("matching", "match records", match_records),
    Computation("texts", "assess the texts", assess_texts),
    Computation("constructs", "relate constructs of satisfaction", relate_constructs),
    Computation("profiling", "judge the profiles", judge_profiles),
    Computation("attribution", "credit conversions to channels", credit_conversions),
    Computation("trends", "compare periods of satisfaction", compare_periods),
)


def stages(project: Project, computations: Sequence[Computation] = COMPUTATIONS) -> list[Stage]:
    """In which order dbt and Python take turns; the first stage begins with dbt.

    Raises ComputationError where a computation rests on its own output, is computed from what is no model, or is not
    both declared in YAML and one of `computations`.
    """
    inputs = _inputs(project, computations)
    source_of = {key: table["source_name"] for key, table in project["sources"].items()}
    parents = {key: node["depends_on"].get("nodes", []) for key, node in project["nodes"].items()}
    parents |= {key: inputs[source] for key, source in source_of.items() if source in inputs}
    try:
        order = list(TopologicalSorter(parents).static_order())
    except CycleError as error:
        raise ComputationError(
            f"A computation rests on its own output: {' → '.join(map(_name, error.args[1]))}. One of them has to read "
            "something else."
        ) from error
    level: dict[str, int] = {}
    for key in order:
        level[key] = max((level[parent] for parent in parents.get(key, ())), default=0) + (source_of.get(key) in inputs)
    level_of = {source: level[key] for key, source in source_of.items() if source in inputs}
    found = []
    for number in range(max(level_of.values(), default=0) + 1):
        now = tuple(one for one in computations if level_of[one.source] == number)
        found.append(
            Stage(
                number,
                now,
                select=tuple(f"source:{one.source}+" for one in now) or ("fqn:*",),
                exclude=tuple(f"source:{one.source}+" for one in computations if level_of[one.source] > number),
                nodes=frozenset(key for key in project["nodes"] if level[key] == number),
            )
        )
    return found


def computed_from(project: Project, computations: Sequence[Computation] = COMPUTATIONS) -> dict[str, tuple[str, ...]]:
    """The relations (`schema.name`) that each computed source is made from. Raises what `stages` does."""
    nodes = project["nodes"]
    return {
        source: tuple(f"{nodes[key]['schema']}.{nodes[key]['name']}" for key in keys)
        for source, keys in _inputs(project, computations).items()
    }


def _inputs(project: Project, computations: Sequence[Computation]) -> dict[str, list[str]]:
    """The ids of the models that each computed source is made from."""
    models = {node["name"]: key for key, node in project["nodes"].items() if node["resource_type"] == "model"}
    declared = {
        table["source_name"]: table["config"]["meta"]["computed_from"]
        for table in project["sources"].values()
        if "computed_from" in table["config"]["meta"]
    }
    known = {computation.source for computation in computations}
    for source in sorted(known ^ declared.keys()):
        raise ComputationError(
            f"Nothing computes the source {source}, which says what it is computed from: it takes an entry in "
            "COMPUTATIONS of orchestration/computations.py."
            if source in declared
            else f"The source {source} is computed, and no YAML declares it with `computed_from` in its meta."
        )
    for source, names in declared.items():
        for name in names:
            if name not in models:
                raise ComputationError(f"The source {source} is computed from {name}, which is no model that is on.")
    return {source: [models[name] for name in names] for source, names in declared.items()}


def _name(key: str) -> str:
    """What people call a node of dbt's: `source.table` or the model's name."""
    return ".".join(key.split(".")[2:])
