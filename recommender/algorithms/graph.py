"""A filter on the graph of people and items: two steps along it, weighted by degrees, plus its smooth part.

Scores are r B with B = Di^-d X' Du^-g X Di^-b (a walk item - person - item that damps busy people and items)
plus alpha times an ideal low-pass Di^-b V V' Di^b from a truncated SVD of the normalised matrix. With
d = 0 + normalisation it is GF-CF (Shen et al., "How Powerful is Graph Convolution for Recommendation?", CIKM 2021),
with free exponents and alpha = 0 it is LinkProp (Fu et al., "Revisiting Neighborhood-based Link Prediction for
Collaborative Filtering", WWW 2022). No inverse is taken, so the size of the catalogue is no limit: time and memory
grow with the pairs of items that somebody holds together.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from recommender.algorithms.port import Scores, dense, power

DENSE = 0.3


class Graph:
    """Two steps on the graph, `alpha` of the smooth part with `rank` singular vectors."""

    name: ClassVar[str] = "graph"

    def __init__(
        self, *, people: float = 0.5, given: float = 0.5, wanted: float = 0.5, alpha: float = 0.3,
        rank: int = 256, smooth: float = 0.5, seed: int = 7,
    ):  # fmt: skip
        self.people, self.given, self.wanted = people, given, wanted
        self.alpha, self.rank, self.smooth, self.seed = alpha, rank, smooth, seed

    @property
    def params(self) -> dict[str, Any]:
        """The exponents of people, given and wanted items, and the share and size of the smooth part."""
        names = ("people", "given", "wanted", "alpha", "rank", "smooth")
        return {name: getattr(self, name) for name in names}

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Weigh the walk, and find the smooth part."""
        x = matrix.astype(np.float32).tocsr()
        du, di = np.asarray(x.sum(axis=1)).ravel(), np.asarray(x.sum(axis=0)).ravel()
        left = sp.diags(power(du, -self.people)) @ x
        back = (left @ sp.diags(power(di, -self.wanted))).tocsr()
        there = (sp.diags(power(di, -self.given)) @ x.T).tocsr()
        walk = (there @ back).tocsr().astype(np.float32)
        # where most pairs meet, a plain array is smaller and quicker than its list of places
        self.walk = walk.toarray() if walk.nnz > DENSE * x.shape[1] ** 2 else walk
        self.low: tuple[np.ndarray, np.ndarray] | None = None
        if self.alpha > 0 and min(x.shape) > 2:
            self.low = self._smooth(x, du, di)
        return self

    def _smooth(self, x: sp.csr_matrix, du: np.ndarray, di: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from sklearn.utils.extmath import randomized_svd

        norm = sp.diags(power(du, -0.5)) @ x @ sp.diags(power(di, -self.smooth))
        rank = max(1, min(self.rank, min(x.shape) - 1))
        _, _, vt = randomized_svd(norm.tocsr(), rank, n_iter=4, random_state=self.seed)
        vt = vt.astype(np.float32)
        return (vt * power(di, -self.smooth)).T.copy(), vt * power(di, self.smooth)

    def score(self, rows: sp.csr_matrix) -> Scores:
        """The walk from what is in each row, plus the smooth part."""
        r = rows.astype(np.float32).tocsr()
        found = r @ self.walk
        if self.low is None:
            return found.tocsr() if sp.issparse(found) else dense(found)
        into, out = self.low
        scores = dense(found)
        scores += np.float32(self.alpha) * ((r @ into) @ out)
        return scores


class Walks:
    """The same walk for the same rows with one exponent after another, to choose exponents by.

    Damping the wanted items only scales columns, so one walk serves all its exponents: r Di^-d X' Du^-g X is made
    once. It is made for the rows alone, from the left, so that the matrix of all pairs of items is never needed.
    """

    def __init__(self, matrix: sp.csr_matrix, rows: sp.csr_matrix):
        self.x = matrix.astype(np.float32).tocsr()
        self.rows = rows.astype(np.float32).tocsr()
        self.back = self.x.T.tocsr()
        self.du, self.di = (np.asarray(self.x.sum(axis=axis)).ravel() for axis in (1, 0))
        self.made: tuple[tuple[float, float], sp.csr_matrix] | None = None

    def walked(self, people: float, given: float) -> sp.csr_matrix:
        """The walk without damping what is wanted; the last one made is kept."""
        if self.made is None or self.made[0] != (people, given):
            self.made = None  # the old one goes before the new one comes
            damped = self.rows @ sp.diags(power(self.di, -given))
            near = (damped @ self.back) @ sp.diags(power(self.du, -people))
            self.made = ((people, given), (near.tocsr() @ self.x).tocsr())
        return self.made[1]

    def damped(self, people: float, given: float, wanted: float) -> sp.csr_matrix:
        """The figures of `Graph(people=…, given=…, wanted=…, alpha=0)` for the rows."""
        walk = self.walked(people, given)
        data = walk.data * power(self.di, -wanted)[walk.indices]
        return sp.csr_matrix((data, walk.indices, walk.indptr), shape=walk.shape)
