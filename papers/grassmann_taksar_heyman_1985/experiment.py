"""Largest relative error of an entry on a queue with n places, against the closed form pi(i) ~ load^i."""
from paper import Program

MODEL = "ctmc\nmodule queue\n  s : [0..{n}] init 0;\n  [] s<{n} -> 1 : (s'=s+1);\n  [] s>0 -> 4 : (s'=s-1);\nendmodule\n"


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for n in (50, 330):
        path = program.scratch / f"queue-{n}.prism"
        path.write_text(MODEL.format(n=n), encoding="ascii")
        for method in ("gth", "auto", "gauss-seidel", "power"):
            found = program.distribution(path, "--method", method, "--no-certify")
            exact = [0.75 * 0.25 ** i / (1 - 0.25 ** (n + 1)) for i in range(n + 1)]
            worst = max(abs(p - q) / q for p, q in zip(found, exact))
            rows.append((f"{n + 1} states, least probability {exact[-1]:.0e}, {method}",
                         f"about {n * 2.2e-16:.0e}" if method == "gth" else "", f"{worst:.1e}"))
    return rows
