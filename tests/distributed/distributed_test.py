"""steady_mpi on 1, 2 and 3 ranks against steady, and its proof: distributed_test.py MPIRUN STEADY_MPI STEADY STEADY_MPI_TESTS"""
import array
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
mpirun, steady_mpi, steady, proof_tests = sys.argv[1:5]

# As many ranks as are asked for, whatever the machine has; ranks that wait leave it to the others.
ENVIRONMENT = os.environ | {
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none", "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMP_WAIT_POLICY": "passive"}

MODELS = {
    "one.prism": "ctmc\nmodule m\n x : [0..0];\nendmodule\nlabel \"there\" = x=0;\n",
    "periodic.prism": "dtmc\nmodule m\n x : [0..6];\n [] true -> (x'=mod(x+1,7));\nendmodule\nrewards x=3 : 2; endrewards\n",
    "bare.prism": "ctmc\nmodule m\n x : [-1..1];\n y : bool;\n [] x<1 -> 1 : (x'=x+1);\n [] x>-1 -> 2 : (x'=x-1);\n"
                  " [] true -> 3 : (y'=!y) + 1 : (y'=false);\nendmodule\n",
    "reducible.prism": "ctmc\nmodule m\n x : [0..9];\n [] x<6 -> 2 : (x'=x+1) + 1 : (x'=7);\n [] x>=6 & x<9 -> 1 : (x'=x+1);\n"
                       " [] x>6 -> 3 : (x'=x-1);\nendmodule\nlabel \"up\" = x=9;\n",
    "stiff.prism": "ctmc\nmodule m\n x : [0..20];\n [] x<20 -> (mod(x,2)=0 ? 0.01 : 1e4) : (x'=x+1);\n"
                   " [] x>0 -> (mod(x,2)=0 ? 100 : 0.1) : (x'=x-1);\nendmodule\nlabel \"full\" = x=20;\n",
    "ends.prism": "dtmc\nmodule m\n x : [0..9];\n [] x<3 -> 0.3 : (x'=x+1) + 0.2 : (x'=4) + 0.5 : (x'=7);\n [] x=3 -> 1e-3 : (x'=0) + 0.999 : (x'=9);\n"
                  " [] x>=4 & x<7 -> (x'=(x=6 ? 4 : x+1));\n [] x=7 -> 0.5 : (x'=8) + 0.5 : true;\n [] x=8 -> (x'=7);\nendmodule\n"
                  "init x<2 endinit\nlabel \"cycle\" = x>=4 & x<7;\n",
    "ruin.prism": "ctmc\nmodule m\n x : [0..30] init 10;\n [] x>0 & x<30 -> 2 : (x'=x+1) + 3 : (x'=x-1);\nendmodule\nlabel \"won\" = x=30;\n",
    "many.prism": "dtmc\nmodule m\n x : [0..101];\n y : [0..101];\n [] x=0 -> (x'=1);\nendmodule\ninit true endinit\n",
    "several.prism": "ctmc\nmodule m\n x : [0..2];\n [] x=0 -> 1 : (x'=1) + 2 : (x'=2);\nendmodule\n",
    "unbounded.prism": "ctmc\nmodule m\n x : int;\n [] x<3 -> 1 : (x'=x+1);\n [] x>0 -> 1 : (x'=x-1);\nendmodule\n",
    "outside.prism": "ctmc\nmodule m\n x : [0..3];\n [] true -> 1 : (x'=x+1);\nendmodule\n",
    "cut.prism": "ctmc\nmodule m\n x : [0..3]\n",
    "zero.prism": "ctmc\nmodule m\n x : [0..2];\n [] x=0 -> 1 : (x'=1);\n [] x=1 -> y-1.0 : (x'=2) + 1 : (x'=0);\n [] x=2 -> 1 : (x'=0);\n"
                  "endmodule\nmodule n\n y : [1..1];\nendmodule\n",
    "chain.mtx": "%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 1\n",
}


def numbers(path):
    """The values of a .npy file of doubles."""
    content = path.read_bytes()
    assert content[:8] == b"\x93NUMPY\x01\x00", content[:8]
    begin = 10 + struct.unpack("<H", content[8:10])[0]
    values = array.array("d", content[begin:])
    assert f"({len(values)},)".encode() in content[:begin], content[:begin]
    return values


def solve_by_steady(folder, model, arguments):
    output, report = folder / "steady.npy", folder / "steady.json"
    subprocess.run([steady, "solve", model, *arguments, "--quiet", "--certify", "--output", output, "--json", report],
                   check=True, stdout=subprocess.DEVNULL)
    return numbers(output), json.loads(report.read_text())


def run(ranks, arguments, exit_code=0, program=steady_mpi):
    command = [mpirun, "-n", str(ranks), program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == exit_code, f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def is_near(measure, exact, bound):
    """Both values within what is proven of them."""
    if isinstance(exact["value"], bool):
        return measure["value"] == exact["value"]
    return abs(measure["value"] - exact["value"]) <= measure["bound"] + exact["bound"] + bound


def number(entry, key):
    """The value, or where no digit of it is proven, what it is at most."""
    return entry["upper"] if entry[key] is None else entry[key]


def require_same(folder, model, arguments=()):
    """The same counts, and position by position the same solution, within the proven bounds, on 1, 2 and 3 ranks."""
    exact, exact_report = solve_by_steady(folder, model, arguments)
    counts = [exact_report["model"][key] for key in ("states", "transitions", "constants", "kind")]
    for ranks in (1, 2, 3):
        output, report = folder / "pi.npy", folder / "r.json"
        done = run(ranks, ["solve", model, *arguments, "--output", output, "--json", report])
        result = json.loads(report.read_text())
        where = f"{model} {arguments} on {ranks} ranks"
        assert [result["model"][key] for key in ("states", "transitions", "constants", "kind")] == counts, where
        for key in ("bottom_components", "transient_states"):
            assert result["structure"][key] == exact_report["structure"][key], (where, key)
        assert result["solver"]["ranks"] == ranks and result["status"] == "solved", (where, result)
        bound = result["error_bound"]["total_variation"]
        assert bound < 1e-9, (where, bound)
        both = bound + exact_report["error_bound"]["total_variation"]
        solution = numbers(output)
        assert len(solution) == len(exact), where
        assert min(solution) >= 0, where
        apart = sum(abs(p - q) for p, q in zip(solution, exact)) / 2
        assert apart <= both + 1e-15, f"{where}: {apart} apart, and the bounds are {both}"
        known_ends = sorted(exact_report.get("ends", []), key=lambda end: end["first_state"])
        for end, known in zip(result.get("ends", []), known_ends, strict=True):
            assert (end["states"], end["first_state"]) == (known["states"], known["first_state"]), where
            assert abs(number(end, "probability") - number(known, "probability")) <= both + 1e-14, (where, end, known)
        for measure, known in zip(result["measures"], exact_report["measures"], strict=True):
            assert measure["name"] == known["name"], where
            assert is_near(measure, known, 1e-14), (where, measure, known)
            assert measure["name"] in done.stdout, (where, done.stdout)
        for marginal, known in zip(result.get("marginals", []), exact_report.get("marginals", []), strict=True):
            assert marginal["variable"] == known["variable"], where
            assert abs(number(marginal, "mean") - number(known, "mean")) <= 100 * both + 1e-14, (where, marginal, known)
            for one, other in zip(marginal["distribution"], known["distribution"], strict=True):
                assert one["value"] == other["value"], where
                assert abs(number(one, "probability") - number(other, "probability")) <= both + 1e-14, (where, marginal, known)
        for likely, known in zip(result.get("top", []), exact_report.get("top", []), strict=True):
            assert (likely["state"], likely["values"]) == (known["state"], known["values"]), where
            assert abs(number(likely, "probability") - number(known, "probability")) <= both + 1e-14, (where, likely, known)
        require_valid(result, where)


def schema():
    """docs/distributed.schema.json with the parts of docs/result.schema.json that it refers to."""
    text = (ROOT / "docs" / "distributed.schema.json").read_text()
    own = json.loads(text.replace("result.schema.json#", "#"))
    parts = json.loads((ROOT / "docs" / "result.schema.json").read_text())["$defs"]
    return own | {"$defs": parts | own["$defs"]}


def require_valid(result, where):
    try:
        import jsonschema
    except ImportError:
        return
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema()).iter_errors(result))
    assert error is None, f"{where}: at {list(error.absolute_path)}: {error.message}"


def require_refused(arguments, message, ranks=2):
    """One message, once, and exit code 2."""
    done = run(ranks, arguments, exit_code=2)
    own = [line for line in done.stderr.splitlines() if line.startswith("steady_mpi: ")]
    assert len(own) == 1 and re.search(message, own[0]), f"{arguments}: {message}\n{done.stderr}"


def test_refusals(folder):
    pi = folder / "refused.npy"
    kanban = EXAMPLES / "kanban.prism"
    solve = lambda model, *rest: ["solve", folder / model if isinstance(model, str) else model, *rest, "--output", pi]
    require_refused(solve("many.prism"), "many.prism: the chain has more than 10,000 bottom components")
    require_refused(solve("unbounded.prism"), "unbounded.prism: the int 'x' has no range")
    require_refused(solve("outside.prism"), "outside.prism:4:", ranks=3)
    require_refused(solve("bare.prism", "--prop", "S=? [ mod(3,x+1)>0 ]"), "--prop:1:7: mod by 0 in state")  # of rank 0
    require_refused(solve("cut.prism"), "cut.prism:")
    require_refused(solve("zero.prism"), "zero.prism: some rates are 0")
    require_refused(solve("gone.prism"), "gone.prism")
    require_refused(solve("chain.mtx"), "chain.mtx: steady_mpi reads models in the PRISM language alone")
    require_refused(solve(kanban), "constant")
    require_refused(solve(kanban, "--const", "t=1:3"), "takes no ranges")
    require_refused(solve(kanban, "--const", "t=1", "--method", "gth"), "steady_mpi solve has no --method")
    require_refused(solve(kanban, "--const", "t=1", "--prop", "T=? [ F w1=1 ]"), "--prop:1:1: .*until a target")
    require_refused(solve(kanban, "--const", "t=1", "--prop", "filter(max, S=? [ true ])"), "filter")
    require_refused(["solve", kanban, "--const", "t=1", "--output", folder / "pi.txt"], "of steady_mpi these are .npy files")
    require_refused(["solve", kanban, "--const", "t=1", "--output", folder / "gone" / "pi.npy"], "gone")
    require_refused(["verify"], "unknown command verify")
    assert not pi.exists()


def test_properties(folder):
    """As steady answers them, and decided by the proof."""
    questions = ["--prop", "S=? [ up ]", "--prop", 'R{"r"}=? [ S ] / S=? [ up ]', "--prop", "S>=0.5 [ up ]", "--prop", "S<0.1 [ up ]"]
    model = folder / "asked.prism"
    model.write_text("ctmc\nmodule m\n up : bool init true;\n n : [0..3];\n [] up -> 1/3 : (up'=false);\n [] !up -> 2/3 : (up'=true);\n"
                     " [] n<3 -> 1 : (n'=n+1);\n [] n>0 -> 2 : (n'=n-1);\nendmodule\nrewards \"r\" up : n; endrewards\n")
    require_same(folder, model, questions)


def test_ends(folder):
    """Budgets: time, iterations, memory; an error that is not reached."""
    kanban, report, pi = EXAMPLES / "kanban.prism", folder / "ends.json", folder / "ends.npy"
    status = lambda: json.loads(report.read_text())["status"]
    solve = ["solve", kanban, "--const", "t=2", "--json", report, "--output", pi]
    run(2, [*solve, "--time-limit", "1e-9"], exit_code=1)
    assert status().startswith("not solved: the time limit was reached") and not pi.exists(), status()
    run(2, [*solve, "--memory-limit", "0.0001"], exit_code=3)
    assert status().startswith("not solved: ") and "limit on memory" in status() and not pi.exists(), status()
    run(2, [*solve, "--max-iterations", "2"], exit_code=1)
    assert status() == "not converged" and len(numbers(pi)) == 4600
    run(2, [*solve, "--error", "1e-30"], exit_code=1)
    assert status() == "not proven"
    run(2, [*solve, "--no-certify"])
    assert status() == "solved" and json.loads(report.read_text())["error_bound"] is None


def test_checkpoint(folder):
    """A solve that is cut short goes on, on another number of ranks, and with any file of a distribution."""
    kanban, report, kept, pi = EXAMPLES / "kanban.prism", folder / "c.json", folder / "kept.npy", folder / "c.npy"
    solve = ["solve", kanban, "--const", "t=2", "--json", report, "--output", pi]
    iterations = lambda: sum(one["iterations"] for one in json.loads(report.read_text())["solver"]["tried"])
    run(3, [*solve, "--no-certify"])
    whole = iterations()
    run(3, [*solve, "--max-iterations", str(whole // 2), "--checkpoint", kept], exit_code=1)
    assert numbers(kept) == numbers(pi)
    run(2, [*solve, "--no-certify", "--resume", kept, "--checkpoint", kept])
    assert iterations() < whole, (iterations(), whole)
    assert numbers(kept) == numbers(pi)
    run(1, [*solve, "--no-certify", "--guess", kept])
    assert iterations() <= 1, iterations()
    require_refused(["solve", kanban, "--const", "t=1", "--resume", kept], "kept.npy: not a .npy file of 160 numbers")
    kept.write_bytes(kept.read_bytes()[:-8])  # of the last rank
    require_refused([*solve, "--resume", kept], "kept.npy: it ends before its last number")
    require_refused([*solve, "--resume", folder / "gone.npy"], "gone.npy: No such file")


def children_of(process):
    """Pids of the ranks that mpirun has started."""
    pids = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == process and os.path.basename(os.readlink(entry / "exe")) == os.path.basename(steady_mpi):
                pids.append(int(entry.name))
        except OSError:
            continue
    return pids


def test_killed_rank(folder):
    """Neither file nor success where a rank is killed."""
    pi = folder / "killed.npy"
    command = [mpirun, "-n", "2", steady_mpi, "solve", EXAMPLES / "kanban.prism", "--const", "t=4", "--output", pi]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    while len(ranks := children_of(process.pid)) < 2 and process.poll() is None:
        time.sleep(0.01)
    os.kill(ranks[-1], signal.SIGKILL)
    assert process.wait() != 0
    assert not pi.exists()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for model, text in MODELS.items():
            (folder / model).write_text(text)
        require_same(folder, EXAMPLES / "kanban.prism", ["--const", "t=2"])
        require_same(folder, EXAMPLES / "kanban.prism", ["--const", "t=3"])
        require_same(folder, EXAMPLES / "fms.prism", ["--const", "n=3"])
        require_same(folder, EXAMPLES / "kanban.prism", ["--const", "t=1", "--marginals", "--top", "3"])
        for model in ("one", "bare", "periodic", "reducible", "stiff", "several", "ends", "ruin"):
            require_same(folder, folder / f"{model}.prism")
        for ranks in (1, 2, 3):
            run(ranks, [EXAMPLES / "kanban.prism"], program=proof_tests)
        test_properties(folder)
        test_refusals(folder)
        test_ends(folder)
        test_checkpoint(folder)
        test_killed_rank(folder)
