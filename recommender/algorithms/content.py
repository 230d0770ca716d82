"""What resembles an item by what it is: words of its name, brand, department and attributes.

For items that nobody has chosen yet. Words are weighed by how rare they are (tf-idf), rows have length one, so
that the product of two rows is their cosine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp


class Content:
    """Cosine of the items' words; `texts` holds the words of each item, in the order of the columns."""

    name: ClassVar[str] = "content"

    def __init__(self, texts: Sequence[str]):
        self.texts = texts

    @property
    def params(self) -> dict[str, Any]:
        """How many items have words."""
        return {"items": len(self.texts)}

    def fit(self, matrix: sp.csr_matrix) -> Self:
        """Weigh the words; what people chose does not matter here."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if any(text.strip() for text in self.texts):
            maker = TfidfVectorizer(
                token_pattern=r"[^\s]+",  # noqa: S106 - a pattern of words
                sublinear_tf=True,
                dtype=np.float32,
                max_features=60_000,
            )
            self.words = maker.fit_transform(self.texts).tocsr()
        else:
            self.words = sp.csr_matrix((len(self.texts), 1), dtype=np.float32)
        return self

    def score(self, rows: sp.csr_matrix) -> np.ndarray:
        """How much each item resembles what the row holds."""
        return np.asarray(((rows.astype(np.float32) @ self.words) @ self.words.T).todense(), dtype=np.float32)
