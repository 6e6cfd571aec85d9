"""Vars that cannot be are refused before anything is built; each var says what it may be."""

from __future__ import annotations

import yaml

from orchestration.settings import PROJECT_ROOT

# Not a threshold: which sources there are, and what vars may be.
_STRUCTURE = {"sources", "permitted_values"}


def test_each_var_says_what_it_may_be() -> None:
    variables = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]

    assert set(variables) - _STRUCTURE == set(variables["permitted_values"])
