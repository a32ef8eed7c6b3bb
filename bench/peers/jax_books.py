"""A strategy's contracts and books, as pure functions for jax.jit: money an hour in float32, dollars where commitments count them.

What is known before any path is played is Python, and gone once it is traced: who may place where, which clauses a strategy has,
which of them can end. What changes from month to month without chance is a row of `table`."""
import jax.numpy as jnp
import numpy as np

from jax_placement import cap, fill, fill_in_turn
from peer_plan import HOURS, Signatory

F = np.float32


def pick(matrix, rows):
    """The given rows: all, a slice where they follow one another, else gathered."""
    if rows == list(range(len(matrix))):
        return matrix
    if rows == list(range(rows[0], rows[0] + len(rows))):
        return matrix[rows[0]:rows[-1] + 1]
    return matrix[np.array(rows)]


def spread(rows, count, values):
    """values of the given rows among `count`, and zeros elsewhere."""
    if rows == list(range(count)):
        return values
    at, back = 0, 0
    for at in range(len(rows)):  # in runs of rows that follow one another
        if at and rows[at] == rows[at - 1] + 1:
            continue
        end = at + 1
        while end < len(rows) and rows[end] == rows[end - 1] + 1:
            end += 1
        back = back + jnp.pad(values[at:end], ((rows[at], count - rows[at] - (end - at)), (0, 0)))
    return back


class Account(Signatory):
    def __init__(self, plan, strategy, n, fails, order):
        self.plan, self.s, self.n, self.failure, self.order = plan, strategy, n, plan.failure if fails else None, order
        signed, of = set(strategy.signed), self.of
        self.commitments, self.exits, self.reservations = of("commitment"), of("exit"), of("reservation")
        self.can_end = ({c for e in plan.events for c in e.ends} | {plan.contracts[x].target for x in self.exits}) & signed
        self.can_pause = {c for e in plan.events for c in e.suspends} & signed
        slots = [(plan.contracts[c].pool, c) for c in self.reservations] + [(k, None) for k in range(len(plan.price))]
        self.slots = [s for s in slots if plan.provider[s[0]] in strategy.providers]
        self.pools = [k for k, _ in self.slots]
        self.owner = [plan.provider[k] for k in self.pools]
        self.usable = [[i for i, k in enumerate(self.pools) if w.speed[k] > 0] for w in plan.workloads]
        self.holders = {plan.contracts[c].provider for c in of("stake")}
        self.reserved = [(i, c) for i, (_, c) in enumerate(self.slots) if c is not None]

    # ---- by month, without chance

    def structure(self, t):
        """Of each workload the clauses that bind it: months that are alike in this are played by one loop."""
        workloads = range(len(self.plan.workloads))
        return tuple((self.binding("first_refusal", w, t), self.binding("exclusivity", w, t)) for w in workloads)

    def table(self):
        plan, months = self.plan, range(self.plan.months)
        failing = np.array([self.failure is not None and self.failure.first <= t <= self.failure.last for t in months])
        stands = [[not (f and owner == self.failure.provider) for owner in self.owner] for f in failing]
        return {"stands": np.array(stands, bool), "fails": failing,
                "fees": np.array([[plan.contracts[c].fee[t] / HOURS for c in self.reservations] for t in months], F),
                "sizes": np.array([[plan.contracts[c].size[t] for c in self.reservations] for t in months], F),
                "windows": {c: self.window_table(plan.contracts[c]) for c in self.commitments},
                "leaves": {x: np.array([t in plan.contracts[x].months for t in months]) for x in self.exits},
                "egress": np.array([w.egress for w in plan.workloads], F).T,
                "worth": (HOURS * plan.discount).astype(F), "discount": plan.discount.astype(F)}

    def window_table(self, commitment):
        found = {name: np.zeros(self.plan.months, F) for name in ("amount", "piece", "elapsed", "opening", "later")}
        found.update({name: np.zeros(self.plan.months, bool) for name in ("open", "begins", "ends")})
        for w in commitment.windows:
            for t in range(max(w.first, 0), w.last + 1):
                found["open"][t], found["begins"][t], found["ends"][t] = True, t == max(w.first, 0), t == w.last
                found["amount"][t], found["piece"][t] = w.amount, w.amount / w.length
                found["elapsed"][t] = (t - w.first + 1) / w.length
                found["opening"][t] = commitment.opening if t == 0 else 0
                found["later"][t] = sum(v.amount for v in commitment.windows if v.first > t)
        return found

    # ---- contracts in force

    def start(self):
        zeros = lambda: jnp.zeros(self.n, F)
        return {"cash": zeros(), "unmet": zeros(), "charges": zeros(), "exits": zeros(), "value": zeros() if self.holders else None,
                "revenue": {g: zeros() for g in self.holders}, "counted": {c: zeros() for c in self.commitments},
                "shrunk": {c: zeros() for c in self.commitments if c in self.can_pause},
                "ended": {c: jnp.zeros(self.n, bool) for c in self.can_end}}

    def suspensions(self, row, sky):
        """By contract, the paths in which it is suspended; those that never are, are missing."""
        found = {}
        for i, e in enumerate(self.plan.events):
            for c in e.suspends & self.can_pause:
                found[c] = sky["active"][i] | found.get(c, False)
        for c in self.reservations if self.failure else ():
            if self.plan.provider[self.plan.contracts[c].pool] == self.failure.provider:
                found[c] = row["fails"] | found.get(c, False)
        return found

    def acts(self, c, new):
        """Where the contract acts: True, or a mask."""
        paused, ended = new["paused"].get(c), new["ended"].get(c)
        off = paused if ended is None else ended if paused is None else paused | ended
        return True if off is None else ~off

    def open_windows(self, row, new):
        """Counted spend so far; the amounts promised stand in new["owing"]."""
        new["counted"], new["shrunk"], new["owing"] = dict(new["counted"]), dict(new["shrunk"]), {}
        for c in self.commitments:
            w = row["windows"][c]
            new["counted"][c] = jnp.where(w["begins"], w["opening"], new["counted"][c])
            new["owing"][c] = w["amount"]
            if c in self.can_pause:
                so_far = jnp.where(w["begins"], F(0), new["shrunk"][c])
                new["shrunk"][c] = so_far + jnp.where(new["paused"][c], w["piece"], F(0))
                new["owing"][c] = w["amount"] - new["shrunk"][c]

    # ---- placement

    def open_slots(self, row, sky, new):
        """Slots x paths: prices after the pull of open commitments, list prices, and room."""
        own = pick(sky["price"], self.pools[len(self.reserved):])
        room = pick(sky["capacity"], self.pools[len(self.reserved):])
        if self.reserved:
            contracts = [self.plan.contracts[c] for _, c in self.reserved]
            uses = np.array([x.use_price for x in contracts], F)[:, None]
            own = jnp.concatenate([jnp.broadcast_to(uses, (len(uses), self.n)), own])
            sizes = [jnp.where(self.acts(c, new), row["sizes"][self.reservations.index(c)], F(0)) for _, c in self.reserved]
            room = jnp.concatenate([jnp.stack([jnp.broadcast_to(size, self.n) for size in sizes]), room])
        if self.failure:
            room = jnp.where(row["stands"][:, None], room, F(0))
        return own * self.pulled_rest(row, new), own, room

    def pulled_rest(self, row, new):
        rest = F(1)
        for c in self.commitments if self.s.pull else ():
            w, contract = row["windows"][c], self.plan.contracts[c]
            y = (contract.counts[self.pools] * self.s.pull * min(1.0, contract.rate)).astype(F)[:, None]
            target = new["owing"][c] * (w["elapsed"] if self.s.pace else F(1))
            pulls = w["open"] & self.acts(c, new) & (new["counted"][c] < target)
            rest = jnp.minimum(rest, jnp.where(pulls, F(1) - y, F(1)))
        return rest

    def place(self, w, binds, row, sky, month):
        """Places a workload: on all its slots, or as the clauses that bind it say. Lowers need, rooms and budgets."""
        (refusal, exclusivity), rows, new = binds, self.usable[w], month["new"]
        if refusal is not None:
            contract = self.plan.contracts[refusal]
            asked = self.acts(refusal, new)
            if contract.accept < 1:
                asked = asked & sky["accepts"][refusal]
            return self.serve(w, rows, {}, row, month, (contract.provider, asked))
        if exclusivity is None:
            return self.serve(w, rows, {}, row, month)
        contract, acts = self.plan.contracts[exclusivity], self.acts(exclusivity, new)
        own = [i for i in rows if self.owner[i] == contract.provider]
        rest = [i for i in rows if i not in own]
        binding_always = acts is True
        self.serve(w, own if binding_always else rows, {} if binding_always else {i: ~acts for i in rest}, row, month)
        if contract.open:
            self.serve(w, rest, {i: acts for i in rest}, row, month)
        return None

    def serve(self, w, rows, masks, row, month, refusal=None):
        """rows may serve the workload; masks, by row, say in which paths where it is not in all."""
        if not rows:
            return
        work, holders = self.plan.workloads[w], 0
        if refusal:
            own = [i for i in rows if self.owner[i] == refusal[0]]
            rows, holders = own + [i for i in rows if i not in own], len(own)
        pools = np.array(self.pools)[rows]
        speed = work.speed[pools].astype(F)[:, None]
        inverse, away = 1 / speed, work.away[pools]
        key, room = pick(month["price"], rows) * inverse, pick(month["room"], rows) * speed
        if away.any():
            key = key + row["egress"][w] * away.astype(F)[:, None]
        room = self.within_budgets(rows, key, room, month)
        if any(mask is not True for mask in masks.values()):
            every = [jnp.broadcast_to(masks.get(i, True), self.n) for i in rows]
            room = jnp.where(jnp.stack(every), room, F(0))
        if refusal:
            serves, gone, matched = fill_in_turn(self.order, key, room, holders, month["need"], F(work.unmet), refusal[1])
            dollars = (matched * key).sum(axis=0)
            month["need"] = jnp.maximum(month["need"] - (serves + matched).sum(axis=0), F(0))
            month["matched"][refusal[0]] = month["matched"].get(refusal[0], F(0)) + dollars * F(work.duty)
        else:
            serves = gone = fill(self.order, key, room, month["need"], F(work.unmet))
            month["need"] = jnp.maximum(month["need"] - serves.sum(axis=0), F(0))
        self.take(w, rows, serves, gone, inverse, row, month)

    def within_budgets(self, rows, key, room, month):
        for g in month["budget"]:
            held = [j for j, i in enumerate(rows) if self.owner[i] == g]
            if held:
                capped = cap(self.order, pick(key, held), pick(room, held), month["budget"][g])
                others = np.array([j not in held for j in range(len(rows))])[:, None]
                room = jnp.where(others, room, spread(held, len(rows), capped))
        return room

    def take(self, w, rows, serves, gone, inverse, row, month):
        """Books what slots serve (work, paid at their own price) and what of them is gone."""
        work, count = self.plan.workloads[w], len(self.slots)
        away = work.away[np.array(self.pools)[rows]].astype(F)[:, None]
        if away.any():
            paid = (serves * away).sum(axis=0) * (row["egress"][w] * F(work.duty))
            month["egress"][work.home] = month["egress"].get(work.home, F(0)) + paid
        for g, budget in month["budget"].items():
            held = np.array([self.owner[i] == g for i in rows], F)[:, None]
            month["budget"][g] = jnp.maximum(budget - (serves * held).sum(axis=0), F(0))
        ascending = sorted(range(len(rows)), key=lambda j: rows[j])
        at = [rows[j] for j in ascending]
        month["room"] = month["room"] - spread(at, count, pick(gone * inverse, ascending))
        month["hours"] = month["hours"] + spread(at, count, pick(serves * (inverse * F(work.duty)), ascending))

    # ---- books

    def month(self, binds, row, sky, old):
        new = {**old, "revenue": dict(old["revenue"]), "ended": dict(old["ended"]), "paused": self.suspensions(row, sky)}
        for i, e in enumerate(self.plan.events):
            for c in e.ends & self.can_end:
                new["ended"][c] = new["ended"][c] | sky["active"][i]
        self.open_windows(row, new)
        price, own, room = self.open_slots(row, sky, new)
        whole = sky["demand"].sum(axis=0)
        month = {"new": new, "price": price, "room": room, "hours": jnp.zeros_like(room), "matched": {}, "egress": {},
                 "budget": {g: whole * F(x) for g, x in self.s.max_share.items()}}
        unmet, value = F(0), F(0)
        for w, work in enumerate(self.plan.workloads):
            month["need"] = sky["demand"][w]
            self.place(w, binds[w], row, sky, month)
            unmet = unmet + month["need"] * F(work.duty * work.unmet)
            if self.holders:
                value = value + (sky["demand"][w] - month["need"]) * F(work.duty * work.value)
        self.book(row, self.spend(row, own, month), month, new)
        new["unmet"] = new["unmet"] + unmet * row["worth"]
        if self.holders:
            new["value"] = new["value"] + value * row["worth"]
        return {name: new[name] for name in old}

    def spend(self, row, own, month):
        """Dollars an hour by slot: usage and fees."""
        spend, fees = month["hours"] * own, []
        for _, c in self.reserved:
            fee, ended = row["fees"][self.reservations.index(c)], month["new"]["ended"].get(c)
            fees.append(jnp.broadcast_to(fee if ended is None else jnp.where(ended, F(0), fee), self.n))
        return spend + spread(list(range(len(fees))), len(self.slots), jnp.stack(fees)) if fees else spend

    def book(self, row, spend, month, new):
        hourly = [(g, month["matched"][g]) for g in month["matched"]] + [(g, month["egress"][g]) for g in month["egress"]]
        self.count(row, spend, new)
        owed = self.leave(row, new) + self.settle(row, new)
        new["cash"] = new["cash"] + (spend.sum(axis=0) + sum(x for _, x in hourly)) * row["worth"] + \
            sum(x for _, x in owed) * row["discount"]
        for g in self.holders:
            rows = [i for i, owner in enumerate(self.owner) if owner == g]
            earned = (pick(spend, rows).sum(axis=0) if rows else F(0)) + sum(x for h, x in hourly if h == g)
            new["revenue"][g] = new["revenue"][g] + earned * row["worth"] + sum(x for h, x in owed if h == g) * row["discount"]

    def count(self, row, spend, new):
        for c in self.commitments:
            counts = self.plan.contracts[c].counts[self.pools].astype(F)
            rows = [i for i, share in enumerate(counts) if share]
            if rows:
                counted = (pick(spend, rows) * (F(HOURS) * counts[rows])[:, None]).sum(axis=0)
                new["counted"][c] = new["counted"][c] + jnp.where(row["windows"][c]["open"] & self.acts(c, new), counted, F(0))

    def leave(self, row, new):
        """Exits: a fee on what would still be owed, and the commitment has ended."""
        owed = []
        for x in self.exits:
            exit = self.plan.contracts[x]
            c = exit.target
            if c not in self.commitments:
                continue
            w = row["windows"][c]
            leaves = row["leaves"][x] & w["open"] & self.acts(c, new) & self.acts(x, new)
            if exit.below is not None:
                leaves &= new["counted"][c] < new["owing"][c] * F(exit.below) * w["elapsed"]
            fee = (jnp.maximum(new["owing"][c] - new["counted"][c], F(0)) + w["later"]) * F(exit.fee)
            owed.append((self.plan.contracts[c].provider, jnp.where(leaves, fee, F(0))))
            new["exits"] = new["exits"] + owed[-1][1] * row["discount"]
            new["ended"][c] = new["ended"][c] | leaves
        return owed

    def settle(self, row, new):
        owed = []
        for c in self.commitments:
            w, contract = row["windows"][c], self.plan.contracts[c]
            due = w["ends"] & ~new["ended"][c] if c in new["ended"] else w["ends"]
            charge = jnp.where(due, jnp.maximum(new["owing"][c] - new["counted"][c], F(0)) * F(contract.rate), F(0))
            owed.append((contract.provider, charge))
            new["charges"] = new["charges"] + charge * row["discount"]
            for later in self.commitments:
                if later > c and self.plan.contracts[later].provider == contract.provider:
                    counts = row["windows"][later]["open"] & self.acts(later, new)
                    new["counted"][later] = new["counted"][later] + jnp.where(counts, charge, F(0))
        return owed

    def metrics(self, end):
        """By name, a value for each path."""
        found = {"total_cost": end["cash"] + end["unmet"], "cash_cost": end["cash"], "unmet_cost": end["unmet"],
                 "shortfall_cost": end["charges"], "exit_cost": end["exits"]}
        for c in self.of("stake"):
            x = self.plan.contracts[c]
            found["stake", x.name] = F(x.margin) * end["revenue"][x.provider] + F(x.share) * (end["value"] - end["cash"])
        return found
