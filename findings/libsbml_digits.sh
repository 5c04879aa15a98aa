#!/bin/bash
# libSBML 5.21.2: doubles in a model that is written and read back.
# Guess: SBML's values are xsd:double, so the reference library writes enough digits to return them.
# What happens: parameters and numbers in kinetic laws are written with 15 significant digits. Nine in ten random doubles come
# back as other doubles. Numbers that came from short decimals survive, which hides it.
# Why it matters: chemical master equations are generated from SBML. Rates that were fitted or computed change by up to 5e-15
# each time a file passes through a tool: enough to break comparisons of results bit for bit, and every bound on an error that
# is meant to hold for the model in memory.
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check \
  python-libsbml==5.21.2 || exit 2

venv/bin/python - <<'END'
import random
import sys
import libsbml

random.seed(1)
document = libsbml.SBMLDocument(3, 1)
parameter = document.createModel().createParameter()
parameter.setId("k")
parameter.setConstant(True)

def through_parameter(value):
    parameter.setValue(value)
    return libsbml.readSBMLFromString(libsbml.writeSBMLToString(document)).getModel().getParameter(0).getValue()

def through_mathml(value):
    node = libsbml.ASTNode(libsbml.AST_REAL)
    node.setValue(value)
    return libsbml.readMathMLFromString(libsbml.writeMathMLToString(node)).getReal()

values = [random.random() * 10 ** random.randint(-9, 5) for _ in range(1000)]
short = [0.1, 1e-3, 1.5e-7, 123456.7]
changed = {}
for through in (through_parameter, through_mathml):
    changed[through] = sum(through(value) != value for value in values)
    print(f"{through.__name__}: {changed[through]} of {len(values)} doubles changed, 1/3 becomes {through(1 / 3)!r}")
survive = all(through_parameter(value) == value for value in short)
sys.exit(0 if min(changed.values()) > 500 and survive else 1)
END
