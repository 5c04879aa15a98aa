#!/bin/bash
# Storm 2.0.0 by stormpy: decimal numbers in the PRISM language.
# Guess: 0.4 is the double nearest to 0.4, as in PRISM, Python and C.
# What happens: of rates with one digit behind the point two in five become the next smaller double, none a larger one: 0.4
# is 0.39999999999999997. Of probabilities with two digits every second one is too small, and a few are too large.
# Why it matters: the chain is not the one of another tool, bit for bit; comparing both answers closer than 1e-16 times the
# condition of the chain says nothing.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  stormpy==2.0.0 || exit 2

venv/bin/python - <<'END'
import math
import sys
import stormpy

def read(kind, arrow, numbers):
    """The numbers as Storm holds them, each that of one transition."""
    lines = [f"{kind}", "module M", f"s : [0..{len(numbers)}] init 0;"]
    for i, number in enumerate(numbers):
        other = f" + {1 - float(number)!r} : (s'=0)" if kind == "dtmc" else ""
        lines.append(f"{arrow} s={i} -> {number} : (s'={i + 1}){other};")
    lines += [f"{arrow} s={len(numbers)} -> 1 : (s'=0);", "endmodule"]
    with open("model.prism", "w") as file:
        file.write("\n".join(lines) + "\n")
    model = stormpy.build_model(stormpy.parse_prism_program("model.prism"))
    held = []
    for i in range(len(numbers)):
        entries = {entry.column: entry.value for entry in model.transition_matrix.get_row(i)}
        held.append(entries[i + 1])
    return held

def compare(kind, arrow, numbers):
    held = read(kind, arrow, numbers)
    units = [(have - float(text)) / math.ulp(float(text)) for have, text in zip(held, numbers)]
    below, above = sum(u < 0 for u in units), sum(u > 0 for u in units)
    print(f"{kind}: of {len(numbers)} numbers {below} are too small, by up to {-min(units):g} ulp, and {above} too large;",
          f"{numbers[3]} is {held[3]!r}")
    return below / len(numbers), above

tenths = [f"{k / 10:.1f}" for k in range(1, 100) if k % 10]
hundredths = [f"{k / 100:.2f}" for k in range(1, 100)]
rates = compare("ctmc", "<>", tenths)
probabilities = compare("dtmc", "[]", hundredths)
sys.exit(0 if rates[0] > 0.25 and probabilities[0] > 0.25 and rates[1] == 0 and probabilities[1] < 10 else 1)
END
