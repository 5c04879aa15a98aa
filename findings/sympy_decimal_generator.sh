#!/bin/bash
# SymPy 1.14.0: ContinuousMarkovChain.limiting_distribution with rates that are decimals; DiscreteMarkovChain beside it.
# Guess: a small irreducible generator has a limiting distribution, with decimals in floats as with fractions.
# What happens: for most generators with one decimal place it ends in "IndexError: list index out of range". With fractions of
# the same value every one is answered. DiscreteMarkovChain.stationary_distribution takes its floats without fault.
# The null space of the generator is sought with floats as if they were exact: rounding makes it empty.
# Why it matters: the error says nothing of numbers, so that the chain is suspected. sympy.Rational("0.3") instead of 0.3 helps.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  sympy==1.14.0 mpmath==1.3.0 || exit 2

venv/bin/python - <<'END'
import random
import sys
from sympy import Float, Matrix, Rational, eye
from sympy.stats import ContinuousMarkovChain, DiscreteMarkovChain

random.seed(1)
CHAINS = 40

def generator(tenths, number):
    """The generator whose rates are tenths/10; the diagonal is the sum of its row, negated, in the same arithmetic."""
    rows = [[number(rate) for rate in row] for row in tenths]
    return Matrix([[-sum(row) if i == j else rate for j, rate in enumerate(row)] for i, row in enumerate(rows)])

def limit(matrix):
    try:
        return ContinuousMarkovChain("C", gen_mat=matrix).limiting_distribution()
    except IndexError as error:
        return error

failed = {"floats": 0, "fractions": 0}
discrete = 0
for _ in range(CHAINS):
    tenths = [[0 if i == j else random.randint(1, 4) for j in range(3)] for i in range(3)]
    floats = generator(tenths, lambda n: Float(n / 10))
    fractions = generator(tenths, lambda n: Rational(n, 10))
    failed["floats"] += isinstance(limit(floats), IndexError)
    right = limit(fractions)
    failed["fractions"] += isinstance(right, IndexError) or (right * fractions) != Matrix([[0, 0, 0]])
    found = DiscreteMarkovChain("D", trans_probs=eye(3) + floats).stationary_distribution()
    discrete += all(abs(float(found[i] - right[i])) < 1e-9 for i in range(3))
print(f"of {CHAINS} generators: IndexError with floats {failed['floats']}, fault with fractions {failed['fractions']}")
print(f"the same chains by steps, in floats: {discrete} right")
print("the error:", repr(limit(Matrix([[-0.8, 0.3, 0.5], [0.2, -0.5, 0.3], [0.2, 0.4, -0.6]]))))
sys.exit(0 if failed["floats"] > CHAINS / 2 and failed["fractions"] == 0 and discrete == CHAINS else 1)
END
