"""GFLOP/s of 500 Jacobi sweeps in sliced ELL and in the storage that `auto` takes."""
from paper import Program


def run(program: Program) -> list[tuple[str, str, str]]:
    rows = []
    for device in ("cpu", "cuda") if program.has_gpu() else ("cpu",):
        for model, constant in [("kanban.prism", "t=4"), ("fms.prism", "n=5")]:
            for storage in ("sell", "auto"):
                report = program.solve(model, "--const", constant, "--method", "jacobi", "--storage", storage, "--device", device,
                                       "--max-iterations", "500", "--no-certify")
                sizes, solver = report["model"], report["solver"]
                flops = solver["matrix_passes"] * 2 * (sizes["transitions"] + sizes["states"])
                rows.append((f"{model} {constant}, {solver['storage']}, {device}", "14.2 GFLOP/s (GPU of 2013)",
                             f"{flops / report['seconds']['solve'] / 1e9:.1f} GFLOP/s"))
    return rows
