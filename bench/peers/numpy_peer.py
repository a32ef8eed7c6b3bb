#!/usr/bin/env python3
"""offramp's model in NumPy, on one core: what a good NumPy programmer would run instead.

Blocks of paths that stay in cache, float32, every operation over all paths of a block. It reads the same plans, draws its own
random numbers, and does without the quanta: compare means, not paths. What of the model is beyond it, it says."""
import os

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")})
import argparse
import math
import sys
import time
from types import SimpleNamespace as Box

import numpy as np

from peer_books import Account
from peer_placement import Placer
from peer_plan import read_plan
from peer_results import Estimate, by_name, report
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


def estimate(plan, blocks):
    named = [by_name(plan, accounts) for accounts in blocks]
    whole = {key: np.concatenate([block[key] for block in named]) for key in named[0]}
    return {key: Estimate(values.mean(), values.std(ddof=1) / math.sqrt(len(values))) for key, values in whole.items()}


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
    sys.exit(report(estimate(plan, blocks), options.against))


if __name__ == "__main__":
    main()
