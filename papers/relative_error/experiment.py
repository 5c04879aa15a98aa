"""What is proven of rare measures beside how far they are from closed forms, eliminations and known values of 4 digits."""
from fractions import Fraction
import math

from paper import HERE, Program

MODELS = HERE.parent / "tests" / "cases" / "rare"

# By elimination or sweeps in higher precision, to 4 digits.
KNOWN = {
    ("priority", ""): {"down3": 4.983e-5, "down5": 4.175e-8, "down8": 4.04e-13, "down14": 7.462e-26},
    ("multi", "NP=64,NM=64,NB=12"): {"crashed": 4.223e-6, "few": 4.764e-47, "few_and_crashed": 2.513e-50},
    ("raid", ""): {"degraded": 0.00032, "data_loss": 8.065e-12, "two_groups": 2.439e-23, "worst": 3.545e-74},
    ("raid", "L=7,NS=6"): {"degraded": 0.00032, "data_loss": 8.065e-12, "two_groups": 2.439e-23, "worst": 4.517e-105},
    ("cluster", "N=64"): {"below_premium": 1.074e-9, "below_minimum": 2.051e-12, "half_lost": 5.545e-187},
    ("tandem", "c=255"): {"second_half": 2.939e-39, "second_full": 1.367e-77, "first_full": 5.594e-154, "both_full": 1.678e-154},
}
ELIMINATED = [("multi", ""), ("cluster", "N=16"), ("tandem", ""), ("erlang", "")]


def solve(program: Program, model, constants: str, *options: str) -> dict:
    path = model if not isinstance(model, str) else MODELS / f"{model}.prism"
    return program.solve(path, *(("--const", constants) if constants else ()), *options)


def queue(places: int) -> dict[str, Fraction]:
    """The M/M/1/K queue at load 1/2."""
    p = [Fraction(1, 2 ** n) for n in range(places + 1)]
    return {"half": sum(p[places // 2:]) / sum(p), "full": p[places] / sum(p)}


def components(f: float) -> dict[str, Fraction]:
    """14 independent components, of which the k-th fails at the double f * (1 + k/4) and is repaired at 1."""
    down = [Fraction(1)]  # by how many are down
    for k in range(1, 15):
        rate = Fraction(f * (1 + k / 4))
        longer = [Fraction(0)] * (len(down) + 1)
        for n, p in enumerate(down):
            longer[n] += p / (1 + rate)
            longer[n + 1] += p * rate / (1 + rate)
        down = longer
    return {f"down{n}": sum(down[n:]) for n in (3, 5, 8, 14)}


def wells(program: Program, depth: float):
    """A walk on 90 x 50 states in a potential of two wells, and the probability of its right half and of its pass."""
    n, m = 90, 50

    def height(x, y):
        s, t = 2 * x / (n - 1) - 1, 2 * y / (m - 1) - 1
        return depth * ((1 - s * s) ** 2 + t * t - 1) - 0.3 * s

    rates = []
    for x in range(n):
        for y in range(m):
            for u, v in ((x + 1, y), (x, y + 1)):
                if u < n and v < m:
                    up = (height(u, v) - height(x, y)) / 2
                    rates += [f"{x * m + y} {u * m + v} {math.exp(-up)!r}", f"{u * m + v} {x * m + y} {math.exp(up)!r}"]
    path = program.scratch / f"wells-{depth}.tra"
    path.write_text(f"{n * m} {len(rates)}\n" + "\n".join(rates) + "\n", encoding="ascii")
    sets = {"right": {i for i in range(n * m) if i // m >= n // 2}, "pass": {i for i in range(n * m) if i // m == n // 2}}
    marks = "\n".join(f"{i}: " + " ".join(str(k + 1) for k, s in enumerate(sets.values()) if i in s) for i in sorted(sets["right"]))
    path.with_suffix(".lab").write_text(f'0="init" 1="right" 2="pass"\n0: 0\n{marks}\n', encoding="ascii")
    weight = [math.exp(-height(i // m, i % m)) for i in range(n * m)]
    return path, {name: math.fsum(weight[i] for i in s) / math.fsum(weight) for name, s in sets.items()}


def rows_of(name: str, report: dict, truth: dict, how: str) -> list[tuple[str, str, str]]:
    rows = []
    for measure in report["measures"]:
        if measure["value"] is None:
            rows.append((f"{name}: {measure['name']}", f"below {measure['upper']:.1g}", ""))
        elif measure["name"] in truth:
            value, exact = measure["value"], Fraction(truth[measure["name"]])
            off = abs(Fraction(value) - exact) / exact
            proven = f"within {measure['bound_relative']:.1e}" if measure["bound_relative"] is not None else "not proven"
            rows.append((f"{name}: {measure['name']} {value:.4g}", proven, f"off by {float(off):.1e} from {how}"))
    return rows


def run(program: Program) -> list[tuple[str, str, str]]:
    asked = ("--relative", "1e-9")
    rows = rows_of("mm1k", solve(program, "mm1k", "", *asked), queue(200), "the closed form")
    for f in (1e-3, 1e-6):
        rows += rows_of(f"kofn f={f}", solve(program, "kofn", f"f={f}", *asked), components(f), "the closed form")
    for model, constants in ELIMINATED:
        truth = solve(program, model, constants, "--method", "gth", "--no-certify")
        rows += rows_of(f"{model} {constants}", solve(program, model, constants, *asked),
                        {m["name"]: m["value"] for m in truth["measures"]}, "an elimination")
    for (model, constants), truth in KNOWN.items():
        rows += rows_of(f"{model} {constants}", solve(program, model, constants, *asked), truth, "4 digits")
    for depth in (10, 20, 30, 80):
        path, truth = wells(program, depth)
        report = program.solve(path, "--kind", "ctmc", "--accuracy", "relative")
        rows += rows_of(f"wells {depth}", report, truth, "the closed form")
        if not report["relative"]["proven"]:
            rows.append((f"wells {depth}", report["relative"]["reason"], ""))
    for within in ("1e-4", "1e-3"):
        report = solve(program, "raid", "", "--accuracy", "relative", "--rates-within", within)
        for measure in report["measures"]:
            rows.append((f"raid, rates within {within}: {measure['name']}", f"within {measure['bound_relative']:.1e}", ""))
    return rows
