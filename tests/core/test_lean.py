"""What libraries load just in case stays out of memory, and is there as soon as somebody uses it."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from app.core import lean

ROOT = Path(__file__).resolve().parents[2]
SPARED = (
    "alembic",
    "flask_migrate",
    "jsonschema",
    "redis.asyncio",
    "requests",
    "rich",
    "sqlalchemy_utils",
    "yaml",
)
LOOK = f"""
import sys
import app.process
print([name for name in {SPARED!r} if name in sys.modules])
import jsonschema, redis.asyncio
from flask_appbuilder import api
print(api.jsonschema.validate(1, {{"type": "integer"}}), redis.asyncio.Redis.__module__)
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with a side that the shop does without."""
    (tmp_path / "lean_side.py").write_text("def answer():\n    return 42\n")
    (tmp_path / "lean_library.py").write_text(
        "import lean_side\ntry:\n    import lean_extra\nexcept ImportError:\n    lean_extra = None\n"
    )
    (tmp_path / "lean_extra.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("lean_side", "lean_library", "lean_extra"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "lean_library"


def test_what_a_library_can_do_without_is_not_there_while_it_loads(library: str) -> None:
    with lean.without("lean_extra"):
        loaded = importlib.import_module(library)
    assert loaded.lean_extra is None
    assert importlib.import_module("lean_extra")


def test_a_late_module_is_loaded_by_its_first_use(library: str) -> None:
    with lean.late("lean_side"):
        loaded = importlib.import_module(library)
    assert "lean_side" not in sys.modules
    assert loaded.lean_side.answer() == 42
    assert "lean_side" in sys.modules
    with pytest.raises(AttributeError):
        loaded.lean_side.question()


def test_nothing_is_an_instance_of_what_is_unused(library: str) -> None:
    with lean.unused("lean_side"):
        loaded = importlib.import_module(library)
    assert not isinstance(lambda: 42, loaded.lean_side.answer)
    assert importlib.import_module("lean_side").answer() == 42


def test_a_module_that_is_loaded_stays(library: str) -> None:
    side = importlib.import_module("lean_side")
    with lean.without("lean_side"), lean.late("lean_side"), lean.unused("lean_side"):
        assert sys.modules["lean_side"] is side
    assert sys.modules["lean_side"] is side


def test_a_process_without_pages_starts_without_them_and_finds_them_later() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "None redis.asyncio.client"]


@pytest.mark.parametrize("was_on", [True, False])
def test_a_start_looks_for_no_garbage_and_leaves_the_look_as_it_was(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if was_on else gc.disable()
        with lean.nothing_collected():
            assert not gc.isenabled()
        assert gc.isenabled() is was_on
        with pytest.raises(KeyError), lean.nothing_collected():
            raise KeyError
        assert gc.isenabled() is was_on
    finally:
        gc.enable() if before else gc.disable()
