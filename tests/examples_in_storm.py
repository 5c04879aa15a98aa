#!/usr/bin/env python3
"""Reads every example by Storm, too (stormpy 2.0, from PyPI), and compares the numbers of states and transitions.

    tests/examples_in_storm.py build/release/steady

Exit code 77 where stormpy is not installed.
"""
import json
import pathlib
import subprocess
import sys

CONSTANTS = {
    "cluster": "N=4",
    "fms": "n=3",
    "kanban": "t=2",
    "lattice": "k=8",
    "polling": "",
    "rings": "n=5,c=0.01",
    "tandem": "c=7",
    "weather": "",
}


def size_in_steady(program, model, constants):
    """(states, transitions) of the model, self-loops included."""
    command = [program, "info", str(model), "--json", "-"] + (["--const", constants] if constants else [])
    output = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return output["model"]["states"], output["model"]["transitions"]


def size_in_storm(stormpy, model, constants):
    """(states, transitions) of the model; an exception where Storm refuses it."""
    program = stormpy.parse_prism_program(str(model), prism_compatibility=True)  # CTMCs as PRISM reads them
    program, _ = stormpy.instantiate_constants(program, constants)
    chain = stormpy.build_model(program)
    return chain.nr_states, chain.nr_transitions


def main():
    try:
        import stormpy
    except ImportError:
        print("skipped: stormpy is not installed")
        return 77
    differ = 0
    models = sorted((pathlib.Path(__file__).parent.parent / "examples").glob("*.prism"))
    for model in models:
        constants = CONSTANTS[model.stem]
        ours = size_in_steady(sys.argv[1], model, constants)
        theirs = size_in_storm(stormpy, model, constants)
        print(f"{model.name} {constants}: steady {ours}, Storm {theirs}")
        differ += ours != theirs
    return 1 if differ or not models else 0


if __name__ == "__main__":
    sys.exit(main())
