#!/bin/bash
# Storm 2.0.0 by stormpy: a CTMC written to UMB and read back.
# Guess: a binary format of doubles returns the rates bit for bit.
# What happens: UMB stores for each state of a CTMC its exit rate and the probabilities of its branches. Storm divides by
# the sum of the row on the way out and multiplies by the exit rate on the way in, so that a few rates in a hundred come
# back one unit in the last place off, and a second round changes others.
# Why it matters: two files of "the same" chain differ, checksums and bit-for-bit comparisons of results fail, and rates that
# were equal (0.1 and 0.1) are not any more, which spoils lumping and storage by distinct values.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  stormpy==2.0.0 || exit 2

venv/bin/python - <<'END'
import functools
import operator
import random
import sys
import stormpy
import stormpy.io

HEAD = "@type: CTMC\n@parameters\n\n@reward_models\n\n@nr_states\n{0}\n@nr_choices\n{0}\n@model\n"
STATES, DECIMALS = 200, [0.1, 0.2, 0.3, 0.7, 1.1]
random.seed(1)

def total(row):  # from left to right; sum() of Python 3.12 is more accurate
    return functools.reduce(operator.add, row)

with open("model.drn", "w") as file:
    file.write(HEAD.format(STATES))
    for state in range(STATES):
        targets = sorted(random.sample([target for target in range(STATES) if target != state], 3))
        row = [random.choice(DECIMALS) for _ in targets]
        file.write(f"state {state} !{total(row)!r}{'' if state else ' init'}\n\taction 0\n")
        file.writelines(f"\t\t{target} : {rate!r}\n" for target, rate in zip(targets, row))

def rates(model):
    return [entry.value for state in range(STATES) for entry in model.transition_matrix.get_row(state)]

def round_trip(model):
    stormpy.io.export_to_umb(model, "model.umb")
    return stormpy.build_model_from_umb("model.umb")

first = stormpy.build_model_from_drn("model.drn")
second = round_trip(first)
third = round_trip(second)
changed = sum(a != b for a, b in zip(rates(first), rates(second)))
again = sum(a != b for a, b in zip(rates(second), rates(third)))
print(f"distinct rates: {sorted(set(rates(first)))}, after UMB: {sorted(set(rates(second)))}")
print(f"{changed} of {len(rates(first))} rates changed, {again} in a second round")
rows = [[entry.value for entry in first.transition_matrix.get_row(state)] for state in range(STATES)]
explained = rates(second) == [rate / total(row) * total(row) for row in rows for rate in row]
print(f"the changes are those of rate / sum * sum: {explained}")
sys.exit(0 if changed > 0 and again > 0 and explained else 1)
END
