"""Several models together: each row's figures are put on one scale, then added by weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from recommender.algorithms.port import Algorithm, dense


class Blend:
    """The weighted sum of `parts`, each divided by the spread of its row."""

    name: ClassVar[str] = "blend"

    def __init__(self, parts: Sequence[tuple[Algorithm, float]]):
        self.parts = tuple(parts)

    @property
    def params(self) -> dict[str, Any]:
        """The parts with their weights and figures."""
        return {part.name: {"weight": weight, **part.params} for part, weight in self.parts}

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Let each part learn."""
        for part, _weight in self.parts:
            part.fit(matrix)
        return self

    def score(self, rows: sp.csr_matrix) -> np.ndarray:
        """The sum of the parts."""
        total = np.zeros(rows.shape, dtype=np.float32)
        for part, weight in self.parts:
            if weight:
                scores = dense(part.score(rows))
                spread = scores.std(axis=1, keepdims=True)
                total += np.float32(weight) * scores / np.where(spread > 0, spread, 1)
        return total
