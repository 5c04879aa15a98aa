#!/usr/bin/env python3
"""The benchmark suite of steady: kernels, solves, whole runs and other programs, as one folder of results.

`steady bench` runs it, and hands over its options as one JSON object: solver/cli/bench.cpp has them all.
Writes result.json, solves.csv and report.html (where matplotlib is installed) into a folder.
"""
from __future__ import annotations

import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace
from typing import NoReturn

import compare
import machine
import peers
import solves
from models import SIZES, Model, provide, suite

SEED = 2010
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


class NowAndThen:
    """Says of long work where it is, at most once in five seconds."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, text: str) -> None:
        if time.monotonic() - self.last >= 5:
            self.last = time.monotonic()
            say(text)


def refuse(text: str) -> NoReturn:
    print(f"steady: {text}", file=sys.stderr)
    sys.exit(2)


def read_arguments() -> SimpleNamespace:
    """The options of `steady bench`; refuses a name that is none, and a folder without results."""
    arguments = SimpleNamespace(**json.loads(sys.argv[1]))
    for option, given, known in (("family", arguments.family, SIZES), ("setting", arguments.setting, solves.METHODS)):
        for name in given:
            if name not in known:
                refuse(f"--{option} {name}: there is {', '.join(known)}")
    arguments.compare = [pathlib.Path(folder) for folder in arguments.compare]
    for folder in arguments.compare:
        if not (folder / "result.json").is_file():
            refuse(f"--compare {folder}: there is no result.json in it")
    return arguments


def time_kernels(arguments: SimpleNamespace, folder: pathlib.Path) -> dict:
    """Google Benchmark's own JSON, or why there is none."""
    if arguments.kernels == "none":
        return {"reason": "left out"}
    program = arguments.kernels or str(pathlib.Path(arguments.steady).parent / "steady_bench")
    if not os.access(program, os.X_OK):
        return {"reason": "steady_bench is not built"}
    path = folder / "kernels.json"
    say("kernels")
    command = [program, f"--benchmark_out={path}", "--benchmark_out_format=json"]
    command += ["--quick", "--benchmark_min_time=0.02"] if arguments.quick else ["--benchmark_min_time=0.2"]
    if not arguments.gpu:
        command += ["--benchmark_filter=-/cuda"]
    environment = {"GOMP_SPINCOUNT": "1000", **os.environ}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        progress = NowAndThen()
        for line in process.stdout:  # one a kernel
            progress(f"kernels: {line.split()[0] if line.strip() else ''}")
        if process.wait() != 0:
            errors.seek(0)
            return {"reason": errors.read().strip()}
    return json.loads(path.read_text(encoding="utf-8"))


def chosen(arguments: SimpleNamespace) -> dict[str, list[str]]:
    """The methods that are asked for, with their options."""
    return {name: options for name, options in solves.METHODS.items() if not arguments.setting or name in arguments.setting}


def limit_for(arguments: SimpleNamespace, model: Model) -> float:
    """Seconds that a solve may take: four times what a first run of `auto` takes, from 2 to 60."""
    if arguments.limit:
        return arguments.limit
    say(f"{model.name}: auto, once, for the limit of the other methods")
    first = solves.solve(arguments.steady, model, [], limit=60, threads=len(os.sched_getaffinity(0)))
    return min(max(2.0, 4 * (solves.solve_seconds(first) or 60)), 60)


def solve_all(arguments: SimpleNamespace, models: list[Model], limits: dict[str, float]) -> list[dict]:
    """Every method on every model with as many threads as there are; `auto` with one thread and, if asked, on the GPU."""
    threads = len(os.sched_getaffinity(0))
    methods = chosen(arguments)
    storages = [] if arguments.quick or arguments.setting else solves.storages(arguments.steady, models[0])
    rows = []
    for model in models:
        limit = limits[model.name]
        say(f"{model.name}: {len(methods)} methods, {limit:.0f} s each")
        runs = []

        def add(labels: dict, options: list[str], count: int, device: str = "cpu") -> None:
            runs.append((labels, lambda: solves.solve(arguments.steady, model, options, limit=limit, threads=count,
                                                      device=device)))

        for name, options in methods.items():
            add({"setting": name}, options, threads)
        if threads > 1 and not arguments.setting:
            add({"setting": "auto, 1 thread"}, [], 1)
        if arguments.gpu:
            for name, options in methods.items():
                add({"setting": f"{name}, cuda"}, options, threads, "cuda")
        for storage in storages:
            add({"setting": f"auto, {storage}"}, ["--storage", storage], threads)
        progress = NowAndThen()
        rows += solves.interleaved(runs, arguments.repetitions, lambda labels: progress(f"{model.name}: {labels['setting']}"))
    return rows


def histories(arguments: SimpleNamespace, models: list[Model], limits: dict[str, float], scratch: pathlib.Path) -> list[dict]:
    """Residual against time of each method on the largest small model of each family."""
    largest = {model.family: model for model in models if model.states <= 160_000}
    threads = len(os.sched_getaffinity(0))
    curves = []
    progress = NowAndThen()
    for model in largest.values():
        say(f"{model.name}: residuals against time")
        for name, options in chosen(arguments).items():
            path = scratch / "history.csv"
            path.unlink(missing_ok=True)
            progress(f"{model.name}: {name}")
            row = solves.solve(arguments.steady, model, options, limit=limits[model.name], threads=threads,
                               extra=["--history", str(path)])
            if row["status"] == "refused" or not path.exists():
                continue
            with open(path, encoding="utf-8") as file:
                points = [(float(r["seconds"]), float(r["residual"])) for r in csv.DictReader(file)]
            curves.append({"model": model.name, "setting": name, "points": points})
    return curves


def write_csv(path: pathlib.Path, rows: list[dict]) -> None:
    columns = ["model", "family", "states", "transitions", "setting", "peer", "method", "processes", "threads", "device",
               "storage", "status", "iterations", "passes", "residual", "median", "least", "most", "runs", "assembly", "peak_kib",
               "reason"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def write_report(folder: pathlib.Path) -> None:
    """By the first Python that has matplotlib: the one that runs this may be another than the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import matplotlib"], capture_output=True).returncode == 0:
            subprocess.run([python, str(pathlib.Path(__file__).resolve().parent / "report.py"), str(folder)], check=True)
            return
    say("no report.html: matplotlib is not installed (Debian: python3-matplotlib)")


def main() -> int:
    arguments = read_arguments()
    if len(arguments.compare) == 2:
        print(compare.describe(*arguments.compare))
        return 0
    folder = pathlib.Path(arguments.output or time.strftime("bench-%Y-%m-%d-%H%M%S"))
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    result = {"machine": machine.describe(arguments.steady, SEED), "command": arguments.command, "tolerance": solves.TOLERANCE,
              "kernels": time_kernels(arguments, folder)}
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = pathlib.Path(scratch_name)
        models = [provide(m, arguments.steady, EXAMPLES, scratch) for m in suite(arguments.quick)
                  if not arguments.family or m.family in arguments.family]
        limits = {model.name: limit_for(arguments, model) for model in models}
        result["solves"] = solve_all(arguments, models, limits)
        result["histories"] = histories(arguments, models, limits, scratch)
        result["peers"] = []
        for name, run in peers.PEERS.items() if arguments.peers else ():
            for model in models:
                say(f"{model.name}: {name}")
                rows = peers.repeated(run, arguments.steady, model, limits[model.name], scratch, arguments.repetitions)
                result["peers"] += rows
                if rows[0]["status"] == "not installed":
                    break
    result["seconds"] = time.perf_counter() - start
    (folder / "result.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    write_csv(folder / "solves.csv", result["solves"] + result["peers"])
    write_report(folder)
    if arguments.compare:
        print(compare.describe(arguments.compare[0], folder))
    say(f"{folder}: done in {result['seconds']:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
