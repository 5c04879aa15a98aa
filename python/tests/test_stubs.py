"""The stubs of the extension module name what it has."""

import ast
import pathlib

import steady
from steady import _core


def test_names():
    stub = ast.parse((pathlib.Path(steady.__file__).parent / "_core.pyi").read_text())
    named = {}
    for node in stub.body:
        if isinstance(node, ast.ClassDef):
            named[node.name] = {n.name if isinstance(n, ast.FunctionDef) else n.target.id for n in node.body
                                if isinstance(n, (ast.FunctionDef, ast.AnnAssign))}
        elif isinstance(node, ast.FunctionDef):
            named[node.name] = set()
        elif isinstance(node, ast.AnnAssign):
            named[node.target.id] = set()
    public = {name for name in dir(_core) if not name.startswith("_")} | {"__version__"}
    assert set(named) == public
    for name, members in named.items():
        if isinstance(getattr(_core, name), type) and members:
            assert members == {m for m in dir(getattr(_core, name)) if not m.startswith("_")}, name


def test_everything_public_is_documented():
    for name in steady.__all__:
        one = getattr(steady, name)
        if name != "__version__":
            assert one.__doc__, name


def test_the_version_is_the_projects():
    project = pathlib.Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert f'version = "{steady.__version__}"' in project.read_text()
