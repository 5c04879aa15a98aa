#!/bin/bash
# Storm 2.0.0 by stormpy: long-run rewards of PRISM models with absorbing states.
# Guess: a state without a command gets a self-loop and keeps its state reward, as in PRISM: a chain that ends in a state of
# reward 1 has a long-run reward of 1.
# What happens: the state is kept, its long-run probability is 1, but its state reward is dropped and the long-run reward is
# 0. With the self-loop written out as a command the answer is 1. The same happens in a dtmc and in a ctmc.
# Why it matters: "probability of being down" and "reward of being down" of one model contradict each other; absorbing states
# are just where reliability models put their rewards.
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

MODEL = """{kind}
module M
  s : [0..1] init 0;
  {arrow} s=0 -> 1:(s'=1);
  {loop}
endmodule
label "down" = s=1;
rewards "down" s=1 : 1; endrewards
"""

def ask(kind, arrow, loop):
    with open("model.prism", "w") as file:
        file.write(MODEL.format(kind=kind, arrow=arrow, loop=f"{arrow} s=1 -> 1:(s'=1);" if loop else ""))
    program = stormpy.parse_prism_program("model.prism")
    model = stormpy.build_model(program)
    questions = ('LRA=? ["down"]', 'R{"down"}=? [LRA]')
    return [stormpy.model_checking(model, stormpy.parse_properties(q, program)[0]).get_value(0) for q in questions]

as_described = True
for kind, arrow in (("dtmc", "[]"), ("ctmc", "<>")):
    implicit, explicit = ask(kind, arrow, False), ask(kind, arrow, True)
    print(f"{kind}: probability, reward: {implicit} without a command, {explicit} with a self-loop")
    as_described = as_described and implicit == [1, 0] and explicit == [1, 1]
sys.exit(0 if as_described else 1)
END
