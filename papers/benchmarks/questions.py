"""The questions of the certified table: long-run values of models at several sizes.

`asked(program)` gives those of examples/ and, where the environment variables QVBS and PRISM_BENCHMARKS name the folders of these
collections (benchmarks/ctmc/... and models/ctmcs/... below them), those of theirs.
"""
from __future__ import annotations

import json
import os
import pathlib
from dataclasses import dataclass

from paper import Program

FEW_STATES = 10_000_000  # larger models of a collection are left out


@dataclass(frozen=True)
class Question:
    """`property` is one of PRISM's, or the name of one that the model's JANI file holds."""

    family: str
    size: str  # "n=5"; "" where there is only one
    file: pathlib.Path
    constants: str  # as for --const
    property: str

    @property
    def model(self) -> str:
        return f"{self.family} {self.size}".strip()

    def options(self) -> list[str]:
        return ["--const", self.constants] if self.constants else []


THROUGHPUT, PRODUCTIVITY, CUSTOMERS = (f'R{{"{name}"}}=? [ S ]' for name in ("throughput", "productivity", "customers"))
EXAMPLES = [  # model, constants, properties
    ("fms", [f"n={n}" for n in range(1, 9)], [PRODUCTIVITY]),
    ("kanban", [f"t={t}" for t in range(1, 6)], [THROUGHPUT, 'R{"tokens_cell1"}=? [ S ]']),
    ("polling", [f"N={n}" for n in (3, 5, 8, 10, 11, 12, 13, 14, 15, 16)], ['S=? [ "s1_waits" ]']),
    ("tandem", [f"c={c}" for c in (5, 7, 15, 31, 63, 127, 255, 511, 1023)], [CUSTOMERS, 'S=? [ "full" ]']),
    ("cluster", [f"N={n}" for n in (2, 4, 8, 16, 32, 64, 128, 256)], ['S=? [ "premium" ]', 'S=? [ !"minimum" ]']),
    ("lattice", [f"k={k}" for k in (8, 16, 32, 64, 128, 256, 512)], ['R{"distance"}=? [ S ]']),
    ("rings", ["n=5,c=0.01", "n=500,c=1e-6", "n=3000,c=1e-6"], ['S=? [ "first" ]']),
    ("weather", [""], ['S=? [ "wet" ]', 'R{"carried"}=? [ S ]', 'R{"walks"}=? [ S ]']),
]
GENERATED = {"polling"}  # the number of modules is not a constant of one file: `steady generate`


def of_examples(program: Program) -> list[Question]:
    questions = []
    for model, sizes, properties in EXAMPLES:
        for constants in sizes:
            made = model in GENERATED
            file = program.generate(model, constants) if made else program.examples / f"{model}.prism"
            questions += [Question(model, constants, file, "" if made else constants, p) for p in properties]
    return questions


def of_qvbs(folder: pathlib.Path) -> list[Question]:
    """The steady-state properties of the Quantitative Verification Benchmark Set's Markov chains, as each index.json lists them."""
    questions = []
    for index in sorted(folder.glob("benchmarks/[cd]tmc/*/index.json")):
        entry = json.loads(index.read_text(encoding="utf-8"))
        properties = [p["name"] for p in entry["properties"] if "steady-state" in p["type"]]
        for file in entry["files"]:
            for sizes in file.get("open-parameter-values", []):
                if not few(sizes.get("states", [])):
                    continue
                constants = ",".join(f"{c['name']}={c['value']}" for c in sizes["values"])
                path = index.parent / file["file"]
                questions += [Question(f"QVBS {path.stem}", constants, path, constants, p) for p in properties]
    return questions


def few(states: list[dict]) -> bool:
    """Whether every number of states that is given is a number, and small enough."""
    numbers = [entry.get("number") for entry in states]
    return all(isinstance(number, int) and number <= FEW_STATES for number in numbers)


def of_prism_benchmarks(folder: pathlib.Path) -> list[Question]:
    """The steady-state properties of the PRISM benchmark suite's chains: every line of a file `models` with every property file."""
    questions = []
    for models in sorted(folder.glob("models/[cd]tmcs/*/models")):
        files = sorted([*models.parent.glob("*.csl"), *models.parent.glob("*.pctl"), *models.parent.glob("*.props")])
        properties = [p for file in files for p in long_run(file.read_text(encoding="utf-8"))]
        for line in models.read_text(encoding="utf-8").split("\n"):
            words = line.split()
            if words:
                constants = words[words.index("-const") + 1] if "-const" in words else ""
                path = models.parent / words[0]
                questions += [Question(f"PRISM {path.stem}", constants, path, constants, p) for p in properties]
    return questions


def long_run(text: str) -> list[str]:
    """The steady-state properties of a property file, without their names."""
    lines = (line.split("//")[0].strip().rstrip(";") for line in text.split("\n"))
    unnamed = (line.split(":", 1)[1].strip() if line.startswith('"') and ":" in line else line for line in lines)
    return [p for p in unnamed if p.startswith("S=?") or (p.startswith("R") and p.replace(" ", "").endswith("=?[S]"))]


def asked(program: Program) -> list[Question]:
    questions = of_examples(program)
    for variable, collect in (("QVBS", of_qvbs), ("PRISM_BENCHMARKS", of_prism_benchmarks)):
        if variable in os.environ:
            questions += collect(pathlib.Path(os.environ[variable]))
    return questions
