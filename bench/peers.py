"""Other programs on the same chains, to the same true residual; each says "not installed" where it is not.

An adaptor is a function from a model to rows like those of solves.py, and a line in PEERS.
"""
from __future__ import annotations

import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from models import Model
from solves import TOLERANCE, run_measured

HERE = pathlib.Path(__file__).resolve().parent


def write_generator(steady: str, model: Model, path: pathlib.Path) -> bool:
    """Writes the model's generator as a .mtx file, by steady; False where it cannot."""
    command = [steady, "convert", str(model.file), str(path), *model.arguments, "--as", "generator"]
    return subprocess.run(command, capture_output=True).returncode == 0 and path.exists()


def constants_of(model: Model) -> list[str]:
    """-const, as PRISM, Storm, steady_petsc and steady_slepc know it; none where the file has no constants."""
    return ["-const", model.constant] if "--const" in model.arguments else []


def without(model: Model, peer: str, program: str | None) -> list[dict]:
    """The row of a model checker that cannot run here, or of a model that is not in its language; else nothing."""
    if program is None:
        return [row_of(model, peer, "", status="not installed")]
    if model.file.suffix != ".prism":
        return [row_of(model, peer, "", status="left out", reason="no model in its language")]
    return []


def row_of(model: Model, peer: str, method: str, **facts) -> dict:
    return {"model": model.name, "family": model.family, "states": model.states, "peer": peer, "method": method, **facts}


def from_json(model: Model, peer: str, method: str, command: list[str], limit: float, **facts) -> dict:
    """The row of a program that prints one line of JSON."""
    code, output, errors, wall, peak = run_measured(command, 3 * limit + 60)
    row = row_of(model, peer, method, wall=wall, peak_kib=peak, **facts)
    try:
        said = json.loads(output.strip().splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        reason = "killed at the limit" if code == -9 else (errors.strip().splitlines() or ["no answer"])[0]
        return {**row, "status": "failed", "reason": reason}
    return {**row, "status": "converged" if said["converged"] else "not converged", "version": said["version"],
            "median": said["seconds"], "assembly": said.get("assembly"), "iterations": said.get("iterations"),
            "residual": said.get("residual"), "reason": said.get("reason")}


def with_mpi(peer: str, steady: str, model: Model, limit: float, settings: dict[str, list[str]]) -> list[dict]:
    """The program beside steady, in each setting, on one MPI process and on two."""
    program = pathlib.Path(steady).parent / f"steady_{peer}"
    if not program.exists():
        return [row_of(model, peer, "", status="not installed")]
    mpirun = shutil.which("mpirun")
    rows = []
    for name, options in settings.items():
        for processes in (1, 2) if mpirun else (1,):
            start = [mpirun, "--allow-run-as-root", "--oversubscribe", "-n", str(processes)] if processes > 1 else []
            command = [*start, str(program), str(model.file), *constants_of(model), "-tolerance", str(TOLERANCE),
                       "-time_limit", str(limit), *options]
            rows.append(from_json(model, peer, name, command, limit, processes=processes))
    return rows


def petsc(steady: str, model: Model, limit: float, scratch: pathlib.Path) -> list[dict]:
    """steady_petsc, built where pkg-config finds PETSc."""
    preconditioners = {"ilu": ["-pc_type", "bjacobi", "-sub_pc_type", "ilu"], "sor": ["-pc_type", "sor"]}
    return with_mpi("petsc", steady, model, limit, {
        f"{method} + {name}": ["-ksp_type", method, "-ksp_gmres_restart", "30", *options]
        for method in ("gmres", "bcgs") for name, options in preconditioners.items()})


def slepc(steady: str, model: Model, limit: float, scratch: pathlib.Path) -> list[dict]:
    """steady_slepc, built where pkg-config finds SLEPc."""
    return with_mpi("slepc", steady, model, limit, {
        f"krylovschur({vectors})": ["-eps_type", "krylovschur", "-eps_ncv", str(vectors)] for vectors in (20, 60)})


def scipy(steady: str, model: Model, limit: float, scratch: pathlib.Path) -> list[dict]:
    """SciPy's gmres, its direct and its eigenvalue solver, on chains of up to 200,000 states."""
    python = next((p for p in (sys.executable, "/usr/bin/python3") if subprocess.run(
        [p, "-c", "import scipy.sparse.linalg"], capture_output=True).returncode == 0), None)
    if python is None:
        return [row_of(model, "scipy", "", status="not installed")]
    if model.states > 200_000:
        return [row_of(model, "scipy", "", status="left out", reason="over 200,000 states")]
    path = scratch / f"{model.name.replace(' ', '-')}.generator.mtx"
    if not path.exists() and not write_generator(steady, model, path):
        return [row_of(model, "scipy", "", status="failed", reason="steady convert wrote no generator")]
    script = str(HERE / "peers" / "scipy_sparse.py")
    return [from_json(model, "scipy", method, [python, script, str(path), method, str(TOLERANCE)], limit, processes=1)
            for method in ("gmres", "spsolve", "eigs")]


def prism(steady: str, model: Model, limit: float, scratch: pathlib.Path) -> list[dict]:
    """PRISM's sparse engine with its methods, its distribution judged by `steady verify`."""
    program = shutil.which("prism")
    if rows := without(model, "prism", program):
        return rows
    for method in ("jacobi", "gauss-seidel", "backward gauss-seidel"):
        option = {"jacobi": "-jac", "gauss-seidel": "-gs", "backward gauss-seidel": "-bgs"}[method]
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            answer = pathlib.Path(folder) / "pi.txt"
            command = [program, str(model.file), *constants_of(model), "-steadystate", "-sparse", option, "-epsilon", "1e-10",
                       "-maxiters", "100000", "-exportsteadystate", str(answer)]
            code, output, errors, wall, peak = run_measured(command, 3 * limit)
            seconds = re.search(r"Time for steady-state probability computation: ([0-9.]+)", output)
            row = row_of(model, "prism", method, wall=wall, peak_kib=peak, processes=1)
            if code != 0 or not answer.exists():
                reason = next((l for l in output.splitlines() if l.startswith("Error")), "killed at the limit")
                rows.append({**row, "status": "not converged", "reason": reason})
                continue
            rows.append({**row, **judged(steady, model, answer), "median": float(seconds.group(1)) if seconds else wall})
    return rows


def storm(steady: str, model: Model, limit: float, scratch: pathlib.Path) -> list[dict]:
    """Storm's steady-state distribution with its defaults."""
    program = shutil.which("storm")
    if rows := without(model, "storm", program):
        return rows
    command = [program, "--prism", str(model.file), *constants_of(model), "--steadystate", "--prismcompat"]
    code, output, errors, wall, peak = run_measured(command, 3 * limit)
    seconds = re.search(r"Time for model checking: ([0-9.]+)s", output)
    status = "finished, residual unknown" if code == 0 else "failed"
    return [row_of(model, "storm", "default", wall=wall, peak_kib=peak, processes=1, status=status,
                   median=float(seconds.group(1)) if seconds else None)]


def judged(steady: str, model: Model, answer: pathlib.Path) -> dict:
    """Status and true residual of a distribution that another program wrote."""
    done = subprocess.run([steady, "verify", str(model.file), str(answer), *model.arguments, "--json", "-", "--quiet"],
                          capture_output=True, text=True)
    try:
        residual = json.loads(done.stdout)["residual"]
    except (json.JSONDecodeError, KeyError):
        return {"status": "finished, residual unknown"}
    return {"status": "converged" if residual <= TOLERANCE else "not converged", "residual": residual}


def repeated(run, steady: str, model: Model, limit: float, scratch: pathlib.Path, repetitions: int) -> list[dict]:
    """The rows of an adaptor with the medians of their seconds; what failed the first time is not tried again."""
    rows = run(steady, model, limit, scratch)
    times = [[row["median"]] if row.get("median") else [] for row in rows]
    for _ in range(repetitions - 1):
        if not any(row["status"] == "converged" for row in rows):
            break
        for seen, row in zip(times, run(steady, model, limit, scratch)):
            if row.get("median"):
                seen.append(row["median"])
    for row, seen in zip(rows, times):
        if seen:
            row |= {"median": statistics.median(seen), "least": min(seen), "most": max(seen), "runs": len(seen)}
    return rows


PEERS = {"petsc": petsc, "slepc": slepc, "scipy": scipy, "prism": prism, "storm": storm}
