"""`flask forecast backtest FILE.csv`: figures as JSON, and plain sentences for files that cannot be read."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender.forecasting import files
from tests.recommender.forecasting.series import demand

HEAD = "sku,date,quantity\n"


@pytest.fixture
def backtest(app: Any, tmp_path: Path) -> Any:
    def call(content: str | bytes) -> Any:
        path = tmp_path / "sales.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return app.test_cli_runner().invoke(args=["forecast", "backtest", str(path)])

    return call


def rows(days: int, start: date = date(2026, 1, 1)) -> str:
    return "".join(f"A,{start + timedelta(days=n)},{n % 5 + 1}\n" for n in range(days))


def test_it_prints_errors_and_coverage(backtest: Any) -> None:
    made = demand(articles=12, days=160)
    lines = (
        f"{key};{made.day(column)};{pieces:g}\n"
        for row, key in enumerate(made.keys)
        for column, pieces in enumerate(made.sold[row])
    )
    done = backtest("\ufeffSKU;Date;Quantity\n" + "".join(lines))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["wape"] < told["wape_seasonal_naive"] and 0.7 <= told["coverage_80"] <= 0.9
    assert told["articles"] == 12 and told["used"]["steady"]["model"] != "seasonal_naive"
    assert done.stdout == backtest("\ufeffSKU;Date;Quantity\n" + "".join(
        f"{key};{made.day(column)};{pieces:g}\n"
        for row, key in enumerate(made.keys) for column, pieces in enumerate(made.sold[row])
    )).stdout, "the same file, the same figures"  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "must name the columns"), ("sku,day,quantity\nA,2026-01-01,1\n", "date is missing"),
        (HEAD, "no sales"), (HEAD + "A,2026-01-01,0\n", "no sales"),
        (HEAD + "A,2026-13-01,1\n", "line 2: '2026-13-01' is not a date"),
        (HEAD + "A,2026-01-01,one\n", "line 2: 'one' is not a number"),
        (HEAD + "A,2026-01-01,nan\n", "not a sensible quantity"), (HEAD + "A,2026-01-01,1e300\n", "sensible"),
        (HEAD + ",2026-01-01,1\n", "sku must have"), (HEAD + "A\n", "is not a date"),
        (HEAD + rows(30), "too few"), (b"\xff\xfe\x00", "not UTF-8"),
        (HEAD + rows(40) + rows(40, date(2026, 6, 1)), "no rows at all from 2026-02-10 to 2026-05-31"),
        (HEAD + "A,0001-01-01,1\nA,2026-01-01,1\n", "spans"),
        (HEAD + "A,2026-01-01,x\n" * 20, "and more"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_in_a_sentence(backtest: Any, content: str | bytes, said: str) -> None:
    done = backtest(content)
    assert done.exit_code == 1 and said in done.output, done.output
    assert "Traceback" not in done.output and not done.stdout.startswith("{")


def test_a_file_that_is_not_there_and_one_that_is_too_large(
    app: Any, backtest: Any, monkeypatch: Any
) -> None:
    for path in ("/nowhere/sales.csv", "/"):
        done = app.test_cli_runner().invoke(args=["forecast", "backtest", path])
        assert done.exit_code == 1 and "Traceback" not in done.output
    monkeypatch.setattr(files, "MOST_BYTES", 5)
    assert "at most" in backtest(HEAD + rows(9)).output
    monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_ROWS", 5)
    assert "more than 5 rows" in backtest(HEAD + rows(9)).output
    monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_CELLS", 5)
    assert "too many" in backtest(HEAD + rows(9)).output


def test_returns_and_missing_days_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(HEAD + "A,2026-01-01,3\nA,2026-01-01,2\nA,2026-01-02,-4\nA,2026-01-05 10:30,1\n")
    found = files.read(path)
    assert found.pieces == {("A", date(2026, 1, 1)): 5, ("A", date(2026, 1, 5)): 1}
    assert any("returns" in note for note in found.notes) and any("3 days" in note for note in found.notes)
