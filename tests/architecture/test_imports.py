"""What one of our modules imports from another is there: also inside functions, also in tests, which mypy does not read."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT, by_kind, files, nodes, one_process, tree, where

pytestmark = one_process

OURS = ("app", "dashboards", "recommender", "tests", "bench", "config", "run")
IMPORTS = (ast.Import, ast.ImportFrom)
OPENS_A_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def file_of(module: str) -> Path | None:
    """The file of a module of ours; a folder without `__init__.py` is a package, too."""
    place = ROOT.joinpath(*module.split("."))
    package, single = place / "__init__.py", place.with_suffix(".py")
    return package if package.is_file() else single if single.is_file() else place if place.is_dir() else None


def at_module_level(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs when the module is imported, up to the doors of its functions and classes."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, OPENS_A_SCOPE):
            yield from at_module_level(child)


def bound(parsed: ast.Module) -> set[str]:
    """The names that a module gives to whoever imports from it; `*` where it can give any."""
    names = {"__name__", "__file__", "__doc__", "__path__"}
    for node in at_module_level(parsed):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
    return names | {"*"} if "__getattr__" in names else names


@cache
def given(module: str) -> frozenset[str] | None:
    """The names of a module of ours; None where there is no such module."""
    path = file_of(module)
    return None if path is None else frozenset(bound(tree(path)) if path.is_file() else ())


def missing(imports: Iterable[ast.Import | ast.ImportFrom], package: str) -> list[tuple[int, str]]:
    """Line and name of everything that is imported from our modules and is not there."""
    found = []
    for node in imports:
        if isinstance(node, ast.Import):
            wanted = [(alias.name, None) for alias in node.names]
        else:
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            wanted = [(module, alias.name) for alias in node.names]
        for module, name in wanted:
            if module.split(".")[0] not in OURS:
                continue
            names = given(module)
            if names is None:
                found.append((node.lineno, module))
            elif name and not {name, "*"} & names and name != "*" and not file_of(f"{module}.{name}"):
                found.append((node.lineno, f"{module}.{name}"))
    return found


def imports_of(source: str) -> list[Any]:
    """The imports of a piece of Python."""
    found = by_kind(ast.parse(source))
    return [node for kind in IMPORTS for node in found.get(kind, ())]


def test_everything_that_is_imported_is_there() -> None:
    bad = [
        f"{where(path, line)}: {name}"
        for path in files(".py")
        for line, name in missing(nodes(path, *IMPORTS), ".".join(path.relative_to(ROOT).parent.parts))
    ]
    assert bad == [], "renamed or moved, and somebody still asks for the old name"


@pytest.mark.parametrize(
    "source",
    [
        "from tests.keeping import KeptRow",
        "def test() -> None:\n    from tests.keeping import KeptRow",
        "from tests.keepings import KeptRows",
        "import tests.keepings",
        "import app.core.no_such_thing as core",
        "from .source import no_such_thing",
        "from ..keeping import KeptRow",
        "from app.core import no_such_module",
    ],
)
def test_a_name_that_is_not_there_is_seen(source: str) -> None:
    assert len(missing(imports_of(source), "tests.architecture")) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from tests.keeping import KeptRows as Rows",
        "from tests import keeping",
        "from . import source",
        "from .source import ROOT, files",
        "import tests.keeping, os.no_such_thing",
        "from no_such_package import anything",
        "if True:\n    from app.core import money",
    ],
)
def test_a_name_that_is_there_is_left_alone(source: str) -> None:
    assert missing(imports_of(source), "tests.architecture") == []


def test_names_are_bound_in_many_ways() -> None:
    source = (
        "import os.path\nimport json as j\nfrom a import b as c\nd: int = 1\ne = f = 2\n(g, *h) = e\n"
        "try:\n    i = 1\nexcept E as k:\n    l = 2\nfor m in ():\n    n = (o := 3)\n"
        "def p():\n    hidden = 1\nclass q:\n    hidden = 2\nwith r as s:\n    t = 4\n"
    )
    assert bound(ast.parse(source)) >= set("cdefghiklmnopqst") | {"os", "j"}
    assert not bound(ast.parse(source)) & {"hidden", "json", "a", "b", "r"}
    assert "*" in bound(ast.parse("def __getattr__(name): ..."))
