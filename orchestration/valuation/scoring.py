"""One valuation: fits by segment where a segment is big enough, else of its source, and scores of every history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.customer_value import continuous_discount_rate, periodic_discount_rate
from orchestration.statistics.fitting import Fit, NotIdentifiedError
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.residual_purchases import at_few_ages, dert, residual_purchases
from orchestration.statistics.transactions import TransactionModel
from orchestration.valuation.histories import Segment, Valuation, together

# Part of every fingerprint: raise it when the same input gives other results, and every month gets a new version.
METHOD = "1"

TRANSACTION_MODELS: dict[str, type[Any]] = {"mbg_nbd": MbgNbd, "bg_nbd": BgNbd, "pareto_nbd": ParetoNbd}
SPEND_MODEL = "gamma_gamma"
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
HORIZONS = (12, 24, 36)

Row = dict[str, Any]


@dataclass(frozen=True)
class FittedModels:
    """The models that were fitted in one valuation, by source, segment (empty for all of the source) and kind.

    What a segment has no fit of its own for, it has from its source.
    """

    transactions: dict[tuple[str, str], tuple[str, TransactionModel]] = field(default_factory=dict)
    spends: dict[tuple[str, str], str] = field(default_factory=dict)

    def transaction_model(self, segment: Segment) -> tuple[str | None, TransactionModel | None]:
        """Key of the fit, and the model."""
        source = segment.source_system
        return self.transactions.get((source, segment.name)) or self.transactions.get((source, "")) or (None, None)

    def spend_fit(self, segment: Segment) -> str | None:
        return self.spends.get((segment.source_system, segment.name)) or self.spends.get((segment.source_system, ""))

    def keys(self) -> list[str]:
        return sorted([key for key, _ in self.transactions.values()] + list(self.spends.values()))


@dataclass
class Result:
    """Rows for the tables of the lake, and the models for the next month."""

    model_fits: list[Row]
    spend_fits: list[Row]
    history_scores: dict[str, Any]
    models: FittedModels


def score(valuation: Valuation, segments: list[Segment], prior: FittedModels, content_md5: str) -> Result:
    """Fit and score what was counted at a valuation; `prior` are the models of the month before.

    What cannot be fitted is told in a row of `model_fits`, and its histories get no scores but a reason.
    """
    work = _Fitting(valuation, content_md5)
    by_source: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        by_source[segment.source_system].append(segment)
    for of_source in by_source.values():
        work.fit(together(of_source))
        if len(of_source) > 1:
            for segment in of_source:
                work.fit(segment)
    scores = [_scores(valuation, segment, work, prior) for segment in segments]
    return Result(
        work.model_fits,
        work.spend_fits,
        {name: np.concatenate([block[name] for block in scores]) for name in scores[0]} if scores else {},
        work.models,
    )


class _Fitting:
    """Collects the fits of one valuation."""

    def __init__(self, valuation: Valuation, content_md5: str) -> None:
        self.valuation = valuation
        self.content_md5 = content_md5
        self.models = FittedModels()
        self.fits: dict[str, Fit[Any]] = {}
        self.reasons: dict[tuple[str, str], str] = {}
        self.model_fits: list[Row] = []
        self.spend_fits: list[Row] = []

    def fit(self, segment: Segment) -> None:
        place = (segment.source_system, segment.name)
        customers = float(segment.histories.counts.sum())
        buyers = float(segment.histories.counts[segment.histories.frequency > 0].sum())
        too_small = None
        least = (self.valuation.minimum_segment_customers, self.valuation.minimum_segment_repeat_buyers)
        if segment.name and (customers < least[0] or buyers < least[1]):
            too_small = (
                f"{customers:.0f} customers, {buyers:.0f} of them repeat buyers: a fit of its own takes {least[0]} and "
                f"{least[1]}; that of all customers of {segment.source_system} is used"
            )
        name = self.valuation.transaction_model
        model = TRANSACTION_MODELS[name]
        histories = segment.histories
        fitted = self._try(segment, name, too_small, lambda: model.fit(histories), customers, histories.counts.size)
        if fitted:
            self.models.transactions[place] = (fitted[0], fitted[1].model)
        spends = (segment.spend_frequency, segment.spend_mean, segment.spend_counts)
        fitted = self._try(
            segment, SPEND_MODEL, too_small, lambda: GammaGamma.fit(*spends), float(spends[2].sum()), spends[2].size
        )
        if fitted:
            self.models.spends[place] = fitted[0]
            self._add_spend_fit(*fitted)

    def _try(
        self, segment: Segment, model: str, too_small: str | None, make: Any, customers: float, rows: int
    ) -> tuple[str, Fit[Any]] | None:
        """The fit and its key, or, where there is none, a row that says why."""
        valuation_id = self.valuation.valuation_id
        place = f"{segment.source_system}:{segment.name}" if segment.name else segment.source_system
        row: Row = {
            "valuation_id": valuation_id,
            "fit_id": f"{valuation_id}:{place}:{model}:{self.content_md5[:8]}",
            "source_system": segment.source_system,
            "segment": segment.name or None,
            "model": model,
            "customer_count": round(customers),
            "history_count": rows,
        }
        status, reason = "too_small", too_small
        if not reason:
            try:
                fit = make()
            except NotIdentifiedError as error:
                status, reason = "not_identified", str(error)
            except RuntimeError as error:
                status, reason = "failed", str(error)
            else:
                self.fits[row["fit_id"]] = fit
                for parameter, estimate, error_ in zip(fit.names, fit.values, fit.standard_errors, strict=True):
                    self.model_fits.append(
                        {
                            **row,
                            "status": "fitted",
                            "parameter": parameter,
                            "estimate": float(estimate),
                            "standard_error": float(error_),
                            "is_at_bound": parameter in fit.at_bound,
                            "log_likelihood": fit.log_likelihood,
                            "iteration_count": fit.iterations,
                        }
                    )
                return row["fit_id"], fit
        self.model_fits.append({**row, "status": status, "reason": reason})
        if not segment.name:
            self.reasons[(segment.source_system, model)] = reason or status
        return None

    def _add_spend_fit(self, fit_id: str, fit: Fit[GammaGamma]) -> None:
        row: Row = {"valuation_id": self.valuation.valuation_id, "fit_id": fit_id}
        row.update(zip("pqv", fit.values.tolist(), strict=True))
        for i, first in enumerate("pqv"):
            for j, second in enumerate("pqv"):
                if i <= j:
                    row[f"covariance_{first}{second}"] = float(fit.log_covariance[i, j])
        self.spend_fits.append(row)


def _scores(valuation: Valuation, segment: Segment, work: _Fitting, prior: FittedModels) -> dict[str, Any]:
    """Columns of `history_scores`, one element a distinct history of the segment."""
    histories = segment.histories
    n = histories.frequency.size
    x, t_x, T = histories.frequency, histories.recency, histories.age
    fit_id, model = work.models.transaction_model(segment)
    _, prior_model = prior.transaction_model(segment)
    nothing = np.full(n, np.nan)
    scores: dict[str, Any] = {
        "valuation_id": _repeated(valuation.valuation_id, n),
        "source_system": _repeated(segment.source_system, n),
        "segment": _repeated(segment.name, n),
        "frequency": x.astype(np.int64),
        "recency_days": t_x.astype(np.int64),
        "age_days": T.astype(np.int64),
        "transaction_fit_id": _repeated(fit_id, n),
        "spend_fit_id": _repeated(work.models.spend_fit(segment), n),
        "prior_spend_fit_id": _repeated(prior.spend_fit(segment), n),
        "reason": _repeated(_reason(segment, work), n),
        "probability_alive": nothing,
        **{f"expected_purchases_{months}_months": nothing for months in HORIZONS},
        "discounted_purchases_36_months": nothing,
        "discounted_purchases": nothing,
        "discounted_purchases_log_error": nothing,
        "prior_probability_alive": nothing,
        "prior_discounted_purchases": nothing,
        "holdout_purchases": nothing,
    }
    if model is None or fit_id is None:
        return scores
    delta = continuous_discount_rate(valuation.annual_discount_rate, DAYS_PER_YEAR)
    scores["probability_alive"] = model.probability_alive(x, t_x, T)
    if valuation.holdout_days is not None:
        # What is shown only to be compared with what came needs no value.
        scores["holdout_purchases"] = model.expected_purchases(x, t_x, T, valuation.holdout_days)
        return scores
    for months in HORIZONS:
        scores[f"expected_purchases_{months}_months"] = model.expected_purchases(x, t_x, T, months * DAYS_PER_MONTH)
    scores["discounted_purchases_36_months"] = at_few_ages(model, _by_month(model, valuation), x, t_x, T)
    residual = residual_purchases(work.fits[fit_id], x, t_x, T, delta)
    scores["discounted_purchases"] = residual.expected
    scores["discounted_purchases_log_error"] = residual.log_standard_error
    if prior_model is not None:
        scores["prior_probability_alive"] = prior_model.probability_alive(x, t_x, T)
        scores["prior_discounted_purchases"] = dert(prior_model, x, t_x, T, delta)
    return scores


def _by_month(model: TransactionModel, valuation: Valuation) -> Any:
    rate = periodic_discount_rate(valuation.annual_discount_rate, 12)

    def expectation(x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        return model.discounted_expected_purchases(
            x, t_x, T, periods=max(HORIZONS), period=DAYS_PER_MONTH, discount_rate=rate
        )

    return expectation


def _reason(segment: Segment, work: _Fitting) -> str | None:
    """Why nothing, or no value, is foretold of the segment's customers, or what their value rests on."""
    source = segment.source_system
    fit_id = work.models.transaction_model(segment)[0]
    if fit_id is None:
        return work.reasons.get((source, work.valuation.transaction_model))
    if work.models.spend_fit(segment) is None:
        return work.reasons.get((source, SPEND_MODEL))
    fit = work.fits[fit_id]
    drop_out = fit.names[2]  # a, or Pareto/NBD's s: none of it, and nobody leaves
    if drop_out in fit.at_bound and fit.values[2] < 1:
        return "the data show no drop-out, so the value is that of customers who never leave: see the 36-month figures"
    return None


def _repeated(value: str | None, n: int) -> Any:
    return np.full(n, value, dtype=object)
