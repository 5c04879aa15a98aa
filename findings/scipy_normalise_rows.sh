#!/bin/bash
# SciPy 1.17.1: dividing a sparse rate matrix by its row sums, with csr_matrix and with csr_array.
# Guess: rates / rates.sum(axis=1) is the embedded chain for both, as csr_array is offered in the place of csr_matrix.
# What happens: the sum of a csr_matrix is a column, that of a csr_array has one dimension, which broadcasts along the rows:
# column j is divided by the sum of row j. There is no error, as the matrix is square.
# Why it matters: a program that moves from sparse matrices to sparse arrays computes the steady state of another chain. With
# exit rates that are equal, as in most small tests, both agree.
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

rates = np.array([[0.0, 1.0, 3.0], [2.0, 0.0, 2.0], [1.0, 1.0, 0.0]])
sums = {}
for kind in (sp.csr_matrix, sp.csr_array):
    embedded = kind(rates) / kind(rates).sum(axis=1)
    sums[kind] = np.asarray(embedded.toarray()).sum(axis=1)
    print(f"{kind.__name__}: the row sums of the embedded chain are {sums[kind]}")
sys.exit(0 if np.allclose(sums[sp.csr_matrix], 1) and not np.allclose(sums[sp.csr_array], 1) else 1)
END
