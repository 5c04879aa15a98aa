"""A tenth of the quick suite, a comparison of its folder with itself, and a paper: bench_suite_test.py PROGRAM"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
program = sys.argv[1]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch) / "results"
    run(program, "bench", "--quick", "--family", "kanban", "--family", "polling", "--repetitions", "2", "--limit", "10", "--kernels",
        "none", "--output", str(folder))
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    rows = {(row["model"], row["setting"]): row for row in result["solves"]}
    for model, states in (("kanban t=2", 4600), ("polling N=8", 3072), ("polling N=10", 15360)):
        row = rows[model, "auto"]
        assert row["status"] == "converged", row
        assert row["states"] == states, row
        assert row["residual"] <= result["tolerance"], row
        assert row["runs"] == 2 and row["least"] <= row["median"] <= row["most"], row
    for name in ("cpu", "cores", "steady", "seed", "threads"):
        assert name in result["machine"], name
    assert (folder / "solves.csv").read_text(encoding="utf-8").startswith("model,family,states,transitions,setting")

    compared = run(program, "bench", "--compare", str(folder), str(folder))
    assert "within the spread" in compared and "faster" not in compared and "slower" not in compared, compared


def refused(*options):
    done = subprocess.run([program, "bench", *options], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and not done.stdout, f"{options}: {done}"
    return done.stderr


assert "there is auto, power, jacobi" in refused("--setting", "jacoby")
assert "there is fms, kanban" in refused("--family", "kanbab")
assert "no result.json" in refused("--compare", str(ROOT / "bench"))
assert "one folder or two" in refused("--compare", "a", "b", "c")
assert "from 1 to 1000" in refused("--repetitions", "0")
assert "unrecognised option" in refused("--quik")

listed = run(sys.executable, str(ROOT / "papers" / "paper.py"), program)
assert "stewart_1994" in listed and "bell_garland_2009" in listed, listed
courtois = run(sys.executable, str(ROOT / "papers" / "paper.py"), program, "stewart_1994")
gth = next(line for line in courtois.splitlines() if line.startswith("gth "))
assert float(gth.rstrip(")").split()[-1]) < 1e-6, gth
