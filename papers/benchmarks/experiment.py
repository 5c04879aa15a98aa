"""Certified values of the standard CTMC benchmarks' steady-state measures, at sizes that are solved in seconds."""
from paper import Program

MODELS = (
    [("fms", f"n={n}", "productivity") for n in range(1, 8)] + [("kanban", f"t={t}", "throughput") for t in range(1, 6)] +
    [("polling", f"N={n}", "s1_waits") for n in (3, 5, 10, 13, 15)] + [("tandem", f"c={c}", "customers") for c in (15, 255)] +
    [("cluster", f"N={n}", "premium") for n in (4, 16, 64, 128)])


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for family, constant, measure in MODELS:
        if family == "polling":
            report = program.solve(program.generate(family, constant), "--error", "1e-9")
        else:
            report = program.solve(f"{family}.prism", "--const", constant, "--error", "1e-9")
        found = next(m for m in report["measures"] if m["name"] == measure)
        bound = f"{found['bound']:.1e}" if found["bound"] is not None else "nothing proven"
        rows.append((f"{family} {constant}, {report['model']['states']:,} states, {measure}", "",
                     f"{found['value']:.15g} +- {bound}  ({report['seconds']['total']:.1f} s)"))
    return rows
