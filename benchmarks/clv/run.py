"""Fit and score the same simulated customers with this project's models, lifetimes and pymc-marketing.

    python benchmarks/clv/run.py --peers-python PATH [--customers 1000000] [--large 10000000]

PATH is a Python with `requirements-peers.txt` installed. Each library runs in a process of its own, one after the
other, on the same arrays; README.md beside this file says what is inside the timed part.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from simulate import customers

from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import count_histories

_HERE = Path(__file__).parent
_PEERS = ("lifetimes", "pymc_marketing")
Result = dict[str, Any]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--peers-python", help="Python that has the peers; without it only this project is measured")
    arguments.add_argument("--customers", type=int, default=1_000_000)
    arguments.add_argument(
        "--large", type=int, default=10_000_000, help="customers of a second run of ours alone; 0: none"
    )
    arguments.add_argument("--seed", type=int, default=20050101)
    options = arguments.parse_args()

    print(f"{os.cpu_count()} cores; seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        data = _write(options.customers, options.seed, Path(folder))
        # Ours before, between and after the peers, and the middle one counts: it takes a fraction of a second, which a
        # busy moment of the machine can double.
        ours, peers = [_run("ours", sys.executable, data)], {}
        for peer in _PEERS if options.peers_python else ():
            peers[peer] = _run(peer, options.peers_python, data)
            ours.append(_run("ours", sys.executable, data))
        _report({"ours": sorted(ours, key=lambda run: run["cpu"])[len(ours) // 2], **peers}, data)
        if options.large:
            data = _write(options.large, options.seed, Path(folder))
            _report({f"ours, {options.large:,}": _run("ours", sys.executable, data)}, data)


def _write(size: int, seed: int, folder: Path) -> Path:
    path = folder / f"{size}.npz"
    np.savez(path, **asdict(customers(size, seed)))
    return path


def _run(library: str, python: str, data: Path) -> Result:
    output = subprocess.run(
        [python, str(_HERE / "workers.py"), library, str(data)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        # Idle threads of a linear algebra library spin, which would count as processor time.
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    ).stdout
    result: Result = json.loads(output.splitlines()[-1])
    result["wall"], result["cpu"] = (sum(times) for times in zip(*result["phases"].values(), strict=True))
    phases = ", ".join(f"{name} {wall:.2f} / {cpu:.2f}" for name, (wall, cpu) in result["phases"].items())
    print(f"  {library}, wall / processor seconds: {phases}; load {os.getloadavg()[0]:.1f}", flush=True)
    return result


def _report(results: dict[str, Result], data: Path) -> None:
    """One line a library. Likelihoods are those of our functions at each library's parameters: one measure for all."""
    columns = np.load(data)
    x = columns["frequency"]
    histories, _ = count_histories(x, columns["recency"], columns["age"])
    rows = histories.frequency, histories.recency, histories.age
    repeat, spend = x[x > 0], columns["mean_spend"][x > 0]
    for result in results.values():
        result["bg_nbd"] = float(histories.counts @ BgNbd(*result["transactions"]).log_likelihood(*rows))
        result["gamma_gamma"] = float(GammaGamma(*result["spend"]).log_likelihood(repeat, spend).sum())
    first = next(iter(results.values()))
    print(f"\n{x.size:,} customers, {histories.counts.size:,} distinct histories, {repeat.size:,} repeat buyers")
    print(
        "| library | wall, s | processor, s | times ours (processor) | peak memory, MB | of it by the work | "
        "BG/NBD LL | rel. to ours | "
        "Gamma-Gamma LL | rel. to ours | sum of 12-month CLV |"
    )
    print("| --- " * 11 + "|")
    for name, result in results.items():
        cells = [
            f"{name} {result['version']}".strip(),
            f"{result['wall']:.2f}",
            f"{result['cpu']:.2f}",
            f"{result['cpu'] / first['cpu']:.1f}",
            f"{result['peak_mb']:.0f}",
            f"{result['peak_mb'] - result['start_mb']:.0f}",
        ]
        for likelihood in ("bg_nbd", "gamma_gamma"):
            cells += [f"{result[likelihood]:.3f}", f"{result[likelihood] / first[likelihood] - 1:.1e}"]
        cells.append(f"{result['total_value']:.0f}")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
