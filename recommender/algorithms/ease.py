"""EASE: a linear autoencoder with a closed form (Steck, "Embarrassingly Shallow Autoencoders", WWW 2019).

B = I - P diag(P)^-1 with P = (X'X + ridge I)^-1. The inverse is exact and dense: n items cost 4 n² bytes twice and
about n³ multiplications. Above `most` items the exact inverse is left to the `most` popular ones, and the others get
nothing from this model (a blend gives them their figures from elsewhere).
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp


class Ease:
    """The linear autoencoder; `ridge` is the strength of its regularisation."""

    name: ClassVar[str] = "ease"

    def __init__(self, *, ridge: float = 200.0, most: int = 12_000):
        self.ridge, self.most = ridge, most

    @property
    def params(self) -> dict[str, Any]:
        """The ridge, and how many items the exact inverse is taken of."""
        return {"ridge": self.ridge, "most": self.most}

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Take the inverse, in place."""
        from scipy.linalg import lapack

        x = matrix.astype(np.float32).tocsc()
        counts = np.asarray(x.sum(axis=0)).ravel()
        self.items = x.shape[1]
        self.chosen = np.sort(np.argsort(-counts, kind="stable")[: self.most])
        x = x[:, self.chosen]
        gram = np.asarray((x.T @ x).todense(), dtype=np.float32, order="F")
        gram[np.diag_indices_from(gram)] += np.float32(self.ridge)
        factor, wrong = lapack.spotrf(gram, lower=1, overwrite_a=1)
        if wrong:
            raise ValueError("the matrix is not positive definite: raise the ridge")
        inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
        mirror(inverse)
        diagonal = np.diag(inverse).copy()
        inverse /= -diagonal[None, :]
        np.fill_diagonal(inverse, 0)
        self.weights = inverse
        return self

    def score(self, rows: sp.csr_matrix) -> np.ndarray:
        """What each row's items say of each item."""
        r = rows.astype(np.float32).tocsr()
        if len(self.chosen) == self.items:
            return np.asarray(r @ self.weights, dtype=np.float32)
        scores = np.zeros((r.shape[0], self.items), dtype=np.float32)
        scores[:, self.chosen] = r[:, self.chosen] @ self.weights
        return scores


def mirror(matrix: np.ndarray, size: int = 512) -> None:
    """Copy the lower half of a square matrix into the upper one, by blocks: no second matrix is made."""
    for start in range(0, len(matrix), size):
        end = min(start + size, len(matrix))
        own = matrix[start:end, start:end]
        own[:] = np.tril(own) + np.tril(own, -1).T
        matrix[start:end, end:] = matrix[end:, start:end].T
