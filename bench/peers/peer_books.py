"""A strategy's contracts and books over the months of a block: money an hour in float32, dollars where commitments count them."""
import numpy as np

from peer_plan import HOURS, Signatory

F = np.float32


def runs(indices):
    """[(first, last + 1, where it begins)] of consecutive indices."""
    found = []
    for at, i in enumerate(indices):
        if found and found[-1][1] == i:
            found[-1][1] += 1
        else:
            found.append([i, i + 1, at])
    return found


class Choice:
    """The slots that a workload may use: `pieces` pairs stretches of the account's rows with the placer's."""

    def __init__(self, work, rows, pools):
        self.rows, self.count = rows, len(rows)
        self.pieces = [(slice(a, b), slice(at, at + b - a)) for a, b, at in runs(rows)]
        self.speed = work.speed[pools[rows]].astype(F)[:, None]
        self.inverse = 1 / self.speed
        self.away = [slice(a, b) for a, b, _ in runs([j for j, k in enumerate(pools[rows]) if work.away[k]])]


class Account(Signatory):
    def __init__(self, plan, strategy, n, fails):
        self.plan, self.s, self.n, self.failure = plan, strategy, n, plan.failure if fails else None
        self.cash, self.unmet, self.charges, self.exits, self.value = (np.zeros(n, F) for _ in range(5))
        self.revenue = {plan.contracts[c].provider: np.zeros(n, F) for c in self.of("stake")}
        self.counted = {c: np.zeros(n, F) for c in self.of("commitment")}
        self.amount = {}
        can_end = {c for e in plan.events for c in e.ends} | {plan.contracts[x].target for x in self.of("exit")}
        self.ended = {c: np.zeros(n, bool) for c in can_end & set(strategy.signed)}
        reserved = [(plan.contracts[c].pool, c) for c in self.of("reservation")]
        slots = reserved + [(k, None) for k in range(len(plan.price))]
        self.slots = [s for s in slots if plan.provider[s[0]] in strategy.providers]
        self.pools = np.array([k for k, _ in self.slots])
        self.owner = [plan.provider[k] for k, _ in self.slots]
        self.room, self.hours, self.price = (np.empty((len(self.slots), n), F) for _ in range(3))
        self.usable = [[i for i, (k, _) in enumerate(self.slots) if w.speed[k] > 0] for w in plan.workloads]
        self.choices = {}
        self.row, self.need = np.empty((2, n), F)

    def rows_of(self, provider):
        return [i for i, owner in enumerate(self.owner) if owner == provider]

    def choice(self, w, rows):
        if (w, *rows) not in self.choices:
            self.choices[w, *rows] = Choice(self.plan.workloads[w], rows, self.pools)
        return self.choices[w, *rows]

    # ---- contracts in force

    def window(self, c, t):
        return next((w for w in self.plan.contracts[c].windows if w.first <= t <= w.last), None)

    def note_events(self, t, weather):
        """What does nothing this month, as masks; None where all paths are alike, and it does."""
        self.suspended, signed = {}, set(self.s.signed)
        for i, e in enumerate(self.plan.events):
            for c in e.ends & signed:
                self.ended[c] |= weather.active[i]
            for c in e.suspends & signed:
                self.suspended[c] = weather.active[i] | self.suspended.get(c, False)
        x = self.failure
        self.failing = x is not None and x.first <= t <= x.last
        if self.failing:
            for c in self.of("reservation"):
                if self.plan.provider[self.plan.contracts[c].pool] == x.provider:
                    self.suspended[c] = np.ones(self.n, bool)
        self.off = {c: self.mask_of(c) for c in self.ended.keys() | self.suspended.keys()}

    def mask_of(self, c):
        ended, suspended = self.ended.get(c), self.suspended.get(c)
        mask = suspended if ended is None else ended if suspended is None else ended | suspended
        return mask if mask.any() else None

    def unless_off(self, c, value):
        """value where the contract acts, 0 where it does not."""
        off = self.off.get(c)
        return value if off is None else value * ~off

    def open_windows(self, t):
        for c in self.counted:
            w = self.window(c, t)
            if w is None:
                continue
            if t == max(w.first, 0):
                self.amount[c] = F(w.amount)
                self.counted[c].fill(self.plan.contracts[c].opening if t == 0 else 0)
            if c in self.suspended:
                self.amount[c] = self.amount[c] - self.suspended[c] * F(w.amount / w.length)

    # ---- placement

    def pulled_rest(self, t):
        """By slot, what the pull of open commitments leaves of a price; those that none pulls are missing."""
        rest = {}
        for c in self.counted if self.s.pull else ():
            w, contract, made = self.window(c, t), self.plan.contracts[c], {}
            if w is None:
                continue
            f = (t - w.first + 1) / w.length if self.s.pace else 1.0
            pulls = self.unless_off(c, self.counted[c] < self.amount[c] * F(f))
            for i, (k, _) in enumerate(self.slots):
                y = contract.counts[k] * self.s.pull * min(1.0, contract.rate)
                if y > 0:
                    if y not in made:
                        made[y] = F(1) - pulls * F(y)
                    rest[i] = np.minimum(rest[i], made[y]) if i in rest else made[y]
        return rest

    def open_slots(self, t, weather):
        rest = self.pulled_rest(t)
        for i, (k, c) in enumerate(self.slots):
            price = weather.price[k] if c is None else F(self.plan.contracts[c].use_price)
            np.multiply(price, rest.get(i, F(1)), out=self.price[i])
            self.room[i] = weather.capacity[k] if c is None else self.unless_off(c, F(self.plan.contracts[c].size[t]))
        if self.failing:
            for i in self.rows_of(self.failure.provider):
                self.room[i] = 0
        self.hours.fill(0)
        self.matched, self.egress = {}, {}
        self.budget = {}
        if self.s.max_share:
            whole = weather.demand.sum(axis=0)
            self.budget = {g: whole * F(x) for g, x in self.s.max_share.items()}

    def offer(self, choice, work, t, placer):
        """Keys and rooms of a workload's slots, in work, for the placer."""
        m = choice.count
        for here, there in choice.pieces:
            np.multiply(self.price[here], choice.inverse[there], out=placer.key[there])
            np.multiply(self.room[here], choice.speed[there], out=placer.room[there])
        for away in choice.away:
            placer.key[away] += F(work.egress[t])
        for g, budget in self.budget.items():
            rows = [j for j, i in enumerate(choice.rows) if self.owner[i] == g]
            if rows:
                placer.cap(rows, budget)
        return m

    def take(self, choice, work, t, serves, gone):
        """Books what slots serve (work, paid at their own price) and what of them is gone."""
        for away in choice.away:
            paid = np.add.reduce(serves[away], axis=0)
            paid *= F(work.egress[t] * work.duty)
            self.egress[work.home] = self.egress[work.home] + paid if work.home in self.egress else paid
        for g, budget in self.budget.items():
            for j, i in enumerate(choice.rows):
                if self.owner[i] == g:
                    np.maximum(np.subtract(budget, serves[j], out=budget), 0, out=budget)
        gone *= choice.inverse
        for here, there in choice.pieces:
            self.room[here] -= gone[there]
        if serves is not gone:
            serves *= choice.inverse
        if work.duty != 1:
            serves *= F(work.duty)
        for here, there in choice.pieces:
            self.hours[here] += serves[there]

    def fill(self, w, t, rows, masks, need, placer):
        """rows may serve the workload; masks, by row, say in which paths where it is not in all."""
        work, choice = self.plan.workloads[w], self.choice(w, rows)
        m = self.offer(choice, work, t, placer)
        for j, i in enumerate(rows):
            if i in masks:
                placer.room[j] *= masks[i]
        taken = placer.fill(m, need, work.unmet)
        self.take(choice, work, t, taken, taken)

    def fill_in_turn(self, w, t, c, need, placer, weather):
        work, contract, off = self.plan.workloads[w], self.plan.contracts[c], self.off.get(c)
        holders = [i for i in self.usable[w] if self.owner[i] == contract.provider]
        rows = holders + [i for i in self.usable[w] if i not in holders]
        choice = self.choice(w, rows)
        m = self.offer(choice, work, t, placer)
        asked = True if off is None else ~off
        if contract.accept < 1:
            asked = asked & weather.accepts[c]
        serves, gone, dollars = placer.fill_in_turn(m, len(holders), need, work.unmet, asked)
        dollars *= F(work.duty)
        g = contract.provider
        self.matched[g] = self.matched[g] + dollars if g in self.matched else dollars
        self.take(choice, work, t, serves, gone)

    def place(self, w, t, need, placer, weather):
        refusal, c, rows = self.binding("first_refusal", w, t), self.binding("exclusivity", w, t), self.usable[w]
        if refusal is not None:
            return self.fill_in_turn(w, t, refusal, need, placer, weather)
        if c is None:
            return self.fill(w, t, rows, {}, need, placer)
        contract, off = self.plan.contracts[c], self.off.get(c)
        own = [i for i in rows if self.owner[i] == contract.provider]
        rest = [i for i in rows if i not in own]
        if contract.open:
            self.fill(w, t, rows if off is not None else own, {i: off for i in rest}, need, placer)
            self.fill(w, t, rest, {} if off is None else {i: ~off for i in rest}, need, placer)
        else:
            self.fill(w, t, own if off is None else rows, {i: off for i in rest}, need, placer)
        return None

    # ---- books

    def month(self, t, weather, placer):
        self.note_events(t, weather)
        self.open_windows(t)
        self.open_slots(t, weather)
        unmet, value = 0.0, 0.0
        for w, work in enumerate(self.plan.workloads):
            np.copyto(self.need, weather.demand[w])
            self.place(w, t, self.need, placer, weather)
            unmet = unmet + self.need * F(work.duty * work.unmet)
            if self.revenue:
                served = np.subtract(weather.demand[w], self.need, out=self.need)
                value = value + served * F(work.duty * work.value)
        self.book(t, weather, unmet, value)

    def bill(self, t, weather):
        """The month's dollars an hour, by provider: usage and fees, as slots' rows where a commitment tells pools apart."""
        spend = self.hours
        for row, (k, c) in zip(spend, self.slots):
            row *= weather.price[k] if c is None else F(self.plan.contracts[c].use_price)
        for i, (_, c) in enumerate(self.slots):
            if c is not None and self.plan.contracts[c].fee[t]:
                fee = F(self.plan.contracts[c].fee[t] / HOURS)
                spend[i] += fee * ~self.ended[c] if c in self.ended else fee
        bill = {}
        for g in dict.fromkeys(self.owner):
            rows = self.rows_of(g)
            bill[g] = np.add.reduce(spend[rows[0]:rows[-1] + 1] if len(rows) == rows[-1] + 1 - rows[0] else spend[rows], axis=0)
            if g in self.matched:
                bill[g] += self.matched[g]
        return bill

    def count(self, t, bill):
        for c, counted in self.counted.items():
            if self.window(c, t) is None:
                continue
            contract = self.plan.contracts[c]
            shares = {contract.counts[k] for k, g in zip(self.pools, self.owner) if g == contract.provider}
            if len(shares) == 1:
                counts = bill[contract.provider] * F(shares.pop() * HOURS)
            else:
                rows = [i for i, k in enumerate(self.pools) if contract.counts[k]]
                counts = F(HOURS) * sum(self.hours[i] * F(contract.counts[self.pools[i]]) for i in rows)
            counted += self.unless_off(c, counts)

    def leave(self, t, owed):
        """Exits: a fee on what would still be owed, and the commitment has ended."""
        for x in self.of("exit"):
            exit = self.plan.contracts[x]
            c, w = exit.target, self.window(exit.target, t)
            if t not in exit.months or c not in self.counted or w is None:
                continue
            leaves = ~self.ended[c]
            for idle in (self.suspended.get(c), self.off.get(x)):
                if idle is not None:
                    leaves &= ~idle
            if exit.below is not None:
                leaves &= self.counted[c] < self.amount[c] * F(exit.below * (t - w.first + 1) / w.length)
            later = sum(v.amount for v in self.plan.contracts[c].windows if v.first > t)
            fee = np.maximum(self.amount[c] - self.counted[c], 0)
            fee += F(later)
            fee *= F(exit.fee)
            fee *= leaves
            self.ended[c] |= leaves
            self.off[c] = self.mask_of(c)
            owed.append((self.plan.contracts[c].provider, fee, self.exits))

    def settle(self, t, owed):
        for c in self.counted:
            w, contract = self.window(c, t), self.plan.contracts[c]
            if w is None or t != w.last:
                continue
            charge = np.maximum(self.amount[c] - self.counted[c], 0)
            charge *= F(contract.rate)
            if c in self.ended:
                charge *= ~self.ended[c]
            owed.append((contract.provider, charge, self.charges))
            for later in self.counted:
                if later > c and self.plan.contracts[later].provider == contract.provider and self.window(later, t):
                    self.counted[later] += self.unless_off(later, charge)

    def book(self, t, weather, unmet, value):
        hourly, monthly = F(HOURS * self.plan.discount[t]), F(self.plan.discount[t])
        bill, owed = self.bill(t, weather), []
        self.count(t, bill)
        self.leave(t, owed)
        self.settle(t, owed)
        for g, dollars in self.egress.items():
            bill[g] = bill[g] + dollars if g in bill else dollars
        for g, dollars in bill.items():
            np.multiply(dollars, hourly, out=dollars)
            self.cash += dollars
            if g in self.revenue:
                self.revenue[g] += dollars
        for g, dollars, kind in owed:
            dollars *= monthly
            kind += dollars
            self.cash += dollars
            if g in self.revenue:
                self.revenue[g] += dollars
        unmet *= hourly
        self.unmet += unmet
        if self.revenue:
            value *= hourly
            self.value += value

    def metrics(self):
        """By name, a value for each path."""
        found = {"total_cost": self.cash + self.unmet, "cash_cost": self.cash, "unmet_cost": self.unmet,
                 "shortfall_cost": self.charges, "exit_cost": self.exits}
        for c in self.of("stake"):
            x = self.plan.contracts[c]
            found["stake", x.name] = F(x.margin) * self.revenue[x.provider] + F(x.share) * (self.value - self.cash)
        return found
