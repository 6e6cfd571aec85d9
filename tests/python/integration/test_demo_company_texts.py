"""The demo company: what customers wrote."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.python.integration.conftest import Project
from tests.python.integration.demo_sources import (
    records,
)


def test_texts_are_told_apart_by_language_and_sentiment(demo: Project, landing: Path) -> None:
    """What customers wrote, and agents did not; each language against what the platforms state."""
    ((of_agents,),) = records(landing, "helpdesk", "select count(*) from comments where author = 'agent'")
    assert of_agents > 1000
    kinds = dict(demo.query("select text_type, count(*) from attitudinal.text_assessments group by 1"))
    assert set(kinds) == {"review", "survey_comment", "mention", "ticket_comment"}
    assert demo.query(
        "select count(*) from interaction.ticket_comments where author = 'customer' and text_length > 0"
    ) == [(kinds["ticket_comment"],)]
    ((stated, agreed),) = demo.query(
        "select count(stated_language), count(*) filter (language = stated_language)"
        " from attitudinal.text_assessments where language <> 'und'"
    )
    assert stated > 500
    assert agreed / stated > 0.98
    ((assessed, accuracy, majority),) = demo.query(
        "select assessed_text_count, accuracy, majority_share from marts.sentiment_accuracy"
        " where source_system = 'social' and language = 'all'"
    )
    assert assessed > 400
    assert accuracy > majority + Decimal("0.2")
