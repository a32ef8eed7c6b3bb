#!/usr/bin/env python3
"""offramp's model in JAX: what a good JAX programmer would run on a GPU instead.

One function for a block of paths, compiled once: a scan over the months, everything that is known beforehand folded in. float32;
means in float64. It reads the same plans, draws its own random numbers, and does without the quanta: compare means, not paths. It
plays what the NumPy peer plays; what of the model is beyond it, it says."""
import argparse
import functools
import itertools
import math
import os
import sys
import time
from collections import OrderedDict

try:
    import jax
except ImportError as missing:
    sys.exit(f"jax_peer.py: {missing}: pip install jax, or jax[cuda13] for a GPU")
import jax.numpy as jnp
import numpy as np

from jax_books import Account
from jax_placement import ORDERS
from jax_weather import Weather
from peer_plan import read_plan
from peer_results import Estimate, by_name, report


def play(plan, n, order, key):
    """A block of n paths: of every metric its mean and the sum of squares about it."""
    weather = Weather(plan, n)
    futures = [False, True] if plan.failure else [False]
    accounts = [Account(plan, s, n, fails, order) for fails in futures for s in plan.strategies]
    table = {"weather": weather.table(), "accounts": [a.table() for a in accounts]}
    state = (weather.start(key), [a.start() for a in accounts])
    for binds, months in itertools.groupby(range(plan.months), lambda t: [a.structure(t) for a in accounts]):
        months = list(months)

        def month(state, row, binds=binds):
            sky_state, sky = weather.month(row["weather"], state[0], key)
            return (sky_state, [a.month(b, r, sky, s) for a, b, r, s in zip(accounts, binds, row["accounts"], state[1])]), None

        state, _ = jax.lax.scan(month, state, jax.tree.map(lambda rows: rows[months[0]:months[-1] + 1], table))
    found = by_name(plan, [a.metrics(end) for a, end in zip(accounts, state[1])])
    return OrderedDict((name, (values.mean(), jnp.square(values - values.mean()).sum())) for name, values in found.items())


def estimate(blocks, n):
    """Means and their standard errors over blocks of n paths each."""
    found, count = {}, n * len(blocks)
    for name in blocks[0]:
        means, squares = (np.array([float(block[name][i]) for block in blocks]) for i in (0, 1))
        squares = squares.sum() + n * np.square(means - means.mean()).sum()
        found[name] = Estimate(means.mean(), math.sqrt(squares / (count - 1) / count))
    return found


def timed(plan, n, paths, options):
    """The estimates from blocks of n paths, path-months a second, and what it took."""
    count = max(1, paths // n)
    keys = list(jax.random.split(jax.random.key(options.seed, impl=options.random), count + 1))
    begin = time.perf_counter()
    compiled = jax.jit(functools.partial(play, plan, n, ORDERS[options.order])).lower(keys[0]).compile()
    jax.block_until_ready(compiled(keys[count]))  # warms up
    warm = time.perf_counter() - begin
    begin = time.perf_counter()
    blocks = jax.block_until_ready([compiled(key) for key in keys[:count]])
    seconds = time.perf_counter() - begin
    placements = len(plan.strategies) * (2 if plan.failure else 1)
    rate = count * n * plan.months * placements / seconds
    return rate, f"{count * n} paths, {seconds:.3f} s in blocks of {n}, and {warm:.1f} s to compile", estimate(blocks, n)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plan")
    parser.add_argument("--paths", type=int, help="default 16 blocks")
    parser.add_argument("--block", help="paths at a time: default 262144 on a GPU, 16384 on a CPU; of several, the fastest counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", choices=tuple(ORDERS), default="pairwise",
                        help="how pools are put in order: each compared with every other, or jnp.argsort")
    parser.add_argument("--random", choices=("threefry2x32", "rbg"), default="threefry2x32", help="JAX's generator")
    parser.add_argument("--device", choices=("any", "gpu"), default="any", help="gpu: end with 4 where JAX sees none")
    parser.add_argument("--against", metavar="FILE", help="a result of `offramp run --format json` to compare means with")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    device = jax.devices()[0]
    if options.device == "gpu" and device.platform == "cpu":
        print(f"jax_peer.py: JAX {jax.__version__} sees no GPU", file=sys.stderr)
        sys.exit(4)
    plan = read_plan(options.plan)
    sizes = [int(n) for n in (options.block or ("16384" if device.platform == "cpu" else "262144")).split(",")]
    tries = [timed(plan, n, options.paths or 16 * max(sizes), options) for n in sizes]
    for rate, took, _ in tries if len(tries) > 1 else ():
        print(f"  {rate / 1e6:.3f} M: {took}")
    rate, took, found = max(tries, key=lambda one: one[0])
    where = f"{device.device_kind} ({device.platform}, {cores_of(device)}jax {jax.__version__}; {took})"
    print(f"{rate / 1e6:.3f} M path-months/s on {where}")
    sys.exit(report(found, options.against))


def cores_of(device):
    return f"{len(os.sched_getaffinity(0))} cores, " if device.platform == "cpu" else ""


if __name__ == "__main__":
    main()
