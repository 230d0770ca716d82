"""Every text of the interface has its words in every language, with the same placeholders."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.architecture.source import ROOT, nodes, one_process

pytestmark = one_process
PLACE = re.compile(r"%\((\w+)\)[sd]")
SOURCES = ("app", "dashboards", "recommender")
ASKS = ("_", "_l", "gettext", "lazy_gettext", "ngettext")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All texts of the source, collected as `make translations` does."""
    made = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = ["-m", "babel.messages.frontend", "-q", "extract", "--mapping-file", "translations/babel.cfg"]
    options = ["--keyword", "_l", "--keyword", "lazy_gettext", "--no-location", "--output-file", str(made)]
    subprocess.run([sys.executable, *command, *options, "app"], cwd=ROOT, check=True)
    return read_po(made.open("rb"))


def inside(f_strings: Iterable[ast.AST]) -> list[str]:
    """Texts that are asked for inside an f-string, where the collection does not look."""
    calls = (
        call
        for one in f_strings
        for call in ast.walk(one) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    )  # fmt: skip
    asked = (call.args[0] for call in calls if call.func.id in ASKS and call.args)
    return [text.value for text in asked if isinstance(text, ast.Constant)]


def test_every_text_asked_for_is_collected(texts: Catalog) -> None:
    assert inside([ast.parse("f'{_(\"Yes\")} {size}'", mode="eval").body]) == ["Yes"]
    places = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    lost = [text for path in places for text in inside(nodes(path, ast.JoinedStr)) if not texts.get(text)]
    assert lost == [], "ask for it before the f-string"


@pytest.mark.parametrize("language", ["fr", "nl", "de", "es"])
def test_every_text_is_translated(texts: Catalog, language: str) -> None:
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    known = read_po(path.open("rb"), locale=language)
    missing, wrong = [], []
    for message in texts:
        if not message.id:
            continue
        found = known.get(message.id)
        words = found.string if found else ""
        forms = words if isinstance(words, (tuple, list)) else (words,)
        if not all(forms) or (found and found.fuzzy):
            missing.append(message.id)
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        wanted = set(PLACE.findall(ids[-1]))
        if any(set(PLACE.findall(form)) != wanted for form in forms[-1:]):
            wrong.append(message.id)
    assert missing == []
    assert wrong == []
