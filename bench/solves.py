"""Runs `steady solve` as a user would and reads its JSON: time, passes, residual, status, peak memory."""
from __future__ import annotations

import json
import os
import statistics
import subprocess
import time

from models import Model

TOLERANCE = 1e-10

# What is compared: name -> options. `auto` is what a user gets.
METHODS = {
    "auto": [],
    "power": ["--method", "power"],
    "jacobi": ["--method", "jacobi"],
    "gauss-seidel forward": ["--method", "gauss-seidel", "--direction", "forward"],
    "gauss-seidel backward": ["--method", "gauss-seidel", "--direction", "backward"],
    "gmres": ["--method", "gmres", "--preconditioner", "none"],
    "gmres + gauss-seidel": ["--method", "gmres", "--preconditioner", "gauss-seidel"],
    "gmres + symmetric-gauss-seidel": ["--method", "gmres", "--preconditioner", "symmetric-gauss-seidel"],
    "bicgstab + gauss-seidel": ["--method", "bicgstab", "--preconditioner", "gauss-seidel"],
    "bicgstab + symmetric-gauss-seidel": ["--method", "bicgstab", "--preconditioner", "symmetric-gauss-seidel"],
    "bicgstab + ilu0": ["--method", "bicgstab", "--preconditioner", "ilu0"],
    "idr + gauss-seidel": ["--method", "idr", "--preconditioner", "gauss-seidel"],
    "idr + symmetric-gauss-seidel": ["--method", "idr", "--preconditioner", "symmetric-gauss-seidel"],
    "multilevel": ["--method", "multilevel"],
}


def storages(steady: str, model: Model) -> list[str]:
    """The names of all that there are: any model's report has them."""
    command = [steady, "info", str(model.file), *model.arguments, "--quiet", "--json", "-"]
    report = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return [storage["name"] for storage in report["storages"]]


def run_measured(command: list[str], limit: float) -> tuple[int, str, str, float, int]:
    """Exit code (-9: killed at the limit), output, errors, seconds, peak memory in KiB (0: not known)."""
    timer = ["/usr/bin/time", "-f", "%M"] if os.access("/usr/bin/time", os.X_OK) else []
    start = time.perf_counter()
    process = subprocess.Popen([*timer, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        return -9, output, errors, time.perf_counter() - start, 0
    return process.returncode, output, errors, time.perf_counter() - start, peak_of(errors)


def peak_of(errors: str) -> int:
    """The last line of `time -f %M` at the end of what went to standard error, where it was used."""
    lines = errors.strip().splitlines()
    return int(lines[-1]) if lines and lines[-1].isdigit() else 0


def solve(steady: str, model: Model, options: list[str], *, limit: float, threads: int, device: str = "cpu",
          extra: list[str] | None = None) -> dict:
    """One run. `status`: converged, not converged, out of time, refused (with `reason`)."""
    command = [steady, "solve", str(model.file), *model.arguments, *options, "--tolerance", str(TOLERANCE),
               "--time-limit", str(limit), "--threads", str(threads), "--device", device, "--no-certify", "--quiet",
               "--json", "-", *(extra or [])]
    code, output, errors, wall, peak = run_measured(command, 3 * limit + 60)
    row = {"model": model.name, "family": model.family, "states": model.states, "threads": threads, "device": device,
           "wall": wall, "peak_kib": peak, "limit": limit}
    try:
        report = json.loads(output)
    except json.JSONDecodeError:
        reason = next((line for line in errors.splitlines() if not line.isdigit()), "")
        return {**row, "status": "killed" if code == -9 else "refused", "reason": reason}
    solver = report["solver"]
    status = "converged" if solver["converged"] else "not converged"
    if not solver["converged"] and report["seconds"]["solve"] >= limit:
        status = "out of time"
    return {**row, "status": status, "states": report["model"]["states"],
            "transitions": report["model"]["transitions"], "method": solver["method"],
            "storage": solver["storage"], "kernel": solver["kernel"], "iterations": solver["iterations"],
            "passes": solver["matrix_passes"], "residual": solver["residual"], "seconds": report["seconds"],
            "tried": solver["tried"], "provenance": report["provenance"]}


def interleaved(runs: list[tuple[dict, callable]], repetitions: int, progress: callable) -> list[dict]:
    """Runs each function `repetitions` times, in turn, so that a disturbance hits all alike; the medians with their
    spread. A run that failed the first time, or took three times as long as the fastest, is not repeated,
    but for `auto`. Calls progress(labels) before each run."""

    def measured(labels: dict, function: callable) -> dict:
        progress(labels)
        return {**labels, **function()}

    rows: list[list[dict]] = [[measured(labels, function)] for labels, function in runs]
    solved = [seen[0] for seen in rows if seen[0]["status"] == "converged"]
    fastest = min(map(solve_seconds, solved), default=0)
    for _ in range(1, repetitions):
        for (labels, function), seen in zip(runs, rows):
            if seen[0]["status"] != "converged":
                continue
            if seen[0]["setting"] == "auto" or solve_seconds(seen[0]) <= 3 * fastest:
                seen.append(measured(labels, function))
    return [summary(seen) for seen in rows]


def summary(seen: list[dict]) -> dict:
    """The first run's facts with the median, least and most of its solve times (set-up included)."""
    row = dict(seen[0])
    times = [solve_seconds(r) for r in seen if solve_seconds(r) is not None]
    if times:
        row |= {"median": statistics.median(times), "least": min(times), "most": max(times), "runs": len(times)}
    row["peak_kib"] = max(r["peak_kib"] for r in seen)
    return row


def solve_seconds(row: dict) -> float | None:
    """Set-up and solve, without loading."""
    seconds = row.get("seconds")
    return None if seconds is None else seconds["structure"] + seconds["setup"] + seconds["solve"]
