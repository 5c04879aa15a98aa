"""The GPU part against the headers and the runtime of other CUDA versions: each source is compiled with the nvcc that is
here and another version's headers, and every function of the runtime that it calls is looked up in that version's
library. The packages come from PyPI; nvcc's own parts are those of the nvcc here, as PyPI has no other whole one. Not in CI:
5 to 10 seconds of a processor for each of 36 compilations, minutes in all.

    tests/cuda_versions.py            12.4 and 12.9
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSIONS = {
    "12.4": ["nvidia-cuda-runtime-cu12==12.4.127", "nvidia-cusparse-cu12==12.3.1.170"],
    "12.9": ["nvidia-cuda-runtime-cu12==12.9.79", "nvidia-cusparse-cu12==12.5.10.65"],
}
FLAGS = ["-std=c++20", "-O1", "--fmad=false", "-gencode", "arch=compute_90,code=compute_90",
         "-I.", "-Iformats/include", "-Isolver/include"]


def fetch(packages: list[str], folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """The folder of headers, and the runtime's library."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, *packages], check=True)
    headers = folder / "include"
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                inside = name.partition("/include/")[2]
                if inside and not inside.startswith("crt/") and not name.endswith("/"):
                    (headers / inside).parent.mkdir(parents=True, exist_ok=True)
                    (headers / inside).write_bytes(archive.read(name))
                if "/libcudart.so." in name:
                    (folder / "libcudart.so").write_bytes(archive.read(name))
    return headers, folder / "libcudart.so"


def symbols(arguments: list[str]) -> set[str]:
    """Of the runtime's interface, without what nvcc's own code calls."""
    text = subprocess.run(["nm", *arguments], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"\b(cuda[A-Z]\w*)", text))


def faults_of(version: str, folder: pathlib.Path) -> list[str]:
    headers, runtime = fetch(VERSIONS[version], folder)
    has = symbols(["-D", "--defined-only", runtime])
    faults = []
    sources = sorted([*ROOT.glob("formats/*/*.cu"), *ROOT.glob("bench/record/*.cu")])
    for source in sources:
        compiled = folder / "x.o"
        found = subprocess.run(["nvcc", *FLAGS, f"-I{headers}", "-c", source, "-o", compiled], cwd=ROOT,
                               capture_output=True, text=True)
        if found.returncode != 0:
            faults.append(f"{source.name}: {found.stdout[:500]}{found.stderr[:500]}")
            continue
        faults += [f"{source.name}: no {name}" for name in sorted(symbols(["-u", compiled]) - has)]
    print(f"CUDA {version}: {len(sources)} sources, {len(faults)} faults", flush=True)
    return faults


def main() -> int:
    faults = []
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            faults += [f"CUDA {version}: {fault}" for fault in faults_of(version, pathlib.Path(folder))]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
