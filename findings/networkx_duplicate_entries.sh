#!/bin/bash
# NetworkX 3.6.1: from_scipy_sparse_array of a matrix that stores an entry in parts.
# Guess: the graph has the weights of the matrix: SciPy defines entries that are stored twice as their sum, in every format.
# What happens: the last part wins and the others are gone. Of rates 1 and 2 between the same two states 2 remains, as an edge
# of weight 2, whether the matrix is csr or coo; from the same matrix after sum_duplicates() the weight is 3. The multigraph
# class is no way out of it by itself: there both parts are edges.
# Why it matters: chains are assembled command by command, and two commands often lead to the same target. Out-rates, random
# walks and stationary distributions of the graph (PageRank) are then those of another chain, with no error.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  networkx==3.6.1 scipy==1.17.1 numpy==2.4.6 || exit 2

venv/bin/python - <<'END'
import sys
import networkx as nx
import numpy as np
import scipy.sparse as sp

parts = ([1.0, 2.0, 1.0], ([0, 0, 1], [1, 1, 0]))  # two commands from state 0 to state 1
matrices = {"coo": sp.coo_array(parts, shape=(2, 2)),
            "csr": sp.csr_array((parts[0], [1, 1, 0], [0, 2, 3]), shape=(2, 2))}
as_found = True
for name, matrix in matrices.items():
    weight = nx.from_scipy_sparse_array(matrix, create_using=nx.DiGraph)[0][1]["weight"]
    many = nx.from_scipy_sparse_array(matrix, create_using=nx.MultiDiGraph).number_of_edges(0, 1)
    summed = matrix.copy()
    summed.sum_duplicates()
    after = nx.from_scipy_sparse_array(summed, create_using=nx.DiGraph)[0][1]["weight"]
    print(f"{name}: entry {matrix.toarray()[0, 1]}, edge {weight}, after sum_duplicates() {after}; multigraph: {many} edges")
    as_found = as_found and (matrix.toarray()[0, 1], weight, after, many) == (3, 2, 3, 2)
sys.exit(0 if as_found else 1)
END
