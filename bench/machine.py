"""What a result must carry: machine, processor, GPU, compiler, commit, how threads were placed."""
from __future__ import annotations

import datetime
import os
import platform
import subprocess


def first_line(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


def processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def describe(steady: str, seed: int) -> dict:
    """`steady`: the program that is measured; its own words say what it was built from."""
    version = subprocess.run([steady, "--version"], capture_output=True, text=True).stdout.strip().splitlines()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": processor(),
        "cores": os.cpu_count(),
        "cores_allowed": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[0],
        "system": platform.platform(),
        "gpu": first_line(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]),
        "steady": version,
        "threads": {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES")},
        "seed": seed,
    }
