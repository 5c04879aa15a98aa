"""Cycles of multilevel and sweeps of Gauss-Seidel on lattices and tandem networks of growing size."""
from paper import Program, outcome

LIMITS = ("--tolerance", "1e-10", "--time-limit", "30", "--no-certify", "--device", "cpu")


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for model, name, values in [("lattice.prism", "k", (32, 64, 128, 256)), ("tandem.prism", "c", (31, 63, 127, 255))]:
        for value in values:
            constant = ("--const", f"{name}={value}")
            rows.append((f"{model} {constant[1]}, multilevel", "nearly constant",
                         outcome(program.solve(model, *constant, "--method", "multilevel", *LIMITS))))
            rows.append((f"{model} {constant[1]}, gauss-seidel", "grows",
                         outcome(program.solve(model, *constant, "--method", "gauss-seidel", "--direction", "backward", *LIMITS))))
    return rows
