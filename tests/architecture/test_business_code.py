"""Rules of the business code that a reader may rely on without looking."""

import ast
from pathlib import Path

from tests.architecture.source import ROOT, files, nodes, one_process, text, tree, where

pytestmark = one_process

MONEY_ROOMS = {
    "pricing",
    "tax",
    "promotions",
    "shipping",
    "cart",
    "orders",
    "payments",
    "checkout",
    "invoicing",
}
BUSINESS_FILES = {"models", "rules", "states", "operations", "queries", "quoting", "steps"}
# A line may hold a float that is no money (a weight, a score) when it says so.
NOT_MONEY = "# not money"
# The only places that end a transaction, each with its reason.
MAY_COMMIT = {
    "app/core/unit_of_work.py": "the unit of work itself",
    "app/core/schedule.py": "holds the cron lock on a bare connection, which must not sit in a transaction",
    "app/ops/preparing.py": "holds the lock of preparation on a bare connection",
}


def business_files() -> list[Path]:
    """List models, rules, queries and operations of every feature."""
    return [p for p in files(".py", under=("app",)) if BUSINESS_FILES & {p.stem, p.parent.name}]


def test_only_the_unit_of_work_commits() -> None:
    bad = []
    for path in files(".py", under=("app", "dashboards", "recommender")):
        if str(path.relative_to(ROOT)) in MAY_COMMIT:
            continue
        for node in nodes(path, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "commit" and not node.args:
                bad.append(where(path, node.lineno))
    assert bad == []


def test_no_float_is_near_money() -> None:
    bad = []
    rooms = [p for p in business_files() if MONEY_ROOMS & set(p.relative_to(ROOT).parts)]
    for path in [*rooms, ROOT / "app" / "core" / "money.py"]:
        lines = text(path).splitlines()
        for node in nodes(path, ast.Constant, ast.Name):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_name = isinstance(node, ast.Name) and node.id == "float"
            if (is_float or is_name) and NOT_MONEY not in lines[node.lineno - 1]:
                bad.append(where(path, node.lineno))
    assert bad == []


def test_now_has_one_source() -> None:
    bad = []
    for path in files(".py", under=("app", "dashboards", "recommender")):
        if path == ROOT / "app" / "core" / "clock.py":
            continue
        for node in nodes(path, ast.Call):
            if isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in {
                "datetime.now",
                "datetime.utcnow",
                "date.today",
                "datetime.datetime.now",
                "datetime.date.today",
            }:
                bad.append(where(path, node.lineno))
    assert bad == []


def test_core_and_ops_initialisers_stay_light() -> None:
    heavy = [
        where(ROOT / "app" / name / "__init__.py")
        for name in ("core", "ops")
        if any(
            isinstance(n, ast.Import | ast.ImportFrom) for n in tree(ROOT / "app" / name / "__init__.py").body
        )
    ]
    assert heavy == []
    assert text(ROOT / "app" / "__init__.py").strip() == "", "app/__init__.py is empty"


def test_pages_write_numbers_by_filters() -> None:
    """`Decimal("20").normalize()` reads "2E+1"; `decimalformat` writes what the reader's language writes."""
    bad = [path for path in files(".html", ".txt", under=("app",)) if ".normalize()" in text(path)]
    assert bad == []
