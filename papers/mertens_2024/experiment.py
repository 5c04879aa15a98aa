"""Time from the model file to a proven bound, rounding included."""
from paper import Program

MODELS = [("cluster.prism", "N=64", ""), ("cluster.prism", "N=128", "1144 s"), ("kanban.prism", "t=4", ""),
          ("kanban.prism", "t=5", "2551 s")]


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for model, constant, claimed in MODELS:
        report = program.solve(model, "--const", constant, "--error", "1e-10")
        bound = report.get("error_bound") if report else None
        said = f"total variation proven below {bound['total_variation']:.1e}" if bound else "not proven"
        rows.append((f"{model} {constant}", claimed, f"{said}, {report['seconds']['total']:.1f} s" if report else "refused"))
    return rows
