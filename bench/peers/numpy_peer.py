#!/usr/bin/env python3
"""offramp's model in NumPy, on one core: what a good NumPy programmer would run instead.

Blocks of paths that stay in cache, float32, every operation over all paths of a block. It reads the same plans, draws its own
random numbers, and does without the quanta: compare means, not paths. Not for max_share, nor for contracts beyond commitment,
reservation and exclusivity."""
import os

os.environ.update({name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")})
import argparse
import json
import math
import sys
import time
from types import SimpleNamespace as Box

import numpy as np

F = np.float32
HOURS = 730.0
CLAMP = 64.0


# ------------------------------------------------------------------ reading

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
    return Box(type="reservation", pool=pool, size=size, fee=fee, use_price=c.get("use_price", 0.0))


def read_contract(c, plan, doc):
    if c["type"] == "reservation":
        return read_reservation(c, plan, doc)
    if c["type"] == "exclusivity":
        first, last = span(c, plan)
        covers = [selects(c["workloads"], w) for w in doc["workloads"]]
        return Box(type="exclusivity", provider=c["provider"], covers=covers, first=first, last=last,
                   open=c.get("overflow") == "open")
    if c["type"] != "commitment":
        sys.exit(f"numpy_peer.py: contracts of type {c['type']} are beyond it")
    counts = np.array([counted_share(c, p) for p in doc["pools"]])
    return Box(type="commitment", provider=c["provider"], counts=counts, rate=c.get("shortfall_rate", 1.0),
               opening=c.get("opening", 0.0), windows=read_windows(c, plan))


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


def read_strategy(s, doc):
    if "max_share" in s or s.get("rule", "priority") != "priority":
        sys.exit("numpy_peer.py: max_share and other rules are beyond it")
    pull = s.get("pull", "none")
    signed = [i for i, c in enumerate(doc.get("contracts", [])) if c["name"] in s.get("contracts", [c["name"]])]
    return Box(name=s["name"], signed=signed, pace=pull == "pace", pull={"none": 0.0, "full": 1.0, "pace": 1.0}.get(pull, pull),
               providers=s.get("providers", [p["name"] for p in doc["providers"]]))


def read_workload(w, plan, doc):
    speed = np.array([w["speed"].get(p["accelerator"], 0.0) for p in doc["pools"]])
    egress = np.zeros((plan.months, len(doc["pools"])))
    if "home" in w:
        home = next(p for p in doc["providers"] if p["name"] == w["home"])
        away = np.array([p["provider"] != w["home"] for p in doc["pools"]])
        egress = np.outer(curve(home.get("egress_per_gb", 0.0), plan) * w.get("data_gb_per_hour", 0.0), away)
    return Box(demand=curve(w["demand"], plan), unmet=w["unmet_cost"], duty=w.get("duty", 1.0), speed=speed, egress=egress,
               loading=loading(w, plan))


def read_plan(path):
    with open(path) as file:
        doc = json.load(file)
    horizon = doc["horizon"]
    plan = Box(start=month_index(horizon["start"], 0), months=horizon["months"], provider=[p["provider"] for p in doc["pools"]])
    plan.discount = (1 + horizon.get("discount_rate", 0.0)) ** (-np.arange(plan.months) / 12)
    read_factors(doc, plan)
    plan.workloads = [read_workload(w, plan, doc) for w in doc["workloads"]]
    plan.price = np.array([curve(p["price"], plan) for p in doc["pools"]])
    plan.capacity = np.array([curve(p["capacity"], plan) * p.get("availability", 1.0) for p in doc["pools"]])
    plan.loading = [loading(p, plan) for p in doc["pools"]]
    plan.slip = [(p.get("slip_mean", 0.0), p.get("slip_max", 24)) for p in doc["pools"]]
    plan.contracts = [read_contract(c, plan, doc) for c in doc.get("contracts", [])]
    plan.events = [read_event(e, plan, doc) for e in doc.get("events", [])]
    plan.strategies = [read_strategy(s, doc) for s in doc["strategies"]]
    return plan


# ------------------------------------------------------------------ weather

class Weather:
    """The random part of a block of paths, month by month; the same for every strategy."""

    def __init__(self, plan, n, rng):
        self.plan, self.n, self.rng = plan, n, rng
        self.x = np.zeros((len(plan.factor_names), n), F)
        self.active = [np.zeros(n, bool) for _ in plan.events]
        self.left = [np.zeros(n, np.int16) for _ in plan.events]
        self.starts = [np.zeros(n, np.int16) for _ in plan.events]
        self.slip = [self.draw_slip(*s) if s[0] > 0 else None for s in plan.slip]
        self.price = np.empty((len(plan.price), n), F)
        self.capacity = np.empty((len(plan.price), n), F)

    def draw_slip(self, mean, most):
        return np.minimum(self.rng.geometric(1 / (1 + mean), self.n) - 1, most)

    def start_of(self, e, t):
        """Months each path's occurrence would last that began in month t."""
        if e.duration:
            return e.duration
        if e.mean <= 1:
            return 1
        u = np.maximum(self.rng.random(self.n, dtype=F), F(1e-7))
        return (1 + np.log(u) / F(math.log(1 - 1 / e.mean))).astype(np.int16)

    def step_event(self, i, e, t):
        begin = 1 - math.exp(-e.rate / 12) if e.at is None and e.first <= t <= e.last else 0.0
        if e.at is None and e.max is None and e.mean:  # without memory: one uniform decides
            stay = 1 - 1 / e.mean
            limit = np.where(self.active[i], F(stay + (1 - stay) * begin), F(begin))
            self.active[i] = self.rng.random(self.n, dtype=F) < limit
            return
        left = self.left[i]
        np.maximum(left - 1, 0, out=left)
        idle = left == 0
        if e.at is not None:
            begins = idle & (e.at == t)
        else:
            begins = idle & (self.rng.random(self.n, dtype=F) < begin)
            if e.max:
                begins &= self.starts[i] < e.max
        if begins.any():
            np.copyto(left, np.asarray(self.start_of(e, t), np.int16), where=begins)
            self.starts[i] += begins
        self.active[i] = left > 0

    def step(self, t):
        if t > 0 and len(self.x):
            self.x *= self.plan.phi[:, None]
            self.x += self.plan.root @ self.rng.standard_normal(self.x.shape, dtype=F)
        for i, e in enumerate(self.plan.events):
            self.step_event(i, e, t)
        self.sample(t)

    def multiplier(self, load, t):
        if t == 0 or not any(load):
            return None
        b = np.array(load)
        z = b.astype(F) @ self.x
        z -= F(0.5 * (b @ self.plan.variance[t] @ b))
        return np.minimum(np.exp(z, out=z), F(CLAMP), out=z)

    def event_product(self, factors):
        """factors: (event, multiplier) pairs that differ from 1; None when nothing happens."""
        product = None
        for i, f in factors:
            one = self.active[i] * F(f - 1)
            one += F(1)
            product = one if product is None else np.multiply(product, one, out=product)
        return product

    def product(self, level, parts, out):
        parts = [p for p in parts if p is not None]
        if not parts:
            out[...] = level
            return
        np.multiply(parts[0], F(level), out=out)
        for p in parts[1:]:
            np.multiply(out, p, out=out)

    def sample(self, t):
        plan, made = self.plan, {}

        def once(kind, signature, make):
            if (kind, signature) not in made:
                made[kind, signature] = make(signature)
            return made[kind, signature]

        hits = lambda what, k: tuple((i, getattr(e, what)[k]) for i, e in enumerate(plan.events) if getattr(e, what)[k] != 1)
        self.demand = np.empty((len(plan.workloads), self.n), F)
        for w, work in enumerate(plan.workloads):
            self.product(work.demand[t], [once("x", work.loading, lambda l: self.multiplier(l, t)),
                                          once("e", hits("demand", w), self.event_product)], self.demand[w])
        for k in range(len(plan.price)):
            weather = once("x", plan.loading[k], lambda l: self.multiplier(l, t))
            events = once("e", hits("price", k), self.event_product)
            both = once("p", (plan.loading[k], hits("price", k)), lambda _: self.joint(weather, events))
            self.product(plan.price[k, t], [both], self.price[k])
            level, late = plan.capacity[k, t], None
            if self.slip[k] is not None:
                level, late = 1.0, plan.capacity[k].astype(F)[np.maximum(t - self.slip[k], 0)]
            self.product(level, [late, once("e", hits("capacity", k), self.event_product)], self.capacity[k])

    @staticmethod
    def joint(a, b):
        return b if a is None else a if b is None else a * b


# ------------------------------------------------------------------ placement

def network(n):
    """Batcher's odd-even merge sort for n items: pairs to compare and exchange."""
    pairs, p = [], 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(min(k, n - j - k)):
                    if (i + j) // (2 * p) == (i + j + k) // (2 * p):
                        pairs.append((i + j, i + j + k))
            k //= 2
        p *= 2
    return pairs


class Placer:
    """Fills slots in ascending key, ordered by np.argsort, or by a trick twice as fast that few would write: keys are positive
    float32, so their bits sort as integers; the slot's number replaces the lowest bits (a difference of a millionth at most),
    and a sorting network of minimum and maximum orders all paths at once."""

    def __init__(self, most, n, argsort):
        self.n, self.argsort = n, argsort
        self.pairs = {m: network(m) for m in range(most + 1)}
        self.lane = np.arange(n, dtype=np.int32)
        self.flat = np.empty((most, n), np.intp)
        self.key, self.room, self.sorted, self.taken = (np.empty((most, n), F) for _ in range(4))
        self.spare = np.empty(n, np.int32)

    def order(self, key):
        """Flat indices into (slots, paths), ascending by key along the slots. Destroys key."""
        m = len(key)
        flat = self.flat[:m]
        if self.argsort:
            np.add(np.argsort(key, axis=0, kind="stable") * self.n, self.lane, out=flat)
            return flat
        low = np.int32((1 << max(m - 1, 1).bit_length()) - 1)
        bits = key.view(np.int32)
        bits &= ~low
        bits |= np.arange(m, dtype=np.int32)[:, None]
        rows, spare = list(bits), self.spare
        for i, j in self.pairs[m]:
            a, b = rows[i], rows[j]
            np.minimum(a, b, out=spare)
            np.maximum(a, b, out=b)
            rows[i], spare = spare, a
        for row, out in zip(rows, flat):
            row &= low
            row *= np.int32(self.n)
            row += self.lane
            out[...] = row
        self.spare = spare if spare.base is None else np.empty(self.n, np.int32)
        return flat

    def fill(self, key, room, need, limit):
        """What of `need` each slot takes of its `room` (both in work), skipping keys beyond `limit`; need is lowered by it."""
        if key.max() > limit:
            room *= key <= F(limit)
        flat = self.order(np.maximum(key, F(1e-30), out=key))
        sorted_room = np.take(room, flat, out=self.sorted[:len(key)], mode="clip")
        for row in sorted_room:
            np.minimum(row, need, out=row)
            need -= row
        taken = self.taken[:len(key)]
        taken.reshape(-1)[flat.reshape(-1)] = sorted_room.reshape(-1)
        return taken


# ------------------------------------------------------------------ contracts and books

class Account:
    """One strategy's memory over the months of a block."""

    def __init__(self, plan, strategy, n):
        self.plan, self.s, self.n = plan, strategy, n
        self.cash, self.unmet, self.charges = (np.zeros(n) for _ in range(3))
        self.counted = {c: np.full(n, plan.contracts[c].opening, F) for c in self.of("commitment")}
        self.amount = {}
        self.ended = {c: np.zeros(n, bool) for e in plan.events for c in e.ends if c in strategy.signed}
        reserved = [(plan.contracts[c].pool, c) for c in self.of("reservation")]
        slots = reserved + [(k, None) for k in range(len(plan.price))]
        self.slots = [s for s in slots if plan.provider[s[0]] in strategy.providers]
        self.room, self.hours, self.price = (np.empty((len(self.slots), n), F) for _ in range(3))
        self.pool_rows = np.array([k for k, _ in self.slots])
        self.usable = [[i for i, (k, _) in enumerate(self.slots) if w.speed[k] > 0] for w in plan.workloads]

    def of(self, kind):
        return [c for c in self.s.signed if self.plan.contracts[c].type == kind]

    def window(self, c, t):
        return next((w for w in self.plan.contracts[c].windows if w.first <= t <= w.last), None)

    def note_events(self, weather):
        """What is suspended and what has ended, as masks; None where no event can touch a contract."""
        self.off = {}
        for i, e in enumerate(self.plan.events):
            for c in e.ends & set(self.s.signed):
                self.ended[c] |= weather.active[i]
            for c in e.suspends & set(self.s.signed):
                self.off[c] = weather.active[i] | self.off.get(c, False)
        self.off_only = dict(self.off)
        for c, ended in self.ended.items():
            self.off[c] = ended | self.off.get(c, False)

    def acting(self, c, value):
        """value where the contract acts, 0 where it does not."""
        return value if c not in self.off else np.where(self.off[c], F(0), value)

    def open_windows(self, t):
        for c in self.counted:
            w = self.window(c, t)
            if w is None:
                continue
            if t == max(w.first, 0):
                self.amount[c] = F(w.amount)
                if w is not self.plan.contracts[c].windows[0]:
                    self.counted[c] = np.zeros(self.n, F)
            if c in self.off_only:
                self.amount[c] = self.amount[c] - self.off_only[c] * F(w.amount / w.length)

    def pulls(self, t):
        """(counts, mask x rate) of every commitment that pulls this month."""
        found = []
        for c in self.counted:
            w, contract = self.window(c, t), self.plan.contracts[c]
            if w is None or self.s.pull == 0:
                continue
            f = (t - w.first + 1) / w.length if self.s.pace else 1.0
            short = self.counted[c] < self.amount[c] * F(f)
            found.append((contract.counts * self.s.pull * min(1.0, contract.rate), self.acting(c, short.astype(F))))
        return found

    def marginal_prices(self, weather, pulls, t):
        price = self.price
        for row, (k, c) in zip(price, self.slots):
            if c is None:
                row[...] = weather.price[k]
            else:
                row[...] = self.plan.contracts[c].use_price
            pull = None
            for counts, mask in pulls:
                if counts[k] > 0:
                    one = mask * F(counts[k])
                    pull = one if pull is None else np.maximum(pull, one, out=pull)
            if pull is not None:
                row *= np.subtract(F(1), pull, out=pull)
        return price

    def holder(self, w, t):
        found = [c for c in self.of("exclusivity") if self.plan.contracts[c].covers[w]
                 and self.plan.contracts[c].first <= t <= self.plan.contracts[c].last]
        return found[0] if found else None

    def place_workload(self, w, t, price, need, placer, hours, passes):
        """passes: for each, the slots' masks (True all, False none, or per path). Returns egress in dollars an hour."""
        work, rows, egress = self.plan.workloads[w], self.usable[w], 0.0
        for masks in passes:
            chosen = [i for i in rows if masks[i] is not False]
            if not chosen:
                continue
            pools = self.pool_rows[chosen]
            speed = work.speed[pools].astype(F)[:, None]
            away = work.egress[t][pools].astype(F)[:, None]
            key, room = placer.key[:len(chosen)], placer.room[:len(chosen)]
            some = slice(None) if len(chosen) == len(price) else chosen
            np.multiply(price[some], 1 / speed, out=key)
            if away.any():
                key += away
            np.multiply(self.room[some], speed, out=room)
            for j, i in enumerate(chosen):
                if masks[i] is not True:
                    room[j] *= masks[i]
            taken = placer.fill(key, room, need, work.unmet)
            if away.any():
                egress = egress + (taken * away).sum(axis=0)
            taken *= 1 / speed
            for j, i in enumerate(chosen):
                room = self.room[i]
                room -= taken[j]
                np.maximum(room, 0, out=room)  # rounding
                hours[i] += np.multiply(taken[j], F(work.duty), out=taken[j]) if work.duty != 1 else taken[j]
        return egress * work.duty

    def passes(self, w, t):
        c = self.holder(w, t)
        if c is None:
            return [[True] * len(self.slots)]
        contract, off = self.plan.contracts[c], self.off.get(c)
        own = [self.plan.provider[k] == contract.provider for k, _ in self.slots]
        first = [True if mine else (False if off is None else off) for mine in own]
        if not contract.open:
            return [first]
        return [first, [False if mine else (True if off is None else ~off) for mine in own]]

    def month(self, t, weather, placer):
        self.note_events(weather)
        self.open_windows(t)
        price = self.marginal_prices(weather, self.pulls(t), t)
        for row, (k, c) in zip(self.room, self.slots):
            row[...] = weather.capacity[k] if c is None else self.acting(c, F(self.plan.contracts[c].size[t]))
        hours, egress, unmet = self.hours, 0.0, 0.0
        hours.fill(0)
        for w, work in enumerate(self.plan.workloads):
            need = weather.demand[w].copy()
            egress = egress + self.place_workload(w, t, price, need, placer, hours, self.passes(w, t))
            unmet = unmet + need * F(work.duty * work.unmet)
        self.book(t, weather, hours, egress, unmet)

    def book(self, t, weather, hours, egress, unmet):
        plan, cash = self.plan, egress * HOURS
        spent = {}
        for row, (k, c) in zip(hours, self.slots):
            if c is None:
                row *= weather.price[k]
            else:
                row *= F(plan.contracts[c].use_price)
            row *= F(HOURS)
            spent[k] = spent[k] + row if k in spent else row
        for c in self.of("reservation"):
            k, fee = plan.contracts[c].pool, plan.contracts[c].fee[t]
            if fee:
                spent[k] = spent.get(k, 0) + (np.where(self.ended[c], F(0), F(fee)) if c in self.ended else F(fee))
        for dollars in spent.values():
            cash = cash + dollars
        for c in self.counted:
            if self.window(c, t):
                for k, dollars in spent.items():
                    if plan.contracts[c].counts[k] > 0:
                        self.counted[c] += self.acting(c, dollars * F(plan.contracts[c].counts[k]))
        charges = self.settle(t)
        self.cash += (cash + charges) * plan.discount[t]
        self.charges += charges * plan.discount[t]
        self.unmet += unmet * (HOURS * plan.discount[t])

    def settle(self, t):
        charges = 0.0
        for c in self.counted:
            w, contract = self.window(c, t), self.plan.contracts[c]
            if w is None or t != w.last:
                continue
            charge = np.maximum(self.amount[c] - self.counted[c], 0) * F(contract.rate)
            if c in self.ended:
                charge[self.ended[c]] = 0
            charges = charges + charge
            for later in self.counted:
                if later > c and self.plan.contracts[later].provider == contract.provider and self.window(later, t):
                    self.counted[later] += self.acting(later, charge)
        return charges


# ------------------------------------------------------------------ running

def run_block(plan, n, rng, argsort):
    weather = Weather(plan, n, rng)
    accounts = [Account(plan, s, n) for s in plan.strategies]
    placer = Placer(max(len(a.slots) for a in accounts), n, argsort)
    for t in range(plan.months):
        weather.step(t)
        for account in accounts:
            account.month(t, weather, placer)
    return np.array([[a.cash + a.unmet, a.cash, a.unmet, a.charges] for a in accounts])


METRICS = ("total_cost", "cash_cost", "unmet_cost", "shortfall_cost")


def compare(results, names, against):
    """Means in units of their joint standard error; True when all are within four."""
    agree = True
    for name, values in zip(names, results):
        theirs = next(s for s in against["strategies"] if s["name"] == name)["metrics"]
        for metric, paths in zip(METRICS, values):
            se = math.hypot(paths.std(ddof=1) / math.sqrt(len(paths)), theirs[metric]["se"])
            gap = paths.mean() - theirs[metric]["mean"]
            z = gap / se if se > 0 else (0.0 if abs(gap) <= 1e-5 * abs(paths.mean()) else math.inf)
            agree &= abs(z) <= 4
            print(f"  {name}: {metric}: {paths.mean():.6g} here, {theirs[metric]['mean']:.6g} there, {z:+.2f} standard errors")
    return agree


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plan")
    parser.add_argument("--paths", type=int, default=65536)
    parser.add_argument("--block", type=int, default=8192, help="paths at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", choices=("argsort", "network"), default="argsort",
                        help="how pools are put in order: np.argsort, or a hand-made sorting network on packed keys")
    parser.add_argument("--against", metavar="FILE", help="a result of `offramp run --format json` to compare means with")
    options = parser.parse_args()
    plan = read_plan(options.plan)
    rng = np.random.Generator(np.random.SFC64(options.seed))
    blocks = max(1, options.paths // options.block)
    run_block(plan, min(options.block, 256), np.random.Generator(np.random.SFC64(0)), options.order == "argsort")
    begin, begin_cpu = time.perf_counter(), time.process_time()
    argsort = options.order == "argsort"
    results = np.concatenate([run_block(plan, options.block, rng, argsort) for _ in range(blocks)], axis=2)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    names = [s.name for s in plan.strategies]
    path_months = blocks * options.block * plan.months * len(names)
    print(f"{path_months / seconds / 1e6:.3f} M path-months/s on one core, {path_months / cpu / 1e6:.3f} M a second of "
          f"processor time ({blocks * options.block} paths, {seconds:.2f} s)")
    for name, values in zip(names, results):
        se = [v.std(ddof=1) / math.sqrt(len(v)) for v in values]
        means = (f"{m} {v.mean():.6g} (se {e:.2g})" for m, v, e in zip(METRICS, values, se))
        print(f"  {name}: " + ", ".join(means))
    if options.against:
        with open(options.against) as file:
            sys.exit(0 if compare(results, names, json.load(file)) else 1)


if __name__ == "__main__":
    main()
