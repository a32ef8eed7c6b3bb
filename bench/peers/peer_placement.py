"""Fills slots in ascending key, for all paths of a block at once.

Slots are ordered by np.argsort, or by a trick twice as fast that few would write: keys are float32 and not negative, so their
bits sort as integers; the slot's number replaces the lowest bits (a difference of a millionth at most), and a sorting network of
minimum and maximum orders all paths at once."""
import numpy as np

F = np.float32


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
    """`key` and `room` (both in work) are the caller's to fill, slots x paths; so is `taken` to read."""

    def __init__(self, most, n, argsort):
        self.n, self.argsort = n, argsort
        self.pairs = {m: network(m) for m in range(most + 1)}
        self.lane = np.arange(n, dtype=np.int32)
        self.flat = np.empty((most, n), np.intp)
        self.key, self.room, self.sorted, self.taken = (np.empty((most, n), F) for _ in range(4))
        self.turns = [np.empty((most, n), F) for _ in range(5)]
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

    def spread(self, flat, rows, out):
        """Sorted rows, back at their slots."""
        out = out[:len(flat)]
        out.reshape(-1)[flat.reshape(-1)] = rows.reshape(-1)
        return out

    def cap(self, rows, budget):
        """What these slots may take together: the cheapest first, up to the budget."""
        left, room = budget.copy(), self.room[rows]
        flat = self.order(self.key[rows])
        capped = np.take(room, flat, mode="clip")
        for row in capped:
            np.minimum(row, left, out=row)
            left -= row
        self.room[rows] = self.spread(flat, capped, room)

    def fill(self, m, need, limit):
        """What of `need` each of m slots takes of its room, skipping keys beyond `limit`; need is lowered by it."""
        key, room = self.key[:m], self.room[:m]
        if key.max() > limit:
            room *= key <= F(limit)
        flat = self.order(key)
        sorted_room = np.take(room, flat, out=self.sorted[:m], mode="clip")
        for row in sorted_room:
            np.minimum(row, need, out=row)
            need -= row
        return self.spread(flat, sorted_room, self.taken)

    def fill_in_turn(self, m, holders, need, limit, asked):
        """The same under a first refusal: where a rival's slot would take work, the holder's slots, the first `holders`, do so for
        the rival's price as far as they have room, cheapest first, in the paths that are `asked` (True: all).

        The holder's slots in ascending key are a line, and what is used of it is always a prefix: by the time of a rival's turn the
        cheaper ones are full. In its own turn a slot of the holder's may use the line up to its end, in a rival's turn all of it.

        Returns what each slot serves at its own price, what is gone of it, and dollars an hour paid at rivals' prices."""
        key, room, zero = self.key[:m], self.room[:m], np.zeros(self.n, F)
        free, price, mine, serves, gone = (a[:m] for a in self.turns)
        used, end, dollars, line = zero.copy(), zero.copy(), zero, room[:holders].sum(axis=0)
        may, part = np.empty((2, self.n), F)
        np.copyto(price, key)
        flat = self.order(key)
        np.take(room, flat, out=free, mode="clip")
        price = np.take(price, flat, out=serves, mode="clip")  # serves is filled row by row, once its price has been read
        mine[...] = flat < holders * self.n
        within = price <= F(limit) if price.max() > limit else None
        for j in range(m):
            np.multiply(free[j], mine[j], out=part)
            end += part
            np.subtract(end, used, out=may)  # the holder's; a rival's is what is free
            may *= mine[j]
            may += free[j]
            may -= part
            np.maximum(may, 0, out=may)
            np.minimum(may, need, out=may)
            if within is not None:
                may *= within[j]
            need -= may
            np.subtract(line, used, out=part)
            np.minimum(part, may, out=part)
            if asked is not True:
                part *= np.maximum(asked, mine[j])
            used += part
            np.subtract(1, mine[j], out=gone[j])
            part *= gone[j]
            np.multiply(part, price[j], out=gone[j])
            dollars += gone[j]
            np.copyto(gone[j], may)
            np.subtract(may, part, out=serves[j])
        end.fill(0)
        for j in range(m):  # what is used of the line, slot by slot
            np.subtract(used, end, out=may)
            np.minimum(may, free[j], out=may)
            np.maximum(may, 0, out=may)
            may -= gone[j]
            may *= mine[j]
            gone[j] += may
            free[j] *= mine[j]
            end += free[j]
        return self.spread(flat, serves, self.taken), self.spread(flat, gone, self.room), dollars
