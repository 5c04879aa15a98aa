#!/bin/bash
# PETSc 3.18.5 by petsc4py (Debian 12: python3-petsc4py-real 3.18.5-1, a prerequisite): LU and ILU of slow chains.
# Guess: whether a matrix counts as singular does not depend on the unit of time, and where it does an exception says so.
# What happens: a pivot is compared with 2.2e-14 as it is, whatever the size of the other entries. Balance equations with rates
# of 1 to 4 are solved to rounding, also times 1e-12. Times 5e-15 preonly and GMRES with LU and with ILU "fail": solve() returns
# as usual, getConvergedReason() is -11, and the solution is inf. Only who asks for the reason learns of it.
# Why it matters: rates per second of rare events, or of one slow part among others that are eliminated first, are that small.
# Scaling the rows of the generator, or -pc_factor_zeropivot, makes the same chain solvable.
python=/usr/bin/python3
packages=/usr/lib/petscdir/petsc3.18/x86_64-linux-gnu-real/lib/python3/dist-packages
if [ ! -d "$packages/petsc4py" ] || ! PYTHONPATH=$packages $python -c 'import petsc4py' 2>/dev/null; then
  echo "needs python3-petsc4py-real 3.18.5-1" >&2
  exit 2
fi
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

PYTHONPATH=$packages $python - <<'END'
import sys
import numpy as np
from petsc4py import PETSc

GENERATOR = np.array([[-3.0, 2, 1], [1, -1, 0], [0, 4, -4]])
RIGHT = np.array([3, 0.25])  # weights of states 1 and 2 where state 0 weighs 1

def solve(unit, method, preconditioner):
    """(converged reason, solution) of the balance equations of states 1 and 2."""
    balance = GENERATOR.T * unit
    matrix = PETSc.Mat().createDense((2, 2), array=balance[1:, 1:].copy()).convert("aij")
    solver = PETSc.KSP().create()
    solver.setOperators(matrix)
    solver.setType(method)
    solver.getPC().setType(preconditioner)
    solver.setTolerances(rtol=1e-12)
    solution, right_side = matrix.createVecs()
    right_side.setArray(-balance[1:, 0])
    solver.solve(right_side, solution)
    return solver.getConvergedReason(), solution.getArray().copy()

as_found = PETSc.Sys.getVersion() == (3, 18, 5)
for unit in (1, 1e-12, 5e-15, 1e-20):
    for method in ("preonly", "gmres"):
        for preconditioner in ("lu", "ilu"):
            reason, solution = solve(unit, method, preconditioner)
            print(f"unit {unit:.0e}, {method} with {preconditioner}: reason {reason}, solution {solution}")
            solved = reason > 0 and np.allclose(solution, RIGHT, rtol=1e-12)
            as_found = as_found and (solved if unit >= 1e-12 else reason == -11 and np.isinf(solution).all())
sys.exit(0 if as_found else 1)
END
