"""Chains whose long run is known."""

import fractions
import pathlib

import numpy as np
import scipy.sparse as sp

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def queue(places: int = 50, arrival: float = 0.75, service: float = 1.0) -> tuple[sp.csr_array, np.ndarray]:
    """M/M/1/places: its generator, and its distribution in exact fractions, rounded once."""
    n = places + 1
    up, down = np.full(n - 1, float(arrival)), np.full(n - 1, float(service))
    rates = sp.diags_array([up, down], offsets=[1, -1], dtype=float)
    generator = sp.csr_array(rates - sp.diags_array(rates.sum(axis=1)))
    rho = fractions.Fraction(arrival) / fractions.Fraction(service)
    weights = [rho**i for i in range(n)]
    return generator, np.array([float(w / sum(weights)) for w in weights])


def eliminated(probabilities: list[list[fractions.Fraction]]) -> list[fractions.Fraction]:
    """The stationary distribution of an irreducible chain in exact fractions, by elimination of states (GTH)."""
    p = [list(row) for row in probabilities]
    n = len(p)
    for k in range(n - 1, 0, -1):
        out = sum(p[k][:k])
        for i in range(k):
            p[i][k] /= out
            for j in range(k):
                p[i][j] += p[i][k] * p[k][j]
    pi = [fractions.Fraction(1)]
    for k in range(1, n):
        pi.append(sum(pi[i] * p[i][k] for i in range(k)))
    return [x / sum(pi) for x in pi]


def slow_walk(n: int) -> sp.csr_array:
    """A random walk on a line that drifts slowly to its middle: power takes many times n steps."""
    up = np.where(np.arange(n) < n // 2, 0.3, 0.29)
    up, down = up[:-1], (0.59 - up)[1:]
    steps = sp.diags_array([up, down], offsets=[1, -1])
    return sp.csr_array(steps + sp.diags_array(1 - steps.sum(axis=1)))
