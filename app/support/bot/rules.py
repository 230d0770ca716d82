"""How the bot reads a sentence, in plain Python: features, weights, the surest intent. The same code trains and serves."""

from __future__ import annotations

import array
import json
import math
import re
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.search.rules import unaccent
from app.support.bot import meanings

INTENTS = (
    "order_status", "delivery", "returns", "refund", "cancel", "change_address", "invoice", "payment", "stock", "hours",
    "human", "greeting", "thanks", "other",
)  # fmt: skip
SHORTEST, LONGEST = 2, 5
"""Lengths of the pieces of words that are looked at: typing errors and endings hide in them."""
LONGEST_READ = 1_000
_ALIKE = str.maketrans("аеоросухіјѕԁкмтвнАЕОРСУХІКМТВНαορ‐‑‒–", "aeopocyxijsdkmtbhAEOPCYXIKMTBHaop----")
"""Letters of other alphabets that look like ours, and the other hyphens."""
_NUMBER = re.compile(r"#?\d[\d-]{3,}")
_WORD = re.compile(r"[^\W_]+|#")
ORDER_NUMBER = re.compile(r"(?<!\w)([0-9]{4})[ -]?([0-9]{6})(?!\w)")
EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}\.[^\s@<>,;.]{2,}")
POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?(\d{4} ?[A-Z]{2}|\d{4,5}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.I)


def plain(text: str) -> str:
    """A text without its disguise: no invisible letters or marks of direction, wide and foreign look-alikes as ours."""
    if text.isascii():
        return text
    seen = (letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", "".join(seen)).translate(_ALIKE)


def words_of(text: str) -> list[str]:
    """The words of a sentence without accents; long numbers are all the same word."""
    return _WORD.findall(_NUMBER.sub(" # ", unaccent(plain(text[:LONGEST_READ]))))


def word_features(text: str) -> list[str]:
    """Words and pairs of words."""
    words = words_of(text)
    return words + [f"{one} {two}" for one, two in zip(words, words[1:], strict=False)]


def piece_features(text: str) -> list[str]:
    """Pieces of words, with their edges marked."""
    found = []
    for word in words_of(text):
        padded = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            found += [padded[n : n + size] for n in range(max(1, len(padded) - size + 1))]
    return found


def meaning_features(text: str) -> list[str]:
    """What the words mean, the same in every language."""
    return meanings.meaning_features(words_of(text))


READERS = {
    "words": (word_features, 0.8),
    "pieces": (piece_features, 1.2),
    "meanings": (meaning_features, 0.8),
}
"""What is looked at in a sentence, and how much each counts."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The surest intent and how sure it is, from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: a vocabulary for each reader, each with its rarity, and a row of weights for each feature."""

    labels: tuple[str, ...]
    vocabularies: tuple[Mapping[str, int], ...]
    rarity: array.array[float]
    weights: array.array[float]
    offsets: tuple[float, ...]

    def pack(self) -> bytes:
        """The model as bytes: packed JSON and little numbers of four bytes."""
        if sys.byteorder != "little":
            raise RuntimeError("models are kept little-endian")
        head = json.dumps(
            {"labels": self.labels, "offsets": self.offsets}
            | {name: list(known) for name, known in zip(READERS, self.vocabularies, strict=True)},
            ensure_ascii=False,
        ).encode()
        body = len(head).to_bytes(4, "little") + head + self.rarity.tobytes() + self.weights.tobytes()
        return zlib.compress(body, 6)

    @classmethod
    def unpack(cls, data: bytes) -> Weights:
        """The inverse of `pack`."""
        body = zlib.decompress(data)
        size = int.from_bytes(body[:4], "little")
        head = json.loads(body[4 : 4 + size])
        vocabularies, count = [], 0
        for name in READERS:
            known = head.get(name, [])  # a model of before does not know every reader
            vocabularies.append({feature: n for n, feature in enumerate(known, count)})
            count += len(known)
        rarity, weights = array.array("f"), array.array("f")
        rarity.frombytes(body[4 + size : 4 + size + 4 * count])
        weights.frombytes(body[4 + size + 4 * count :])
        return cls(tuple(head["labels"]), tuple(vocabularies), rarity, weights, tuple(head["offsets"]))

    def scores(self, text: str) -> list[float]:
        """The probability of each label, in their order."""
        sums, width = list(self.offsets), len(self.labels)
        for (features, factor), known in zip(READERS.values(), self.vocabularies, strict=True):
            counts = Counter(known[f] for f in features(text) if f in known)
            values = {n: (1 + math.log(count)) * self.rarity[n] for n, count in counts.items()}
            norm = math.sqrt(sum(value * value for value in values.values()))
            for n, value in values.items():
                share, row = factor * value / norm, n * width
                for place in range(width):
                    sums[place] += share * self.weights[row + place]
        top = max(sums)
        powers = [math.exp(value - top) for value in sums]
        whole = sum(powers)
        return [power / whole for power in powers]

    def verdict(self, text: str) -> Verdict:
        """The surest label; "other" with no confidence for a text without a known word."""
        if not any(f in self.vocabularies[0] for f in words_of(text)):
            return Verdict("other", 0.0)
        found = self.scores(text)
        best = max(range(len(found)), key=found.__getitem__)
        return Verdict(self.labels[best], found[best])


def read_sentences(text: str) -> list[tuple[str, str]]:
    """(sentence, intent) pairs of a file with a line "[intent]" above the sentences of each.

    Raises:
        ValueError: a sentence without an intent.
    """
    found, intent = [], ""
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            intent = line[1:-1]
        elif line:
            if not intent:
                raise ValueError(line)
            found.append((line, intent))
    return found


def number_in(text: str) -> str | None:
    """The order number that a sentence names."""
    found = ORDER_NUMBER.search(plain(text))
    return f"{found[1]}-{found[2]}" if found else None


def proofs_in(text: str) -> tuple[str, str]:
    """An e-mail address and a postcode that a sentence names, each "" without one."""
    text = plain(text)
    email, rest = EMAIL.search(text), ORDER_NUMBER.sub(" ", text)
    code = POSTCODE.search(rest)
    return (email[0].strip(".").lower() if email else "", postcode(code[1]) if code else "")


def postcode(text: Any) -> str:
    """A postcode as it is compared: without spaces, in capitals."""
    return "".join(str(text or "").split()).upper()


def shares(verdicts: Sequence[str], truth: Sequence[str]) -> float:
    """Which part of verdicts is right."""
    same = sum(one == two for one, two in zip(verdicts, truth, strict=True))
    return same / len(truth) if truth else 0.0
