"""The command line with arguments that nobody should give: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.core import commands
from app.core.db import db

HOSTILE = {
    "random": os.urandom(4_096),
    "utf-16 start": b"\xff\xfe\x00\x01",
    "no letters": "sku,näme\né,€\n".encode("cp1252"),
    "zip": b"PK\x03\x04 nothing",
    "nothing": b"",
    "NUL": b"query,docid,rating\n\x00,\x00,\x00\n",
}
FORMATS = ("generic", "icecat", "magento", "shopify", "woocommerce")


@pytest.fixture
def flask(app: Any, session: Session) -> Callable[..., Any]:
    """Runs a command; a traceback would be an exception that is not SystemExit."""

    def run(*arguments: str) -> Any:
        done = app.test_cli_runner().invoke(args=list(arguments))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done

    return run


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file that is not what it should be."""
    path: Path = tmp_path / "hostile.csv"
    path.write_bytes(HOSTILE[request.param])
    return path


@pytest.mark.parametrize("format_", FORMATS)
def test_files_that_are_no_products(flask: Callable[..., Any], hostile: Path, format_: str) -> None:
    done = flask("catalog", "import", str(hostile), "--format", format_, "--dry-run")
    assert done.exit_code in (1, 2), done.output
    assert json.loads(done.stdout.splitlines()[-1])["created"] == 0


@pytest.mark.parametrize(
    "command",
    [("search", "evaluate"), ("backup", "verify"), ("backup", "restore"), ("regions", "import-rates")],
)
def test_files_that_are_something_else(
    flask: Callable[..., Any], hostile: Path, command: tuple[str, ...]
) -> None:
    done = flask(*command, str(hostile))
    assert done.exit_code == 1 and "Error: " in done.output, done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("catalog", "import", "missing.csv", "--format", "generic"), "does not exist"),
        (("catalog", "import", "/", "--format", "generic"), "is a folder"),
        (("catalog", "import", "/etc/hostname", "--format", "google"), "is not one of"),
        (("catalog", "import", "/etc/hostname", "--format", "generic", "--stock", "-1"), "-1"),
        (("catalog", "import", "/etc/hostname", "--format", "generic", "--currency", "QQQ"), "does not know"),
        (("catalog", "export", "/nowhere/out.csv"), "No such file or directory"),
        (("catalog", "export", "/nowhere/out.xlsx"), "No such file or directory"),
        (("catalog", "export", "--currency", "QQQ"), "does not know 'QQQ'"),
        (("search", "evaluate", "missing.csv"), "does not exist"),
        (("search", "evaluate", "/etc/hostname", "--lang", "xx"), "is not one of"),
        (("invoicing", "export", "INV-1"), "Error: "),
        (("invoicing", "export", "\udcff"), "UTF-8"),
        (("invoicing", "export", "INV-1", "--format", "ubl"), "--format pdf"),
        (("invoicing", "export", "INV-1", "--format", "exe"), "is not one of"),
        (("shop", "demo", "--products", "-1"), "-1"),
        (("shop", "demo", "--orders", "many"), "many"),
        (("shop", "create-admin", "--email", "nobody", "--password", "a long one indeed"), "Error: "),
        (("shop", "create-admin", "--email", "a@example.org", "--password", "short"), "Error: "),
        (("backup", "create", "--to", "/proc/nowhere/one"), "Error: /proc/nowhere"),
        (("backup", "drill", "--file", "missing"), "does not exist"),
    ],
)
def test_arguments_that_nobody_should_give(
    flask: Callable[..., Any], arguments: tuple[str, ...], said: str
) -> None:
    done = flask(*arguments)
    assert done.exit_code in (1, 2) and said in done.output, done.output


def test_an_export_that_breaks_off_leaves_the_old_file(
    flask: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.catalog.importing import exporting

    target = tmp_path / "out.csv"
    target.write_text("the last one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "export", full)
    done = flask("catalog", "export", str(target))
    assert done.exit_code == 1 and "No space left on device." in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"] and target.read_text() == "the last one"


def test_the_demo_is_refused_in_production(
    app: Any, flask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ENV_NAME", "production")
    done = flask("shop", "demo", "--products", "1")
    assert done.exit_code == 1 and "never loaded in production" in done.output


@pytest.mark.parametrize("named", [True, False])
def test_a_database_that_is_away_is_said_with_the_way_out(
    flask: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    address = f"postgresql+psycopg://shop:hidden@/x?host={tmp_path}"
    monkeypatch.setitem(db.engines, None, create_engine(address))
    if not named:
        monkeypatch.delenv("DATABASE_URL")
    done = flask("shop", "check-invariants")
    assert done.exit_code == 1
    assert ("correct DATABASE_URL" if named else "Start the shop (`make run`)") in done.output
    assert "hidden" not in done.output


def test_a_database_without_tables_is_said(session: Session) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    with pytest.raises(Exception, match="flask shop prepare"), commands.plainly():
        session.execute(text("SELECT 1 FROM table_of_next_year"))
    session.rollback()
    with pytest.raises(ProgrammingError), commands.plainly():  # a fault of ours keeps its traceback
        session.execute(text("SELEKT"))
    session.rollback()
