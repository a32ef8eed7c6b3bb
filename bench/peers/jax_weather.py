"""What is random in a block of paths, as pure functions for jax.jit: month by month, the same for every strategy.

Every number is addressed by (seed, block, month, stream), by JAX's own counter-based generators."""
import math

import jax
import jax.numpy as jnp
import numpy as np

F = np.float32
CLAMP = 64.0
SLIP, FACTORS, UNIFORMS = range(3)  # streams


def is_memoryless(e):
    return e.at is None and e.max is None and bool(e.mean)


class Weather:
    def __init__(self, plan, n):
        self.plan, self.n = plan, n
        loads = [w.loading for w in plan.workloads] + plan.loading
        self.loads = [load for load in dict.fromkeys(loads) if any(load)]
        self.loads_of_workloads = self.places([w.loading for w in plan.workloads])
        self.loads_of_pools = self.places(plan.loading)
        self.slips = any(mean > 0 for mean, _ in plan.slip)
        refusals = [c for c, x in enumerate(plan.contracts) if x.type == "first_refusal" and x.accept < 1]
        draws = [("event", i) for i, e in enumerate(plan.events) if e.at is None]
        draws += [("lasts", i) for i, e in enumerate(plan.events) if not is_memoryless(e) and not e.duration and e.mean > 1]
        self.draws = draws + [("accepts", c) for c in refusals]

    def places(self, loadings):
        """For each item the row of its multiplier; the row behind the last is of ones."""
        return np.array([self.loads.index(load) if any(load) else len(self.loads) for load in loadings])

    def table(self):
        """What changes from month to month and is no matter of chance: arrays with a row for each."""
        plan, t = self.plan, np.arange(self.plan.months)
        half = [[0.5 * np.array(load) @ variance @ np.array(load) for load in self.loads] for variance in plan.variance]
        begins = [[1 - math.exp(-e.rate / 12) if e.at is None and e.first <= m <= e.last else float(e.at == m) for e in plan.events]
                  for m in t]
        return {"month": t.astype(np.int32), "begins": np.array(begins, F), "half": np.array(half, F),
                "demand": np.array([w.demand for w in plan.workloads], F).T, "price": plan.price.T.astype(F),
                "capacity": plan.capacity.T.astype(F)}

    def start(self, key):
        plan, n = self.plan, self.n
        state = {"x": jnp.zeros((len(plan.factor_names), n), F), "slip": None,
                 "active": [jnp.zeros(n, bool) if is_memoryless(e) else None for e in plan.events],
                 "left": [None if is_memoryless(e) else jnp.zeros(n, jnp.int32) for e in plan.events],
                 "starts": [jnp.zeros(n, jnp.int32) if e.max else None for e in plan.events]}
        if self.slips:
            u = jax.random.uniform(jax.random.fold_in(key, SLIP), (len(plan.slip), n), F, minval=F(1e-7))
            mean, most = (np.array(v, F)[:, None] for v in zip(*plan.slip))
            log_stay = np.log(np.maximum(mean, F(1e-9)) / (1 + mean))
            state["slip"] = jnp.where(mean > 0, jnp.minimum(jnp.floor(jnp.log(u) / log_stay), most), F(0)).astype(jnp.int32)
        return state

    def month(self, row, old, key):
        """The state after the month, and its sky: demand, price, capacity, active events, refusals taken up."""
        key, state = jax.random.fold_in(key, row["month"]), dict(old)
        u = jax.random.uniform(jax.random.fold_in(key, UNIFORMS), (len(self.draws), self.n), F)
        u = dict(zip(self.draws, u))
        state["x"] = self.walk(row, old["x"], jax.random.fold_in(key, FACTORS))
        active, left, starts = [], [], []
        for i, e in enumerate(self.plan.events):
            happens, remain, begun = self.event(i, e, row["begins"][i], old, u)
            active.append(happens)
            left.append(remain)
            starts.append(begun)
        state["active"] = [a if is_memoryless(e) else None for a, e in zip(active, self.plan.events)]
        state["left"], state["starts"] = left, starts
        accepts = {c: u["accepts", c] < F(x.accept) for c, x in enumerate(self.plan.contracts) if ("accepts", c) in u}
        return state, self.sky(row, state, active, accepts)

    def walk(self, row, x, key):
        """A month's step of the factors; none before the first."""
        if not len(x):
            return x
        plan, e = self.plan, jax.random.normal(key, x.shape, F)
        noise = [sum(F(root) * e[j] for j, root in enumerate(roots) if root) for roots in plan.root]
        moved = jnp.stack([F(phi) * x[i] + noise[i] for i, phi in enumerate(plan.phi)])
        return jnp.where(row["month"] > 0, moved, F(0))

    def event(self, i, e, begin, old, u):
        """Whether it is active, how many months are left of it, how often it began."""
        if is_memoryless(e):  # one uniform decides
            stay = F(1 - 1 / e.mean)
            return u["event", i] < jnp.where(old["active"][i], stay + (1 - stay) * begin, begin), None, None
        left = jnp.maximum(old["left"][i] - 1, 0)
        begins = (left == 0) & ((u["event", i] if e.at is None else F(0)) < begin)
        starts = old["starts"][i]
        if e.max:
            begins &= starts < e.max
            starts = starts + begins
        lasts = e.duration or 1
        if ("lasts", i) in u:
            drawn = jnp.maximum(u["lasts", i], F(1e-7))
            lasts = (1 + jnp.log(drawn) / F(math.log(1 - 1 / e.mean))).astype(jnp.int32)
        left = jnp.where(begins, lasts, left)
        return left > 0, left, starts

    def shocks(self, active, what):
        """Items x paths: what active events multiply them by; 1 where none may."""
        product = F(1)
        for i, e in enumerate(self.plan.events):
            factor = getattr(e, what)
            if (factor != 1).any():
                product = product * jnp.where(active[i][None, :], factor.astype(F)[:, None], F(1))
        return product

    def sky(self, row, state, active, accepts):
        x = state["x"]
        signals = [sum(F(b) * x[f] for f, b in enumerate(load) if b) - row["half"][i] for i, load in enumerate(self.loads)]
        multiplier = jnp.stack([jnp.minimum(jnp.exp(z), F(CLAMP)) for z in signals] + [jnp.ones(self.n, F)])
        capacity = row["capacity"][:, None]
        if self.slips:
            curve, late = self.plan.capacity.astype(F), jnp.maximum(row["month"] - state["slip"], 0)
            row_of_pool = curve.shape[1] * np.arange(len(curve), dtype=np.int32)[:, None]
            capacity = jnp.take(jnp.asarray(curve.reshape(-1)), row_of_pool + late)
        shape = (len(self.plan.price), self.n)
        return {"demand": row["demand"][:, None] * multiplier[self.loads_of_workloads] * self.shocks(active, "demand"),
                "price": row["price"][:, None] * multiplier[self.loads_of_pools] * self.shocks(active, "price"),
                "capacity": jnp.broadcast_to(capacity * self.shocks(active, "capacity"), shape), "active": active,
                "accepts": accepts}
