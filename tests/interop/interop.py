#!/usr/bin/env python3
"""Passes models between steady and other tools, both ways, and compares them state by state; `./run interop` calls it.

    tests/interop/interop.py build/release/steady docs/interop.md

Every model goes through each format of FORMATS twice: steady writes and the tool reads, then the tool writes and steady reads.
Compared are the kind, the states, the transitions with their rates, the labels and the rewards, as far as the format has them.
Writes the table of what was taken. Exit code 1 where something differs, but for the errors in KNOWN, each of which has to be there.
"""
from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import stormpy
from chain import Chain, difference, read_drn, without_loops
from tools import FORMATS, Format

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VALUES = 1e-5  # Storm's long-run averages are right to about 1e-6

MODELS = {  # with the constants
    "examples/birth_death.mtx": "",
    "examples/cluster.prism": "N=4",
    "examples/courtois.mtx": "",
    "examples/fms.prism": "n=2",
    "examples/kanban.prism": "t=1",
    "examples/lattice.prism": "k=8",
    "examples/rings.prism": "n=5,c=0.01",
    "examples/tandem.prism": "c=7",
    "examples/weather.prism": "",
    "tests/cases/bom.mtx": "",
    "tests/cases/coo.npz": "",
    "tests/cases/drn-unnamed-first-of-four.drn": "",
    "tests/cases/fast_pair.prism": "m=10,f=100",
    "tests/cases/fortran_D.mtx": "",
    "tests/cases/lazy_grid.prism": "m=5,d=0.01",
    "tests/cases/named_system.prism": "",
    "tests/cases/scipy-dia.npz": "",
    "tests/cases/storm_tar.drn.gz": "",
    "tests/cases/storm_unnamed_reward.drn": "",
    "tests/cases/uint64.mtx": "",
}
LARGE = {"examples/polling.prism": ""}  # for the long-run averages alone
REFUSED_BY_STORM = {"named_system.prism": "a system with a name"}  # of the models in the PRISM language


@dataclasses.dataclass(frozen=True)
class Known:
    """An error of a tool's own in what steady writes."""

    tool: str
    extension: str
    models: tuple[str, ...]  # that it has; none: all
    error: str  # a part of what it says
    meaning: str

    def expected(self, form: Format, name: str) -> bool:
        return (self.tool, self.extension) == (form.tool, form.extension) and (not self.models or short(name) in self.models)


BOUNDS = "bounds on valuation variables not supported", "it does not read variables with bounds yet"
KNOWN = [
    Known("Storm", ".tra", (), "Unable to find model hint",
          "it wants a first line of its own, `ctmc` or `dtmc`, which PRISM's files do not have"),
    Known("umbi", ".umb", ("fms.prism",), *BOUNDS),
    Known("stormvogel", ".umb", ("fms.prism",), *BOUNDS),
]


def short(name: str) -> str:
    return pathlib.Path(name).name


def steady(program: str, *arguments: str) -> str:
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode > 1:
        raise RuntimeError("steady: " + done.stderr.strip().splitlines()[-1])
    return done.stdout


def constants_of(values: str) -> list[str]:
    return ["--const", values] if values else []


def convert(program: str, model: pathlib.Path, out: pathlib.Path, options: list[str]) -> pathlib.Path:
    """`out`, written by steady."""
    steady(program, "convert", str(model), str(out), *options)
    return out


def in_steady(program: str, model: pathlib.Path, folder: pathlib.Path, values: str = "") -> Chain:
    return read_drn(convert(program, model, folder / "in_steady.drn", constants_of(values)))


def tool_reads(program: str, form: Format, model: pathlib.Path, values: str, folder: pathlib.Path) -> tuple[object, str]:
    """The tool's model of what steady writes, and what differs."""
    ours = in_steady(program, model, folder, values)
    options = ["--as", "generator"] if ".mtx" in form.extension and ours.kind == "ctmc" else []  # else rates, with self-loops
    path = folder / f"by_steady{form.extension}"
    theirs = form.read(convert(program, model, path, constants_of(values) + options))
    chain = form.chain(theirs)
    return theirs, difference(ours if chain.labels is not None else without_loops(ours), chain, form.tolerance_read)


def steady_reads(program: str, form: Format, theirs: object, folder: pathlib.Path) -> str:
    """What differs in what steady reads of a model that the tool writes."""
    path = folder / f"by_tool{form.extension}"
    form.write(theirs, path)
    chain, ours = form.chain(theirs), in_steady(program, path, folder)
    return difference(chain, ours if chain.labels is not None else without_loops(ours), form.tolerance)


def both_ways(program: str, form: Format, name: str, values: str, folder: pathlib.Path) -> dict[str, str]:
    """What differs, or the error, by direction; nothing where all is the same."""
    found, model = {}, ROOT / name
    source = form
    if form.read is None:  # written only: from what the tool reads in its first format
        source = next(other for other in FORMATS if other.tool == form.tool)
    try:
        theirs, found["reads"] = tool_reads(program, source, model, values, folder)
        if form.write is not None:
            found["writes"] = steady_reads(program, form, theirs, folder)
    except Exception as error:  # any that a tool raises is a result, too
        found["writes" if "reads" in found or form.read is None else "reads"] = str(error).strip().splitlines()[0]
    if form.read is None:
        found.pop("reads", None)
    return found


def long_run(program: str, name: str, values: str) -> tuple[int, int, float]:
    """States and transitions of a PRISM model in Storm, and by how much its long-run averages differ from steady's at most.

    Not a number where one of them is none; RuntimeError where there is nothing to compare.
    """
    path = ROOT / name
    prism = stormpy.parse_prism_program(str(path), prism_compatibility=True)  # CTMCs as PRISM reads them
    prism, _ = stormpy.instantiate_constants(prism, values)
    chain = stormpy.build_model(prism)
    solved = json.loads(steady(program, "solve", str(path), "--json", "-", *constants_of(values)))
    if (solved["model"]["states"], solved["model"]["transitions"]) != (chain.nr_states, chain.nr_transitions):
        raise RuntimeError(f"{chain.nr_states} states and {chain.nr_transitions} transitions in Storm")
    differences = []
    for measure in solved["measures"]:
        question = {"label": 'LRA=? ["{}"]', "reward": 'R{{"{}"}}=? [LRA]'}.get(measure["kind"])
        if question is None or measure["value"] is None:
            continue
        formula = stormpy.parse_properties(question.format(measure["name"]), prism)[0]
        value = stormpy.model_checking(chain, formula).get_value(chain.initial_states[0])
        differences.append(abs(value - measure["value"]) / max(1.0, abs(value)))
    if not differences:
        raise RuntimeError("no average that both have")
    return chain.nr_states, chain.nr_transitions, max(differences, key=lambda d: math.inf if math.isnan(d) else d)


def remark(form: Format, name: str, direction: str, what: str) -> tuple[str, bool]:
    """A difference in words, and whether it is a fault: any that is not expected, and one that is and is not there."""
    known = next((one for one in KNOWN if direction == "reads" and one.expected(form, name)), None)
    if known is None:
        return what, bool(what)
    return (known.meaning, False) if known.error in what else (what or "no error any more: " + known.error, True)


def table_of_formats(program: str) -> tuple[list[str], int]:
    """Rows of the table, remarks below it, and the number of differences that are not known."""
    rows, remarks, faults = [], {}, 0
    for form in FORMATS:
        found = {}
        for name, values in MODELS.items():
            with tempfile.TemporaryDirectory() as folder:
                found[name] = both_ways(program, form, name, values, pathlib.Path(folder))
        cells = []
        for direction, words in (("reads", "what steady writes"), ("writes", "what it writes, in steady")):
            results = {name: one[direction] for name, one in found.items() if direction in one}
            cells.append(f"{sum(not what for what in results.values())} of {len(results)}" if results else "")
            for name, what in results.items():
                text, fault = remark(form, name, direction, what)
                faults += fault
                if text:
                    key = f"{form.tool}, `{form.extension}`, {words}: {text}"
                    remarks.setdefault(key, []).append(f"`{short(name)}`")
        rows.append(f"| {form.tool} | `{form.extension}` | {cells[0]} | {cells[1]} |")
    listed = [f"- {text} ({', '.join(names) if len(names) < len(MODELS) else 'all'})" for text, names in remarks.items()]
    return ["| tool | format | it reads what steady writes | steady reads what it writes |", "| --- | --- | --- | --- |", *rows, "",
            *listed], faults


def table_of_models(program: str) -> tuple[list[str], int]:
    rows, faults = [], 0
    for name, values in sorted((MODELS | LARGE).items()):
        model = short(name)
        if not name.endswith(".prism"):
            continue
        if model in REFUSED_BY_STORM:
            rows.append(f"| `{model}` | {values} | | | Storm refuses {REFUSED_BY_STORM[model]} |")
            continue
        try:
            states, transitions, worst = long_run(program, name, values)
            faults += not worst <= VALUES
            rows.append(f"| `{model}` | {values} | {states} | {transitions} | {'same' if worst <= VALUES else worst} |")
        except RuntimeError as error:
            faults += 1
            rows.append(f"| `{model}` | {values} | | | {str(error).strip().splitlines()[0]} |")
    return ["| model | constants | states | transitions | long-run averages |", "| --- | --- | --- | --- | --- |", *rows], faults


def main() -> int:
    program, document = sys.argv[1], pathlib.Path(sys.argv[2])
    formats, faults = table_of_formats(program)
    models, more = table_of_models(program)
    versions = {tool: importlib.metadata.version(tool) for tool in ("stormpy", "umbi", "stormvogel", "scipy")}
    text = "\n".join([
        "# What other tools take", "",
        "Written by `./run interop` with " + ", ".join(f"{tool} {version}" for tool, version in versions.items()) + ".", "",
        f"{len(MODELS)} models are written by steady and read by the tool, and the other way round. They are the same where kind,",
        "states, transitions, rates, labels and rewards are, as far as the format has them. Numbers are equal bit for bit",
        "in SciPy, to 1e-15 where Storm reads them from decimals and in `.umb`, which holds exit rates and probabilities, and to 1e-9",
        "in the `.drn` that Storm writes with ten digits.", "",
        *formats, "", "The models in the PRISM language, read by both; averages of labels and rewards agree to 1e-5:", "", *models])
    document.write_text(text.rstrip() + "\n", encoding="utf-8")
    print(text)
    return 1 if faults + more else 0


if __name__ == "__main__":
    sys.exit(main())
