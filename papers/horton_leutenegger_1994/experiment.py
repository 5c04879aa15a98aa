"""Two weakly coupled rings, whose truth is 2/3 and 1/3: error and work of multilevel and of Gauss-Seidel."""
from paper import Program, outcome

LIMITS = ("--time-limit", "20", "--no-certify", "--device", "cpu")


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for coupling in ("1e-3", "1e-6", "1e-9", "1e-12"):
        for method in ("multilevel", "gauss-seidel"):
            report = program.solve("rings.prism", "--const", f"n=1000,c={coupling}", "--method", method, *LIMITS)
            if not report:
                rows.append((f"coupling {coupling}, {method}", "", "refused"))
                continue
            error = abs(report["measures"][0]["value"] - 2 / 3)
            claimed = "right" if method == "multilevel" else "slow"
            rows.append((f"coupling {coupling}, {method}", claimed, f"error {error:.1e}, {outcome(report)}"))
    return rows
