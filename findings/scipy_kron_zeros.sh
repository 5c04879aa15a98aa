#!/bin/bash
# SciPy 1.17.1: scipy.sparse.kron and csgraph.connected_components.
# Guess: the Kronecker product of two sparse matrices stores only nonzero entries, so that the graph of a Kronecker sum of
# generators is the graph of the chain.
# What happens: where at least half of the right factor is nonzero kron answers in the BSR format, whose dense blocks store
# the factor's zeros. They are kept as explicit zeros, and connected_components takes them for edges.
# Why it matters: stochastic automata networks are built from small dense factors. A reducible chain passes the check for
# irreducibility, or gets too few bottom components, and nnz is no longer the number of transitions.
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
from scipy.sparse.csgraph import connected_components

decay = sp.csr_array([[-1.0, 1.0], [0.0, 0.0]])
one = sp.eye_array(2)
generator = sp.kron(one, decay) + sp.kron(decay, one)  # two components that fail and are never mended: no state comes back
nonzeros = np.count_nonzero(generator.toarray())
stored = connected_components(generator, connection="strong")[0]
dense = connected_components(generator.toarray(), connection="strong")[0]
cleaned = generator.tocsr()
cleaned.eliminate_zeros()
after = connected_components(cleaned, connection="strong")[0]
print(f"format {generator.format}: {generator.nnz} entries stored, {nonzeros} are not zero")
print(f"strong components: {stored} of the result, {dense} of the same matrix dense, {after} after eliminate_zeros()")
sys.exit(0 if generator.nnz > nonzeros and stored < dense == after == 4 else 1)
END
