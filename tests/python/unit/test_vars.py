"""Vars that cannot be are refused before anything is built; each var says what it may be."""

from __future__ import annotations

import pytest
import yaml

from orchestration.settings import PROJECT_ROOT

# Not a threshold: what there is, and what vars may be.
_STRUCTURE = {"sources", "demo_sources", "entities_with_time_zone", "entities_with_utc_offset", "permitted_values"}


def test_each_var_says_what_it_may_be() -> None:
    variables = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]

    assert set(variables) - _STRUCTURE == set(variables["permitted_values"])


@pytest.mark.parametrize("column", ["time_zone", "utc_offset"])
def test_entities_that_say_where_they_happened_are_those_whose_staging_models_all_have_the_column(column: str) -> None:
    variables = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    having: dict[str, set[bool]] = {}
    for path in (PROJECT_ROOT / "models" / "staging").glob("*/stg_*.sql"):
        # Of the last select, in which a column stands alone or at the end of its expression.
        selected = path.read_text(encoding="utf-8").rpartition("\nselect\n")[2].partition("\nfrom ")[0]
        names = {line.rstrip(",").split()[-1].rpartition(".")[2] for line in selected.splitlines() if line.strip()}
        having.setdefault(path.stem.split("__")[1], set()).add(column in names)

    assert {entity: has for entity, has in having.items() if True in has} == {
        entity: {True} for entity in variables[f"entities_with_{column}"]
    }
