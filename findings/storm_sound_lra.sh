#!/bin/bash
# Storm 2.0.0 by stormpy: the long-run average of a CTMC in the environment stormpy.environments.sound().
# Guess: the sound environment gives another, safer answer than the default, with lower and upper bounds; the environment
# "exact" is of no use for a model in doubles.
# What happens: the values are those of the default bit for bit, 3e-8 from the right one, and carry no bounds, although
# results have a place for them. exact() on the same model in doubles is right to 1e-11.
# Why it matters: a user who asks for a sound steady-state probability is told nothing about its error, and the digits beyond
# the seventh are noise. Comparing another tool with Storm to 1e-9 needs exact(), or the distribution computed otherwise.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  stormpy==2.0.0 || exit 2

venv/bin/python - <<'END'
import sys
import stormpy
import stormpy.environments

FILE = """@type: CTMC
@parameters

@reward_models

@nr_states
4
@nr_choices
4
@model
state 0 !1 init
\taction 0
\t\t1 : 1
state 1 !1.5
\taction 0
\t\t0 : 1
\t\t2 : 0.5
state 2 !2.5 goal
\taction 0
\t\t1 : 1.5
\t\t3 : 1
state 3 !1 goal
\taction 0
\t\t2 : 1
"""
RIGHT = 0.25  # birth and death: the weights are 3, 3, 1, 1
with open("model.drn", "w") as file:
    file.write(FILE)
model = stormpy.build_model_from_drn("model.drn")
question = stormpy.parse_properties('LRA=? ["goal"]')[0]
results = {}
for name in ("default", "sound", "exact"):
    environment = None if name == "default" else getattr(stormpy.environments, name)()
    results[name] = stormpy.model_checking(model, question, environment=environment)
    print(f"{name}: {results[name].get_value(0)!r}, bounds: {results[name].has_lower_bounds()}")
error = {name: abs(result.get_value(0) - RIGHT) for name, result in results.items()}
same = results["default"].get_value(0) == results["sound"].get_value(0) and not results["sound"].has_lower_bounds()
sys.exit(0 if same and error["sound"] > 1e-9 and error["exact"] < 1e-11 else 1)
END
