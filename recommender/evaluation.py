"""How good a model is: figures on held-out choices, and splits that do not look ahead.

Recall@k and NDCG@k as the papers on LightGCN count them: per person hits / |held out|, and gains 1/log2(rank + 1)
over the best possible ones; people without held-out items do not count. Coverage is the share of items that stand in
anybody's list, novelty the mean self-information (bits) of what is suggested: -log2 of the share of people who chose it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.algorithms.port import Algorithm, recommend

K = 20


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one model on one split; `cases` people (or baskets) were asked, `recalls` is what each got."""

    recall: float
    ndcg: float
    coverage: float
    novelty: float
    cases: int
    recalls: np.ndarray = field(default_factory=lambda: np.zeros(0), compare=False, repr=False)

    @property
    def both(self) -> float:
        """Recall and NDCG together: what versions are chosen by."""
        return self.recall + self.ndcg

    def as_dict(self) -> dict[str, Any]:
        """For JSON, with the names people know."""
        return {
            "recall@20": round(self.recall, 5), "ndcg@20": round(self.ndcg, 5),
            "coverage": round(self.coverage, 5), "novelty": round(self.novelty, 3), "cases": self.cases,
        }  # fmt: skip


def score(
    model: Algorithm, given: sp.csr_matrix, wanted: sp.csr_matrix, popularity: np.ndarray, k: int = K
) -> Score:
    """Ask a model that has learnt for k items for each row of `given`, and compare with `wanted`."""
    asked = np.flatnonzero(np.diff(wanted.indptr))
    if not len(asked):
        return Score(0.0, 0.0, 0.0, 0.0, 0)
    return judged(*recommend(model, given[asked], k), wanted[asked], popularity, k)


def judged(
    ids: np.ndarray, figures: np.ndarray, wanted: sp.csr_matrix, popularity: np.ndarray, k: int = K
) -> Score:
    """The figures of lists: a row each, best first, of people who all have something held out."""
    cases = wanted.shape[0]
    width = ids.shape[1]
    told = np.where(np.isfinite(figures), ids, -1)
    gains = 1.0 / np.log2(np.arange(width) + 2)
    best = np.cumsum(1.0 / np.log2(np.arange(k) + 2))
    recalls, ndcg = np.zeros(cases), 0.0
    for row in range(cases):
        held = wanted.indices[wanted.indptr[row] : wanted.indptr[row + 1]]
        hits = np.isin(told[row], held)
        recalls[row] = hits.sum() / len(held)
        ndcg += float((hits * gains).sum()) / best[min(len(held), k) - 1]
    shown = told[told >= 0]
    share = np.maximum(popularity, 1) / max(1.0, float(popularity.max(initial=1.0)), cases)
    return Score(
        recall=float(recalls.mean()),
        ndcg=float(ndcg / cases),
        coverage=len(np.unique(shown)) / wanted.shape[1],
        novelty=float(-np.log2(np.minimum(share[shown], 1)).mean()) if len(shown) else 0.0,
        cases=cases,
        recalls=recalls,
    )


def hold_out(matrix: sp.csr_matrix, share: float, seed: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Split each person's choices at random: what stays, and `share` that is held out (none of a single one).

    For benchmarks whose data has no time. Each person keeps at least one choice.
    """
    dice = np.random.default_rng(seed)
    x = matrix.tocsr()
    out = np.zeros(x.nnz, dtype=bool)
    for row in range(x.shape[0]):
        own = slice(x.indptr[row], x.indptr[row + 1])
        count = own.stop - own.start
        taken = min(count - 1, max(1, round(count * share))) if count > 1 else 0
        if taken:
            out[own.start + dice.permutation(count)[:taken]] = True
    rows = np.repeat(np.arange(x.shape[0]), np.diff(x.indptr))
    made = [
        sp.csr_matrix((x.data[chosen], (rows[chosen], x.indices[chosen])), shape=x.shape)
        for chosen in (~out, out)
    ]
    return made[0], made[1]


def surely_above(ours: np.ndarray, theirs: np.ndarray, z: float = 2.576) -> bool:
    """Whether the same cases did better with ours: the paired difference's interval (99 %, normal) lies above zero."""
    if len(ours) < 2 or len(ours) != len(theirs):
        return False
    difference = ours - theirs
    return float(difference.mean()) - z * float(difference.std(ddof=1)) / float(np.sqrt(len(ours))) > 0
