"""bench/gpu-check and the page that bench/gpu-report makes: gpu_report_test.py

No GPU is needed: the programs are stand-ins, and every figure of theirs is made up for this test."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent.parent / "bench"

# Each writes its JSON to the file after --json or --benchmark_out=.
STAND_INS = {
    "steady": """
if [ "$1" = devices ]; then echo "cuda   Stand-in, 1.0 GiB, compute capability 9.0, 0.9 GiB free"; exit; fi
while [ "$1" != --json ]; do shift; done
echo '{"seconds": {"solve": 0.25}, "solver": {"residual": 3e-11, "converged": true}}' >"$2"
""",
    "steady_cuda_tests": 'echo "All tests passed (7 assertions in 3 test cases)"',
    "compute-sanitizer": """
echo "========= ERROR SUMMARY: 0 errors"
[ "$2" = memcheck ] || exit 9
""",
    "steady_bench": """
for word; do case $word in --benchmark_out=*) out=${word#*=} ;; esac; done
cat >"$out" <<'END'
{
  "benchmarks": [
    {
      "name": "fms/8/multiply/mask-warp/cuda/real_time", "real_time": 20, "time_unit": "ns"
    },
    {
      "name": "fms/8/multiply/sell-thread/cuda/real_time", "real_time": 30, "time_unit": "ns"
    },
    {
      "name": "fms/8/multiply/cusparse-sell/cuda/real_time", "real_time": 50, "time_unit": "ns"
    },
    {
      "name": "fms/8/multiply/csr-rows/threads:2/real_time", "real_time": 1, "time_unit": "ns"
    }
END
[ -z "$HANG" ] || sleep 100
echo "  ]}" >>"$out"
""",
    "steady_record": """
solved=true
[ "$1" != polling ] || solved=false
while [ "$1" != --json ]; do shift; done
echo '{"states": 1234567, "solved": '$solved', "stop": "time limit", "seconds": {"solve": 100}, "residual_by_rules": 9e-11,
       "bytes_per_second": 3e12}' >"$2"
[ $solved = true ]
""",
    "nvidia-smi": "exit 0",
}


def check(folder: pathlib.Path, *arguments: str, **environment: str) -> tuple[int, dict[str, list[str]], str]:
    """The exit code, the page's rows by their first cell, and the page."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name in "gpu-check", "gpu-report":
        shutil.copy(BENCH / name, programs)
    for name, body in STAND_INS.items():
        (programs / name).write_text("#!/bin/sh\n" + body)
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run([programs / "gpu-check", folder / "out", *arguments], capture_output=True, text=True,
                          env={**os.environ, "HANG": "", "PATH": path, **environment})
    report = folder / "out" / "report.md"
    page = report.read_text() if report.exists() else ""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    return done.returncode, {row[0]: row[1:] for row in rows}, page


def check_whole_run(folder: pathlib.Path) -> None:
    code, rows, page = check(folder)
    assert code == 1, page  # racecheck, and a record
    assert "Stand-in, 1.0 GiB" in page
    assert rows["tests"][0] == "pass" and rows["tests"][2] == "All tests passed (7 assertions in 3 test cases)", page
    assert rows["memcheck"][0] == "pass" and rows["racecheck"][0] == "FAIL: exit code 9", page
    assert rows["solve-cuda"][0] == rows["solve-cpu"][0] == "pass", page
    assert rows["solve-cuda"][2] == "0.25 s, residual 3e-11", page
    assert rows["kernels"][0] == "pass" and rows["kernels"][2] == "no slower than cuSPARSE on 1 of 1 products", page
    assert rows["fms 8, multiply"] == ["20 ns", "mask-warp", "50 ns", "cusparse-sell", "2.50"], page
    assert rows["record-kanban-10"][0] == "pass", page
    assert "1,234,567 states, solved, 100 s" in rows["record-kanban-10"][2], page
    assert rows["record-polling-25"][0] == "FAIL: exit code 1" and "not solved: time limit" in rows["record-polling-25"][2]
    assert len(page.splitlines()) < 60


def check_that_time_ends(folder: pathlib.Path) -> None:
    code, rows, page = check(folder, "15", HANG="yes")
    assert code == 1 and rows["tests"][0] == "pass", page
    assert rows["kernels"][0] == "cut: its time ended" and rows["kernels"][2].endswith("1 of 1 products"), page
    for name in "kanban-10", "polling-25", "kanban-11":
        assert rows[f"record-{name}"] == ["not run: no time left", "0", ""], page


def check_that_slower_kernels_fail(folder: pathlib.Path) -> None:
    STAND_INS["steady_bench"] = STAND_INS["steady_bench"].replace('"real_time": 50', '"real_time": 19')
    _, rows, page = check(folder)
    assert rows["kernels"][0] == "FAIL" and rows["kernels"][2] == "no slower than cuSPARSE on 0 of 1 products", page


def check_usage(folder: pathlib.Path) -> None:
    assert check(folder, "soon")[0] == 2
    STAND_INS["steady"] = 'echo "cuda   no CUDA device: no NVIDIA driver"'
    assert check(folder)[0] == 77


def main() -> int:
    for test in check_whole_run, check_that_time_ends, check_that_slower_kernels_fail, check_usage:
        with tempfile.TemporaryDirectory() as folder:
            test(pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
