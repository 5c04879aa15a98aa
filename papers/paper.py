#!/usr/bin/env python3
"""Reruns an experiment of a paper with this program: `./run paper` lists them, `./run paper NAME` runs one.

A paper is a folder here with README.md (what it is, what it claims, where in the code its idea lives), claims.json (the
claims as data: what, claimed, where, checked) and experiment.py, whose `run(program)` returns rows of (what, claimed, measured).
"""
from __future__ import annotations

import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class Program:
    """The program that is asked, its examples, and a scratch folder."""

    def __init__(self, steady: pathlib.Path, scratch: pathlib.Path):
        self.steady, self.scratch, self.examples = steady, scratch, HERE.parent / "examples"

    def solve(self, model: str | pathlib.Path, *options: str) -> dict:
        """The JSON report, also of a run that did not converge; an empty one where the program refused."""
        path = model if isinstance(model, pathlib.Path) else self.examples / model
        done = subprocess.run([self.steady, "solve", path, "--json", "-", "--quiet", *options], capture_output=True, text=True)
        if done.returncode > 1:
            print(f"  refused: {done.stderr.strip()}", file=sys.stderr)
            return {}
        return json.loads(done.stdout)

    def distribution(self, model: str | pathlib.Path, *options: str) -> list[float]:
        """Every state's probability, in the order of their numbers."""
        path = self.scratch / "distribution.json"
        self.solve(model, "--output", str(path), *options)
        return json.loads(path.read_text(encoding="utf-8"))["distribution"]

    def generate(self, family: str, constants: str) -> pathlib.Path:
        path = self.scratch / f"{family}-{constants.replace('=', '')}.prism"
        subprocess.run([self.steady, "generate", family, "--const", constants, "--output", path], check=True,
                       capture_output=True)
        return path

    def has_gpu(self) -> bool:
        done = subprocess.run([self.steady, "devices"], capture_output=True, text=True)
        return any(line.startswith("cuda") and "GiB free" in line for line in done.stdout.splitlines())


def outcome(report: dict) -> str:
    """How a solve ended, in a table's cell."""
    if not report:
        return "refused"
    solver = report["solver"]
    state = "" if solver["converged"] else "NOT CONVERGED, "
    return f"{state}{solver['iterations']} iterations, {solver['matrix_passes']} passes, {report['seconds']['solve']:.2f} s"


def papers() -> list[pathlib.Path]:
    return sorted(p.parent for p in HERE.glob("*/experiment.py"))


def title(folder: pathlib.Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8").splitlines()[0].lstrip("# ")


def show(rows: list[tuple[str, str, str]]) -> None:
    width = max(len(row[0]) for row in rows) + 2
    middle = max(max(len(row[1]) for row in rows), len("claimed")) + 2
    print(f"{'':{width}}{'claimed':{middle}}measured here")
    for what, claimed, measured in rows:
        print(f"{what:{width}}{claimed:{middle}}{measured}")


def main() -> int:
    if len(sys.argv) < 2 or len(sys.argv) > 3:
        print("usage: paper.py PROGRAM [NAME]", file=sys.stderr)
        return 2
    if len(sys.argv) == 2:
        for folder in papers():
            print(f"{folder.name:24} {title(folder)}")
        return 0
    folder = HERE / sys.argv[2]
    if folder not in papers():
        print(f"paper {sys.argv[2]} is not here; known: {', '.join(p.name for p in papers())}", file=sys.stderr)
        return 2
    spec = importlib.util.spec_from_file_location("experiment", folder / "experiment.py")
    experiment = importlib.util.module_from_spec(spec)
    sys.modules["experiment"] = experiment  # where its dataclasses look their types up
    sys.path.insert(0, str(HERE))
    spec.loader.exec_module(experiment)
    print(title(folder))
    for claim in json.loads((folder / "claims.json").read_text(encoding="utf-8")):
        print(f"  claims: {claim['what']}: {claim['claimed']} ({claim['where']}{'' if claim['checked'] else '; not checked'})")
    print()
    with tempfile.TemporaryDirectory() as scratch:
        show(experiment.run(Program(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(scratch))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
