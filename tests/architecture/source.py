"""The repository's own files, parsed and walked once for all rules.

Rules that parse say `pytestmark = one_process`: two test processes would each parse everything.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.core import lean

one_process = pytest.mark.xdist_group("source")
ROOT = Path(__file__).resolve().parents[2]
CODE = ("app", "dashboards", "recommender", "tests", "bench", "migrations", "deploy")
# Made by tools or by the shop itself, never by a person.
NOT_OURS = {"__pycache__", "node_modules", "vendor", "versions", "results"}
HIDDEN = {
    ".venv",
    ".git",
    "var",
    "node_modules",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}


def files(*endings: str, under: tuple[str, ...] = CODE) -> list[Path]:
    """List our files with one of these endings, top-level Python files included."""
    found = [path for folder in under for path in (ROOT / folder).rglob("*") if path.suffix in endings]
    if ".py" in endings and under is CODE:
        found += ROOT.glob("*.py")
    return sorted(p for p in found if not NOT_OURS & set(p.relative_to(ROOT).parts) and p.is_file())


def everything() -> Iterator[Path]:
    """Walk over every file of the repository that is text and ours."""
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in HIDDEN or path.name in NOT_OURS or path.is_symlink():
                continue
            if path.is_dir():
                pending.append(path)
            elif path.stat().st_size < 2_000_000:
                yield path


@cache
def text(path: Path) -> str:
    """Read a file as text."""
    return path.read_text(encoding="utf-8", errors="replace")


@cache
def tree(path: Path) -> ast.Module:
    """Parse a Python file."""
    with lean.nothing_collected():
        return ast.parse(text(path))


def by_kind(parsed: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    """Sort everything below a node by its kind."""
    found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
    for node in ast.walk(parsed):
        found[type(node)].append(node)
    return dict(found)


@cache
def _kinds(path: Path) -> dict[type[ast.AST], list[ast.AST]]:
    with lean.nothing_collected():
        return by_kind(tree(path))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[Any]:
    """Everything of these kinds in a Python file, wherever it stands."""
    for kind in kinds:
        yield from _kinds(path).get(kind, ())


def where(path: Path, line: int | None = None) -> str:
    """Name a place as an editor understands it."""
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def length(path: Path) -> int:
    """Count the lines of a file."""
    return len(text(path).splitlines())
