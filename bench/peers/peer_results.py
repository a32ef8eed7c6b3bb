"""What the peers say of a plan: means with their standard errors, alone or beside a result of offramp's."""
import json
import math
from collections import namedtuple

Estimate = namedtuple("Estimate", "mean se")


def by_name(plan, accounts):
    """{(strategy, metric): a value for each path}, from the accounts' metrics; of the anchor's failure, what it changes."""
    results, n = {}, len(plan.strategies)
    for i, s in enumerate(plan.strategies):
        whole = {m: values.astype(float) for m, values in accounts[i].items()}
        results.update({(s.name, m): values for m, values in whole.items()})
        if plan.failure:
            for m in ("total_cost", "cash_cost"):
                results[s.name, ("failure", m)] = accounts[n + i][m].astype(float) - whole[m]
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


def name_of(metric):
    return metric if isinstance(metric, str) else " ".join(metric)


def compare(estimates, against):
    """Means in units of their joint standard error; True when all are within four."""
    agree = True
    for (strategy, metric), (mean, se) in estimates.items():
        theirs = said(strategy, metric, against)
        joint, gap = math.hypot(se, theirs["se"]), mean - theirs["mean"]
        constant = joint <= 1e-9 * abs(mean)
        z = gap / joint if not constant else (0.0 if abs(gap) <= 1e-5 * abs(mean) else math.inf)
        agree &= abs(z) <= 4
        print(f"  {strategy}: {name_of(metric)}: {mean:.6g} here, {theirs['mean']:.6g} there, {z:+.2f} standard errors")
    return agree


def report(estimates, file):
    """Prints them, beside offramp's where a file of its is named; the exit code."""
    if file:
        with open(file) as against:
            return 0 if compare(estimates, json.load(against)) else 1
    for (strategy, metric), (mean, se) in estimates.items():
        print(f"  {strategy}: {name_of(metric)} {mean:.6g} (se {se:.2g})")
    return 0
