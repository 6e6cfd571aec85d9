"""A survey export, one row a response, becomes a row an answer; what each column asks is a guess until it is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.new_source.errors import NewSourceError
from tests.python.conftest import REPOSITORY

Write = Callable[..., str]
EXPORT = "ResponseId,RecordedDate,Customer ID,Email,NPS,CSAT,Effort,Q7,Comment\n" + "".join(
    f"R{n},2024-02-{n:02d} 10:00:00,C{n % 4},c{n % 4}@example.org,{n % 11},{1 + n % 5},{1 + n % 7},{1 + n % 4},"
    f"{'fine' if n % 3 else ''}\n"
    for n in range(1, 23)
)
QUALTRICS = EXPORT.replace(
    "\n",
    '\nResponse ID,Recorded Date,Customer,Email,"How likely, in all?",Satisfied?,Easy?,Q7?,Why?\n'
    + ",".join(f'"{{""ImportId"":""QID{n}""}}"' for n in range(9))
    + "\n",
    1,
)


def staging(project: Path, entity: str) -> str:
    return (project / f"models/staging/web_shop/stg_web_shop__{entity}.sql").read_text()


@pytest.mark.parametrize("export", [EXPORT, QUALTRICS])
def test_columns_with_answers_on_a_scale_become_rows_and_are_guesses(
    export: str, write_pack: Write, project: Path
) -> None:
    said = write_pack({"survey.csv": export})
    for told in (
        "22 rows",
        "question nps: recommendation, 0 to 10, more is better (guess)",
        "question csat: satisfaction, 1 to 5, more is better (guess)",
        "question effort: effort, 1 to 7, more is better (guess)",
        "survey.q7 has answers from 1 to 4, and its name does not say what it asks",
        "survey: customers are those of web_shop: a guess",
        "survey_items.csv: web_shop_nps,nps,nps,recommendation,0,10,1,1,,after",
    ):
        assert told in said
    answers = staging(project, "survey_answers")
    assert answers.count("-- guess") >= 3
    assert "coalesce(customer_id, {{ hashed_key('email') }})" in answers
    assert "has_comment" in staging(project, "survey_comments")
    base = (project / "models/staging/web_shop/base/base_web_shop__survey.sql").read_text()
    assert "between('nps', 0, 10)" in base


MAPPING = """
customer_namespace: shop
tables:
  survey:
    survey_answers:
      response_id: responseid
      occurred_at: recorded_date
      source_customer_id: customer_id
      email: none
      comment: none
      questions:
        q7: {construct: effort, scale: [1, 5], direction: -1, question: trouble, touchpoint: support}
"""


def test_what_is_said_of_questions_is_no_guess(write_pack: Write, project: Path) -> None:
    said = write_pack({"survey.csv": EXPORT.replace("ResponseId", "responseid")}, MAPPING)
    assert "question q7: effort, 1 to 5, less is better\n" in said
    assert "web_shop_ces,ces,trouble,effort,1,5,-1,1,support,after" in said
    assert "customers are those of shop. " in said
    answers = staging(project, "survey_answers")
    assert "-- guess" not in answers
    assert "'shop'" in answers
    assert not (project / "models/staging/web_shop/stg_web_shop__survey_comments.sql").exists()
    assert "seeds/…/survey_items" not in write_pack({"survey.csv": EXPORT.replace("ResponseId", "responseid")}, MAPPING)


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        ("{q9: {construct: effort}}", "no column 'q9', which is to be a question"),
        ("{q7: {scale: [1, 5]}}", "q7 has no construct. Say one of recommendation"),
        ("{q7: {construct: recommendation, scale: [1, 5]}}", "asked on a scale from 0 to 10"),
        ("{q7: {construct: effort, scale: [5, 1]}}", "q7 has no scale"),
        ("{comment: {construct: effort}}", "comment holds no numbers"),
        (
            "{q7: {construct: effort, question: a}, csat: {construct: satisfaction, question: a}}",
            "two questions are called a",
        ),
        ("{q7: none}", "no column of it is known as a question"),
    ],
)
def test_a_question_that_cannot_be_is_told_by_its_column(questions: str, told: str, write_pack: Write) -> None:
    mapping = f"tables: {{survey: {{survey_answers: {{questions: {questions}}}}}}}"
    with pytest.raises(NewSourceError, match=told.replace("[", r"\[")):
        write_pack({"survey.csv": EXPORT}, mapping)


def test_the_example_of_the_docs_leaves_no_guess(write_pack: Write, project: Path) -> None:
    mapping = (REPOSITORY / "docs/examples/survey_export.yml").read_text(encoding="utf-8")
    rows = "".join(f"R{n},2024-02-{n:02d},C{n},{n % 11},{1 + n % 5},{1 + n % 7},fine\n" for n in range(1, 15))
    header = "Response ID,Recorded Date,Customer ID,NPS,Q2,Q3,Comment\n"
    said = write_pack({"survey.csv": header + rows}, mapping)
    assert "-- guess" not in staging(project, "survey_answers")
    assert "web_shop_ces,ces,trouble,effort,1,7,-1,1,support,after" in said
