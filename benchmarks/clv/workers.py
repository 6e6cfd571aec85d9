"""One library's run, in a process of its own: `workers.py LIBRARY DATA.npz` prints one line of JSON.

Every library gets whole-day columns in memory and returns, for every customer: P(alive), purchases expected in the
next year, expected spend, and the value of 12 months of 30 days at 1 % a month. Parameters are estimated by maximum
likelihood.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

Columns = dict[str, Any]
YEAR, MONTHS, MONTH, MONTHLY_RATE = 365, 12, 30, 0.01

# Seconds of wall clock and of processor time, all threads. The second does not count waiting for a busy machine.
phases: dict[str, tuple[float, float]] = {}


@contextmanager
def phase(name: str) -> Iterator[None]:
    begin, begin_cpu = time.perf_counter(), time.process_time()
    yield
    phases[name] = round(time.perf_counter() - begin, 3), round(time.process_time() - begin_cpu, 3)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours() -> Callable[[Columns], Columns]:
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from orchestration.statistics.bg_nbd import BgNbd
    from orchestration.statistics.gamma_gamma import GammaGamma
    from orchestration.statistics.histories import count_histories
    from orchestration.statistics.transactions import Horizon

    def run(columns: Columns) -> Columns:
        x, mean = columns["frequency"], columns["mean_spend"]
        with phase("count"):
            histories, index = count_histories(x, columns["recency"], columns["age"])
        with phase("fit transactions"):
            transactions = BgNbd.fit(histories).model
        with phase("fit spend"):
            repeat = x > 0
            spend = GammaGamma.fit(x[repeat], mean[repeat]).model
        with phase("score"):
            rows = histories.frequency, histories.recency, histories.age
            scores = [
                transactions.probability_alive(*rows)[index],
                transactions.expected_purchases(*rows, YEAR)[index],
                spend.p * (spend.v + x * np.where(x > 0, mean, 0.0)) / (spend.p * x + spend.q - 1),
            ]
            purchases = transactions.discounted_expected_purchases(*rows, Horizon(MONTHS, MONTH, MONTHLY_RATE))
            scores.append(scores[-1] * purchases[index])
        return {
            "version": "",
            "transactions": [transactions.r, transactions.alpha, transactions.a, transactions.b],
            "spend": [spend.p, spend.q, spend.v],
            "total_value": scores[-1].sum(),
        }

    return run


def lifetimes() -> Callable[[Columns], Columns]:
    import lifetimes as library
    import pandas

    def run(columns: Columns) -> Columns:
        # Series are what the library documents as its input: not timed.
        x, t_x, T, mean = (pandas.Series(columns[name]) for name in ("frequency", "recency", "age", "mean_spend"))
        with phase("fit transactions"):
            transactions = library.BetaGeoFitter().fit(x, t_x, T)
        with phase("fit spend"):
            repeat = x > 0
            spend = library.GammaGammaFitter().fit(x[repeat], mean[repeat])
        with phase("score"):
            scores = [
                transactions.conditional_probability_alive(x, t_x, T),
                transactions.conditional_expected_number_of_purchases_up_to_time(YEAR, x, t_x, T),
                spend.conditional_expected_average_profit(x, mean),
                spend.customer_lifetime_value(
                    transactions, x, t_x, T, mean, time=MONTHS, discount_rate=MONTHLY_RATE, freq="D"
                ),
            ]
        return {
            "version": library.__version__,
            "transactions": transactions.params_[["r", "alpha", "a", "b"]].tolist(),
            "spend": spend.params_[["p", "q", "v"]].tolist(),
            "total_value": float(np.sum(scores[-1])),
        }

    return run


def pymc_marketing() -> Callable[[Columns], Columns]:
    import pandas
    import pymc_marketing as library
    from pymc_extras.prior import Prior
    from pymc_marketing.clv import BetaGeoModel, GammaGammaModel

    def run(columns: Columns) -> Columns:
        # The data frame is the library's way to be given columns: not timed. Flat priors: its MAP is then the maximum
        # of the likelihood, which is what the others find.
        data = pandas.DataFrame(
            {
                "customer_id": np.arange(columns["age"].size),
                "frequency": columns["frequency"],
                "recency": columns["recency"],
                "T": columns["age"],
                "monetary_value": columns["mean_spend"],
            }
        )
        with phase("fit transactions"):
            transactions = BetaGeoModel(model_config={name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")})
            transactions.fit(data, method="map", progressbar=False)
        with phase("fit spend"):
            spend = GammaGammaModel(model_config={name: Prior("HalfFlat") for name in ("p", "q", "v")})
            spend.fit(data[data["frequency"] > 0], method="map", progressbar=False)
        with phase("score"):
            scores = [
                transactions.expected_probability_alive(data).values,
                transactions.expected_purchases(data, future_t=YEAR).values,
                spend.expected_customer_spend(data).values,
                spend.expected_customer_lifetime_value(
                    transactions, data, future_t=MONTHS, discount_rate=MONTHLY_RATE, time_unit="D"
                ).values,
            ]
        return {
            "version": library.__version__,
            "transactions": [float(transactions.fit_result[name].mean()) for name in ("r", "alpha", "a", "b")],
            "spend": [float(spend.fit_result[name].mean()) for name in ("p", "q", "v")],
            "total_value": float(scores[-1].sum()),
        }

    return run


def main() -> None:
    warnings.simplefilter("ignore")
    run = {"ours": ours, "lifetimes": lifetimes, "pymc_marketing": pymc_marketing}[sys.argv[1]]()
    columns = dict(np.load(sys.argv[2]))
    # Once on a few customers, untimed, so that nobody is charged for imports or for compiling what a cache can keep.
    run({name: column[:2_000] for name, column in columns.items()})
    phases.clear()
    start = peak_mb()
    result = run(columns)
    print(json.dumps(result | {"phases": phases, "start_mb": start, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
