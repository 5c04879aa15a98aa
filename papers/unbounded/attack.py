#!/usr/bin/env python3
"""Tries to refute the theorem of README.md in exact fractions: random infinite chains with closed forms, random kept
sets, vectors p that are off by anything from nothing to everything. usage: attack.py [CHAINS]"""
import itertools
import random
import sys
from fractions import Fraction as F

ZERO, ONE = F(0), F(1)


class Network:
    """Queues in a network with a product form (Jackson 1957): M/M/1 or M/M/inf stations, random routing, geometric or,
    of M/M/inf, Poisson marginals; Poisson ones are enclosed by exact partial sums."""

    def __init__(self, rng):
        self.d = rng.choice([1, 1, 2])
        self.servers = [rng.choice(["one", "all"]) for _ in range(self.d)]
        self.mu = [F(rng.randint(6, 12)) for _ in range(self.d)]
        self.arrive = [F(rng.randint(1, 2)) for _ in range(self.d)]
        # From station a to b with probability route[a][b]: triangular, so that the traffic equations need no solver.
        self.route = [[F(rng.randint(0, 2), 4) if b > a else ZERO for b in range(self.d)] for a in range(self.d)]
        self.traffic = []
        for b in range(self.d):
            self.traffic.append(self.arrive[b] + sum(self.traffic[a] * self.route[a][b] for a in range(b)))
        self.load = [t / m for t, m in zip(self.traffic, self.mu)]

    def start(self):
        return (0,) * self.d

    def rates(self, x):
        for b in range(self.d):
            yield self.moved(x, b, 1), self.arrive[b]
        for a in range(self.d):
            if x[a] == 0:
                continue
            served = self.mu[a] * (x[a] if self.servers[a] == "all" else 1)
            for b in range(self.d):
                if self.route[a][b] > 0:
                    yield self.moved(self.moved(x, a, -1), b, 1), served * self.route[a][b]
            yield self.moved(x, a, -1), served * (1 - sum(self.route[a]))

    @staticmethod
    def moved(x, k, by):
        return x[:k] + (x[k] + by,) + x[k + 1:]

    def factor(self, k, n, norm):
        if self.servers[k] == "one":
            return (1 - self.load[k]) * self.load[k] ** n
        term = ONE
        for i in range(1, n + 1):
            term = term * self.load[k] / i
        return term * norm[k]

    def pi(self, states):
        """Two distributions between whose entries the exact ones lie."""
        sums = []
        for k in range(self.d):
            total = term = ONE
            for i in range(1, 40):
                term = term * self.load[k] / i
                total += term
            sums.append((1 / (total + 2 * term), 1 / total))
        ends = []
        for end in (0, 1):
            norm = [s[end] for s in sums]
            ends.append({x: self.product(x, norm) for x in states})
        return ends

    def product(self, x, norm):
        value = ONE
        for k in range(self.d):
            value *= self.factor(k, x[k], norm)
        return value

    def drift(self):
        """g and s with Q g <= -s outside a box: sums of x weighted so that a customer is worth what lies before it."""
        weight = [ZERO] * self.d
        for a in reversed(range(self.d)):
            weight[a] = ONE + sum(self.route[a][b] * weight[b] for b in range(self.d))
        return lambda x: sum(w * n * (n + 1) for w, n in zip(weight, x))


class Catastrophes:
    """Births at rate a, all dies at rate c: pi geometric with ratio a/(a+c); infinitely many states lead into K."""

    def __init__(self, rng):
        self.d = 1
        self.a, self.c = F(rng.randint(1, 5)), F(rng.randint(1, 5))

    def start(self):
        return (0,)

    def rates(self, x):
        yield (x[0] + 1,), self.a
        if x[0] > 0:
            yield (0,), self.c

    def pi(self, states):
        ratio = self.a / (self.a + self.c)
        exact = {x: (1 - ratio) * ratio ** x[0] for x in states}
        return exact, exact

    def drift(self):
        return lambda x: F(x[0])


def generator(chain, f, x):
    return sum((rate * (f(y) - f(x)) for y, rate in chain.rates(x)), ZERO)


def solve(rows, right):
    """Gauss in fractions: rows as dictionaries."""
    n = len(rows)
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i].get(k, ZERO) != 0)
        rows[k], rows[pivot], right[k], right[pivot] = rows[pivot], rows[k], right[pivot], right[k]
        for i in range(k + 1, n):
            factor = rows[i].get(k, ZERO) / rows[k][k]
            if factor == 0:
                continue
            for c, v in rows[k].items():
                rows[i][c] = rows[i].get(c, ZERO) - factor * v
            right[i] -= factor * right[k]
    x = [ZERO] * n
    for k in reversed(range(n)):
        x[k] = (right[k] - sum(v * x[c] for c, v in rows[k].items() if c > k)) / rows[k][k]
    return x


def witness(chain, kept, j, g, kappa):
    """h on the kept set with h = c + kappa g outside, and c: the least for which h <= c + kappa g on the kept set."""
    inside = [x for x in kept if x != j]
    number = {x: k for k, x in enumerate(inside)}

    def times(constant, outside):
        rows, right = [], []
        for x in inside:
            row, b = {}, constant
            for y, rate in chain.rates(x):
                row[number[x]] = row.get(number[x], ZERO) + rate
                if y in number:
                    row[number[y]] = row.get(number[y], ZERO) - rate
                elif y != j:
                    b += rate * outside(y)
            rows.append(row)
            right.append(b)
        return dict(zip(inside, solve(rows, right))) | {j: ZERO}

    base = times(ONE, lambda y: kappa * g(y))
    leave = times(ZERO, lambda y: ONE)
    c = max((base[x] - kappa * g(x)) / (1 - leave[x]) for x in kept)
    c = max(c, ZERO)
    return {x: base[x] + c * leave[x] for x in kept}, c


def proven(chain, kept, j, g, h, c, kappa, s):
    """Whether what the theorem asks holds, looked at in a box far beyond the kept set (the program proves it for all)."""
    def whole(x):
        return h[x] if x in h else c + kappa * g(x)

    reach = 3 + 2 * max(max(x) for x in kept)
    for x in itertools.product(range(reach), repeat=chain.d):
        if x != j and generator(chain, whole, x) > -s:
            return False
    return all(v >= 0 for v in h.values()) and all(h[x] <= c + kappa * g(x) for x in kept)


def kept_set(chain, rng):
    kept, edge = {chain.start()}, [chain.start()]
    size = rng.randint(3, 12) if chain.d == 1 else rng.randint(12, 30)
    while len(kept) < size:
        x = rng.choice(sorted(kept))
        kept.add(rng.choice([y for y, rate in chain.rates(x) if rate > 0]))
    return sorted(kept)


def attack(rng):
    """The bound over the true error, None where nothing is proven."""
    chain = rng.choice([Network, Network, Catastrophes])(rng)
    kept = kept_set(chain, rng)
    g, kappa, s = chain.drift(), F(rng.randint(1, 4), 2), F(1, 2)
    low, high = chain.pi(kept)
    j = max(kept, key=lambda x: low[x]) if rng.random() < 0.7 else rng.choice(kept)
    try:
        h, c = witness(chain, kept, j, g, kappa)
    except (StopIteration, ZeroDivisionError):
        return None
    if not proven(chain, kept, j, g, h, c, kappa, s):
        return None
    noise = rng.choice([ZERO, F(1, 10 ** 6), F(1, 10), ONE])
    p = {x: low[x] * (1 + noise * F(rng.randint(-100, 100), 100)) for x in kept}
    if rng.random() < 0.1:
        p = {x: ONE if x == kept[-1] else ZERO for x in kept}
    m = sum(p.values())
    if m <= 0:
        return None
    r = {}
    for x in kept:
        for y, rate in chain.rates(x):
            r[y] = r.get(y, ZERO) + p[x] * rate
            r[x] = r.get(x, ZERO) - p[x] * rate
    bound = sum(abs(v) * (h[y] if y in h else c + kappa * g(y)) for y, v in r.items()) / s / m
    # The largest |p(A)/m - pi(A)| is at least what is missing, where pi has less than p/m.
    error = sum(max(p[x] / m - high[x], ZERO) for x in kept)
    error = max(error, sum(max(low[x] - p[x] / m, ZERO) for x in kept) + 1 - sum(high.values()))
    assert bound >= error, f"refuted: bound {float(bound)}, error {float(error)}"
    return float(bound / error) if error > 0 else None


def main():
    chains = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = random.Random(1)
    ratios = sorted(r for r in (attack(rng) for _ in range(chains)) if r is not None)
    print(f"{len(ratios)} of {chains} chains proven, none refuted; bound over error: "
          f"median {ratios[len(ratios) // 2]:.3g}, least {ratios[0]:.3g}, largest {ratios[-1]:.3g}")


if __name__ == "__main__":
    main()
