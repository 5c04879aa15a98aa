"""A Jacobi sweep of polling at growing N, carried on to N=25."""
from paper import Program

N = 25
STATES, TRANSITIONS = 3 * N * 2 ** (N - 1), N * 2 ** (N - 2) * (3 * N + 5)


def run(program: Program) -> list[tuple[str, str, str]]:
    rows, nanoseconds = [], 0.0
    for stations in (11, 13, 15):
        model = program.generate("polling", f"N={stations}")
        report = program.solve(model, "--method", "jacobi", "--max-iterations", "100", "--storage", "mask", "--no-certify")
        nanoseconds = 1e9 * report["seconds"]["solve"] / report["solver"]["matrix_passes"] / report["model"]["transitions"]
        rows.append((f"polling N={stations}: {report['model']['states']:,} states", "",
                     f"{nanoseconds:.2f} ns a transition and sweep"))
    rows.append((f"polling N={N}: {STATES:,} states, {TRANSITIONS:,} transitions", "solved on 24 nodes",
                 f"not run; at {nanoseconds:.2f} ns a sweep would take {nanoseconds * 1e-9 * TRANSITIONS:.0f} s, two vectors {16 * STATES / 2**30:.0f} GiB"))
    return rows
