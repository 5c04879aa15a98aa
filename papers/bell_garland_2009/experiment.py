"""Products with every storage on one chain, by the benchmark program; 2 flops a transition."""
import json
import subprocess

from paper import Program


def run(program: Program) -> list[tuple[str, str, str]]:
    bench = program.steady.parent / "steady_bench"
    if not bench.exists():
        return [("every storage", "10 to 16 GFLOP/s (GPU of 2009)", "steady_bench is not built")]
    path = program.scratch / "kernels.json"
    where = "/cuda" if program.has_gpu() else "/threads:"
    subprocess.run([bench, f"--benchmark_filter=kanban/4/multiply/.*{where}", f"--benchmark_out={path}",
                    "--benchmark_out_format=json", "--benchmark_min_time=0.1"], check=True, capture_output=True)
    rows = []
    for found in json.loads(path.read_text(encoding="utf-8"))["benchmarks"]:
        said = found.get("error_message") or f"{2e-9 * found['transitions']:.1f} GFLOP/s, {found['B/state']:.0f} bytes a state"
        rows.append((found["name"].removesuffix("/real_time"), "10 to 16 GFLOP/s (GPU of 2009)", said))
    return rows
