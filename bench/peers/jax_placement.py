"""Fills slots in ascending key, for all paths of a block at once, without a loop over the slots.

What a slot takes follows from the room of all that lies before it in the merit order. `pairwise` compares every slot with every
other, which a compiler fuses to one pass over a few registers' worth of data: best for a GPU and a few dozen slots. `argsort`
orders, and sums along the order: what most would write."""
import functools

import jax
import jax.numpy as jnp
import numpy as np

F = np.float32


class Pairwise:
    """The merit order of key (slots x paths, none negative): key's bits sort as integers, and the slot's number in the lowest of
    them (a difference of a millionth at most) breaks ties."""

    def __init__(self, key):
        low = np.int32((1 << max(len(key) - 1, 1).bit_length()) - 1)
        number = np.arange(len(key), dtype=np.int32)[:, None]
        self.bits = jax.lax.bitcast_convert_type(key, jnp.int32) & ~low | number

    def of_those_before(self, values):
        """For each slot of all paths: the others' values, one after the other, and 0 where the other does not come before it."""
        return [jnp.where(bits < self.bits, value, F(0)) for bits, value in zip(self.bits, values)]

    def before(self, values):
        """For each slot the sum of values over the slots before it."""
        return sum(self.of_those_before(values))

    def most_before(self, values):
        """The greatest of 0 and of values over the slots before it."""
        return functools.reduce(jnp.maximum, self.of_those_before(values), F(0))


class Sorted:
    def __init__(self, key):
        self.order = jnp.argsort(key, axis=0, stable=True)
        self.place = jnp.argsort(self.order, axis=0)

    def before(self, values):
        sorted_values = jnp.take_along_axis(values, self.order, axis=0)
        return jnp.take_along_axis(jnp.cumsum(sorted_values, axis=0) - sorted_values, self.place, axis=0)

    def most_before(self, values):
        so_far = jax.lax.cummax(jnp.take_along_axis(values, self.order, axis=0), axis=0)
        so_far = jnp.concatenate([jnp.zeros_like(so_far[:1]), so_far[:-1]])
        return jnp.maximum(jnp.take_along_axis(so_far, self.place, axis=0), F(0))


ORDERS = {"pairwise": Pairwise, "argsort": Sorted}


def cap(order, key, room, budget):
    """What slots may take together: the cheapest first, up to the budget."""
    return jnp.clip(budget - order(key).before(room), F(0), room)


def fill(order, key, room, need, limit):
    """What of `need` each slot takes of its room, skipping keys beyond `limit`."""
    room = jnp.where(key <= limit, room, F(0))
    return jnp.clip(need - order(key).before(room), F(0), room)


def fill_in_turn(order, key, room, holders, need, limit, asked):
    """The same under a first refusal: where a rival's slot would take work, the holder's slots, the first `holders`, do so for
    the rival's price as far as they have room, cheapest first, in the paths that are `asked` (True: all).

    What a month has placed by the end of a slot's turn, were there work enough, is c: a rival's turn adds its room R, and in a turn
    of the holder's c becomes the room E of the holder's slots so far, unless it is more already. So c is the sum of the rivals'
    room, or what leads furthest of E with the rivals' room since: no loop. The holder has served the first of it, up to its line.

    Returns what each slot serves at its own price, what is gone of it, and what is served for its price by the holder."""
    mine, within = (np.arange(len(key)) < holders)[:, None], key <= limit
    merit = order(key)
    held, rival = jnp.where(mine, room, F(0)), jnp.where(within & ~mine, room, F(0))
    line, before_held, before_rival = held.sum(axis=0), merit.before(held), merit.before(rival)
    lead = jnp.where(within & mine, before_held + held - before_rival, F(0))
    begin = before_rival + merit.most_before(lead)
    end = jnp.where(mine, jnp.where(within, jnp.maximum(begin, before_held + held), begin), begin + rival)
    begin, end = jnp.minimum(begin, need), jnp.minimum(end, need)
    takes, placed = end - begin, end.max(axis=0)
    matched = jnp.where(mine, F(0), jnp.minimum(end, line) - jnp.minimum(begin, line))
    gone = jnp.where(mine, jnp.clip(jnp.minimum(placed, line) - before_held, F(0), held), takes)
    serves = takes - matched
    if asked is not True:
        plain = jnp.clip(need - before_held - before_rival, F(0), jnp.where(within, room, F(0)))
        matched, gone, serves = (jnp.where(asked, a, b) for a, b in ((matched, F(0)), (gone, plain), (serves, plain)))
    return serves, gone, matched
