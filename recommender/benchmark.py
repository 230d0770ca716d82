"""Published benchmarks, through the same models and figures that the shop uses.

The file format is LightGCN's: a line a person, its number first, then the numbers of its items. Figures of a model
(exponents, ridge, weights) are chosen on a validation split of our own inside TRAIN; TEST is only read at the end.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.algorithms.blend import Blend
from recommender.algorithms.ease import Ease
from recommender.algorithms.graph import Graph, Walks
from recommender.algorithms.neighbours import Neighbours
from recommender.algorithms.popularity import Popularity
from recommender.algorithms.port import Algorithm, best_of_few
from recommender.errors import UnreadableBenchmark
from recommender.evaluation import K, Score, hold_out, judged, score

MODELS = ("auto", "blend", "ease", "graph", "neighbours", "popularity")
VALIDATION = 0.05
"""Share of TRAIN that is held out to choose by: little, so that what is learnt from is as dense as in the end. With a
fifth the figures come out for a sparser matrix than the one they are used on."""
COARSE, ASKED = 2000, 8000
"""People who are asked about each point of the first, wide search, and about the few points that won it."""
FINALS = 3
"""Points of the wide search that are asked again, of more people."""
SECONDS = 480.0
"""How long a run may take when nothing else is said; half of it for choosing."""
EXACT = 6_000
"""Items up to which the exact inverse of EASE is taken: 36 M figures, seconds on two cores."""
Say = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What a benchmark run found."""

    model: str
    params: dict[str, Any]
    score: Score
    validation: Score
    seconds: float
    peak_mb: int
    data: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """One JSON object, with the names the contract gives."""
        return {
            "model": self.model, "params": self.params,
            "Recall@20": round(self.score.recall, 5), "NDCG@20": round(self.score.ndcg, 5),
            "coverage": round(self.score.coverage, 4), "novelty": round(self.score.novelty, 2),
            "cases": self.score.cases, "validation": self.validation.as_dict(),
            "seconds": round(self.seconds, 1), "peak_mb": self.peak_mb, **self.data,
        }  # fmt: skip


def read_lightgcn(path: Path) -> list[tuple[int, list[int]]]:
    """The lines of a file: a person's number and its items' numbers.

    Raises:
        UnreadableBenchmark: naming the first line that is something else.
    """
    found = []
    try:
        with path.open(encoding="ascii") as lines:
            for number, line in enumerate(lines, 1):
                words = line.split()
                if not words:
                    continue
                if not all(word.isdigit() and len(word) < 10 for word in words):
                    raise UnreadableBenchmark(file=path.name, line=number)
                found.append((int(words[0]), [int(word) for word in words[1:]]))
    except UnicodeDecodeError as problem:
        raise UnreadableBenchmark(file=path.name, line=1) from problem
    if not found:
        raise UnreadableBenchmark(file=path.name, line=1)
    return found


def matrices(*files: list[tuple[int, list[int]]]) -> list[sp.csr_matrix]:
    """Matrices of one shape from the lines of several files."""
    people = 1 + max(person for lines in files for person, _ in lines)
    items = 1 + max((item for lines in files for _, held in lines for item in held), default=0)
    made = []
    for lines in files:
        rows = np.repeat([person for person, _ in lines], [len(held) for _, held in lines])
        columns = np.array([item for _, held in lines for item in held], dtype=np.int64)
        x = sp.csr_matrix((np.ones(len(columns), np.float32), (rows, columns)), shape=(people, items))
        x.data[:] = 1.0  # a pair that stands there twice is one choice
        x.sort_indices()
        made.append(x)
    return made


def run(
    train: Path, test: Path, model: str = "auto", say: Say = lambda words: None, seconds: float = SECONDS
) -> Outcome:
    """Choose the figures on a split of `train`, learn from all of it, answer `test`.

    When half of `seconds` is gone, choosing stops and the best so far is taken; the rest is for learning and answers.

    Raises:
        UnreadableBenchmark: when a file is not in this format.
    """
    begun = time.perf_counter()
    x, wanted = matrices(read_lightgcn(train), read_lightgcn(test))
    wanted = wanted - wanted.multiply(x > 0)
    wanted.eliminate_zeros()
    learnt, held = hold_out(x, VALIDATION, seed=1)
    trial = Trial(learnt, held, say, until=begun + seconds / 2)
    chosen, validation = trial.choose(model, x.shape[1])
    chosen.fit(x)
    say(f"{chosen.name}: learnt from {x.nnz} choices")
    found = score(chosen, x, wanted.tocsr(), trial.counts_of(x))
    return Outcome(
        model=chosen.name, params=chosen.params, score=found, validation=validation,
        seconds=time.perf_counter() - begun,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        data={"people": x.shape[0], "items": x.shape[1], "choices": x.nnz},
    )  # fmt: skip


class Trial:
    """Models tried on one validation split, on at most `ASKED` people of it, until the time is over."""

    def __init__(
        self, learnt: sp.csr_matrix, held: sp.csr_matrix, say: Say = lambda words: None, seed: int = 0,
        until: float = float("inf"),
    ):  # fmt: skip
        able = np.flatnonzero(np.diff(held.indptr))
        asked = able[np.random.default_rng(seed).permutation(len(able))[:ASKED]]
        self.learnt, self.say, self.until, self.begun = learnt, say, until, time.perf_counter()
        self.given, self.wanted = learnt[asked], held[asked]
        self.counts = self.counts_of(learnt)

    @staticmethod
    def counts_of(matrix: sp.csr_matrix) -> np.ndarray:
        """How many chose each item."""
        return np.asarray(matrix.sum(axis=0)).ravel()

    def is_late(self, share: float = 1.0) -> bool:
        """Whether this share of the time for choosing is gone."""
        return time.perf_counter() - self.begun > share * (self.until - self.begun)

    def ask(self, model: Algorithm, fit: bool = True, people: int = ASKED) -> Score:
        """The figures of a model, which learns first."""
        begun = time.perf_counter()
        if fit:
            model.fit(self.learnt)
        found = score(model, self.given[:people], self.wanted[:people], self.counts)
        self.tell(f"{model.name} {model.params}", found, begun)
        return found

    def tell(self, what: str, found: Score, begun: float) -> None:
        """Say what a trial came to."""
        seconds = time.perf_counter() - begun
        self.say(f"{what}: {found.recall:.4f} {found.ndcg:.4f} of {found.cases} in {seconds:.1f} s")

    def choose(self, name: str, items: int) -> tuple[Algorithm, Score]:
        """The best of a kind (or of all with "auto"), made anew and not yet learnt."""
        if name == "popularity":
            return Popularity(), self.ask(Popularity())
        if name == "neighbours":
            return self.best([Neighbours(keep=k, shrink=s) for k in (100, 400) for s in (0, 5, 20)])
        if name == "ease":
            return self.best([Ease(ridge=r) for r in ridges(items)])
        graph, of_graph = self.graph()
        if name == "graph" or (name == "auto" and items > EXACT):
            return graph, of_graph  # the exact inverse is left to catalogues it is cheap for
        ease, of_ease = self.best([Ease(ridge=r, most=EXACT) for r in ridges(items)])
        graph.fit(self.learnt)
        blend, of_blend = self.best(
            [Blend([(ease, 1.0), (graph, w)]) for w in (0.25, 0.5, 1.0, 2.0, 4.0)], fit=False
        )
        if name == "blend":
            return blend, of_blend
        return max([(graph, of_graph), (ease, of_ease), (blend, of_blend)], key=lambda pair: pair[1].both)

    def best(self, models: Sequence[Algorithm], fit: bool = True) -> tuple[Algorithm, Score]:
        """The one with the best figures; the first where the time is over."""
        found = [
            (model, self.ask(model, fit)) for at, model in enumerate(models) if not at or not self.is_late()
        ]
        return max(found, key=lambda pair: pair[1].both)

    def graph(self) -> tuple[Algorithm, Score]:
        """A wide search for the exponents on a few people, its best points on many, then the smooth part."""
        found = Search(self).done()
        finals = sorted(found, key=lambda at: -found[at].both)[:FINALS]
        chosen, of_chosen = self.best([Graph(**point(at), alpha=0.0) for at in finals])
        if self.is_late(0.5):
            return chosen, of_chosen
        smooth = Graph(**{**chosen.params, "alpha": 0.15})
        if self.ask(smooth, people=COARSE).both <= self.ask(chosen, fit=False, people=COARSE).both * 1.005:
            return chosen, of_chosen  # it would have to be worth its singular vectors
        of_smooth = self.ask(smooth, fit=False)
        return max([(chosen, of_chosen), (smooth, of_smooth)], key=lambda pair: pair[1].both)


Point = tuple[float, float, float]
"""Exponents of people, given and wanted items."""


def point(at: Point) -> dict[str, Any]:
    """The exponents with their names."""
    return dict(zip(("people", "given", "wanted"), at, strict=True))


class Search:
    """Coarse to fine over the exponents of the graph's walk, on `COARSE` people.

    One walk answers for all exponents of what is wanted (`Walks`), so those are tried widely; the other two climb in
    steps while it helps.
    """

    def __init__(self, trial: Trial):
        self.trial, self.found = trial, dict[Point, Score]()
        self.rows, self.wanted = trial.given[:COARSE], trial.wanted[:COARSE]
        self.walks = Walks(trial.learnt, self.rows)

    def done(self) -> dict[Point, Score]:
        """What each point came to; at least the points of the first walk."""
        self.along(0.5, 0.5, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
        people, given, wanted = self.top()
        self.along(people, given, (wanted - 0.05, wanted + 0.05))
        for step in ((0.0, -0.1), (0.0, 0.1), (-0.1, 0.0), (0.1, 0.0)):
            while not self.trial.is_late(0.6):
                people, given, wanted = before = self.top()
                self.along(people + step[0], given + step[1], (wanted - 0.05, wanted, wanted + 0.05))
                if self.top() == before:
                    break
        return self.found

    def along(self, people: float, given: float, exponents: Sequence[float]) -> None:
        """Ask with some exponents of what is wanted, if they were not asked with."""
        for wanted in exponents:
            at = (round(people, 3), round(given, 3), round(wanted, 3))
            if at not in self.found and min(at) >= 0 and max(at) <= 1:
                begun = time.perf_counter()
                ids, figures = best_of_few(self.walks.damped(*at), self.rows, K)
                self.found[at] = judged(ids, figures, self.wanted, self.trial.counts)
                self.trial.tell(f"walk {point(at)}", self.found[at], begun)

    def top(self) -> Point:
        """The best point so far."""
        return max(self.found, key=lambda at: self.found[at].both)


def ridges(items: int) -> tuple[float, ...]:
    """The ridges worth trying: the larger the catalogue, the dearer each."""
    return (200.0, 500.0, 1000.0, 2000.0) if items <= EXACT else (50.0, 200.0)
