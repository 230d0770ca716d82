"""Item-item neighbours: what was chosen by the same people (co-occurrence), as a damped cosine.

The damping ("shrink", Bell and Koren 2007) keeps a pair that met once from looking like a law.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from recommender.algorithms.port import power


class Neighbours:
    """The `keep` nearest items of each item; `shrink` is how many meetings a pair needs to be believed by half."""

    name: ClassVar[str] = "neighbours"

    def __init__(self, *, keep: int = 200, shrink: float = 5.0):
        self.keep, self.shrink = keep, shrink

    @property
    def params(self) -> dict[str, Any]:
        """How many neighbours are kept, and how much few meetings are damped."""
        return {"keep": self.keep, "shrink": self.shrink}

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Count the meetings of each pair and keep the strongest."""
        x = matrix.astype(np.float32).tocsr()
        squares = np.asarray(x.power(2).sum(axis=0)).ravel()
        pairs = (x.T @ x).tocsr()
        pairs.setdiag(0)
        pairs.eliminate_zeros()
        damped = pairs.copy()
        damped.data = pairs.data / (pairs.data + np.float32(self.shrink))
        norm = sp.diags(power(squares, -0.5))
        self.near = strongest((norm @ pairs @ norm).multiply(damped).tocsr(), self.keep)
        return self

    def score(self, rows: sp.csr_matrix) -> sp.csr_matrix:
        """The sum of what each held item says of its neighbours."""
        return (rows.astype(np.float32) @ self.near).tocsr()


def strongest(matrix: sp.csr_matrix, keep: int) -> sp.csr_matrix:
    """Keep in each column its `keep` largest entries: an item listens to its nearest only."""
    columns = matrix.tocsc()
    for at in range(columns.shape[1]):
        own = slice(columns.indptr[at], columns.indptr[at + 1])
        data = columns.data[own]
        if len(data) > keep:
            data[np.argpartition(-data, keep)[keep:]] = 0
    columns.eliminate_zeros()
    return columns.tocsr().astype(np.float32)
