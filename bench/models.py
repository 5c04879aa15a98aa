"""The suite's models: families at several sizes, and chains that are hard for one method or another.

A model is a file that steady reads, with its constants. Files that do not lie in examples/ are made in a scratch folder.
"""
from __future__ import annotations

import pathlib
import random
import subprocess
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Model:
    family: str
    constant: str  # "n=5"; "" where there is none
    states: int
    file: pathlib.Path | None = None  # None: made by `generate`
    arguments: tuple[str, ...] = field(default=())  # of steady: --const, ...

    @property
    def name(self) -> str:
        return f"{self.family} {self.constant}".strip()


# Family -> constants with their numbers of states, ascending. The first ones are for --quick.
SIZES = {
    "fms": [("n=3", 6520), ("n=4", 35910), ("n=5", 152712), ("n=6", 537768), ("n=7", 1639440)],
    "kanban": [("t=2", 4600), ("t=3", 58400), ("t=4", 454475), ("t=5", 2546432)],
    "polling": [("N=8", 3072), ("N=10", 15360), ("N=13", 159744), ("N=15", 737280)],
    "tandem": [("c=63", 8128), ("c=127", 32640), ("c=255", 130816), ("c=511", 523776), ("c=1023", 2096128)],
    "cluster": [("N=16", 10132), ("N=32", 38676), ("N=64", 151060), ("N=128", 597012)],
    "lattice": [("k=64", 4096), ("k=128", 16384), ("k=256", 65536), ("k=512", 262144)],
    "rings": [("n=500,c=1e-6", 1000), ("n=3000,c=1e-6", 6000), ("n=3000,c=1e-12", 6000)],
    "random": [("n=5000", 5000), ("n=50000", 50000), ("n=200000", 200000), ("n=500000", 500000)],
}
GENERATED = {"polling"}  # by `steady generate`
QUICK_LIMIT = 20_000  # states


def suite(quick: bool) -> list[Model]:
    """Every model of the suite, or the small ones."""
    return [
        Model(family, constant, states)
        for family, sizes in SIZES.items()
        for constant, states in sizes
        if not quick or states <= QUICK_LIMIT
    ]


def provide(model: Model, steady: str, examples: pathlib.Path, scratch: pathlib.Path) -> Model:
    """The model with its file, made where it has to be."""
    if model.family == "random":
        path = scratch / f"random-{model.constant.replace('=', '')}.mtx"
        if not path.exists():
            write_random(path, int(model.constant.split("=")[1]))
        return Model(model.family, model.constant, model.states, path, ("--kind", "ctmc"))
    if model.family in GENERATED:
        path = scratch / f"{model.family}-{model.constant.replace('=', '')}.prism"
        if not path.exists():
            command = [steady, "generate", model.family, "--const", model.constant, "--output", str(path)]
            subprocess.run(command, check=True, capture_output=True)
        return Model(model.family, model.constant, model.states, path)
    return Model(model.family, model.constant, model.states, examples / f"{model.family}.prism",
                 ("--const", model.constant))


def write_random(path: pathlib.Path, states: int, seed: int = 2010, row: int = 6) -> None:
    """Rates of a random sparse chain: a cycle through all states and `row` more transitions a state, to states drawn
    uniformly, with rates spread over three orders of magnitude."""
    draw = random.Random(seed + states)
    entries = []
    for i in range(states):
        targets = {(i + 1) % states} | {draw.randrange(states) for _ in range(row)}
        targets.discard(i)
        entries += [f"{i + 1} {j + 1} {10 ** draw.uniform(-2, 1):.6g}\n" for j in sorted(targets)]
    with open(path, "w", encoding="ascii") as file:
        file.write("%%MatrixMarket matrix coordinate real general\n")
        file.write(f"{states} {states} {len(entries)}\n")
        file.writelines(entries)
