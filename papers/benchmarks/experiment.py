"""Long-run values of the field's benchmarks with proven bounds, beside other tools' values and their true errors.

Writes table.md, certified.csv, certified.json and certified.svg into this folder.
"""
from __future__ import annotations

import csv
import dataclasses
import decimal
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from paper import Program  # noqa: E402  (the folder is in the path only now)
from questions import Question, asked  # noqa: E402
from tools import OTHERS, Answer, Certified, certified  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Row:
    question: Question
    right: Certified
    others: dict[str, Answer]

    def error(self, tool: str) -> float | None:
        """How far the tool's value is from the certified one; known to +- the bound. None where either is missing."""
        value = self.others[tool].value
        return abs(value - self.right.value) if value is not None and self.right.bound is not None else None


def answered(program: Program, questions: list[Question]) -> list[Row]:
    """Every question to every tool; one that ran past its limit is not asked of a larger size of the same model."""
    rows, gave_up = [], {}
    for number, question in enumerate(questions, 1):
        print(f"  {number} of {len(questions)}: {question.model}, {question.property}", file=sys.stderr)
        right = certified(program, question)
        if right is None:
            continue
        family = (question.family, question.property)
        others = {}
        for name, ask in OTHERS.items():
            answer = gave_up.get((name, *family)) or ask(question)
            if answer.note.startswith("over"):
                gave_up[name, *family] = answer
            others[name] = answer
        rows.append(Row(question, right, others))
    return rows


def rounded(value: float, bound: float) -> tuple[str, str]:
    """The value's digits down to the second of the bound, and a bound that covers this rounding, too."""
    exact, error = decimal.Decimal(value), decimal.Decimal(bound)
    place = decimal.Decimal(1).scaleb(max(error.adjusted() - 1, exact.adjusted() - 16))
    shown = exact.quantize(place)
    with decimal.localcontext() as context:
        context.prec, context.rounding = 2, decimal.ROUND_CEILING
        covering = +(error + abs(exact - shown))
    return f"{shown:f}" if -6 < exact.adjusted() else f"{shown:e}", f"{covering:.1e}"


def cell(row: Row, tool: str) -> str:
    answer, error = row.others[tool], row.error(tool)
    if error is None:
        return answer.note
    known = f"{error:.1e}" if error > 10 * row.right.bound else f"< {error + row.right.bound:.1e}"
    return f"{known}, {answer.seconds:.2f} s"


def table(rows: list[Row]) -> str:
    tools = [tool for tool in OTHERS if any(row.others[tool].value is not None for row in rows)]
    lines = ["| model | states | transitions | value asked | value | +- | seconds | " + " | ".join(f"{t}: error" for t in tools) + " |",
             "| --- " * (7 + len(tools)) + "|"]
    for row in rows:
        right = row.right
        value, bound = rounded(right.value, right.bound) if right.bound is not None else (f"{right.value:.3g}", "nothing proven")
        lines.append(f"| {row.question.model} | {right.states:,} | {right.transitions:,} | `{row.question.property}` | {value} | {bound} "
                     f"| {right.seconds:.2f} | " + " | ".join(cell(row, tool) for tool in tools) + " |")
    return "\n".join(lines) + "\n"


def record(row: Row) -> dict:
    question, right = row.question, row.right
    facts = {"model": question.model, "constants": question.constants, "property": question.property, "states": right.states,
             "transitions": right.transitions, "value": right.value, "bound": right.bound, "seconds": right.seconds}
    for tool, answer in row.others.items():
        facts |= {f"{tool}: value": answer.value, f"{tool}: error": row.error(tool), f"{tool}: seconds": answer.seconds,
                  f"{tool}: note": answer.note}
    return facts


def write(rows: list[Row], folder: pathlib.Path) -> None:
    """table.md, certified.csv, certified.json and certified.svg in the folder."""
    records = [record(row) for row in rows]
    (folder / "table.md").write_text("# Certified values, and the errors of other tools\n\nWritten by `./run paper benchmarks`; "
                                   "what it means stands in [README.md](README.md).\n\n" + table(rows), encoding="utf-8")
    (folder / "certified.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    with open(folder / "certified.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, records[0])
        writer.writeheader()
        writer.writerows(records)
    draw(folder)


def draw(folder: pathlib.Path) -> None:
    """By the first Python that has matplotlib: the one that runs this may be another than the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import matplotlib"], capture_output=True).returncode == 0:
            subprocess.run([python, str(HERE / "picture.py"), str(folder)], check=True)
            return
    print("  no certified.svg: matplotlib is not installed (Debian: python3-matplotlib)", file=sys.stderr)


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = answered(program, asked(program))
    write(rows, HERE)
    return [(f"{row.question.model}, {row.question.property}", "", f"{row.right.value:.15g} +- {row.right.bound}") for row in rows]
