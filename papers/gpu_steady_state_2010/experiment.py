"""Power, Jacobi and unpreconditioned GMRES in CSR and ELL, to a residual of 1e-8, beside what this project adds."""
from paper import Program, outcome

LIMITS = ("--tolerance", "1e-8", "--time-limit", "20", "--no-certify")
MODELS = [("fms.prism", "n=4"), ("kanban.prism", "t=3")]


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for device in ("cpu", "cuda") if program.has_gpu() else ("cpu",):
        for model, constant in MODELS:
            for storage in ("csr", "ell"):
                for method in ("power", "jacobi", "gmres"):
                    plain = ("--preconditioner", "none") if method == "gmres" else ()
                    report = program.solve(model, "--const", constant, "--method", method, "--storage", storage, "--device", device,
                                           *plain, *LIMITS)
                    rows.append((f"{model} {constant}, {method}, {storage}, {device}", "no figure at hand", outcome(report)))
            report = program.solve(model, "--const", constant, "--device", device, *LIMITS)
            rows.append((f"{model} {constant}, default options, {device}", "(not in the paper)", outcome(report)))
    return rows
