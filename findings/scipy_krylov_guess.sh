#!/bin/bash
# SciPy 1.17.1: the Krylov solvers on the homogeneous system pi Q = 0 with a first guess x0.
# Guess: from a nonzero x0 they iterate to the nonzero solution that x0 has a part of, as the theory of consistent singular
# systems says, or at least return x0 with a flag.
# What happens: where the right side is zero each of them returns the zero vector at once with info 0, "converged", and x0 is
# never looked at. So does lsmr. Its twin lsqr does use x0, but its tests divide by the norm of the right side: it stops after
# one iteration with istop 1, "x is an approximate solution", and a residual of order 1.
# Why it matters: the zero vector passes every test of the residual. Normalising it gives 0/0. The balance equations need a
# right side: one equation replaced by sum(pi) = 1, or the correction of x0 as the unknown.
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
import scipy.sparse as sp
import scipy.sparse.linalg as solvers

np.seterr(all="ignore")
transposed = sp.csr_array(np.array([[-1.0, 1.0, 0.0], [2.0, -3.0, 1.0], [0.0, 4.0, -4.0]]).T)
guess = np.ones(3) / 3
zero = True
for name in ("gmres", "bicgstab", "cgs", "bicg", "qmr", "tfqmr", "lgmres", "gcrotmk", "minres"):
    x, info = getattr(solvers, name)(transposed, np.zeros(3), x0=guess)
    print(f"{name}: info {info}, x = {x}")
    zero = zero and info == 0 and not x.any()
lsmr = solvers.lsmr(transposed, np.zeros(3), x0=guess)[0]
lsqr, reason, iterations = solvers.lsqr(transposed, np.zeros(3), x0=guess)[:3]
residual = np.linalg.norm(transposed @ lsqr)
print(f"lsmr: x = {lsmr}")
print(f"lsqr: istop {reason} after {iterations} iteration, x = {lsqr}, residual {residual:.2f}")
sys.exit(0 if zero and not lsmr.any() and (reason, iterations) == (1, 1) and residual > 0.1 else 1)
END
