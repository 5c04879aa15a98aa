"""The Courtois chain by every method, beside the published distribution."""
from paper import Program

PUBLISHED = [0.089283, 0.092758, 0.040488, 0.158533, 0.118938, 0.120385, 0.277795, 0.101819]


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for method in ("gth", "gauss-seidel", "power", "jacobi", "gmres", "multilevel"):
        found = program.distribution("courtois.mtx", "--method", method, "--no-certify")
        worst = max(abs(a - b) for a, b in zip(found, PUBLISHED))
        rows.append((method, " ".join(f"{p:.6f}" for p in PUBLISHED),
                     " ".join(f"{p:.6f}" for p in found) + f"  (largest difference {worst:.1e})"))
    return rows
