#!/bin/bash
# HiGHS as scipy.optimize.linprog of SciPy 1.17.1 calls it: the balance equations of a chain as a linear program.
# Guess: pi Q = 0, sum(pi) = 1 has one solution, so whatever the objective is, it is found, up to a tolerance; the unit of time
# (a factor on the whole generator) makes no difference to that.
# What happens: coefficients of 1e-9 and less are dropped from the constraints, and with them rates of at most 1e-9 per unit of time.
# The same chain is solved correctly in a unit in which its rates are 1.01e-9 to 3e-9; in one in which none is above 1e-9 the
# largest and the smallest probability of a state are 1 and 0, both with the status "optimal" and no message.
# Why it matters: linear programs over stationary distributions are how long-run averages of controlled chains are optimised,
# and failure rates per hour or per second are often below 1e-9. Rates have to be scaled before they are handed over.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  scipy==1.17.1 numpy==2.4.6 || exit 2

venv/bin/python - <<'END'
import sys
import numpy as np
from scipy.optimize import linprog

CHAIN = np.array([[-1, 1, 0], [2, -3, 1], [0, 3, -3]])  # birth and death: the weights are 6, 3, 1
RIGHT = 0.6

def bounds(unit):
    """Smallest and largest probability of state 0 that the balance equations allow, and whether both are said to be optimal."""
    equations = np.vstack([CHAIN.T * unit, np.ones(3)])
    results = [linprog([sign, 0, 0], A_eq=equations, b_eq=[0, 0, 0, 1]) for sign in (1, -1)]
    return [result.x[0] for result in results], all(result.status == 0 for result in results)

found = {unit: bounds(unit) for unit in (1, 1e-6, 1.01e-9, 1e-9 / 3, 1e-12)}
for unit, (values, optimal) in found.items():
    print(f"unit {unit:.2e}: state 0 between {values[0]:.6f} and {values[1]:.6f}, optimal: {optimal}")
solved = all(np.allclose(found[unit][0], RIGHT, atol=1e-6) for unit in (1, 1e-6, 1.01e-9))
lost = all(found[unit][0][1] - found[unit][0][0] > 0.9 for unit in (1e-9 / 3, 1e-12))
sys.exit(0 if solved and lost and all(optimal for _, optimal in found.values()) else 1)
END
