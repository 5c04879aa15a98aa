"""Jacobi in CSR with one thread a row on a GPU, against one CPU thread; and default options on one CPU thread."""
from paper import Program, outcome

LIMITS = ("--tolerance", "1e-8", "--time-limit", "30", "--no-certify")
JACOBI = ("--method", "jacobi", "--storage", "csr")


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for model, constant in [("kanban.prism", "t=3"), ("fms.prism", "n=4")]:
        one = ("--const", constant, *LIMITS, "--threads", "1")
        cpu = program.solve(model, *one, *JACOBI, "--device", "cpu")
        rows.append((f"{model} {constant}, jacobi, CPU, 1 thread", "1", outcome(cpu)))
        if program.has_gpu():
            gpu = program.solve(model, *one, *JACOBI, "--device", "cuda", "--kernel", "csr-scalar")
            ratio = cpu["seconds"]["solve"] / gpu["seconds"]["solve"] if gpu else 0
            rows.append((f"{model} {constant}, jacobi, GPU", "up to 18 times faster", f"{ratio:.1f} times; {outcome(gpu)}"))
        else:
            rows.append((f"{model} {constant}, jacobi, GPU", "up to 18 times faster", "no GPU here"))
        rows.append((f"{model} {constant}, default options, CPU, 1 thread", "(not in the paper)",
                     outcome(program.solve(model, *one, "--device", "cpu"))))
    return rows
