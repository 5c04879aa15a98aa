"""papers/benchmarks: the collections' questions, the digits shown, a small table: certified_table_test.py PROGRAM"""
import csv
import fractions
import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "papers"), str(ROOT / "papers" / "benchmarks")]

import experiment  # noqa: E402  (the folders are in the path only now)
import questions  # noqa: E402
import tools  # noqa: E402
from paper import Program  # noqa: E402

BIRTH_DEATH = """ctmc
const int c;
module queue
  x : [0..c] init 0;
  [] x<c -> 1 : (x'=x+1);
  [] x>0 -> 2 : (x'=x-1);
endmodule
label "empty" = x=0;
"""


def with_text(path: pathlib.Path, text: str) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_rounding_is_covered() -> None:
    for value, bound in ((29.154698799657933, 3.36e-10), (0.2, 1.4e-16), (1e-7 / 3, 2e-20), (-12345.678, 0.049), (1.5, 20.0)):
        shown, covering = experiment.rounded(value, bound)
        off = abs(fractions.Fraction(shown) - fractions.Fraction(value))
        assert off + fractions.Fraction(bound) <= fractions.Fraction(covering), (shown, covering)
        assert fractions.Fraction(covering) <= fractions.Fraction(bound) * 3 / 2, (shown, covering)


def test_collections(scratch: pathlib.Path) -> None:
    qvbs = scratch / "qvbs"
    index = {"properties": [{"name": "reach", "type": "prob-reach"}, {"name": "idle", "type": "steady-state-prob"}],
             "files": [{"file": "queue.jani", "open-parameter-values": [
                 {"values": [{"name": "c", "value": 3}, {"name": "r", "value": 0.5}], "states": [{"number": 4}]},
                 {"values": [{"name": "c", "value": 9}], "states": [{"number": 10**9}]},
                 {"values": [], "states": [{"number": "\u221e"}]}]}]}
    with_text(qvbs / "benchmarks" / "ctmc" / "queue" / "index.json", json.dumps(index))
    found = questions.of_qvbs(qvbs)
    assert [(q.model, q.constants, q.property) for q in found] == [("QVBS queue c=3,r=0.5", "c=3,r=0.5", "idle")], found

    suite = scratch / "suite" / "models" / "ctmcs" / "queue"
    with_text(suite / "models", "queue.sm -const c=3\nqueue.sm\n\n")
    with_text(suite / "empty.csl", '// of the queue\n"empty": S=? [ "empty" ];\n')
    with_text(suite / "time.csl", 'P=? [ F<=1 "empty" ]\nR{"length"}=? [ S ]\nR{"length"}=? [ C<=3 ]\n')
    found = questions.of_prism_benchmarks(scratch / "suite")
    assert {(q.constants, q.property) for q in found} == {
        (c, p) for c in ("c=3", "") for p in ('S=? [ "empty" ]', 'R{"length"}=? [ S ]')}, found


def test_table(program: Program, scratch: pathlib.Path) -> None:
    """Two values with known fractions, beside a tool that is right, one that is off by a known error, and one that fails."""
    model = with_text(scratch / "queue.prism", BIRTH_DEATH)
    asked = [questions.Question("queue", f"c={c}", model, f"c={c}", 'S=? [ "empty" ]') for c in (1, 2)]
    right = [fractions.Fraction(2, 3), fractions.Fraction(4, 7)]
    stand_in = with_text(scratch / "bin" / "prism", "#!/bin/sh\necho 'Result: 0.5 (value in the initial state)'\n")
    stand_in.chmod(0o755)
    os.environ["PATH"] = f"{stand_in.parent}:{os.environ['PATH']}"
    slow = []

    def out_of_time(question):
        slow.append(question)
        return tools.Answer(None, note="over 60 s")

    experiment.OTHERS = {"PRISM": tools.prism, "slow": out_of_time, "absent": lambda question: tools.Answer(None, note="not installed")}
    rows = experiment.answered(program, asked)
    assert len(slow) == 1, "a tool that ran out of time is asked of a larger size"
    for row, value in zip(rows, right):
        assert abs(fractions.Fraction(row.right.value) - value) <= fractions.Fraction(row.right.bound) < 1e-12, row
        assert row.others["PRISM"].value == 0.5 and abs(row.error("PRISM") - float(value - fractions.Fraction(1, 2))) < 1e-12, row
    experiment.write(rows, scratch)
    table = (scratch / "table.md").read_text(encoding="utf-8")
    assert "| PRISM: error |" in table and "absent" not in table and "1.7e-01" in table and "7.1e-02" in table, table
    with open(scratch / "certified.csv", newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    assert [float(r["value"]) for r in records] == [row.right.value for row in rows], records
    assert [r["slow: note"] for r in records] == ["over 60 s"] * 2, records
    assert json.loads((scratch / "certified.json").read_text(encoding="utf-8"))[0]["states"] == 2
    assert "<svg" in (scratch / "certified.svg").read_text(encoding="utf-8")


with tempfile.TemporaryDirectory() as name:
    test_rounding_is_covered()
    test_collections(pathlib.Path(name))
    test_table(Program(pathlib.Path(sys.argv[1]), pathlib.Path(name)), pathlib.Path(name))
