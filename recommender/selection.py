"""From choices to a recipe: splits by time, cases to judge by, candidates, and what they reach.

Nothing after the split is seen while a recipe is chosen: its figures come from an inner split of the choices before
it. The held-out time is the last month, or the last fifth of a short history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.algorithms.blend import Blend
from recommender.algorithms.ease import Ease
from recommender.algorithms.graph import Graph
from recommender.algorithms.neighbours import Neighbours
from recommender.algorithms.popularity import Popularity
from recommender.algorithms.port import Algorithm
from recommender.dataset import Choices
from recommender.evaluation import Score, score, surely_above
from recommender.rules import Trial

DAY = 86_400.0
MONTH = 30 * DAY
MOST_CASES = 5_000
EXACT = 6_000
"""Products up to which the exact inverse of EASE is a candidate."""
Recipe = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Split:
    """Choices before `cut` to learn from; cases after it: what somebody held, and what they then bought."""

    cut: float
    learnt: sp.csr_matrix
    given: sp.csr_matrix
    wanted: sp.csr_matrix
    people: int
    baskets: int


def cut_of(at: np.ndarray) -> float:
    """Where the held-out time begins: a month before the end, later in a history shorter than three months."""
    first, last = float(at.min()), float(at.max())
    return last - MONTH if last - first >= 3 * MONTH else first + 0.8 * (last - first)


def split(choices: Choices, cut: float, end: float, half_life: float) -> Split:
    """Split at a moment. Nothing from `cut` on is in `learnt` or `given`, but the rest of a basket that is asked about.

    A person who was there before is asked for what they bought for the first time afterwards. Of a basket of somebody
    unknown the last product is asked for, given the others.
    """
    before, after = choices.at < cut, (choices.at >= cut) & (choices.at < end) & (choices.basket > 0)
    learnt = choices.matrix(before, cut, half_life)
    known = np.diff(learnt.indptr) > 0
    wanted_new = _binary(choices, after & known[choices.person])
    wanted_new = wanted_new - wanted_new.multiply(learnt > 0)
    wanted_new.eliminate_zeros()
    asked = np.flatnonzero(np.diff(wanted_new.indptr))
    given_b, wanted_b = _baskets(choices, after & ~known[choices.person])
    given = sp.vstack([learnt[asked], given_b]).tocsr()
    wanted = sp.vstack([wanted_new[asked], wanted_b]).tocsr()
    if given.shape[0] > MOST_CASES:
        chosen = np.sort(np.random.default_rng(11).permutation(given.shape[0])[:MOST_CASES])
        given, wanted = given[chosen], wanted[chosen]
    return Split(cut, learnt, given, wanted, len(asked), given_b.shape[0])


def _binary(choices: Choices, chosen: np.ndarray) -> sp.csr_matrix:
    made = choices.matrix(chosen, 0.0, 1.0)
    made.data[:] = 1.0
    return made


def _baskets(choices: Choices, chosen: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """The baskets of two and more products as rows: all but the last, and the last."""
    width = max(1, len(choices.items))
    pairs: dict[int, dict[int, None]] = {}
    for at in np.flatnonzero(chosen):
        pairs.setdefault(int(choices.basket[at]), {})[int(choices.item[at])] = None
    full = [list(held) for held in pairs.values() if len(held) > 1]
    given = [(row, item) for row, held in enumerate(full) for item in held[:-1]]
    wanted = [(row, held[-1]) for row, held in enumerate(full)]
    return _rows(given, len(full), width), _rows(wanted, len(full), width)


def _rows(pairs: list[tuple[int, int]], rows: int, width: int) -> sp.csr_matrix:
    at = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return sp.csr_matrix((np.ones(len(at), np.float32), (at[:, 0], at[:, 1])), shape=(rows, width))


def make(recipe: Recipe) -> Algorithm:
    """A model after a recipe: {"kind": …, "params": …}."""
    kind, params = recipe["kind"], recipe["params"]
    if kind == "blend":
        return Blend([(make(part["recipe"]), part["weight"]) for part in params["parts"]])
    return {"popularity": Popularity, "neighbours": Neighbours, "graph": Graph, "ease": Ease}[kind](**params)


def candidates(items: int) -> list[Recipe]:
    """What is tried: neighbours, walks on the graph, and the linear autoencoder where it fits."""
    found: list[Recipe] = [
        {"kind": "neighbours", "params": {"keep": 100, "shrink": shrink}} for shrink in (1.0, 5.0, 20.0)
    ]
    found += [
        {
            "kind": "graph",
            "params": {"people": 0.5, "given": given, "wanted": wanted, "alpha": alpha, "rank": 64},
        }
        for given, wanted in ((0.5, 0.5), (0.5, 0.35), (0.5, 0.2), (0.3, 0.1))
        for alpha in (0.0, 0.3)
    ]
    if items <= EXACT:
        found += [
            {"kind": "ease", "params": {"ridge": ridge, "most": EXACT}} for ridge in (5.0, 25.0, 100.0, 400.0)
        ]
    return found


def choose(choices: Choices, cut: float, half_life: float, say: Say = lambda words: None) -> Recipe:
    """The best recipe on the time before `cut`: learnt from its beginning, judged by its last month."""
    before = choices.at < cut
    if not before.any():
        return candidates(0)[1]
    inner = split(choices, cut_of(choices.at[before]), cut, half_life)
    best: tuple[float, Recipe] | None = None
    for recipe in candidates(len(choices.items)):
        found = ask(make(recipe), inner)
        say(f"{recipe['kind']}: {found.recall:.4f} {found.ndcg:.4f}")
        if best is None or found.both > best[0]:
            best = (found.both, recipe)
    assert best is not None
    return best[1]


def ask(model: Algorithm, held: Split) -> Score:
    """Let a model learn what lies before the split, and judge it by what lies after."""
    popularity = np.asarray((held.learnt > 0).sum(axis=0)).ravel()
    return score(model.fit(held.learnt), held.given, held.wanted, popularity)


def floor(held: Split) -> Score:
    """What popularity reaches: by all choices or by the newer ones, whichever is the harder to beat."""
    lately = ask(Popularity(), held)
    plain = held.learnt.copy()
    plain.data[:] = 1.0
    ever = score(Popularity().fit(plain), held.given, held.wanted, np.asarray(plain.sum(axis=0)).ravel())
    return max((lately, ever), key=lambda found: found.both)


def judge(held: Split, recipe: Recipe, champion: Recipe | None) -> tuple[Trial, dict[str, Any]]:
    """Compare a recipe with popularity and with the recipe in use, each learnt from the same choices."""
    own, low = ask(make(recipe), held), floor(held)
    theirs = ask(make(champion), held) if champion is not None and champion != recipe else None
    metrics = {
        "model": own.as_dict(),
        "popularity": low.as_dict(),
        "people": held.people,
        "baskets": held.baskets,
    }
    if theirs is not None:
        metrics["champion"] = theirs.as_dict()
    trial = Trial(
        cases=own.cases,
        above_popularity=own.ndcg > low.ndcg * 0.95 and surely_above(own.recalls, low.recalls),
        both=own.both,
        champion_both=None if champion is None else (theirs or own).both,
        same_recipe=champion == recipe,
    )
    return trial, metrics
