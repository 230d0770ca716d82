"""What words mean in whichever of the five languages, so that a sentence learned in one helps the others. Plain Python."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

from app.search.rules import unaccent

FILE = Path(__file__).parent / "data" / "meanings.txt"
SHORTEST_STEM = 3
MOST_IN_THREES = 8


@cache
def _known() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Whole words and stems, each with what they may mean."""
    words: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        meaning, _colon, spellings = line.partition(":")
        for spelling in sorted(set(unaccent(spellings).split())):
            group = stems if spelling.endswith("*") else words
            group.setdefault(spelling.rstrip("*"), []).append(meaning)
    return words, stems


def meanings_of(word: str) -> list[str]:
    """What a word without accents may mean: by the whole word, else by its longest known stem."""
    words, stems = _known()
    if word in words:
        return words[word]
    for length in range(len(word), SHORTEST_STEM - 1, -1):
        if word[:length] in stems:
            return stems[word[:length]]
    return []


def meaning_features(words: list[str]) -> list[str]:
    """The meanings in a sentence: each, which of them occur together and which follow each other; how much was said.

    Of many meanings the first eight by name are looked at in threes: a long text would have thousands.
    """
    each = [meanings_of(word) for word in words]
    found = [meaning for meanings in each for meaning in meanings]
    known, row = sorted(set(found)), [meanings[0] for meanings in each if meanings]
    together = [
        "+".join(some) for some in (*combinations(known, 2), *combinations(known[:MOST_IN_THREES], 3))
    ]
    after = [f"{one}>{two}" for one, two in zip(row, row[1:], strict=False)]
    unknown = min(sum(not meanings for meanings in each), 3)
    return [*found, *together, *after, f"length {min(len(words), 6)}", f"unknown {unknown}"]
