"""What every model can do, and what is done with its figures: the best of each row, what goes with each item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import scipy.sparse as sp

BLOCK = 1024
"""Rows scored at once: 1,024 rows of 41,000 items are 168 MB."""


class Algorithm(Protocol):
    """A model. `name` is what commands and pages call it; `params` is what it was made with."""

    name: ClassVar[str]

    @property
    def params(self) -> dict[str, Any]:
        """The figures it was made with, as JSON can hold them."""
        ...

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Learn from people (rows) and items (columns). Returns itself."""
        ...

    def score(self, rows: sp.csr_matrix) -> np.ndarray:
        """A figure for each item and each row, the higher the better."""
        ...


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """The rows in pieces that fit in memory."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def best(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best columns of each row with their figures, best first; equal figures by column, lower first."""
    k = min(k, scores.shape[1])
    found = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    found.sort(axis=1)
    held = np.take_along_axis(scores, found, axis=1)
    order = np.argsort(-held, axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(held, order, axis=1)


def recommend(
    model: Algorithm, rows: sp.csr_matrix, k: int, seen: sp.csr_matrix | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """For each row the k best items that are not in `seen` (the row itself, unless told otherwise), with figures.

    A figure of minus infinity marks a place that nothing is left for.
    """
    seen = rows if seen is None else seen
    kept, figures = [], []
    for part in blocks(rows.shape[0]):
        had = seen[part]
        scores = np.asarray(model.score(rows[part]), dtype=np.float32)
        scores[np.repeat(np.arange(had.shape[0]), np.diff(had.indptr)), had.indices] = -np.inf
        ids, held = best(scores, k)
        kept.append(ids.astype(np.int32))
        figures.append(held)
    return np.concatenate(kept), np.concatenate(figures)


def similar(model: Algorithm, items: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """For each item the k that go with it best: what the model says to somebody who has only that one."""
    return recommend(model, sp.identity(items, dtype=np.float32, format="csr"), k)


def ones(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """The same matrix with 1 in every place that is filled."""
    made = matrix.astype(np.float32).tocsr(copy=True)
    made.data[:] = 1.0
    return made


def power(values: np.ndarray, exponent: float) -> np.ndarray:
    """values ** exponent where there is something, else 0."""
    held = np.asarray(values, dtype=np.float64).ravel()
    return np.where(held > 0, np.maximum(held, 1e-12) ** exponent, 0.0).astype(np.float32)
