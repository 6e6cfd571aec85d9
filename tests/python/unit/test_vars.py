"""Vars that cannot be are refused before anything is built; each var says what it may be."""

from __future__ import annotations

import yaml

from orchestration.settings import PROJECT_ROOT

# Not a threshold: what there is, and what vars may be.
_STRUCTURE = {"sources", "entities_with_time_zone", "permitted_values"}


def test_each_var_says_what_it_may_be() -> None:
    variables = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]

    assert set(variables) - _STRUCTURE == set(variables["permitted_values"])


def test_entities_with_a_time_zone_are_those_whose_staging_models_all_have_the_column() -> None:
    named = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    having: dict[str, set[bool]] = {}
    for path in (PROJECT_ROOT / "models" / "staging").glob("*/_*__models.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            columns = {column["name"] for column in model.get("columns", [])}
            having.setdefault(model["name"].split("__")[1], set()).add("time_zone" in columns)

    assert {entity for entity, has in having.items() if True in has} == set(named["entities_with_time_zone"])
    assert all(having[entity] == {True} for entity in named["entities_with_time_zone"])
