"""Plans for the peers: offramp's JSON, read into tables by month."""
import json
import os
import sys
from types import SimpleNamespace as Box

import numpy as np

F = np.float32
HOURS = 730.0


class Signatory:
    """Who has a plan and, as `s`, a strategy: the contracts that it signs."""

    def of(self, kind):
        return [c for c in self.s.signed if self.plan.contracts[c].type == kind]

    def binding(self, kind, w, t):
        """The exclusivity or first refusal that binds a workload; None without."""
        for c in self.of(kind):
            x = self.plan.contracts[c]
            if x.covers[w] and x.first <= t <= x.last:
                return c
        return None


def month_index(text, start):
    return 12 * int(text[:4]) + int(text[5:7]) - 1 - start


def curve(value, plan):
    t = np.arange(plan.months)
    if isinstance(value, (int, float)):
        return np.full(plan.months, float(value))
    if "points" not in value:
        return value["start"] * (1.0 + value.get("growth", 0.0)) ** (t / 12.0)
    at = [month_index(m, plan.start) for m, _ in value["points"]]
    level = np.array([v for _, v in value["points"]], float)
    if value.get("interpolate") == "step":
        return level[np.maximum(np.searchsorted(at, t, side="right") - 1, 0)]
    return np.interp(t, at, level)


def selects(selector, item):
    if isinstance(selector, dict):
        return all(selects(v, {"name": item[k]}) for k, v in selector.items() if k != "note")
    names = [selector] if isinstance(selector, str) else selector
    return "*" in names or item["name"] in names


def span(item, plan):
    first = month_index(item["from"], plan.start) if "from" in item else 0
    last = month_index(item["to"], plan.start) if "to" in item else plan.months - 1
    return first, last


def read_factors(doc, plan):
    factors = doc.get("factors", [])
    names = [f["name"] for f in factors]
    sigma = np.array([f.get("volatility", 0.0) for f in factors])
    kappa = np.array([f.get("reversion", 0.0) for f in factors])
    phi = np.exp(-kappa / 12)
    safe = np.where(kappa > 0, kappa, 1.0)
    step = np.sqrt(np.where(kappa > 0, sigma**2 * (1 - phi**2) / (2 * safe), sigma**2 / 12))
    rho = np.eye(len(names))
    for a, b, r in doc.get("correlations", []):
        i, j = names.index(a), names.index(b)
        rho[i, j] = rho[j, i] = r
    values, vectors = np.linalg.eigh(rho) if names else (np.zeros(0), np.zeros((0, 0)))
    root = vectors * np.sqrt(np.maximum(values, 0))
    plan.factor_names, plan.phi, plan.root = names, phi.astype(F), (step[:, None] * root).astype(F)
    noise = rho * np.outer(step, step)
    plan.variance = [np.zeros_like(noise)]
    for _ in range(1, plan.months):
        plan.variance.append(np.outer(phi, phi) * plan.variance[-1] + noise)


def loading(item, plan):
    return tuple(item.get("factors", {}).get(name, 0.0) for name in plan.factor_names)


def read_windows(c, plan):
    windows = []
    for w in c["windows"]:
        first, last = month_index(w["from"], plan.start), month_index(w["to"], plan.start)
        if last < 0 or first >= plan.months:
            continue
        cut = min(last, plan.months - 1)
        share = (cut - first + 1) / (last - first + 1)
        windows.append(Box(first=first, last=cut, length=cut - first + 1, amount=w["amount"] * share))
    return windows


def counted_share(c, pool):
    covered = pool["provider"] == c["provider"] and ("pools" not in c or selects(c["pools"], pool))
    counts = c.get("counts", 1.0)
    return (counts.get(pool["name"], 1.0) if isinstance(counts, dict) else counts) if covered else 0.0


def read_reservation(c, plan, doc):
    pool = next(k for k, p in enumerate(doc["pools"]) if p["name"] == c["pool"])
    first, last = max(span(c, plan)[0], 0), min(span(c, plan)[1], plan.months - 1)
    size = curve(c["accelerators"], plan)
    if c.get("lot"):
        size = np.ceil(size / c["lot"]) * c["lot"]
    t = np.arange(plan.months)
    size = np.where((t >= first) & (t <= last), size, 0.0)
    due = size * curve(c["price"], plan) * HOURS
    fee = due * (1 - c.get("upfront", 0.0))
    if first <= last:
        fee[first] += c.get("upfront", 0.0) * due.sum()
    return Box(pool=pool, size=size, fee=fee, use_price=c.get("use_price", 0.0))


def beyond(what):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {what} beyond it")


def read_commitment(c, plan, doc):
    if any(c.get(k) for k in ("deferral", "carry_forward", "credit_months", "relief")):
        beyond("deferral, carry_forward, credit_months and relief are")
    counts = np.array([counted_share(c, p) for p in doc["pools"]])
    return Box(provider=c["provider"], counts=counts, rate=c.get("shortfall_rate", 1.0), opening=c.get("opening", 0.0),
               windows=read_windows(c, plan))


def read_exclusivity(c, plan, doc):
    first, last = span(c, plan)
    covers = [selects(c.get("workloads", "*"), w) for w in doc["workloads"]]
    return Box(provider=c["provider"], covers=covers, first=first, last=last, open=c.get("overflow") == "open")


def read_refusal(c, plan, doc):
    covers = [selects(c.get("workloads", "*"), w) for w in doc["workloads"]]
    if c.get("premium") or any(hit and w.get("home", c["provider"]) != c["provider"] for hit, w in zip(covers, doc["workloads"])):
        beyond("first refusals with a premium, or on workloads at home elsewhere, are")
    first, last = span(c, plan)
    return Box(provider=c["provider"], covers=covers, first=first, last=last, accept=c.get("accept", 1.0))


def read_exit(c, plan, doc):
    target = next(i for i, x in enumerate(doc["contracts"]) if x["name"] == c["contract"])
    if doc["contracts"][target]["type"] != "commitment":
        beyond("exits from reservations are")
    months = {month_index(m, plan.start) for m in ([c["at"]] if isinstance(c["at"], str) else c["at"])}
    return Box(target=target, months=months, fee=c.get("fee", 0.0), below=c.get("below"))


def read_stake(c, plan, doc):
    return Box(provider=c["provider"], share=c.get("share", 0.0), margin=c.get("margin", 0.0))


READERS = {"commitment": read_commitment, "reservation": read_reservation, "exclusivity": read_exclusivity,
           "first_refusal": read_refusal, "exit": read_exit, "stake": read_stake}


def read_contract(c, plan, doc):
    if c["type"] not in READERS:
        beyond(f"contracts of type {c['type']} are")
    contract = READERS[c["type"]](c, plan, doc)
    contract.type, contract.name = c["type"], c["name"]
    return contract


def read_event(e, plan, doc):
    mean = e.get("mean_duration")
    event = Box(rate=e.get("rate"), max=e.get("max"), duration=None if mean else e.get("duration", 1), mean=mean)
    event.first, event.last = span(e, plan)
    event.at = month_index(e["at"], plan.start) if "at" in e else None
    ones = lambda items: np.ones(len(items))
    event.capacity, event.price, event.demand = ones(doc["pools"]), ones(doc["pools"]), ones(doc["workloads"])
    event.suspends, event.ends = set(), set()
    for effect in e["effects"]:
        for k, p in enumerate(doc["pools"]):
            if "pools" in effect and selects(effect["pools"], p):
                event.capacity[k] *= effect.get("capacity", 1.0)
                event.price[k] *= effect.get("price", 1.0)
        for w, item in enumerate(doc["workloads"]):
            if "workloads" in effect and selects(effect["workloads"], item):
                event.demand[w] *= effect.get("demand", 1.0)
        hit = {i for i, c in enumerate(doc.get("contracts", [])) if "contracts" in effect and selects(effect["contracts"], c)}
        event.suspends |= hit if effect.get("suspend") else set()
        event.ends |= hit if effect.get("void") else set()
    return event


def read_strategy(s, plan, doc):
    if s.get("rule", "priority") != "priority":
        beyond("rules other than priority are")
    pull, share = s.get("pull", "none"), s.get("max_share", {})
    share = share if isinstance(share, dict) else {p["name"]: share for p in doc["providers"]}
    signed = [i for i, c in enumerate(doc.get("contracts", [])) if c["name"] in s.get("contracts", [c["name"]])]
    kinds = {plan.contracts[i].type for i in signed}
    if "first_refusal" in kinds and (pull != "none" or share or kinds & {"reservation", "commitment"}):
        beyond("first refusals beside pull, max_share, reservations or commitments are")
    return Box(name=s["name"], signed=signed, pace=pull == "pace", pull={"none": 0.0, "full": 1.0, "pace": 1.0}.get(pull, pull),
               providers=s.get("providers", plan.providers), max_share={g: x for g, x in share.items() if x < 1})


def read_workload(w, plan, doc):
    speed = np.array([w["speed"].get(p["accelerator"], 0.0) for p in doc["pools"]])
    egress, away, home = np.zeros(plan.months), np.zeros(len(doc["pools"]), bool), w.get("home")
    if home:
        rate = next(p for p in doc["providers"] if p["name"] == home).get("egress_per_gb", 0.0)
        egress = curve(rate, plan) * w.get("data_gb_per_hour", 0.0)
        away = np.array([p["provider"] != home for p in doc["pools"]]) & bool(egress.any())
    unmet = w["unmet_cost"]
    return Box(demand=curve(w["demand"], plan), unmet=unmet, value=w.get("value", unmet), duty=w.get("duty", 1.0),
               speed=speed, egress=egress, away=away, home=home, loading=loading(w, plan))


def read_failure(stakeholders, plan):
    """The anchor's failure, under which every strategy is played once more; None without."""
    if "failure" not in stakeholders:
        return None
    first = month_index(stakeholders["failure"]["from"], plan.start)
    last = min(first + stakeholders["failure"]["months"], plan.months) - 1
    return Box(provider=stakeholders["anchor"], first=first, last=last) if first <= last else None


def read_plan(path):
    with open(path) as file:
        doc = json.load(file)
    horizon = doc["horizon"]
    plan = Box(start=month_index(horizon["start"], 0), months=horizon["months"], provider=[p["provider"] for p in doc["pools"]],
               providers=[p["name"] for p in doc["providers"]])
    plan.discount = (1 + horizon.get("discount_rate", 0.0)) ** (-np.arange(plan.months) / 12)
    read_factors(doc, plan)
    plan.workloads = [read_workload(w, plan, doc) for w in doc["workloads"]]
    plan.price = np.array([curve(p["price"], plan) for p in doc["pools"]])
    plan.capacity = np.array([curve(p["capacity"], plan) * p.get("availability", 1.0) for p in doc["pools"]])
    plan.loading = [loading(p, plan) for p in doc["pools"]]
    plan.slip = [(p.get("slip_mean", 0.0), p.get("slip_max", 24)) for p in doc["pools"]]
    plan.contracts = [read_contract(c, plan, doc) for c in doc.get("contracts", [])]
    plan.events = [read_event(e, plan, doc) for e in doc.get("events", [])]
    plan.strategies = [read_strategy(s, plan, doc) for s in doc["strategies"]]
    plan.failure = read_failure(doc.get("stakeholders", {}), plan)
    return plan
