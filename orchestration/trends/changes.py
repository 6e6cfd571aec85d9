"""Changes of satisfaction, as rows: from period to period, and from one level to another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from orchestration.statistics.changes import Means, differences, holm
from orchestration.statistics.level_shifts import newest_shifts
from orchestration.trends.figures import WHOLE, CommonPeople, Cut, Figure, Figures

PREVIOUS_PERIOD, PREVIOUS_YEAR, PREVIOUS_LEVEL = "previous_period", "previous_year", "previous_level"
_YEAR = 12
# Levels are of months: in longer periods one month stands several times.
_LEVELS_OF = "1 month"


@dataclass(frozen=True)
class _Stretch:
    """What one side of a comparison comes to."""

    answer_count: int
    people_count: int
    score: float
    variance: float

    @classmethod
    def of(cls, figures: Sequence[Figure], common: CommonPeople | None) -> _Stretch:
        """The months of a level, weighted by n.

        Who answered in several of them says more or less the same each time. How many people they are together is not
        known: as many as in the largest month at least.
        """
        answers = np.array([figure.answer_count for figure in figures], np.float64)
        score = float(np.average([figure.score for figure in figures], weights=answers))
        squares = float((answers**2 * [figure.variance for figure in figures]).sum())
        if common is not None:
            months = [figure.first_month for figure in figures]
            squares += max(2 * common.products(months, months, (score, score)), 0)
        return cls(
            int(answers.sum()),
            max(figure.people_count for figure in figures),
            score,
            squares / float(answers.sum()) ** 2,
        )


@dataclass(frozen=True)
class _Comparison:
    """Two sides of one comparison that is told of the period of `figure`.

    `chances`: places at which it could have been found. `shift` are the first month of the new level, and the earliest
    and latest that this may have been.
    """

    figure: Figure
    comparison: str
    later: _Stretch
    earlier: _Stretch
    covariance: float
    contribution: float | None = None
    chances: int = 1
    shift: tuple[int, int, int] | None = None


def changes(figures: Figures) -> list[dict[str, Any]]:
    """One row a shown figure and comparison with one that is shown too; with the level before, where there was one.

    p-values are adjusted for all comparisons of periods with one end, whatever questionnaire, cut and length, and for
    the levels that could have shifted by then.
    """
    compared = [*_with_periods(figures), *_with_levels(figures)]
    test_counts = Counter(_end(one.figure) for one in compared if one.shift is None)
    for series in _months(figures.shown).values():
        test_counts.update(_end(figure) for figure in series[1:])
    found = differences(
        _means([one.later for one in compared]),
        _means([one.earlier for one in compared]),
        np.array([one.covariance for one in compared], np.float64),
    )
    p_values = np.minimum(found.p_value * np.array([one.chances for one in compared]), 1)
    adjusted = np.empty_like(p_values)
    ends = np.array([_end(one.figure) for one in compared])
    for end, test_count in test_counts.items():
        adjusted[ends == end] = holm(p_values[ends == end], test_count)
    return [
        {
            "satisfaction_id": one.figure.satisfaction_id,
            "comparison": one.comparison,
            "answer_count": one.later.answer_count,
            "earlier_answer_count": one.earlier.answer_count,
            "score": one.later.score,
            "earlier_score": one.earlier.score,
            "score_change": float(found.change[place]),
            "standard_error": float(found.standard_error[place]),
            "lower_95": float(found.lower_95[place]),
            "upper_95": float(found.upper_95[place]),
            "contribution": one.contribution,
            "p_value": float(p_values[place]),
            "adjusted_p_value": float(adjusted[place]),
            "test_count": test_counts[_end(one.figure)],
            "shift_month_date": _date(one.shift[0]) if one.shift else None,
            "earliest_shift_month_date": _date(one.shift[1]) if one.shift else None,
            "latest_shift_month_date": _date(one.shift[2]) if one.shift else None,
        }
        for place, one in enumerate(compared)
    ]


def _means(stretches: Sequence[_Stretch]) -> Means:
    return Means(
        *(
            np.array([getattr(stretch, name) for stretch in stretches], np.float64)
            for name in ("score", "variance", "answer_count", "people_count")
        )
    )


def _with_periods(figures: Figures) -> list[_Comparison]:
    shown = {(figure.cut, figure.period_type, figure.first_month): figure for figure in figures.shown}
    found = []
    for figure in figures.shown:
        # The year before is the period before of one that is as long.
        steps = (
            {_YEAR: PREVIOUS_YEAR}
            if figure.month_count == _YEAR
            else {
                figure.month_count: PREVIOUS_PERIOD,
                _YEAR: PREVIOUS_YEAR,
            }
        )
        for step, comparison in steps.items():
            earlier = shown.get((figure.cut, figure.period_type, figure.first_month - step))
            if earlier is not None:
                whole = figure.cut._replace(dimension=WHOLE, dimension_value="all")
                found.append(
                    _Comparison(
                        figure,
                        comparison,
                        _side(figure),
                        _side(earlier),
                        figures.covariance(figure, earlier),
                        _contribution(
                            figure,
                            earlier,
                            shown[whole, figure.period_type, figure.first_month],
                            shown[whole, figure.period_type, earlier.first_month],
                        ),
                    )
                )
    return found


def _side(figure: Figure) -> _Stretch:
    return _Stretch(figure.answer_count, figure.people_count, figure.score, figure.variance)


def _contribution(later: Figure, earlier: Figure, later_whole: Figure, earlier_whole: Figure) -> float:
    """Points of the whole's change that come from a part, by its own change and by its share of answers.

    Those of all parts of a dimension sum to the change (Kitagawa 1955, *Components of a difference between two rates*,
    Journal of the American Statistical Association 50:272).
    """
    share, earlier_share = (
        later.answer_count / later_whole.answer_count,
        earlier.answer_count / earlier_whole.answer_count,
    )
    distance = (later.score + earlier.score - later_whole.score - earlier_whole.score) / 2
    return (share + earlier_share) / 2 * (later.score - earlier.score) + (share - earlier_share) * distance


def _with_levels(figures: Figures) -> list[_Comparison]:
    found = []
    for cut, series in _months(figures.shown).items():
        answers = np.array([figure.answer_count for figure in series], np.float64)
        # Of a single answer, design effect included, by what was known until then.
        squares = np.cumsum(answers**2 * [figure.variance for figure in series]) / np.cumsum(answers)
        shifts = newest_shifts(np.array([figure.score for figure in series]), answers, squares)
        common = figures.common.get(cut)
        for place, shift in enumerate(shifts):
            if shift is not None:
                now, before = series[shift.start : place + 1], series[shift.before : shift.start]
                later, earlier = _Stretch.of(now, common), _Stretch.of(before, common)
                found.append(
                    _Comparison(
                        series[place],
                        PREVIOUS_LEVEL,
                        later,
                        earlier,
                        # Who answered at both levels makes them alike: without it the test is on the safe side.
                        0.0,
                        chances=place,
                        shift=(
                            series[shift.start].first_month,
                            series[shift.earliest].first_month,
                            series[shift.latest].first_month,
                        ),
                    )
                )
    return found


def _months(shown: Sequence[Figure]) -> dict[Cut, list[Figure]]:
    """The months of each cut that are shown, oldest first."""
    found: dict[Cut, list[Figure]] = defaultdict(list)
    for figure in shown:
        if figure.period_type == _LEVELS_OF:
            found[figure.cut].append(figure)
    return {cut: sorted(series, key=lambda figure: figure.first_month) for cut, series in found.items()}


def _end(figure: Figure) -> int:
    return figure.months[-1]


def _date(month: int) -> str:
    return f"{month // _YEAR:04}-{month % _YEAR + 1:02}-01"
