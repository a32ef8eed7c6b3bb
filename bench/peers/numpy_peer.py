#!/usr/bin/env python3
"""offramp's model in NumPy, on one core: what a good NumPy programmer would run instead.

Blocks of paths that stay in cache, float32, every operation over all paths of a block. It reads the same plans, draws its own
random numbers, and does without the quanta: compare means, not paths. What of the model is beyond it, it says."""
import os

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")})
import argparse
import json
import math
import sys
import time
from types import SimpleNamespace as Box

import numpy as np

from peer_books import Account
from peer_placement import Placer
from peer_plan import read_plan
from peer_weather import Weather


def run_block(plan, n, rng, argsort):
    """[(strategy, metrics)], then the same under the anchor's failure where the plan names one."""
    weather = Weather(plan, n, rng)
    accounts = [Account(plan, s, n, fails) for fails in ([False, True] if plan.failure else [False]) for s in plan.strategies]
    placer = Placer(max(len(a.slots) for a in accounts), n, argsort)
    for t in range(plan.months):
        weather.step(t)
        for account in accounts:
            account.month(t, weather, placer)
    return [account.metrics() for account in accounts]


def gather(plan, blocks):
    """{(strategy, metric): a value for each path}; of the failure, what it changes."""
    results, n = {}, len(plan.strategies)
    for i, s in enumerate(plan.strategies):
        whole = {m: np.concatenate([b[i][m] for b in blocks]).astype(float) for m in blocks[0][i]}
        results.update({(s.name, m): values for m, values in whole.items()})
        if plan.failure:
            for m in ("total_cost", "cash_cost"):
                results[s.name, ("failure", m)] = np.concatenate([b[n + i][m] for b in blocks]).astype(float) - whole[m]
    return results


def said(strategy, metric, against):
    """Mean and standard error as offramp's result has them."""
    theirs = next(s for s in against["strategies"] if s["name"] == strategy)
    if isinstance(metric, str):
        return theirs["metrics"][metric]
    kind, name = metric
    if kind == "stake":
        return theirs["stakes"][name]["net"]
    seen = next(s for s in against["stakeholders"]["strategies"] if s["name"] == strategy)
    return seen["dependent_enterprise"][name]


def standard_error(values):
    return values.std(ddof=1) / math.sqrt(len(values))


def compare(results, against):
    """Means in units of their joint standard error; True when all are within four."""
    agree = True
    for (strategy, metric), values in results.items():
        theirs = said(strategy, metric, against)
        se = math.hypot(standard_error(values), theirs["se"])
        gap = values.mean() - theirs["mean"]
        z = gap / se if se > 0 else (0.0 if abs(gap) <= 1e-5 * abs(values.mean()) else math.inf)
        agree &= abs(z) <= 4
        print(f"  {strategy}: {name_of(metric)}: {values.mean():.6g} here, {theirs['mean']:.6g} there, {z:+.2f} standard errors")
    return agree


def name_of(metric):
    return metric if isinstance(metric, str) else " ".join(metric)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plan")
    parser.add_argument("--paths", type=int, default=65536)
    parser.add_argument("--block", type=int, default=16384, help="paths at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", choices=("argsort", "network"), default="network",
                        help="how pools are put in order: np.argsort, or a hand-made sorting network on packed keys")
    parser.add_argument("--against", metavar="FILE", help="a result of `offramp run --format json` to compare means with")
    options = parser.parse_args()
    plan, argsort = read_plan(options.plan), options.order == "argsort"
    rng = np.random.Generator(np.random.SFC64(options.seed))
    count = max(1, options.paths // options.block)
    run_block(Box(**{**vars(plan), "months": 1}), options.block, np.random.Generator(np.random.SFC64(0)), argsort)  # warms up
    begin, begin_cpu = time.perf_counter(), time.process_time()
    blocks = [run_block(plan, options.block, rng, argsort) for _ in range(count)]
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    path_months = count * options.block * plan.months * len(blocks[0])
    print(f"{path_months / seconds / 1e6:.3f} M path-months/s on one core, {path_months / cpu / 1e6:.3f} M a second of "
          f"processor time ({count * options.block} paths, {seconds:.2f} s)")
    results = gather(plan, blocks)
    if options.against:
        with open(options.against) as file:
            sys.exit(0 if compare(results, json.load(file)) else 1)
    for (strategy, metric), values in results.items():
        print(f"  {strategy}: {name_of(metric)} {values.mean():.6g} (se {standard_error(values):.2g})")


if __name__ == "__main__":
    main()
