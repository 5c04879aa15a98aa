"""What --sensitivity costs beside a solve: processor seconds of the command with it over those without.

    python3 bench/sensitivity_cost.py [--n 5] [--runs 5] [--program build/release/steady]

FMS with n pallets, whose rates are made constants: one measure of the long run, and one total until a target, with no
constant, with one and with five. On one thread, in turns; medians, and what the derivatives add in solves.
"""
from __future__ import annotations

import argparse
import pathlib
import resource
import statistics
import subprocess
import tempfile

MODEL = pathlib.Path(__file__).resolve().parent.parent / "examples" / "fms.prism"
RATES = {"finish1": ("0.2*", 0.2), "assembly1": ("0.05*", 0.05), "assembly2": ("1/15 :", 1 / 15), "finish3": ("1/2 :", 0.5)}
MEASURES = {"long run": 'R{"productivity"}=? [ S ]', "until a target": "T=? [ F P1s=n & P3s=n ]"}
ASKED = {"none": [], "one": ["unload"], "five": ["unload", *RATES]}


def model_text() -> str:
    text = MODEL.read_text()
    for name, (rate, value) in RATES.items():
        text = text.replace(f" -> {rate}", f" -> {name}{rate[-1]}" if rate[-1] == "*" else f" -> {name} :")
        text = text.replace("const double unload", f"const double {name} = {value!r};\nconst double unload")
    return text


def seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def compare(n: int, runs: int, program: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".prism") as file:
        file.write(model_text())
        file.flush()
        for what, measure in MEASURES.items():
            solve = [program, "solve", file.name, "--const", f"n={n}", "--threads", "1", "--quiet", "--prop", measure]
            found: dict[str, list[float]] = {asked: [] for asked in ASKED}
            for _ in range(runs):
                for asked, constants in ASKED.items():
                    found[asked].append(seconds(solve + (["--sensitivity", ",".join(constants)] if constants else [])))
            median = {asked: statistics.median(times) for asked, times in found.items()}
            added = {asked: median[asked] / median["none"] - 1 for asked in ("one", "five")}
            print(f"{what}: {median['none']:.3f} s without, {median['one']:.3f} s with one constant (+{added['one']:.2f} "
                  f"solves), {median['five']:.3f} s with five (+{added['five']:.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=5, help="pallets of FMS")
    parser.add_argument("--runs", type=int, default=5, help="of each")
    parser.add_argument("--program", default="build/release/steady", help="the command")
    arguments = parser.parse_args()
    compare(arguments.n, arguments.runs, arguments.program)
