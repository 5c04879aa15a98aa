#!/bin/bash
# libSBML 5.21.2 (python-libsbml): formulas written by formulaToL3String and read by parseL3Formula.
# Guess: what the one writes the other reads as the same expression; parentheses are put where they are needed.
# What happens: (2^3)^2 is written 2^3^2 and read as 2^(3^2), 512 in place of 64; (-2)^2 is written -2^2 and read as -(2^2), -4
# in place of 4. The older parser, parseFormula, reads the texts the other way round: powers from the left, and the sign first.
# Why it matters: kinetic laws are edited, printed and compared as such texts; a Hill term (x^n)^2 comes back as another rate.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip -q install --disable-pip-version-check python-libsbml==5.21.2 || exit 2

venv/bin/python - <<'END'
import sys
import libsbml

MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
POWER = "<apply><power/>{}{}</apply>"
NUMBER = '<cn type="integer">{}</cn>'

def value(tree):
    """Of an expression of numbers, powers and signs."""
    parts = [value(tree.getChild(k)) for k in range(tree.getNumChildren())]
    if not parts:
        return float(tree.getValue())
    return -parts[0] if len(parts) == 1 else parts[0] ** parts[1]

two, three, minus_two = (NUMBER.format(n) for n in (2, 3, -2))
seen = {}
for name, expression in {"(2^3)^2": POWER.format(POWER.format(two, three), two), "(-2)^2": POWER.format(minus_two, two)}.items():
    tree = libsbml.readMathMLFromString(MATHML.format(expression))
    text = libsbml.formulaToL3String(tree)
    seen[name] = value(tree), value(libsbml.parseL3Formula(text)), value(libsbml.parseFormula(text))
    print("{}: {:g}, written {!r}, read back as {:g}, by the older parser as {:g}".format(name, seen[name][0], text, *seen[name][1:]))
sys.exit(0 if seen == {"(2^3)^2": (64, 512, 64), "(-2)^2": (4, -4, 4)} else 1)
END
