#!/bin/bash
# SciPy 1.17.1: scipy.io.mmwrite, whose default symmetry="AUTO" is said to be determined from the values.
# Guess: a symmetric matrix is written as symmetric, or never is.
# What happens: up to 99 rows the symmetry is looked for, from 100 rows on every matrix is written as general.
# Why it matters: chains of reversible walks have symmetric rate matrices. The header of the file, the number of its entries
# and whether a reader without support for symmetric files can take it depend on the size of the chain: a test on a small
# chain covers another branch of the reader than the chains of use do.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  scipy==1.17.1 numpy==2.4.6 || exit 2

venv/bin/python - <<'END'
import io
import sys
import numpy as np
import scipy.sparse as sp
from scipy.io import mmwrite

headers = {}
for states in (99, 100):
    walk = sp.diags_array([np.ones(states - 1), np.ones(states - 1)], offsets=[-1, 1]).tocsr()
    file = io.BytesIO()
    mmwrite(file, walk)
    lines = file.getvalue().decode().splitlines()
    headers[states] = lines[0].split()[-1]
    print(f"{states} states: {headers[states]}, {lines[2].split()[2]} entries in the file for {walk.nnz} transitions")
sys.exit(0 if headers == {99: "symmetric", 100: "general"} else 1)
END
