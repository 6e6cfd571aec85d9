"""One valuation: fits by segment where a segment is big enough, else of its source, and scores of every history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.discount_rates import continuous_discount_rate, periodic_discount_rate
from orchestration.statistics.fitting import Fit, NotIdentifiedError
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import FloatArray, PurchaseHistories
from orchestration.statistics.mbg_nbd import MbgNbd
from orchestration.statistics.outliers import within_outer_fences
from orchestration.statistics.pareto_nbd import ParetoNbd
from orchestration.statistics.residual_purchases import dert, purchases_within, residual_purchases
from orchestration.statistics.seasonality import EVEN, MONTHS, in_adjusted_days
from orchestration.statistics.transactions import Horizon, TransactionModel
from orchestration.valuation.histories import Seasonalities, Segment, Valuation, together

# Part of every fingerprint: raise it when the same input gives other results, and every month gets a new version.
METHOD = "6"

TRANSACTION_MODELS: dict[str, type[TransactionModel]] = {"mbg_nbd": MbgNbd, "bg_nbd": BgNbd, "pareto_nbd": ParetoNbd}
# The one of the two that the data are likelier under. That a one-time buyer may have left is the safer belief: where
# hardly anybody comes back, the data say little of it, and BG/NBD takes them all for customers.
LIKELIEST = "likeliest"
_SAFER, _OTHER = "mbg_nbd", "bg_nbd"
_CLEARLY_LIKELIER = 3.0  # in log-likelihood, a factor of 20
FITTED, KEPT = "fitted", "kept"  # what a valuation's scores are made with
NOT_CLEARLY_LIKELIER = "not_clearly_likelier"
# Fewer customers taken for gone than this, of all of a fit, are none.
_NOBODY = 0.5
_NO_DROP_OUT = "the data show no drop-out, so the value over an infinite horizon is that of customers who never leave"
_FAR_OUT = (
    "some spends are so far out of all others that no average would be expected of anybody; to the model of spend they "
    "are three interquartile ranges out"
)
SPEND_MODEL = "gamma_gamma"
TRANSACTIONS, SPENDS = "transactions", "spends"
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
HORIZONS = (12, 24, 36)
# An interval of 95 %, of what one customer brings.
_TAIL = 0.025

Row = dict[str, Any]


@dataclass(frozen=True)
class FittedModels:
    """The models that were fitted in one valuation, by source, segment (empty for all of the source) and kind.

    What a segment has no fit of its own for, it has from its source.
    """

    transactions: dict[tuple[str, str], tuple[str, TransactionModel]] = field(default_factory=dict)
    spends: dict[tuple[str, str], tuple[str, GammaGamma]] = field(default_factory=dict)
    # By these the days are adjusted that the transaction models were fitted in.
    seasonalities: Seasonalities = field(default_factory=dict)

    def histories(self, segment: Segment, last_day: int) -> PurchaseHistories:
        """A segment's histories in the time of these models."""
        return in_adjusted_days(segment.histories, self.seasonalities.get(segment.source_system, EVEN), last_day)

    def transaction_model(self, segment: Segment) -> tuple[str | None, TransactionModel | None]:
        """Key of the fit, and the model."""
        source = segment.source_system
        return self.transactions.get((source, segment.name)) or self.transactions.get((source, "")) or (None, None)

    def spend_fit(self, segment: Segment) -> str | None:
        """Key of the fit."""
        source = segment.source_system
        found = self.spends.get((source, segment.name)) or self.spends.get((source, ""))
        return found[0] if found else None

    def keys(self) -> list[str]:
        return sorted(key for key, _ in (*self.transactions.values(), *self.spends.values()))


@dataclass(frozen=True)
class Tried:
    """A model that was tried on one segment, and whether its parameters count."""

    name: str
    fit: Fit[Any]
    status: str
    reason: str | None = None
    note: str | None = None  # what to bear in mind of what is predicted with it


@dataclass
class Result:
    """Rows for the tables of the lake, and the models for the next month."""

    model_fits: list[Row]
    spend_fits: list[Row]
    seasonal_indices: list[Row]
    history_scores: dict[str, Any]
    models: FittedModels


def score(
    valuation: Valuation, segments: list[Segment], seasonalities: Seasonalities, prior: FittedModels, content_md5: str
) -> Result:
    """Fit and score what was counted at a valuation; `prior` are the models of the month before.

    Their parameters stay where the refit is not clearly likelier: what moves then is what customers did.
    What cannot be fitted is told in a row of `model_fits`, and its histories get no scores but a reason.
    """
    work = _Fitting(valuation, seasonalities, prior, content_md5)
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
        [
            {
                "valuation_id": valuation.valuation_id,
                "source_system": source,
                "month_number": month + 1,
                "seasonal_index": index,
            }
            for source in by_source
            for month, index in enumerate(seasonalities.get(source, EVEN).indices)
        ],
        {name: _rounded(np.concatenate([block[name] for block in scores])) for name in scores[0]} if scores else {},
        work.models,
    )


class _Fitting:
    """Collects the fits of one valuation."""

    def __init__(
        self, valuation: Valuation, seasonalities: Seasonalities, prior: FittedModels, content_md5: str
    ) -> None:
        self.valuation = valuation
        self.prior = prior
        self.content_md5 = content_md5
        self.models = FittedModels(seasonalities=seasonalities)
        self.fits: dict[str, Fit[Any]] = {}
        self.notes: dict[str, str] = {}  # what to bear in mind of what is predicted with a fit, by its key
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
        histories = self.models.histories(segment, self.valuation.last_day)
        fitted = self._try(
            segment,
            TRANSACTIONS,
            too_small,
            lambda: self._tried_transactions(histories, place),
            customers,
            histories.counts.size,
        )
        if fitted:
            self.models.transactions[place] = (fitted[0], fitted[1].model)
            alive = fitted[1].model.probability_alive(histories.frequency, histories.recency, histories.age)
            if float(histories.counts @ (1 - alive)) < _NOBODY:
                self._note(fitted[0], _NO_DROP_OUT)
        spends = (segment.spend_frequency, segment.spend_mean, segment.spend_counts)
        fitted = self._try(
            segment,
            SPENDS,
            too_small,
            lambda: self._tried_spends(*spends, place),
            float(spends[2].sum()),
            spends[2].size,
        )
        if fitted:
            self.models.spends[place] = (fitted[0], fitted[1].model)
            self._add_spend_fit(*fitted)

    def _note(self, fit_id: str, note: str) -> None:
        self.notes[fit_id] = note
        for row in self.model_fits:
            if row["fit_id"] == fit_id:
                row["reason"] = "; ".join(filter(None, (row["reason"], note)))

    def _tried_transactions(self, histories: PurchaseHistories, place: tuple[str, str]) -> list[Tried]:
        """The models of repeat buying that were tried, the one that counts first."""
        wanted = self.valuation.transaction_model
        names = (_SAFER, _OTHER) if wanted == LIKELIEST else (wanted,)
        tried = [Tried(name, TRANSACTION_MODELS[name].fit(histories), "less_likely") for name in names]
        if tried[-1].fit.log_likelihood > tried[0].fit.log_likelihood + _CLEARLY_LIKELIER:
            tried.reverse()
        tried[0] = replace(tried[0], status=FITTED)
        columns = (histories.frequency, histories.recency, histories.age)
        return _unless_clearly_likelier(tried, self.prior.transactions.get(place), columns, histories.counts)

    def _tried_spends(
        self, frequency: FloatArray, mean: FloatArray, counts: FloatArray, place: tuple[str, str]
    ) -> list[Tried]:
        """The models of spend that were tried, the one that counts first."""
        tried = [Tried(SPEND_MODEL, GammaGamma.fit(frequency, mean, counts), FITTED)]
        if tried[0].fit.model.q <= 1:  # what a customer of whom nothing is known spends would be infinite
            mean = within_outer_fences(mean, counts)
            tried = [Tried(SPEND_MODEL, GammaGamma.fit(frequency, mean, counts), FITTED, note=_FAR_OUT)]
        return _unless_clearly_likelier(tried, self.prior.spends.get(place), (frequency, mean), counts)

    def _try(
        self,
        segment: Segment,
        kind: str,
        too_small: str | None,
        make: Callable[[], list[Tried]],
        customers: float,
        rows: int,
    ) -> tuple[str, Fit[Any]] | None:
        """The fit and its key, or, where there is none, a row that says why."""
        valuation_id = self.valuation.valuation_id
        place = f"{segment.source_system}:{segment.name}" if segment.name else segment.source_system
        wanted = self.valuation.transaction_model
        # Where neither of the two can be fitted, the safer one stands for both.
        model = {TRANSACTIONS: _SAFER if wanted == LIKELIEST else wanted, SPENDS: SPEND_MODEL}[kind]
        row: Row = {
            "valuation_id": valuation_id,
            "fit_id": f"{valuation_id}:{place}:{model}:{self.content_md5[:8]}",
            "source_system": segment.source_system,
            "segment": segment.name or None,
            "model": model,
            "customer_count": round(customers),
            "history_count": rows,
            # What a fit that was not made has not.
            **dict.fromkeys(
                ("parameter", "estimate", "standard_error", "is_at_bound", "log_likelihood", "iteration_count")
            ),
        }
        status, reason = "too_small", too_small
        if not reason:
            try:
                tried = make()
            except NotIdentifiedError as error:
                status, reason = "not_identified", str(error)
            except RuntimeError as error:
                status, reason = "failed", str(error)
            else:
                # The refit of a model whose parameters are kept has a key beside theirs.
                refits = [":refit" if one.status == NOT_CLEARLY_LIKELIER else "" for one in tried]
                keys = [
                    f"{valuation_id}:{place}:{one.name}{refit}:{self.content_md5[:8]}"
                    for one, refit in zip(tried, refits, strict=True)
                ]
                for key, one in zip(keys, tried, strict=True):
                    told = {"model": one.name, "fit_id": key, "status": one.status, "reason": one.reason}
                    self._add_parameters({**row, **told}, one.fit)
                self.fits[keys[0]] = tried[0].fit
                if tried[0].note:
                    self._note(keys[0], tried[0].note)
                return keys[0], tried[0].fit
        self.model_fits.append({**row, "status": status, "reason": reason})
        if not segment.name:
            self.reasons[(segment.source_system, kind)] = reason or status
        return None

    def _add_parameters(self, row: Row, fit: Fit[Any]) -> None:
        for parameter, estimate, error in zip(fit.names, fit.values, fit.standard_errors, strict=True):
            self.model_fits.append(
                {
                    **row,
                    "parameter": parameter,
                    "estimate": float(estimate),
                    "standard_error": float(error),
                    "is_at_bound": parameter in fit.at_bound,
                    "log_likelihood": fit.log_likelihood,
                    "iteration_count": fit.iterations,
                }
            )

    def _add_spend_fit(self, fit_id: str, fit: Fit[GammaGamma]) -> None:
        row: Row = {"valuation_id": self.valuation.valuation_id, "fit_id": fit_id}
        row.update(zip("pqv", fit.values.tolist(), strict=True))
        for i, first in enumerate("pqv"):
            for j, second in enumerate("pqv"):
                if i <= j:
                    row[f"covariance_{first}{second}"] = float(fit.log_covariance[i, j])
        self.spend_fits.append(row)


def _unless_clearly_likelier(
    tried: list[Tried],
    prior: tuple[str, TransactionModel | GammaGamma] | None,
    columns: tuple[FloatArray, ...],
    counts: FloatArray,
) -> list[Tried]:
    """Before the models `tried`, the one of the month before, where the first of them is not clearly likelier."""
    if prior is None:
        return tried
    key, model = prior
    refit = next((one for one in tried if type(one.fit.model) is type(model)), None)
    if refit is None:  # another model is asked for now
        return tried
    log_likelihood = float(counts @ model.log_likelihood(*columns))
    gain = tried[0].fit.log_likelihood - log_likelihood
    if gain > _CLEARLY_LIKELIER:
        return tried
    values = np.array([getattr(model, name) for name in refit.fit.names], dtype=np.float64)
    # Their errors are how well today's data determine them.
    fit = replace(refit.fit, model=model, values=values, log_likelihood=log_likelihood)
    reason = (
        f"kept from {key}: what is likeliest now gains {max(gain, 0.0):.2f} of log-likelihood, and more than "
        f"{_CLEARLY_LIKELIER:.0f} are clear"
    )
    kept = Tried(refit.name, fit, KEPT, reason, tried[0].note)
    return [kept, *(replace(one, status=NOT_CLEARLY_LIKELIER) for one in tried)]


def _scores(valuation: Valuation, segment: Segment, work: _Fitting, prior: FittedModels) -> dict[str, Any]:
    """Columns of `history_scores`, one element a distinct history of the segment."""
    n = segment.histories.frequency.size
    fit_id, model = work.models.transaction_model(segment)
    _, prior_model = prior.transaction_model(segment)
    nothing = np.full(n, np.nan)
    scores: dict[str, Any] = {
        "valuation_id": _repeated(valuation.valuation_id, n),
        "source_system": _repeated(segment.source_system, n),
        "segment": _repeated(segment.name, n),
        "frequency": segment.histories.frequency.astype(np.int64),
        "recency_days": segment.histories.recency.astype(np.int64),
        "age_days": segment.histories.age.astype(np.int64),
        "transaction_fit_id": _repeated(fit_id, n),
        "spend_fit_id": _repeated(work.models.spend_fit(segment), n),
        "prior_spend_fit_id": _repeated(prior.spend_fit(segment), n),
        "reason": _repeated(_reason(segment, work), n),
        "recency_seasonally_adjusted_days": nothing,
        "age_seasonally_adjusted_days": nothing,
        "probability_alive": nothing,
        **{f"expected_purchases_{months}_months": nothing for months in HORIZONS},
        "discounted_purchases": nothing,
        "discounted_purchases_infinite_horizon": nothing,
        "discounted_purchases_log_error": nothing,
        "discounted_purchases_square": nothing,
        "realised_purchases_square": nothing,
        "realised_purchases_sum_of_squares": nothing,
        "probability_of_purchase": nothing,
        "lower_95_score": nothing,
        "upper_95_score": nothing,
        "purchases_of_early_leaver": nothing,
        "prior_probability_alive": nothing,
        "prior_discounted_purchases": nothing,
        "holdout_purchases": nothing,
    }
    if model is None or fit_id is None:
        return scores
    adjusted = work.models.histories(segment, valuation.last_day)
    x, t_x, T = adjusted.frequency, adjusted.recency, adjusted.age
    scores["recency_seasonally_adjusted_days"], scores["age_seasonally_adjusted_days"] = t_x, T
    scores["probability_alive"] = model.probability_alive(x, t_x, T)
    if valuation.holdout_days is not None:
        # What is shown only to be compared with what came needs no value.
        seasonality = work.models.seasonalities.get(segment.source_system, EVEN)
        start, end = seasonality.adjusted_days(np.array([0.0, valuation.holdout_days]) + valuation.last_day)
        scores["holdout_purchases"] = model.expected_purchases(x, t_x, T, float(end - start))
        return scores
    for months in HORIZONS:
        scores[f"expected_purchases_{months}_months"] = model.expected_purchases(x, t_x, T, months * DAYS_PER_MONTH)
    # A year has as many seasonally adjusted days as calendar days: only a horizon of parts of a year is another one.
    horizon = Horizon(
        valuation.horizon_months, DAYS_PER_MONTH, periodic_discount_rate(valuation.annual_discount_rate, MONTHS)
    )
    residual = residual_purchases(work.fits[fit_id], x, t_x, T, horizon)
    scores["discounted_purchases"] = residual.expected
    scores["discounted_purchases_log_error"] = residual.log_standard_error
    scores["discounted_purchases_square"] = residual.expected_square
    scores["realised_purchases_square"] = residual.realised_square
    scores["realised_purchases_sum_of_squares"] = residual.sum_of_squares
    scores["probability_of_purchase"] = residual.probability_of_any
    scores["lower_95_score"] = residual.normal_score(_TAIL)
    scores["upper_95_score"] = residual.normal_score(1 - _TAIL)
    scores["purchases_of_early_leaver"] = residual.of_early_leaver
    # Purchases for ever, undiscounted, have no end.
    if valuation.annual_discount_rate > 0:
        delta = continuous_discount_rate(valuation.annual_discount_rate, DAYS_PER_YEAR)
        scores["discounted_purchases_infinite_horizon"] = dert(model, x, t_x, T, delta)
    if prior_model is not None:
        adjusted = prior.histories(segment, valuation.last_day)
        x, t_x, T = adjusted.frequency, adjusted.recency, adjusted.age
        scores["prior_probability_alive"] = prior_model.probability_alive(x, t_x, T)
        scores["prior_discounted_purchases"] = purchases_within(prior_model, x, t_x, T, horizon)
    return scores


def _reason(segment: Segment, work: _Fitting) -> str | None:
    """Why nothing, or no value, is predicted for the segment's customers, or what their value rests on."""
    source = segment.source_system
    fit_id = work.models.transaction_model(segment)[0]
    if fit_id is None:
        return work.reasons.get((source, TRANSACTIONS))
    if work.models.spend_fit(segment) is None:
        return work.reasons.get((source, SPENDS))
    notes = (work.notes.get(key or "") for key in (fit_id, work.models.spend_fit(segment)))
    return "; ".join(filter(None, notes)) or None


def _repeated(value: str | None, n: int) -> Any:
    return np.full(n, value, dtype=object)


def _rounded(values: Any) -> Any:
    """Numbers to the twelve places that contracts show: engines differ in the last of a double that lies between."""
    return np.round(values, 12) if values.dtype.kind == "f" else values
