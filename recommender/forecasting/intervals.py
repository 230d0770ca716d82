"""How far off a forecast may be: margins learned from the errors it made (split conformal prediction).

Errors are measured against the root of the mean and learned apart for small and large means, so that slow and quick
articles each get margins of their own kind (Mondrian conformal prediction, Vovk 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COVERAGE = 0.80
BIN_OF = 60
"""Each bin holds half as many forecasts as the one below it, the uppermost at least so many: few articles sell most of a
shop's pieces, and with bins of the same size their errors would drown in those of the many small ones."""


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


def learn(mean: np.ndarray, actual: np.ndarray, weight: np.ndarray | None = None) -> Margins:
    """Margins from forecasts and what came true, flat and of the same length (at least one).

    With weights, late errors can count more than early ones (Barber and others 2023: where a shop drifts).
    """
    weight = np.ones(len(mean)) if weight is None else weight
    halvings = max(0, int(np.log2(len(mean) / BIN_OF))) if len(mean) >= BIN_OF else 0
    edges = np.unique(np.quantile(mean, 1 - 0.5 ** np.arange(1, halvings + 1))) if halvings else np.empty(0)
    which = np.searchsorted(edges, mean, side="right")
    misses = (actual - mean) / _measure(mean)
    tail = (1 - COVERAGE) / 2
    low: list[float] = []
    high: list[float] = []
    for bin_ in range(len(edges) + 1):
        mine = which == bin_
        mine = mine if mine.any() else np.ones(len(mean), dtype=bool)
        much = weight[mine]
        spare = 1 + (much**2).sum() / much.sum() ** 2  # the correction for a sample without end
        for side, share in ((low, max(0, 1 - (1 - tail) * spare)), (high, min(1, (1 - tail) * spare))):
            side.append(float(np.quantile(misses[mine], share, weights=much, method="inverted_cdf")))
    return Margins(edges, np.array(low), np.array(high))
