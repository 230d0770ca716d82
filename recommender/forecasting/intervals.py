"""How far off a forecast may be: margins learned from the errors it made (split conformal prediction).

Errors are measured against the root of the mean and learned apart for small and large means, so that slow and quick
articles each get margins of their own kind (Mondrian conformal prediction, Vovk 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COVERAGE = 0.80
BIN_OF = 60
MOST_BINS = 12


def _measure(mean: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(mean, 0) + 0.05)


@dataclass(frozen=True)
class Margins:
    """Bins of means by their edges, with the lowest and highest usual error of each."""

    edges: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def around(self, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bound of each forecast; nothing sells less than zero."""
        which = np.searchsorted(self.edges, mean, side="right")
        measure = _measure(mean)
        low = np.maximum(mean + self.low[which] * measure, 0)
        return np.minimum(low, mean), np.maximum(mean + self.high[which] * measure, mean)


def learn(mean: np.ndarray, actual: np.ndarray) -> Margins:
    """Margins from forecasts and what came true, both flat and of the same length (at least one)."""
    count = int(np.clip(len(mean) // BIN_OF, 1, MOST_BINS))
    edges = np.unique(np.quantile(mean, np.linspace(0, 1, count + 1)[1:-1])) if count > 1 else np.empty(0)
    which = np.searchsorted(edges, mean, side="right")
    misses = (actual - mean) / _measure(mean)
    tail = (1 - COVERAGE) / 2
    low, high = [], []
    for bin_ in range(len(edges) + 1):
        mine = misses[which == bin_]
        mine = mine if len(mine) else misses
        spare = (len(mine) + 1) / len(mine)  # the correction for a sample without end
        low.append(np.quantile(mine, max(0, 1 - (1 - tail) * spare)))
        high.append(np.quantile(mine, min(1, (1 - tail) * spare)))
    return Margins(edges, np.array(low), np.array(high))
