"""Includes point downwards: each floor of formats/ and solver/ includes only itself and the floors before it. Nor does either
read numbers by what depends on the locale."""
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# From the ground up; floors in one row do not know each other. A folder, what it holds, and its public headers,
# <steady/NAME.hpp>, which lie in include/steady/. Folders in the folder of a floor belong to it, but for solver/ itself.
FLOORS = [
    [("formats/base", "sums, intervals, memory, threads, time: knows no chain", "error version")],
    [("formats/io", "files whole or not at all, compression, archives, scanning text", "")],
    [("formats/chain", "the chain, its matrix as csr, labels, rewards, measures, dependency levels",
      "csr chain measures states structure")],
    [("formats/vectors", "what a method may say of a vector, on the host and on a GPU", "")],
    [("formats/matrix", "storages of the matrix, and kernels that multiply and sweep", "")],
    [("formats/model", "model files to chains and back, the PRISM language and its properties", "model properties"),
     ("formats/solution", "files of a distribution", "solution_file")],
    [("solver/structure", "components, period, irreducible chains, direction of sweeps; what a user may choose", "options")],
    [("solver/elimination", "elimination without subtractions, dense and sparse, and what it would cost", "")],
    [("solver/multilevel", "aggregates, aggregated chains, cycles", "")],
    [("solver/preconditioners", "one a file", "")],
    [("solver/methods", "one a file, and when they stop", "iteration")],
    [("solver", "which methods run and in which order; weights of bottom components; the residual that is reported",
      "checkpoint solve starting_states")],
    [("solver/certify", "finds what proves an error bound, and checks it", "certify first_passage sensitivity")],
    [("solver/truncation", "models without a largest state, kept where the probability is", "truncate")],
    [("solver/answer", "solve, proof and measures in their order, and the report of it", "answer steady")],
    [("solver/c", "the library for C", "steady.h")],
    [("solver/cli", "the program: options in, report out, nothing numerical", "")],
    [("solver/distributed", "the program for several processes, on PETSc and MPI: blocks of states, solve, proof, report", "")],
]

RANK = {folder: rank for rank, row in enumerate(FLOORS) for folder, _, _ in row}
FLOOR_OF_PUBLIC = {name if name.endswith(".h") else name + ".hpp": folder
                   for row in FLOORS for folder, _, names in row for name in names.split()}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]((?:formats|solver|steady)/[^>"]+|[^">]+(?="))')
# formats/base/decimal.hpp and formats/io/scanner.hpp read numbers the same everywhere.
LOCAL = re.compile(r"\b(strto(d|f|ld)|sto(d|f|ld)|atof|v?f?s?scanf|v?s?n?printf|setlocale)\s*\(")
SOURCES = {".cpp", ".hpp", ".h", ".cu", ".cuh"}


def floor_of(path: str) -> str | None:
    """Of a file, or of what an include names; None where it is on no floor."""
    parts = path.split("/")
    if parts[0] == "steady":
        return FLOOR_OF_PUBLIC.get(parts[1]) if len(parts) == 2 else None
    if parts[1:3] == ["include", "steady"]:
        floor = floor_of("/".join(parts[2:]))
        return floor if floor and floor.split("/")[0] == parts[0] else None
    folder = "/".join(parts[:-1][:2])
    return folder if folder in RANK else None


def faults_of(path: str, text: str) -> list[str]:
    """What is wrong with one file, a line each."""
    floor = floor_of(path)
    if floor is None:
        return [f"{path}: on no floor; tests/layers_test.py lists the floors and their public headers"]
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        if (call := LOCAL.search(line)) is not None:
            faults.append(f"{path}:{number}: {call[1]} depends on the locale")
        found = INCLUDE.match(line)
        if not found:
            continue
        other = floor_of(found[1])
        if other is None:
            faults.append(f"{path}:{number}: {found[1]} is on no floor")
        elif other != floor and RANK[other] >= RANK[floor]:
            faults.append(f"{path}:{number}: {floor} must not include {found[1]}, of {other}")
    return faults


def faults(root: pathlib.Path) -> list[str]:
    """Of all sources below formats/ and solver/."""
    files = sorted(f for top in ("formats", "solver") for f in (root / top).rglob("*") if f.suffix in SOURCES)
    assert files, f"no sources in {root}"
    return [fault for file in files
            for fault in faults_of(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))]


def check_itself() -> None:
    """Each planted fault is found, at its line, and nothing else."""
    planted = {
        "formats/base/sum.hpp": ("#include <vector>\n#include <steady/error.hpp>\n", None),
        "formats/matrix/csr.cpp": ('#include "formats/chain/levels.hpp"\n#include <steady/csr.hpp>\n', None),
        "formats/model/prism/a/deep.cpp": ('#include "formats/model/model.hpp"\n#include "formats/io/file.hpp"\n', None),
        "solver/solve.cpp": ('#include <steady/solve.hpp>\n#include "solver/methods/list.hpp"\n', None),
        "formats/chain/up.cpp": ('\n#include "formats/matrix/mask.hpp"\n', ":2: formats/chain must not include"),
        "formats/base/public.cpp": ("#include <steady/chain.hpp>\n", ":1: formats/base must not include steady/chain.hpp"),
        "formats/model/solver.hpp": ("#  include <steady/solve.hpp>\n", ":1: formats/model must not include"),
        "formats/solution/beside.cu": ('#include "formats/model/drn.hpp"\n', ":1: formats/solution must not include"),
        "solver/methods/above.cuh": ('#include "solver/residual.hpp"\n', ":1: solver/methods must not include"),
        "solver/proof.cpp": ('#include "solver/certify/checker.hpp"\n', ":1: solver must not include"),
        "solver/cli/near.cpp": ('#include "near.hpp"\n', ":1: near.hpp is on no floor"),
        "solver/cli/new.cpp": ("#include <steady/new.hpp>\n", ":1: steady/new.hpp is on no floor"),
        "formats/include/steady/solve.hpp": ("", ": on no floor"),
        "solver/include/steady/new.hpp": ("", ": on no floor"),
        "solver/attic/old.cpp": ("", ": on no floor"),
        "formats/loose.cpp": ("", ": on no floor"),
        "formats/io/comma.cpp": ("\ndouble x = std::strtod(text, nullptr);\n", ":2: strtod depends on the locale"),
        "formats/io/point.cpp": ("double x = parse_double(text).value(); // not strtod\n", None),
        "solver/cli/printed.cpp": ('std::snprintf(text, 9, "%g", x);\n', ":1: snprintf depends on the locale"),
    }
    with tempfile.TemporaryDirectory() as folder:
        for path, (text, _) in planted.items():
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        found = faults(pathlib.Path(folder))
    for path, (_, fault) in planted.items():
        of_file = [one for one in found if one.startswith(path + ":")]
        assert len(of_file) == (fault is not None), (path, of_file)
        assert fault is None or of_file[0].startswith(path + fault), of_file


def gone(root: pathlib.Path) -> list[str]:
    """Floors and public headers that are listed and not there."""
    headers = {name: root / folder.split("/")[0] / "include" / "steady" / name for name, folder in FLOOR_OF_PUBLIC.items()}
    return [f"{folder}: listed, and not there" for folder in RANK if not (root / folder).is_dir()] + [
        f"{path.relative_to(root)}: listed, and not there" for path in headers.values() if not path.exists()]


if __name__ == "__main__":
    check_itself()
    found = faults(ROOT) + gone(ROOT)
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)
