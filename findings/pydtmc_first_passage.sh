#!/bin/bash
# PyDTMC 8.7.0: MarkovChain.mean_first_passage_times_to of nearly decomposable states.
# Guess: mean first passage times within a pair of states that is hardly ever left are right to many digits, as steady_states
# is, which eliminates without subtractions.
# What happens: from state 3, which goes to state 2 or stays, each with probability 1/2, it takes 2 steps. For a coupling of
# 2^-40 to the other pair PyDTMC says 2.0002, for 2^-46 2.016, with all of the weights exact. The passage times come from one
# inverse of I - P + 1 pi for all targets, whose entries are as large as 1/coupling: 1e14 steps minus 1e14 steps.
# Why it matters: passage times between and within metastable sets are what nearly decomposable chains are studied for. Solving
# for one target at a time, without the row of the target, gives all digits.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  pydtmc==8.7.0 matplotlib==3.7.3 networkx==3.6.1 scipy==1.15.3 numpy==1.26.4 || exit 2

venv/bin/python - <<'END'
import sys
import numpy as np
from pydtmc import MarkovChain

error, weights = {}, {}
for power in (-20, -40, -46, -49):  # powers of 2, so that each row sums to 1 exactly
    coupling = 2.0**power
    matrix = np.array([[0.5, 0.5, 0, 0], [0.5, 0.5 - coupling, coupling, 0],
                       [0, 3 * coupling, 0.5 - 3 * coupling, 0.5], [0, 0, 0.5, 0.5]])
    chain = MarkovChain(matrix)
    said = np.array(chain.mean_first_passage_times_to())
    inside = {"3 to 2": (said[3, 2], 2), "2 to 3": (said[2, 3], 14), "0 to 1": (said[0, 1], 2), "1 to 0": (said[1, 0], 10 / 3)}
    rest = [0, 1, 2]
    direct = np.linalg.solve(np.eye(3) - matrix[np.ix_(rest, rest)], np.ones(3))[2]
    error[power] = max(abs(steps - right) for steps, right in inside.values())
    weights[power] = abs(chain.steady_states[0] - np.array([3, 3, 1, 1]) / 8).max()
    print(f"coupling 2^{power}:", ", ".join(f"{name}: {steps:.6g}" for name, (steps, _) in inside.items()),
          f"steps; 2 to 3 solved alone {direct:.6g}; weights {weights[power]:.0e} off")
    assert abs(direct - 14) < 1e-9
sys.exit(0 if error[-20] < 1e-6 and error[-46] > 1e-3 and max(weights.values()) < 1e-12 else 1)
END
