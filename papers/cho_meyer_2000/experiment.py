"""Proven bound, true error and residual on rings of growing weakness of coupling (truth: 2/3 and 1/3, uniform within)."""
from paper import Program


def run(program: Program) -> list[tuple[str, str, str]]:
    rows, n = [], 20
    for coupling in ("1e-1", "1e-4", "1e-7", "1e-10"):
        constant = ("--const", f"n={n},c={coupling}")
        report = program.solve("rings.prism", *constant, "--certify")
        found = program.distribution("rings.prism", *constant)
        error = sum(abs(p - (2 if i < n else 1) / (3 * n)) for i, p in enumerate(found)) / 2
        bound = report.get("error_bound") if report else None
        rows.append((f"two rings, coupling {coupling}", "bound >= error",
                     f"bound {bound['total_variation']:.1e}, error {error:.1e}, residual {report['solver']['residual']:.1e}"
                     if bound else f"no bound, error {error:.1e}"))
    return rows
