"""Real outputs of the program against docs/result.schema.json: result_schema_test.py PROGRAM"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
EXAMPLES, CASES = ROOT / "examples", ROOT / "tests" / "cases"
program = sys.argv[1]
seen = set()  # keys of all outputs

MODELS = {
    "two.prism": "ctmc\nmodule m\n up : bool init true;\n [] up -> 1/3 : (up'=false);\n [] !up -> 1/3 : (up'=true);\nendmodule\n",
    # Ends in 1, or in 2 and 3; where `stop` is true 4 has no way on.
    "ends.prism": "ctmc\nconst bool stop;\nmodule m\n s : [0..4];\n [] s=0 -> 1 : (s'=1) + 2 : (s'=2) + (stop ? 1 : 0) : (s'=4);\n"
                  " [] s=1 -> 1 : (s'=1);\n [] s=2 -> 5 : (s'=3);\n [] s=3 -> 1 : (s'=2);\nendmodule\n"
                  "rewards \"r\" s=3 : 2; endrewards\n",
    "bare.prism": "dtmc\nmodule m\n x : [0..2];\n [] x<2 -> (x'=x+1);\n [] x=2 -> (x'=0);\nendmodule\n",
    "endless.prism": "ctmc\nmodule m\n x : int;\n [] true -> 1 : (x'=x+1);\n [] x>0 -> 2 : (x'=x-1);\nendmodule\nlabel \"empty\" = x=0;\n",
    "queue.prism": "ctmc\nconst double lambda = 1;\nmodule m\n n : [0..60];\n [] n<60 -> lambda : (n'=n+1);\n [] n>0 -> 2 : (n'=n-1);\nendmodule\n",
    "one.mtx": "%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 1\n",
}


def part(name):
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


NAMED = ("constants", "values", "rates_within", "largest")  # whose keys are the model's own names
WHOLE = jsonschema.Draft202012Validator(SCHEMA)


def require_valid(document, name, what):
    for validator in (part(name), WHOLE):
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        assert error is None, f"{what}: at {list(error.absolute_path)}: {error.message}"


def keys(document):
    if isinstance(document, dict):
        for key, value in document.items():
            seen.add(key)
            if key not in NAMED or not isinstance(value, dict):
                keys(value)
    elif isinstance(document, list):
        for value in document:
            keys(value)


def run(arguments, name, exit_code=0, json_option=True):
    command = [program, *map(str, arguments), "--quiet", *(["--json", "-"] if json_option else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == exit_code, f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    if not json_option:
        return None
    document = json.loads(done.stdout)
    require_valid(document, name, command)
    keys(document)
    return document


def changes(document, place=""):
    """Every way to add an unknown key to an object of the document, or to replace a value by one of a wrong type."""
    if isinstance(document, dict):
        if place not in NAMED:
            yield lambda d: d.update(unknown=1), document
        for key, value in document.items():
            yield lambda d, key=key: d.update({key: [[]]}), document
            yield from changes(value, key)
    elif isinstance(document, list):
        for k, value in enumerate(document):
            yield lambda d, k=k: d.__setitem__(k, [[]]), document
            yield from changes(value)


def require_refused(document, name):
    document = copy.deepcopy(document)
    validator = part(name)
    count = 0
    for change, inside in list(changes(document)):
        before = copy.copy(inside)
        change(inside)
        assert not validator.is_valid(document), f"{name}: this should be refused: {inside}"
        inside.clear()
        inside.update(before) if isinstance(inside, dict) else inside.extend(before)
        count += 1
    assert count > 5 and validator.is_valid(document)


def check_solve(folder):
    ends = [folder / "ends.prism", "--const", "stop=false"]
    kanban, fms = EXAMPLES / "kanban.prism", EXAMPLES / "fms.prism"
    solved = run(["solve", kanban, "--const", "t=1", "--top", 2, "--marginals"], "solution")
    assert solved["status"] == "solved" and solved["error_bound"] and solved["marginals"] and len(solved["top"]) == 2
    require_refused(solved, "solution")
    run(["solve", kanban, "--const", "t=1", "--no-certify", "--method", "power"], "solution")
    assert run(["solve", fms, "--const", "n=2", "--rates", "interval"], "solution")["error_bound"]["rates"] == "interval"
    within = run(["solve", kanban, "--const", "t=1", "--rates-within", 1e-4], "solution")["error_bound"]
    assert (within["rates"], within["rates_within"]) == ("double", 1e-4)
    within = run(["solve", folder / "queue.prism", "--rates-within", "lambda=0.1"], "solution")["error_bound"]
    assert (within["rates"], within["rates_within"]) == ("interval", {"lambda": 0.1})
    cut = run(["solve", fms, "--const", "n=2", "--method", "power", "--max-iterations", 1], "solution", 1)
    assert cut["status"] == "not converged" and cut["proof"] is None
    assert run(["solve", fms, "--const", "n=3", "--error", 1e-300, "--time-limit", 2], "solution", 1)["status"] == "not proven"
    unknown = run(["solve", CASES / "gth_underflow_two_wells.prism", "--method", "bicgstab", "--no-certify"], "solution", 1)
    assert unknown["status"] == "not known" and unknown["solver"]["aggregate_error"] > 0
    value = run(["solve", kanban, "--const", "t=1", "--prop", "S=? [ w1>0 ]"], "solution")["measures"][0]["value"]
    asked = ["--prop", f"S>={value!r} [ w1>0 ]", "--prop", "S<1 [ w1>0 ] & S>0 [ w1>0 ]", "--prop", "S<1 [ w1>0 ]"]
    compared = [m.get("status", m["value"]) for m in run(["solve", kanban, "--const", "t=1", *asked], "solution")["measures"]]
    assert compared == ["undecided", True, True], compared
    rare = run(["solve", folder / "queue.prism", "--accuracy", "absolute", "--method", "bicgstab", "--top", 61, "--marginals",
                "--prop", "S=? [ n=60 ]", "--prop", "S<1e-10 [ n=60 ]"], "solution")
    assert rare["measures"][0]["status"] == "below" and rare["measures"][1]["long_run_average"] is None
    assert rare["top"][60]["probability"] is None and rare["top"][60]["upper"] > 0
    assert rare["relative"] is None
    require_refused(rare, "solution")
    asked = [word for f in ("range", "print") for word in ("--prop", f"filter({f}, S=? [ n=60 ], n<3)")]
    rare = run(["solve", folder / "queue.prism", "--accuracy", "absolute", "--method", "bicgstab", *asked], "solution")["measures"]
    assert rare[0]["values"] == [None, None] and rare[0]["bounds"][1][1] < 1e-9
    assert all(state["value"] is None and state["upper"] < 1e-9 for state in rare[1]["values"])
    rare = run(["solve", folder / "queue.prism", "--method", "bicgstab", "--prop", "S=? [ n=60 ]"], "solution")
    assert rare["relative"]["automatic"] and rare["relative"]["proven"] and rare["measures"][0]["bound_relative"] < 1e-10
    require_refused(rare, "solution")
    sensitive = run(["solve", folder / "queue.prism", "--sensitivity", "lambda", "--prop", "S=? [ n=0 ]"], "solution")
    assert abs(sensitive["measures"][0]["sensitivities"][0]["derivative"] + 0.5) < 1e-12
    require_refused(sensitive, "solution")
    asked = ["--sensitivity", "lambda", "--rates", "interval", "--prop", "S=? [ n=0 ]"]
    assert run(["solve", folder / "queue.prism", *asked], "solution")["measures"][0]["sensitivities"][0]["derivative"] is None
    asked = [word for p in ("T=? [ F s=1 ]", "T>5 [ F s=1 ]", "filter(range, T=? [ F s=1 ])") for word in ("--prop", p)]
    infinite = run(["solve", *ends, *asked], "solution")["measures"]
    assert [m["value"] for m in infinite] == [None, True, None] and infinite[0]["status"] == "infinite"
    boolean = run(["solve", folder / "two.prism"], "solution")
    assert boolean["top"][0]["values"]["up"] in (True, False) and boolean["marginals"]
    asked = [f"filter({f}, S=? [ s=3 ], s<3)" for f in ("range", "print", "min", "avg")] + ["filter(forall, S>0.1 [ s>1 ])", "S>0.1 [ s=1 ]"]
    several = run(["solve", *ends, *(word for p in asked for word in ("--prop", p))], "solution")
    assert [m.get("status") for m in several["measures"]][:3] == ["range", "print", None]
    assert len(several["ends"]) == 2 and several["solver"]["transient"] and several["measures"][1]["values"]
    require_refused(several, "solution")
    assert run(["solve", folder / "ends.prism", "--const", "stop=true"], "solution")["notes"]
    machine = run(["solve", EXAMPLES / "machine.csv", "--top", 1, "--prop", "filter(print, S=? [ \"new\" ])"], "solution")
    assert machine["top"][0]["name"] == machine["measures"][0]["values"][0]["name"] == "new"
    endless = ["solve", folder / "endless.prism", "--truncate", 1e-9]
    unproven = run([*endless, "--no-certify"], "solution")
    assert unproven["truncation"]["total_variation"] is None and unproven["measures"][0]["reason"]
    assert run(endless, "solution")["truncation"]["drift"]
    truncated = run([*endless, "--drift", "x"], "solution")
    assert truncated["truncation"]["proven"] and truncated["truncation"]["largest"]["x"] > 30
    require_refused(truncated, "solution")
    assert run([*endless, "--drift", "1"], "solution")["truncation"]["proof_reason"]
    assert run(["solve", folder / "bare.prism"], "solution")["structure"]["period"] == 3
    assert run(["solve", folder / "one.mtx"], "solution")["solver"]["method"] == "none"
    for method in ("gmres", "jacobi", "gauss-seidel", "multilevel", "gth", "idr"):
        run(["solve", fms, "--const", "n=2", "--method", method], "solution")


def check_unsolved():
    fms = [EXAMPLES / "fms.prism", "--const"]
    late = run(["solve", *fms, "n=9", "--time-limit", 0.01], "unsolved", 1)
    assert "time limit" in late["status"] and late["model"]["settings"] == "n=9"
    require_refused(late, "unsolved")
    assert "memory" in run(["solve", *fms, "n=9", "--memory-limit", 0.05], "unsolved", 3)["status"]
    several = run(["solve", *fms, "n=1:8:9", "--memory-limit", 0.05], "experiments", 3)
    assert [one["status"].partition(":")[0] for one in several] == ["solved", "not solved"]
    require_refused(several, "experiments")


def check_others(folder):
    info = run(["info", EXAMPLES / "polling.prism"], "info")
    require_refused(info, "info")
    n = 100_000  # as many distinct rates, which lie far from each other: packed cannot hold it
    jumps = "".join(f"{i + 1} {(i * 7919 + 1) % n + 1} {i + 1}\n" for i in range(n))
    (folder / "wide.mtx").write_text(f"%%MatrixMarket matrix coordinate real general\n{n} {n} {n}\n{jumps}", encoding="utf-8")
    storages = run(["info", folder / "wide.mtx", "--kind", "ctmc"], "info")["storages"]
    assert {(s["fits"], s["bytes"] is None, s["reason"] is None) for s in storages} == {(True, False, True), (False, True, False)}
    model = [EXAMPLES / "kanban.prism", "--const", "t=1"]
    answer = folder / "answer.json"
    for more, exit_code in ((["--method", "power", "--max-iterations", 1], 1), ([], 0)):
        run(["solve", *model, "--output", answer, *more], "", exit_code, json_option=False)
        document = json.loads(answer.read_text(encoding="utf-8"))
        require_valid(document, "distribution", answer)
        assert document["converged"] == (exit_code == 0)
        keys(document)
        verdict = run(["verify", *model, answer], "verdict", exit_code)
        assert verdict["verdict"] == ("refuted" if exit_code else "proven"), verdict
    run(["solve", EXAMPLES / "machine.csv", "--output", folder / "machine.json"], "", 0, json_option=False)
    named = json.loads((folder / "machine.json").read_text(encoding="utf-8"))
    require_valid(named, "distribution", folder / "machine.json")
    keys(named)
    assert named["names"] == ["new", "worn", "broken", "in repair"]
    require_refused({**document, "distribution": document["distribution"][:2], "variables": document["variables"][:2]}, "distribution")
    require_refused(verdict, "verdict")
    late = run(["verify", EXAMPLES / "fms.prism", "--const", "n=9", answer, "--time-limit", 0.01], "verdict", 1)
    assert late["verdict"] == "not_proven" and late["residual"] is None and late["mass"] is None


def check_schema(node, place="$"):
    """Each object is closed, each key described; returns the keys."""
    names = set()
    if isinstance(node, list):
        for value in node:
            names |= check_schema(value, place)
    elif isinstance(node, dict):
        if "properties" in node and "additionalProperties" in node:
            assert node["additionalProperties"] is False, place
            assert set(node["required"]) <= set(node["properties"]), place
            for key, value in node["properties"].items():
                assert value.get("description", "").endswith("."), f"{place}.{key} has no sentence"
                names.add(key)
        for key, value in node.items():
            names |= check_schema(value, f"{place}.{key}")
    return names


jsonschema.Draft202012Validator.check_schema(SCHEMA)
with tempfile.TemporaryDirectory() as scratch:
    scratch = pathlib.Path(scratch)
    for file, text in MODELS.items():
        (scratch / file).write_text(text, encoding="utf-8")
    check_solve(scratch)
    check_unsolved()
    check_others(scratch)
described = check_schema(SCHEMA)
assert described == seen, f"never seen: {described - seen}; not described: {seen - described}"
