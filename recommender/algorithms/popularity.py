"""The floor: the same list for everybody, by how much each item was chosen."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp


class Popularity:
    """What most people chose; knows nobody."""

    name: ClassVar[str] = "popularity"

    @property
    def params(self) -> dict[str, Any]:
        """Nothing to set."""
        return {}

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Count."""
        self.counts = np.asarray(matrix.sum(axis=0), dtype=np.float32).ravel()
        return self

    def score(self, rows: sp.csr_matrix) -> np.ndarray:
        """The same figures for each row."""
        return np.repeat(self.counts[None, :], rows.shape[0], axis=0)
