"""SciPy on a chain that steady wrote as a generator: gmres, spsolve and eigs, judged by the same residual.

    scipy_sparse.py FILE.mtx METHOD TOLERANCE

prints one line of JSON. gmres: right-hand side 0 is no start for SciPy, so that the last balance equation is replaced
by the normalisation; preconditioned by an incomplete factorisation (spilu). spsolve: the same system, directly.
eigs: the eigenvector to the eigenvalue of largest modulus, 1, of the uniformised chain's matrix.
"""
import json
import sys
import time
import warnings

import numpy
import scipy
import scipy.io
import scipy.sparse
import scipy.sparse.linalg


def residual(q, pi):
    """||pi Q||_1 / max exit rate of the normalised pi."""
    return float(abs(q.T @ pi).sum() / abs(q.diagonal()).max())


def solve(q, method, tolerance):
    n = q.shape[0]
    if method == "eigs":
        p = (scipy.sparse.identity(n) + q.T / (1.05 * abs(q.diagonal()).max())).tocsr()
        _, vectors = scipy.sparse.linalg.eigs(p, k=1, which="LM", v0=numpy.full(n, 1 / n), tol=tolerance * 1e-2,
                                              maxiter=20000)
        return numpy.real(vectors[:, 0]), None
    a = q.T.tolil()
    a[n - 1, :] = numpy.ones(n)
    a = a.tocsc()
    b = numpy.zeros(n)
    b[n - 1] = 1
    if method == "spsolve":
        return scipy.sparse.linalg.spsolve(a, b), 1
    factors = scipy.sparse.linalg.spilu(a, drop_tol=1e-4, fill_factor=10)
    m = scipy.sparse.linalg.LinearOperator((n, n), factors.solve)
    count = 0

    def each(_):
        nonlocal count
        count += 1

    name = "rtol" if tuple(int(x) for x in scipy.__version__.split(".")[:2]) >= (1, 12) else "tol"
    x = numpy.full(n, 1 / n)
    for bound in (tolerance, tolerance * 1e-2, tolerance * 1e-4):
        x, _ = scipy.sparse.linalg.gmres(a, b, x0=x, M=m, restart=30, maxiter=50, callback=each,
                                         callback_type="pr_norm", **{name: bound})
        if residual(q, x / x.sum()) <= tolerance:
            break
    return x, count


def main():
    path, method, tolerance = sys.argv[1], sys.argv[2], float(sys.argv[3])
    q = scipy.io.mmread(path).tocsr()
    warnings.simplefilter("ignore")
    row = {"peer": "scipy", "version": scipy.__version__, "method": method, "processes": 1}
    start = time.perf_counter()
    try:
        x, iterations = solve(q, method, tolerance)
    except (RuntimeError, MemoryError, numpy.linalg.LinAlgError, scipy.sparse.linalg.ArpackError) as error:
        print(json.dumps({**row, "converged": False, "reason": str(error), "seconds": time.perf_counter() - start}))
        return
    seconds = time.perf_counter() - start
    r = residual(q, x / x.sum())
    print(json.dumps({**row, "iterations": iterations, "residual": r, "converged": bool(r <= tolerance),
                      "seconds": seconds}))


main()
