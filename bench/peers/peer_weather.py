"""What is random in a block of paths."""
import math

import numpy as np

F = np.float32
CLAMP = 64.0


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
        self.accepts = {c: self.rng.random(self.n, dtype=F) < x.accept for c, x in enumerate(self.plan.contracts)
                        if x.type == "first_refusal" and x.accept < 1}
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
