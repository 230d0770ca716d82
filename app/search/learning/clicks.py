"""How far down people look, out of what they opened: the position model of clicks, by expectation maximisation.

A result is opened when it is looked at, which depends on its place only, and attracts, which depends on words and
product only. Sources: Craswell, Zoeter, Taylor and Ramsey, "An Experimental Comparison of Click Position-Bias Models"
(WSDM 2008); Chuklin, Markov and de Rijke, "Click Models for Web Search" (2015), chapters 3 and 4. The first guess is
that place k is looked at by one in k (Joachims, Swaminathan and Schnabel, "Unbiased Learning-to-Rank with Biased
Feedback", WSDM 2017); products that were seen at several places correct it. Without any it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.search.learning.rules import MOST_SHOWN

Cell = tuple[int, int]
"""How often a product was shown at a place for some words, and opened there."""
ROUNDS = 250
STILL = 0.0001
"""No place changes by more than this any more: the rounds are over."""
MOST_ROWS = 5_000
"""So many products under some words, those shown most often, are enough to see how far people look."""
LEAST = 0.02


def first_guess() -> tuple[float, ...]:
    """By how many each place is looked at before anything is known."""
    return tuple(round(1 / place, 5) for place in range(1, MOST_SHOWN + 1))


def examined(seen: Iterable[Mapping[int, Cell]], rounds: int = ROUNDS) -> tuple[float, ...]:
    """By how many each place is looked at, the first by all; no place by more than one above it.

    `seen` holds, for each product under some words, its places with how often it was shown and opened there.
    """
    opened_once = (places for places in seen if any(opened for _shown, opened in places.values()))
    most = sorted(opened_once, key=lambda places: -sum(shown for shown, _opened in places.values()))[
        :MOST_ROWS
    ]
    rows = [tuple(places.items()) for places in most]
    theta = list(first_guess())
    attracts = [_start(row, theta) for row in rows]
    for _ in range(rounds):
        looked, shown_at = [0.0] * len(theta), [0.0] * len(theta)
        for at, row in enumerate(rows):
            attract, liked, total = attracts[at], 0.0, 0
            for place, (shown, opened) in row:
                look = theta[place - 1]
                neither = 1 - look * attract
                not_opened = shown - opened
                looked[place - 1] += opened + not_opened * look * (1 - attract) / neither
                shown_at[place - 1] += shown
                liked += opened + not_opened * attract * (1 - look) / neither
                total += shown
            attracts[at] = min(liked / total, 0.99)
        before, theta = (
            theta,
            _falling(
                [
                    part / whole if whole else now
                    for part, whole, now in zip(looked, shown_at, theta, strict=True)
                ]
            ),
        )
        if max(abs(now - then) for now, then in zip(theta, before, strict=True)) < STILL:
            break
    return tuple(round(look, 5) for look in theta)


def _start(row: Sequence[tuple[int, Cell]], theta: Sequence[float]) -> float:
    """What a product attracts if the first guess is right."""
    opened = sum(cell[1] for _place, cell in row)
    looked = sum(cell[0] * theta[place - 1] for place, cell in row)
    return min(max(opened / looked if looked else 0.1, 0.01), 0.9)


def _falling(theta: Sequence[float]) -> list[float]:
    """With the first place at one, and no place above the one before it."""
    first = max(theta[0], LEAST)
    found: list[float] = []
    for look in theta:
        found.append(max(LEAST, min(look / first, found[-1] if found else 1.0)))
    return found
