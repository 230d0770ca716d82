"""Whatever changes something, or runs later, says what it promises."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, one_process, tree, where

pytestmark = one_process

LONGEST_FIRST_LINE = 110


def public_functions(path: Path) -> list[ast.FunctionDef]:
    """List the functions of a module that others may call."""
    return [n for n in tree(path).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def without_docstring(nodes: list, path: Path) -> list[str]:
    """Name those that say nothing or begin with a paragraph."""
    bad = []
    for node in nodes:
        first = (ast.get_docstring(node) or "").partition("\n")[0]
        if not first or len(first) > LONGEST_FIRST_LINE:
            bad.append(f"{where(path, node.lineno)} {node.name}")
    return bad


@pytest.mark.parametrize("kind", ["operations", "jobs", "handlers"])
def test_every_verb_has_a_docstring(kind: str) -> None:
    bad = []
    for path in files(".py", under=("app",)):
        if kind in {path.stem, path.parent.name}:
            bad += without_docstring(public_functions(path), path)
    assert bad == []


def test_every_event_has_a_docstring() -> None:
    bad = []
    for path in (ROOT / "app" / "events").glob("*.py"):
        bad += without_docstring([n for n in tree(path).body if isinstance(n, ast.ClassDef)], path)
    assert bad == []


def test_every_module_says_what_it_is_for() -> None:
    bad = [
        where(path)
        for path in files(".py", under=("app", "dashboards", "recommender"))
        if path != ROOT / "app" / "__init__.py" and tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert bad == []
