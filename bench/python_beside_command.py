"""steady.solve beside the command on the same matrix: processor time, and memory beside the matrix.

    build/python/bin/python bench/python_beside_command.py [--n 7] [--runs 5] [--program build/release/steady]

The generator of FMS with n pallets, in Python as a scipy.sparse.csr_array, for the command as the .npz file of it. Each
solve runs in a process of its own on one thread, the two in turns. Time: user and system seconds of the call, and of the
command whole. Memory: what the process has taken at most, of Python beyond what it held when the call began. Prints
every run, the medians and their quotients.
"""
from __future__ import annotations

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"


def seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def write_generator(n: int, path: str) -> None:
    import scipy.sparse as sp

    import steady

    sp.save_npz(path, sp.csr_matrix(steady.read(EXAMPLES / "fms.prism", constants={"n": n}).generator), compressed=False)


def resident() -> int:
    """Bytes that this process holds now."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def solve_in_python(path: str) -> dict:
    """One call of steady.solve, in this process."""
    import scipy.sparse as sp

    import steady

    generator = sp.csr_array(sp.load_npz(path))
    steady.solve([[0.0, 1.0], [1.0, 0.0]])  # what is loaded at the first call
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the most that it has taken begins anew
    held, begin = resident(), seconds(resource.RUSAGE_SELF)
    result = steady.solve(generator, threads=1)
    spent = seconds(resource.RUSAGE_SELF) - begin
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
    return {"seconds": spent, "memory": int(peak) * 1024 - held, "error": result.error}


def run_python(path: str) -> dict:
    done = subprocess.run([sys.executable, __file__, "--solve", path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def run_command(program: str, path: str) -> dict:
    """In a process of its own, of which alone the kernel then tells the most memory."""
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=2);"
            "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss)")
    command = [program, "solve", path, "--threads", "1", "--quiet"]
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    spent, kib = done.stdout.split()
    return {"seconds": float(spent), "memory": int(kib) * 1024}


def compare(n: int, runs: int, program: str) -> None:
    found: dict[str, list[dict]] = {"python": [], "command": []}
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/generator.npz"
        # In another process: the kernel counts the memory of this one to those that it starts.
        subprocess.run([sys.executable, __file__, "--write", str(n), path], check=True)
        for _ in range(runs):
            found["python"].append(run_python(path))
            found["command"].append(run_command(program, path))
            for who in found:
                print(who, json.dumps(found[who][-1]), file=sys.stderr)
    for what, unit in (("seconds", 1), ("memory", 1 << 20)):
        median = {who: statistics.median(run[what] for run in of) / unit for who, of in found.items()}
        name = {"seconds": "processor seconds", "memory": "MiB"}[what]
        print(f"{name}: steady.solve {median['python']:.4g}, the command {median['command']:.4g}, "
              f"quotient {median['python'] / median['command']:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=7, help="pallets of FMS")
    parser.add_argument("--runs", type=int, default=5, help="of each")
    parser.add_argument("--program", default="build/release/steady", help="the command")
    parser.add_argument("--solve", help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.solve:
        print(json.dumps(solve_in_python(arguments.solve)))
    elif arguments.write:
        write_generator(int(arguments.write[0]), arguments.write[1])
    else:
        compare(arguments.n, arguments.runs, arguments.program)
