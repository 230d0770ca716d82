"""Names say what a thing is for; nothing is swallowed, postponed or skipped in silence."""

import ast
import re

from tests.architecture.source import files, nodes, one_process, text, where

pytestmark = one_process

NAMES_THAT_COLLECT = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools"}
# In comments only: three X are also the code of "no currency" (ISO 4217).
POSTPONED = re.compile(r"(?:#|//|/\*|<!--).*\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def test_no_module_collects_what_has_no_home() -> None:
    bad = [where(p) for p in files(".py") if NAMES_THAT_COLLECT & {p.stem, p.parent.name}]
    assert bad == []


def test_nothing_is_postponed_in_a_comment() -> None:
    bad = [
        where(path, number)
        for path in files(".py", ".html", ".js", ".css")
        for number, line in enumerate(text(path).splitlines(), 1)
        if POSTPONED.search(line)
    ]
    assert bad == []


def test_no_exception_is_swallowed() -> None:
    bad = []
    for path in files(".py"):
        for node in nodes(path, ast.ExceptHandler):
            only_pass = all(isinstance(one, ast.Pass) for one in node.body)
            if only_pass or node.type is None:
                bad.append(where(path, node.lineno))
    assert bad == []


def test_no_test_is_skipped_without_a_reason() -> None:
    bad = []
    for path in files(".py", under=("tests",)):
        for node in nodes(path, ast.Call):
            if not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in {"skip", "skipif", "xfail"} and ast.unparse(node.func).startswith("pytest."):
                named = any(k.arg == "reason" and ast.unparse(k.value) for k in node.keywords)
                said = ast.unparse(node.func) in {"pytest.skip", "pytest.xfail"} and bool(node.args)
                if not (named or said):
                    bad.append(where(path, node.lineno))
    assert bad == []


def test_cases_of_a_test_have_the_same_names_in_every_process() -> None:
    """Two processes that share the suite refuse to start when their lists of tests differ."""
    chance = re.compile(r"\b(?:uuid[14]|token_\w+|random\w*)\(")
    bad = [
        where(path, mark.lineno)
        for path in files(".py", under=("tests",))
        for node in nodes(path, ast.FunctionDef)
        for mark in node.decorator_list
        if "parametrize" in ast.unparse(mark) and chance.search(ast.unparse(mark))
    ]
    assert bad == []
