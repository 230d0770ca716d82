"""Nothing grows past what fits in a head: files, functions, templates."""

import ast

from tests.architecture.source import ROOT, files, length, nodes, one_process, where

pytestmark = one_process

LONGEST_FILE = 400
LONGEST_TEST_FILE = 500
LONGEST_FUNCTION = 60
LONGEST_TEMPLATE = 200


def test_files_are_short() -> None:
    too_long = []
    for path in files(".py", ".js"):
        limit = LONGEST_TEST_FILE if "tests" in path.relative_to(ROOT).parts else LONGEST_FILE
        if length(path) > limit:
            too_long.append(f"{where(path)}: {length(path)} lines, {limit} are allowed")
    assert too_long == []


def test_functions_are_short() -> None:
    too_long = []
    for path in files(".py"):
        for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                too_long.append(f"{where(path, node.lineno)} {node.name}: {lines} lines")
    assert too_long == []


def test_templates_are_short() -> None:
    too_long = [
        f"{where(p)}: {length(p)} lines" for p in files(".html", ".txt") if length(p) > LONGEST_TEMPLATE
    ]
    assert too_long == []
