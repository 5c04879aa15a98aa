"""Every file that documents and comments name exists; docs/architecture.md draws the floors as tests/layers_test.py has them."""
import pathlib
import re
import sys

from layers_test import FLOORS

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = "formats|solver|python|tests|bench|docs|examples|papers|findings"

PATH = re.compile(rf"(?<![\w./-])(?:{FOLDERS}|\.ci)/[\w./{{}},*-]*")  # from the root
PUBLIC = re.compile(r"(?<![\w./-])steady/\w+\.hpp")
ALONE = re.compile(r"(?<![\w./*-])[A-Za-z]\w*\.(?:cpp|hpp|cu|cuh|py)\b")  # a source without its folder
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
PLACEHOLDER = re.compile(r"(?<![A-Z])NAME(?![A-Z])")  # formats/model/NAME.cpp: what a reader is to put there


def alternatives(path: str) -> list[str]:
    """a.{hpp,cpp} as a.hpp and a.cpp."""
    found = re.fullmatch(r"([^{]*)\{([^}]*)\}(.*)", path)
    return [found[1] + one + found[3] for one in found[2].split(",")] if found else [path]


def exists(path: str) -> bool:
    """Whether the file, the folder or at least one file of the pattern is there."""
    return all(any(ROOT.glob(one)) for one in alternatives(path))


def missing(document: pathlib.Path, text: str, sources: set[str]) -> list[str]:
    """What the text names that is not there; `sources`: names of all files of the tree."""
    named = [(name, exists(name)) for name in (match[0].rstrip(".,/-") for match in PATH.finditer(text))]
    named += [(match[0], any((ROOT / top / "include" / match[0]).exists() for top in ("formats", "solver")))
              for match in PUBLIC.finditer(text)]
    made = set(re.findall(r"> ([\w.]+)", text))  # by a command that the text gives
    named += [(match[0], match[0] in sources | made) for match in ALONE.finditer(text)]
    named += [(match[1], (document.parent / match[1]).exists())
              for match in LINK.finditer(text) if not match[1].startswith(("http://", "https://"))]
    return [name for name, there in named if not there and not PLACEHOLDER.search(name)]


def comments(source: pathlib.Path) -> str:
    """What stands behind // in each line."""
    return "\n".join(line.partition("//")[2] for line in source.read_text(encoding="utf-8").splitlines())


def check_itself(sources: set[str]) -> None:
    """Planted names that are not there are found, and names that are there are not."""
    wrong = ["solver/methods/nothing.hpp", "docs/gone", "steady/gone.hpp", "gone.cpp", "tests/*_gone.py",
             "formats/chain/csr.{cpp,gone}", "bench/gone.md"]
    text = "`{}`, {}. (`{}`) by {}; {}, {} and [a page](../{})".format(*wrong)
    assert missing(ROOT / "docs" / "x.md", text, sources) == [*(wrong[k] for k in (0, 1, 4, 5, 2, 3)), "../" + wrong[6]], (
        missing(ROOT / "docs" / "x.md", text, sources))
    right = ("tests/docs_test.py, docs_test.py and formats/chain/levels.{hpp,cpp}; `tests/*_test.py` <steady/chain.hpp> solver/. "
             "[cli](cli.md#exit-codes) [out](https://example.org/gone.md) formats/model/NAME.cpp build/release/steady")
    assert missing(ROOT / "docs" / "x.md", right, sources) == [], missing(ROOT / "docs" / "x.md", right, sources)


def check_floors() -> None:
    """The first code block of docs/architecture.md has each floor's folder, the highest first."""
    block = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("```")[1]
    drawn = re.findall(r"^ *(?:\| *)*((?:formats|solver)(?:/\w+)?)/? ", block, re.MULTILINE)
    listed = [folder for row in reversed(FLOORS) for folder, _, _ in row]
    assert drawn == listed, f"drawn {drawn}, listed {listed}"


if __name__ == "__main__":
    files = [file for top in FOLDERS.split("|") for file in sorted((ROOT / top).rglob("*")) if file.is_file()]
    names = {file.name for file in files}
    check_itself(names)
    check_floors()
    texts = {file: file.read_text(encoding="utf-8") for file in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *files]
             if file.suffix == ".md"}
    texts |= {file: comments(file) for file in files if file.suffix in (".hpp", ".cpp", ".cu", ".cuh")}
    faults = [f"{file.relative_to(ROOT)}: {name} does not exist"
              for file, text in texts.items() for name in missing(file, text, names)]
    print(*faults, sep="\n", end="\n" if faults else "")
    sys.exit(1 if faults else 0)
