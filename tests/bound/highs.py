"""Random plans, and the least that perfect foresight could have paid for single futures of them, by HiGHS: the programme is built
from `explain --format json` and the plan alone. Compares with `bound --each`.

    highs.py OFFRAMP SEED PLANS [PATHS]

Exit status 0 where everything agrees. scipy stands behind it; the test that calls this is skipped without.
"""
import json
import math
import random
import subprocess
import sys
import tempfile
import time

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

HOURS = 730
ABOVE = 1e-9


def month_name(t):
    return "%04d-%02d" % (2026 + t // 12, 1 + t % 12)


def split_months(rnd, months, most):
    """Up to `most` windows one after the other, the last to the horizon's end or a bit before."""
    cuts = sorted(rnd.sample(range(1, months), min(rnd.randrange(1, most + 1) - 1, months - 1)))
    starts = [0] + cuts
    ends = [c - 1 for c in cuts] + [months - 1 - (rnd.random() < 0.3)]
    return [(a, b) for a, b in zip(starts, ends) if a <= b]


def let_rates_fall(rnd, plan):
    """An all-units discount from the first month on may as well lower its rate with spend, where it is covered: beside promises of
    one window that count all pools alike and are never suspended."""
    rebate = next((c for c in plan["contracts"] if c.get("basis") == "all_units"), None)
    promises = [c for c in plan["contracts"] if c["type"] == "commitment"]
    touched = [n for e in plan["events"][1:] for n in e["effects"][0]["contracts"]]
    odd = {c["provider"] for c in promises if len(c["windows"]) > 1 or c["counts"] != 1 or c["name"] in touched}
    even = [c["provider"] for c in promises if c["provider"] not in odd]
    if rebate and even:
        rebate["provider"] = rnd.choice(even)
        rebate["tiers"] = [[a, b] for (a, _), (_, b) in zip(rebate["tiers"], reversed(rebate["tiers"]))]


def random_plan(rnd):
    months = rnd.randrange(2, 19)
    providers = ["p", "q", "r"][: rnd.randrange(1, 4)]
    accelerators = ["a", "b", "c"][: rnd.randrange(1, 4)]
    whole = rnd.random() < 0.4
    speed = (lambda: rnd.choice([1, 1, 2, 3])) if whole else (lambda: round(rnd.uniform(0.4, 3), 2))
    plan = {
        "horizon": {"start": "2026-01", "months": months, "discount_rate": rnd.choice([0, 0.05, 0.12])},
        "reference_accelerator": "a",
        "simulation": {"paths": 2, "seed": rnd.randrange(1 << 30)},
        "accelerators": [{"name": n} for n in accelerators],
        "providers": [{"name": n, "egress_per_gb": rnd.choice([0, 0.05])} for n in providers],
        "factors": [{"name": "need", "volatility": 0.5}, {"name": "cost", "volatility": 0.4, "reversion": 0.3}],
        "workloads": [],
        "pools": [],
        "contracts": [],
        "events": [{"name": "shortage", "rate": 1.0, "mean_duration": 3,
                    "effects": [{"pools": "*", "capacity": 0.6, "price": 1.4}]}],
        "strategies": [],
    }
    for i in range(rnd.randrange(1, 5)):
        plan["workloads"].append({
            "name": "w%d" % i, "demand": {"start": rnd.randrange(500, 20000), "growth": rnd.choice([0, 0.5])},
            "unmet_cost": round(rnd.uniform(2, 12), 2), "duty": rnd.choice([1, 1, 0.7]),
            "speed": {n: speed() for n in accelerators if n == "a" or rnd.random() < 0.8},
            "factors": {"need": rnd.choice([0, 0.5, 1])},
            "home": rnd.choice(providers), "data_gb_per_hour": rnd.choice([0, 0, 2])})
    for i in range(rnd.randrange(1, 7)):
        plan["pools"].append({
            "name": "k%d" % i, "provider": rnd.choice(providers), "accelerator": rnd.choice(accelerators),
            "price": {"start": round(rnd.uniform(1, 6), 2), "growth": rnd.choice([0, -0.2])},
            "capacity": rnd.randrange(200, 12000), "factors": {"cost": rnd.choice([0, 1])},
            "slip_mean": rnd.choice([0, 0, 2])})
    spend = sum(w["demand"]["start"] for w in plan["workloads"]) * 2.5 * HOURS
    for i in range(rnd.randrange(0, 4)):
        provider = rnd.choice(providers)
        pools = [k["name"] for k in plan["pools"] if k["provider"] == provider]
        if not pools:
            continue
        counts = rnd.choice([1, 1, {n: rnd.choice([1, 0.5, 0.25]) for n in pools}])
        plan["contracts"].append({
            "name": "c%d" % i, "type": "commitment", "provider": provider, "counts": counts,
            "windows": [{"from": month_name(a), "to": month_name(b), "amount": round(spend * (b - a + 1) * rnd.uniform(0.05, 0.6))}
                        for a, b in split_months(rnd, months, 3)],
            "shortfall_rate": rnd.choice([1, 1, 0.7, 0.3, 1.5]), "opening": rnd.choice([0, 0, round(spend / 9)]),
            "deferral": rnd.choice([0, 0, 0.2]), "carry_forward": rnd.choice([0, 0, 0.5]), "relief": rnd.choice([0, 0, 0.5])})
    if rnd.random() < 0.4:
        plan["contracts"].append({
            "name": "block", "type": "reservation", "pool": rnd.choice(plan["pools"])["name"],
            "accelerators": rnd.randrange(100, 3000), "price": round(rnd.uniform(0.5, 3), 2), "use_price": rnd.choice([0, 0.4])})
    if rnd.random() < 0.3:
        plan["contracts"].append({
            "name": "only", "type": "exclusivity", "provider": rnd.choice(providers), "workloads": [plan["workloads"][0]["name"]],
            "to": month_name(months // 2)})
    only = [c["workloads"][0] for c in plan["contracts"] if c["type"] == "exclusivity"]
    free = [w["name"] for w in plan["workloads"] if w["name"] not in only]
    if rnd.random() < 0.3:
        provider = rnd.choice(providers)
        plan["contracts"].append({
            "name": "rebate", "type": "discount", "provider": provider, "basis": rnd.choice(["marginal", "all_units"]),
            "tiers": [[0, 0], [round(spend), 0.1], [round(3 * spend), 0.25]]})
    elif free and rnd.random() < 0.5:
        plan["contracts"].append({
            "name": "right", "type": "first_refusal", "workloads": free,
            "provider": rnd.choice([c["provider"] for c in plan["contracts"] if c["type"] == "commitment"] or providers),
            "premium": rnd.choice([0, 0, 0.1]), "accept": rnd.choice([1, 0.5])})
    names = [c["name"] for c in plan["contracts"]]
    if names and rnd.random() < 0.5:
        plan["events"].append({"name": "ruling", "rate": 0.5, "duration": 2,
                               "effects": [{"contracts": [rnd.choice(names)], rnd.choice(["suspend", "void"]): True}]})
    let_rates_fall(rnd, plan)
    signed = [n for n in names if rnd.random() < 0.85]
    plan["strategies"] = [{"name": "s", "contracts": signed, "pull": rnd.choice(["none", "pace", "full"])},
                          {"name": "o", "contracts": signed, "rule": "optimal", "pull": rnd.choice(["none", "pace"])},
                          {"name": "free", "contracts": []}]
    if "right" in signed:
        del plan["strategies"][1]  # refused with a first refusal
    return plan


def fraction(value, bits=30):
    """As the books hold it."""
    return math.floor(value * 2**bits + 0.5) / 2**bits


def curve(value, t):
    return value["start"] * (1 + value.get("growth", 0)) ** (t / 12) if isinstance(value, dict) else value


class Programme:
    """One future of one strategy's contracts. Columns are added with their cost and their entries by row."""

    def __init__(self):
        self.cost, self.entries, self.rows, self.constant = [], [], [], 0.0

    def row(self, right):  # sum of entries <= right
        self.rows.append(right)
        return len(self.rows) - 1

    def column(self, cost, entries, most=None):
        self.cost.append((cost, most))
        self.entries += [(r, len(self.cost) - 1, v) for r, v in entries if v]

    def solve(self):
        r, c, v = zip(*self.entries)
        matrix = coo_matrix((v, (r, c)), shape=(len(self.rows), len(self.cost)))
        started = time.process_time()
        found = linprog(np.array([c for c, _ in self.cost]), A_ub=matrix, b_ub=np.array(self.rows),
                        bounds=[(0, m) for _, m in self.cost], method="highs",
                        options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9})
        self.seconds = time.process_time() - started
        if found.status:
            raise SystemExit("HiGHS: " + found.message)
        return found.fun + self.constant


def states(plan, explained):
    """By month: the contracts that are void, and those that are suspended."""
    gone, out = set(), []
    effects = {e["name"]: e["effects"] for e in plan.get("events", [])}
    for month in explained["months"]:
        idle = set()
        for name in month["events"]:
            for effect in effects[name]:
                if effect.get("void"):
                    gone |= set(effect.get("contracts", []))
                if effect.get("suspend"):
                    idle |= set(effect.get("contracts", []))
        out.append((set(gone), idle))
    return out


def windows_of(plan, signed):
    out = []
    for order, c in enumerate(plan["contracts"]):
        if c["type"] != "commitment" or c["name"] not in signed:
            continue
        mine = []
        for w in sorted(c["windows"], key=lambda w: w["from"]):
            first, last = [(int(w[k][:4]) - 2026) * 12 + int(w[k][5:]) - 1 for k in ("from", "to")]
            mine.append({"contract": c, "order": order, "first": first, "last": last, "amount": w["amount"], "next": None})
        for a, b in zip(mine, mine[1:]):
            a["next"] = b
        out += mine
    return out


def egress_of(plan, workload, provider):
    """$ per reference accelerator-hour."""
    if workload.get("home") in (None, provider):
        return 0.0
    return workload["data_gb_per_hour"] * next(g["egress_per_gb"] for g in plan["providers"] if g["name"] == workload["home"])


def at_best(plan, life, signed, pool):
    """What a discount may leave of a dollar that pool lists, as it is paid and as it counts: all units may count in full before
    they are paid back."""
    for c in plan["contracts"]:
        mine = c["type"] == "discount" and c["name"] in signed and c["provider"] == pool["provider"]
        if mine and c["name"] not in life[0] | life[1]:
            left = 1 - max(rate for _, rate in c["tiers"])
            return [(left, 1.0)] if c["basis"] == "all_units" else [(left, left), (1.0, 1.0)]
    return [(1.0, 1.0)]


def bound(plan, explained, signed, unit=1e6, timed=False, tight=False):
    """The least total cost; in `unit` dollars inside, so that HiGHS meets numbers near one. Work that a first refusal would match
    takes room at the rival and, where `tight`, at the holder, too, and costs as much as float32 could make of the offer."""
    p, life = Programme(), states(plan, explained)
    quantum = explained["quanta"]["accelerators"]
    rate = plan["horizon"]["discount_rate"]  # the books' fractions have 30 bits
    value = [fraction((1 + rate) ** (-t / 12)) for t in range(len(explained["months"]))]
    pools = {k["name"]: k for k in plan["pools"]}
    blocks = [c for c in plan["contracts"] if c["type"] == "reservation" and c["name"] in signed]
    only = [c for c in plan["contracts"] if c["type"] == "exclusivity" and c["name"] in signed]
    rights = [c for c in plan["contracts"] if c["type"] == "first_refusal" and c["name"] in signed]
    windows = windows_of(plan, signed)
    for w in windows:
        c = w["contract"]
        w["live"] = c["name"] not in life[w["last"]][0]
        share = [t for t in range(w["first"], w["last"] + 1) if c["name"] not in life[t][1]]
        w["amount"] *= len(share) / (w["last"] - w["first"] + 1)
        w["fixed"] = c.get("opening", 0) if w["first"] == 0 else 0.0
        w["relief"] = 0.0

    def counting(provider_pool, t):
        for w in windows:
            c = w["contract"]
            if c["provider"] != pools[provider_pool]["provider"] or not w["first"] <= t <= w["last"]:
                continue
            if c["name"] in life[t][0] | life[t][1]:
                continue
            counts = c.get("counts", 1)
            yield w, fraction(counts if not isinstance(counts, dict) else counts.get(provider_pool, 1))

    for t, month in enumerate(explained["months"]):
        for k in plan["pools"]:
            if not any(w["contract"].get("relief") for w in windows):
                break
            missing = float(np.float32(curve(k["capacity"], t) / quantum)) - round(month["capacity"][k["name"]] / quantum)
            late = math.floor(max(0.0, missing) * 128) / 128 * quantum * HOURS * month["book_price"][k["name"]]  # as the books count it
            for w, share in counting(k["name"], t):
                w["relief"] += late * share * fraction(w["contract"].get("relief", 0))
        for b in blocks:
            if b["name"] not in life[t][0]:
                fee = b["accelerators"] * b["price"] * HOURS
                p.constant += fee * value[t] / unit
                for w, share in counting(b["pool"], t):
                    w["fixed"] += fee * share
    for w in windows:
        w["row"] = p.row(-(w["amount"] - w["fixed"] - w["relief"]) / unit if w["live"] else 1e12)
    for t, month in enumerate(explained["months"]):
        slots = [(k["name"], month["capacity"][k["name"]], month["book_price"][k["name"]]) for k in plan["pools"]]
        for b in blocks:
            if b["name"] not in life[t][0] | life[t][1]:
                slots.append((b["pool"], math.floor(b["accelerators"] / quantum + 1e-6) * quantum, b.get("use_price", 0)))
        rooms = [p.row(room / 1000) for _, room, _ in slots]
        for w in plan["workloads"]:
            need = month["demand"][w["name"]]
            row, most, hours = p.row(-need / 1000), p.row(need / 1000), HOURS * fraction(w.get("duty", 1))  # no work beyond the demand
            p.column(1000 * hours * w["unmet_cost"] * value[t] / unit, [(row, -1.0)])
            bound_to = [c["provider"] for c in only if w["name"] in c["workloads"] and month_name(t) <= c["to"]
                        and c["name"] not in life[t][0] | life[t][1]]
            for (name, _, price), room in zip(slots, rooms):
                k = pools[name]
                speed = w["speed"].get(k["accelerator"], 0)
                if not speed or (bound_to and k["provider"] not in bound_to):
                    continue
                speed = float(np.float32(speed))
                for paid, counted in at_best(plan, life[t], signed, k) if room < rooms[0] + len(plan["pools"]) else [(1.0, 1.0)]:
                    spend, cost = 1000 * hours * price * counted, 1000 * hours * price * paid
                    cost += 1000 * hours * speed * egress_of(plan, w, k["provider"])
                    entries = [(row, -speed), (most, speed), (room, 1.0)]
                    entries += [(x["row"], -spend * share / unit) for x, share in counting(name, t)]
                    p.column(cost * value[t] / unit, entries)
                for right in rights:
                    rival = right["provider"] != k["provider"] and room < rooms[0] + len(plan["pools"])
                    if not rival or w["name"] not in right["workloads"]:
                        continue
                    offer = (price / speed + egress_of(plan, w, k["provider"])) * (1 + right.get("premium", 0))
                    for (own_name, _, own_price), own_room in zip(slots[: len(plan["pools"])], rooms):
                        own, own_speed = pools[own_name], float(np.float32(w["speed"].get(pools[own_name]["accelerator"], 0)))
                        egress = egress_of(plan, w, right["provider"])
                        if own["provider"] != right["provider"] or not own_speed or offer >= own_price / own_speed + egress:
                            continue
                        spend = 1000 * hours * speed * max(offer - egress, 0) * (1 + tight * 2**-22)
                        entries = [(row, -speed), (most, speed), (room, 1.0), (own_room, speed / own_speed if tight else 0.0)]
                        entries += [(x["row"], -spend * share / unit) for x, share in counting(own_name, t)]
                        p.column((spend + 1000 * hours * speed * egress) * value[t] / unit, entries)
    for w in windows:
        if not w["live"]:
            continue
        c = w["contract"]
        rate = fraction(c.get("shortfall_rate", 1), 28)
        entries = [(w["row"], -1.0)]
        for later in windows:
            l = later["contract"]
            if later["order"] > w["order"] and l["provider"] == c["provider"] and later["first"] <= w["last"] <= later["last"] \
                    and l["name"] not in life[w["last"]][0] | life[w["last"]][1]:
                entries.append((later["row"], -rate))
        p.column(rate * value[w["last"]], entries)
        if w["next"]:
            p.column(0.0, [(w["row"], -1.0), (w["next"]["row"], 1.0)], fraction(c.get("deferral", 0)) * w["amount"] / unit)
            p.column(0.0, [(w["row"], 1.0), (w["next"]["row"], -fraction(c.get("carry_forward", 0)))])
    least = p.solve() * unit
    return (least, p.seconds) if timed else least


def run(command, plan):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        done = subprocess.run(command[:2] + [file.name] + command[2:], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("%s: %d\n%s%s" % (" ".join(command), done.returncode, done.stderr, json.dumps(plan)))
    return json.loads(done.stdout)


def main():
    offramp, seed, plans = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    paths = int(sys.argv[4]) if len(sys.argv) > 4 else 2
    worst, compared, failed, above = 0.0, 0, 0, 0.0
    for number in range(plans):
        rnd = random.Random(seed * 1000003 + number)
        plan = random_plan(rnd)
        plan["simulation"]["paths"] = paths
        ours = run([offramp, "bound", "--each", "--format", "json"], plan)
        for path in range(paths):
            explained = run([offramp, "explain", "--path", str(path), "--format", "json"], plan)
            for strategy in plan["strategies"]:
                if strategy["name"] == "o":
                    continue  # the contracts of "s"
                theirs, mine = bound(plan, explained, strategy["contracts"]), ours["paths"][path][strategy["name"]]
                truth = bound(plan, explained, strategy["contracts"], tight=True) if "right" in strategy["contracts"] else theirs
                apart = abs(mine["fractional"] - theirs) / theirs
                compared += 1
                worst, above = max(worst, apart), max(above, mine["lower"] / truth - 1)
                if apart > 1e-6 or mine["lower"] > truth * (1 + ABOVE) or mine["upper"] < theirs * (1 - 1e-6):
                    failed += 1
                    print("plan %d path %d %s: HiGHS %.6f" % (number, path, strategy["name"], theirs), mine, apart)
                    if failed <= 3:
                        print(json.dumps(plan))
    print("%d programmes: fractional cost at most %.2g from HiGHS, no bound more than %.2g above, %d wrong" %
          (compared, worst, above, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
