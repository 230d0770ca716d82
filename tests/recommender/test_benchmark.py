"""Benchmarks through the same models: the file format, the choice of figures, the command's one line of JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.benchmark import MODELS, matrices, read_lightgcn, run
from recommender.cli import commands
from recommender.errors import UnreadableBenchmark


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Sixty people of three tastes among thirty items; each holds six, two more are asked for."""
    dice = np.random.default_rng(4)
    train, test = [], []
    for person in range(60):
        own = (person % 3) * 10 + dice.permutation(10)
        train.append(" ".join(map(str, [person, *own[:6]])))
        test.append(" ".join(map(str, [person, *own[6:8]])))
    paths = (tmp_path / "train.txt", tmp_path / "test.txt")
    for path, lines in zip(paths, (train, test), strict=True):
        path.write_text("\n".join(lines) + "\n")
    return paths


@pytest.mark.parametrize("model", [name for name in MODELS if name != "popularity"])
def test_every_model_finds_the_taste(files: tuple[Path, Path], model: str) -> None:
    said: list[str] = []
    found = run(*files, model, say=said.append)
    assert found.score.recall > 0.95 and found.score.cases == 60 and said
    line = found.as_dict()
    assert line["Recall@20"] == round(found.score.recall, 5) and line["peak_mb"] > 0 and line["seconds"] >= 0
    assert (line["people"], line["items"], line["choices"]) == (60, 30, 360)


def test_choosing_stops_when_its_time_is_over(files: tuple[Path, Path]) -> None:
    often: list[str] = []
    once: list[str] = []
    run(*files, "graph", often.append)
    found = run(*files, "graph", once.append, seconds=1e-6)
    walks = [line for line in once if line.startswith("walk")]
    assert found.score.recall > 0.95, "the best so far is taken"
    assert len(walks) == 9 < len([line for line in often if line.startswith("walk")])
    assert sum(line.startswith("graph {") for line in once) == 1, (
        "one of the finals is asked, for its figures"
    )


def test_popularity_finds_less(files: tuple[Path, Path]) -> None:
    assert run(*files, "popularity").score.recall < 0.9


def test_the_command_prints_one_object(app: Any, files: tuple[Path, Path]) -> None:
    given = ["benchmark", *map(str, files), "--format", "lightgcn", "--model", "graph", "--quiet"]
    done = app.test_cli_runner().invoke(commands, given)
    assert done.exit_code == 0, done.output
    line = json.loads(done.output)
    assert {"Recall@20", "NDCG@20", "seconds", "peak_mb", "model", "params"} <= set(line)


def test_lines_that_are_not_numbers_are_named(tmp_path: Path, files: tuple[Path, Path]) -> None:
    for number, (text, line) in enumerate(
        (("0 1 2\n1 x\n", 2), ("\n", 1), ("0 -1\n", 1), ("0 1\n1 \xff\n", 1))
    ):
        path = tmp_path / f"bad{number}.txt"
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(UnreadableBenchmark) as refused:
            read_lightgcn(path)
        assert f"line {line}" in str(refused.value)


def test_test_items_that_were_learnt_are_not_asked_for(tmp_path: Path) -> None:
    x, wanted = matrices([(0, [0, 1, 1]), (2, [3])], [(0, [1, 4]), (1, [])])
    assert x.shape == wanted.shape == (3, 5) and x.max() == 1.0
