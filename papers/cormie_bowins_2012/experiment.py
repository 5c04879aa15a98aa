"""Jacobi, BiCGStab as in the paper, and BiCGStab preconditioned by a Gauss-Seidel sweep, to a residual of 1e-8."""
from paper import Program, outcome

LIMITS = ("--tolerance", "1e-8", "--time-limit", "20", "--no-certify", "--device", "cpu")
SETTINGS = [
    ("jacobi", "superior", ("--method", "jacobi")),
    ("bicgstab", "inferior", ("--method", "bicgstab", "--preconditioner", "none")),
    ("bicgstab + gauss-seidel", "(not in the paper)", ("--method", "bicgstab", "--preconditioner", "gauss-seidel")),
]


def run(program: Program) -> list[tuple[str, str, str]]:
    models = [("fms.prism", ("--const", "n=4")), ("kanban.prism", ("--const", "t=3")), ("tandem.prism", ("--const", "c=63")),
              (program.generate("polling", "N=10"), ())]
    return [(f"{getattr(model, 'name', model)} {' '.join(constants[1:])}, {name}", claimed,
             outcome(program.solve(model, *constants, *options, *LIMITS)))
            for model, constants in models for name, claimed, options in SETTINGS]
