#!/bin/bash
# SciPy 1.17.1: scipy.linalg.expm(Q * t) of a generator for a long time t.
# Guess: once t is far beyond the relaxation time each row is the stationary distribution to about 1e-14, whatever t is.
# What happens: the error grows in proportion to t. Three states with small integer rates: 1e-14 for t = 1e2, 1e-10 for 1e6,
# 1e-4 for 1e12, and for 1e16 no digit is right, without a warning. The rows sum to 1 no better than that.
# Why it matters: "take a very long time" is a common way to the steady state, and in stiff models t times the largest rate is
# 1e9 and more for any horizon of interest. Scaling and squaring doubles the rounding errors once for each squaring, as
# nothing keeps the row sums at 1.
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
from scipy.linalg import expm

generator = np.array([[-3.0, 2, 1], [1, -1, 0], [0, 4, -4]])
stationary = np.array([4, 12, 1]) / 17  # by hand: 3 a = b, 4 c = a
assert not (stationary * 17 @ generator).any()
error = {}
for time in (1e2, 1e6, 1e9, 1e12, 1e16):
    rows = expm(generator * time)
    error[time] = abs(rows - stationary).max()
    print(f"t = {time:.0e}: error {error[time]:.1e}, row sums off by {abs(rows.sum(axis=1) - 1).max():.1e}")
sys.exit(0 if error[1e2] < 1e-13 and error[1e6] < 1e-8 and error[1e12] > 1e-6 and error[1e16] > 1e-2 else 1)
END
