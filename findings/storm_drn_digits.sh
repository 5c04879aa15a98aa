#!/bin/bash
# Storm 2.0.0 by stormpy: export_to_drn, which writes a model in Storm's own explicit format.
# Guess: a model that Storm writes and Storm reads is the same model; doubles are written with 17 digits.
# What happens: rates are written with 10 significant digits, unless output_precision is set in the options. A rate of 1/3
# comes back as 0.3333333333, and the exit rate of a state, rounded by itself, is no longer the sum of its row.
# Why it matters: steady states and proven bounds of the exported file belong to another chain, with a relative error up to
# 5e-11 in each rate; in nearly decomposable chains small differences of rates decide everything. A reader must not insist on
# exit rates that are the exact sums.
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
import stormpy.io

HEAD = "@type: CTMC\n@parameters\n\n@reward_models\n\n@nr_states\n3\n@nr_choices\n3\n@model\n"
ROWS = [[(1, 1 / 3), (2, 2e-7 / 3)], [(0, 0.1)], [(0, 1 / 7)]]

def rates(model):
    return [entry.value for state in range(3) for entry in model.transition_matrix.get_row(state)]

with open("model.drn", "w") as file:
    file.write(HEAD)
    for state, row in enumerate(ROWS):
        file.write(f"state {state} !{sum(rate for _, rate in row)!r}{'' if state else ' init'}\n\taction 0\n")
        file.writelines(f"\t\t{target} : {rate!r}\n" for target, rate in row)
model = stormpy.build_model_from_drn("model.drn")
read_exactly = rates(model) == [rate for row in ROWS for _, rate in row]
stormpy.io.export_to_drn(model, "default.drn")
options = stormpy.io.DirectEncodingExporterOptions()
options.output_precision = 17
stormpy.io.export_to_drn(model, "precise.drn", options=options)
written = open("default.drn").read()
default = rates(stormpy.build_model_from_drn("default.drn"))
precise = rates(stormpy.build_model_from_drn("precise.drn"))
print("read:   ", rates(model))
print("default:", default)
print("17:     ", precise)
sys.exit(0 if read_exactly and default != rates(model) == precise and "1 : 0.3333333333\n" in written else 1)
END
