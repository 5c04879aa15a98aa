#!/bin/bash
# Storm 2.0.0 by stormpy: `const int N = 7/2;` in the PRISM language.
# Guess: a type error, as in PRISM, where / always gives a double; or else integer division.
# What happens: the quotient of two integers counts as an integer expression, but has the value 3.5. The "integer" constant is
# 3.5 in rewards and in guards, so that no state is equal to it, while the same quotient in an update is cut to 3. Writing
# 7.0/2 is refused.
# Why it matters: thresholds such as N = K/2 (half of the servers, a quorum) are common in models; a label "n = N" is then
# empty, and its long-run probability is 0 in Storm without a word.
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

MODEL = """dtmc
const int N = {0};
module M
  s : [0..9] init 0;
  [] s<N -> 1:(s'=s+1);
  [] s>=N -> 1:(s'=0);
endmodule
module U
  u : [0..9] init 0;
  [] true -> 1:(u'={0});
endmodule
label "at_N" = s=N;
label "three" = u=3;
rewards "N" true : N; endrewards
"""

def ask(quotient):
    with open("model.prism", "w") as file:
        file.write(MODEL.format(quotient))
    program = stormpy.parse_prism_program("model.prism")
    model = stormpy.build_model(program)
    questions = ('R{"N"}=? [LRA]', 'LRA=? ["at_N"]', 'LRA=? ["three"]')
    return [stormpy.model_checking(model, stormpy.parse_properties(q, program)[0]).get_value(0) for q in questions]

constant, at_constant, three = ask("7/2")
print(f"N = {constant}, long-run probability of s=N: {at_constant}, of u=3 after u'=7/2: {three}")
try:
    ask("7.0/2")
    refused = False
except RuntimeError as error:
    refused = "integer expression" in str(error)
    print("7.0/2:", str(error).splitlines()[0])
sys.exit(0 if abs(constant - 3.5) < 1e-6 and at_constant == 0 and abs(three - 1) < 1e-6 and refused else 1)
END
