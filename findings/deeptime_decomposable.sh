#!/bin/bash
# deeptime 0.5.0: markov.tools.analysis.stationary_distribution of a nearly decomposable chain; QuantEcon 0.11.4 beside it.
# Guess: for four states a package made for Markov state models is right to rounding.
# What happens: two pairs of states that are coupled by e and 3e weigh 3 : 1 for every e. The error of deeptime's inverse
# iteration grows like 1e-16 / e: 6e-5 for e = 1e-12, 7e-3 for 1e-14, without a warning. QuantEcon's elimination
# (Grassmann, Taksar and Heyman) on the same matrix has every digit down to e = 1e-14.
# Why it matters: metastable chains are what such packages are for. The residual of the wrong answer is 1e-16, so that no check
# of it shows anything.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  deeptime==0.5.0 quantecon==0.11.4 numpy==1.26.4 scipy==1.17.1 || exit 2

venv/bin/python - <<'END'
import sys
import numpy as np
from deeptime.markov.tools.analysis import stationary_distribution
from quantecon.markov import gth_solve

error, reference = {}, {}
for coupling in (1e-8, 1e-12, 1e-14):
    chain = np.array([[0.5, 0.5, 0, 0], [0.5, 0.5 - coupling, coupling, 0],
                      [0, 3 * coupling, 0.5 - 3 * coupling, 0.5], [0, 0, 0.5, 0.5]])
    right = np.array([3, 3, 1, 1]) / 8
    answer = stationary_distribution(chain)
    error[coupling] = abs(answer - right).max()
    reference[coupling] = abs(gth_solve(chain) - right).max()
    residual = abs(answer @ chain - answer).max()
    print(f"e = {coupling}: deeptime is {error[coupling]:.1e} off (residual {residual:.0e}), GTH {reference[coupling]:.0e}")
sys.exit(0 if error[1e-14] > 1e-3 > 1e-6 > error[1e-8] and max(reference.values()) < 1e-14 else 1)
END
