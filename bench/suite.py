#!/usr/bin/env python3
"""The benchmark suite of steady: kernels, solves, whole runs and other programs, as one folder of results.

    suite.py --steady PROGRAM [--quick | --gpu] [--peers] [--output FOLDER]
    suite.py --compare OLD NEW

Writes FOLDER/result.json, solves.csv and report.html (where matplotlib is installed).
"""
from __future__ import annotations

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import compare
import machine
import peers
import solves
from models import Model, provide, suite

SEED = 2010


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def parse() -> argparse.Namespace:
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(prog="steady bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="small chains, under three minutes on two cores")
    parser.add_argument("--gpu", action="store_true", help="solves and kernels on the GPU, too")
    parser.add_argument("--peers", action="store_true", help="PETSc, SLEPc, SciPy, PRISM and Storm, where they are installed")
    parser.add_argument("--output", type=pathlib.Path, help="folder for the results; default bench-DATE")
    parser.add_argument("--compare", type=pathlib.Path, nargs="+", metavar="FOLDER",
                        help="OLD: compare with the run that follows; OLD NEW: compare two folders, run nothing")
    parser.add_argument("--family", action="append", help="only these families; may be repeated")
    parser.add_argument("--setting", action="append", help="only these methods of steady, such as auto; may be repeated")
    parser.add_argument("--limit", type=float, help="seconds for each solve; default: four times what auto takes, from 2 to 60")
    parser.add_argument("--repetitions", type=int, help="runs of each solve; default 3")
    parser.add_argument("--steady", default="steady", help="the program to measure")
    parser.add_argument("--kernels", default="", help="the program that times kernels (steady_bench); default: beside steady")
    parser.add_argument("--examples", type=pathlib.Path, default=here.parent / "examples", help="folder of the models")
    return parser.parse_args()


def time_kernels(arguments: argparse.Namespace, folder: pathlib.Path) -> dict:
    """Google Benchmark's own JSON, or why there is none."""
    program = arguments.kernels or str(pathlib.Path(arguments.steady).resolve().parent / "steady_bench")
    if not os.access(program, os.X_OK):
        return {"reason": "steady_bench is not built"}
    path = folder / "kernels.json"
    say("kernels")
    command = [program, f"--benchmark_out={path}", "--benchmark_out_format=json"]
    command += ["--quick", "--benchmark_min_time=0.02"] if arguments.quick else ["--benchmark_min_time=0.2"]
    if not arguments.gpu:
        command += ["--benchmark_filter=-/cuda"]
    environment = {"GOMP_SPINCOUNT": "1000", **os.environ}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        return {"reason": done.stderr.strip()}
    return json.loads(path.read_text(encoding="utf-8"))


def chosen(arguments: argparse.Namespace) -> dict[str, list[str]]:
    """The methods that are asked for, with their options."""
    return {name: options for name, options in solves.METHODS.items() if not arguments.setting or name in arguments.setting}


def limit_for(arguments: argparse.Namespace, model: Model) -> float:
    """Seconds that a solve may take: four times what a first run of `auto` takes, from 2 to 60."""
    if arguments.limit:
        return arguments.limit
    first = solves.solve(arguments.steady, model, [], limit=60, threads=len(os.sched_getaffinity(0)))
    return min(max(2.0, 4 * (solves.solve_seconds(first) or 60)), 60)


def solve_all(arguments: argparse.Namespace, models: list[Model], limits: dict[str, float]) -> list[dict]:
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
        rows += solves.interleaved(runs, arguments.repetitions)
    return rows


def histories(arguments: argparse.Namespace, models: list[Model], limits: dict[str, float], scratch: pathlib.Path) -> list[dict]:
    """Residual against time of each method on the largest small model of each family."""
    largest = {model.family: model for model in models if model.states <= 160_000}
    threads = len(os.sched_getaffinity(0))
    curves = []
    for model in largest.values():
        for name, options in chosen(arguments).items():
            path = scratch / "history.csv"
            path.unlink(missing_ok=True)
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
    arguments = parse()
    if arguments.compare and len(arguments.compare) == 2:
        print(compare.describe(*arguments.compare))
        return 0
    arguments.repetitions = arguments.repetitions or 3
    folder = arguments.output or pathlib.Path(time.strftime("bench-%Y-%m-%d-%H%M%S"))
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    result = {"machine": machine.describe(arguments.steady, SEED), "command": sys.argv[1:], "tolerance": solves.TOLERANCE,
              "kernels": time_kernels(arguments, folder)}
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = pathlib.Path(scratch_name)
        models = [provide(m, arguments.steady, arguments.examples, scratch) for m in suite(arguments.quick)
                  if not arguments.family or m.family in arguments.family]
        limits = {model.name: limit_for(arguments, model) for model in models}
        result["solves"] = solve_all(arguments, models, limits)
        result["histories"] = histories(arguments, models, limits, scratch)
        result["peers"] = []
        for name, run in peers.PEERS.items() if arguments.peers else ():
            say(f"peer {name}")
            for model in models:
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
