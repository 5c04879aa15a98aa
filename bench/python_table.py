"""The table in docs/python.md: steady.solve beside other packages' stationary distributions, on six chains.

    build/python/bin/python bench/python_table.py [--limit SECONDS] [CHAIN...]

Each solve runs in a process of its own: seconds of the call alone, the memory that it took beside the matrix, and the
total variation between its answer and a distribution that is proven within 1e-13. Needs SciPy, QuantEcon, pydtmc and
stormpy: python/requirements/bridges.txt.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import scipy.sparse as sp

import steady

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
DENSE = 5000  # states, at most, for a package that takes dense matrices
MOST_MEMORY = 4 << 30  # bytes, of a process


def random_steps(n: int) -> sp.csr_array:
    """A random irreducible chain in discrete time, about ten successors a state."""
    generator = np.random.default_rng(1)
    rows = sp.random_array((n, n), density=9 / n, random_state=generator) + sp.eye_array(n, k=1) + sp.eye_array(n, k=1 - n)
    return sp.csr_array(sp.diags_array(1 / rows.sum(axis=1)) @ rows)


def queue(places: int) -> sp.csr_array:
    """The generator of M/M/1/places at a load of 0.9."""
    rates = sp.diags_array([np.full(places, 0.9), np.full(places, 1.0)], offsets=[1, -1])
    return sp.csr_array(rates - sp.diags_array(rates.sum(axis=1)))


CHAINS = {
    "courtois": lambda: steady.read(EXAMPLES / "courtois.mtx").generator,
    "M/M/1/1000": lambda: queue(1000),
    "random, 3,000": lambda: random_steps(3000) - sp.eye_array(3000),
    "kanban t=2": lambda: steady.read(EXAMPLES / "kanban.prism", constants="t=2").generator,
    "fms n=4": lambda: steady.read(EXAMPLES / "fms.prism", constants="n=4").generator,
    "polling": lambda: steady.read(EXAMPLES / "polling.prism").generator,
}


def steps_of(generator: sp.csr_array) -> sp.csr_array:
    """Probabilities with the same stationary distribution."""
    return sp.csr_array(sp.eye_array(generator.shape[0]) + generator / (1.05 * abs(generator.diagonal()).max()))


def with_steady(generator: sp.csr_array):
    return lambda: steady.solve(generator).distribution


def without_proof(generator: sp.csr_array):
    return lambda: steady.solve(generator, no_certify=True).distribution


def spsolve(generator: sp.csr_array):
    from scipy.sparse import linalg

    system = sp.vstack([generator.T.tocsr()[:-1], np.ones((1, generator.shape[0]))]).tocsc()
    right = np.zeros(generator.shape[0])
    right[-1] = 1
    return lambda: linalg.spsolve(system, right)


def eigs(generator: sp.csr_array):
    from scipy.sparse import linalg

    steps = steps_of(generator).T.tocsr()

    def solve():
        _, vectors = linalg.eigs(steps, k=1, which="LR")
        return vectors[:, 0].real / vectors[:, 0].real.sum()

    return solve


def quantecon(generator: sp.csr_array):
    import quantecon

    chain = quantecon.MarkovChain(steps_of(generator))
    return lambda: chain.stationary_distributions[0]


def pydtmc(generator: sp.csr_array):
    import pydtmc

    steps = steps_of(generator).toarray()
    chain = pydtmc.MarkovChain(steps / steps.sum(axis=1, keepdims=True))
    return lambda: chain.pi[0]


def stormpy(generator: sp.csr_array):
    import stormpy
    from stormpy import analysis

    with tempfile.TemporaryDirectory() as folder:
        steady.convert(generator, f"{folder}/model.drn")
        model = stormpy.build_model_from_drn(f"{folder}/model.drn")
    return lambda: np.array(analysis.compute_steady_state_distribution(model).get_value_vector())


SOLVERS = {"steady": with_steady, "steady, no proof": without_proof, "spsolve": spsolve, "eigs": eigs,
           "QuantEcon": quantecon, "pydtmc": pydtmc, "stormpy": stormpy}


def peak() -> float:
    """MiB that this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(chain: str, solver: str, exact: str) -> dict:
    """One solve, in this process."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    SOLVERS[solver](CHAINS["courtois"]())()  # what is compiled or loaded at the first call
    generator = CHAINS[chain]()
    if solver == "pydtmc" and generator.shape[0] > DENSE:
        return {"why": "dense"}
    solve = SOLVERS[solver](generator)
    before = peak()
    begin = time.perf_counter()
    pi = solve()
    seconds = time.perf_counter() - begin
    difference = abs(np.asarray(pi) - np.load(exact)).sum() / 2
    return {"seconds": seconds, "memory": peak() - before, "difference": float(difference)}


def in_process(chain: str, solver: str, exact: str, limit: float) -> dict:
    """The same in one of its own."""
    command = [sys.executable, __file__, "--measure", chain, solver, exact]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return {"why": f"over {limit:.0f} s"}
    if done.returncode != 0:
        last = (done.stderr.strip() or "killed").splitlines()[-1]
        return {"why": "over 4 GiB" if "Memory" in last or "alloc" in last else last[:60]}
    return json.loads(done.stdout.splitlines()[-1])


def cell(found: dict) -> str:
    if "why" in found:
        return found["why"]
    return f"{found['seconds']:.3g} s, {found['memory']:.0f} MiB, {found['difference']:.0e}"


def table(limit: float, names: list[str]) -> str:
    lines = ["| chain | states | " + " | ".join(SOLVERS) + " |", "| --- " * (2 + len(SOLVERS)) + "|"]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            generator = CHAINS[name]()
            proven = steady.solve(generator, error=1e-13)
            np.save(f"{folder}/exact.npy", proven.distribution)
            cells = [cell(in_process(name, solver, f"{folder}/exact.npy", limit)) for solver in SOLVERS]
            lines.append(" | ".join([f"| {name}", f"{generator.shape[0]:,}", *cells]) + " |")
            print(lines[-1], file=sys.stderr)
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chains", nargs="*", help="only these: " + ", ".join(CHAINS))
    parser.add_argument("--limit", type=float, default=60, help="seconds for each process")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    print(json.dumps(measure(*arguments.measure)) if arguments.measure else table(arguments.limit, arguments.chains or list(CHAINS)))
