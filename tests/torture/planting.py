"""Which payload goes into which field: all of them are stored somewhere, and fields see one family after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.torture.payloads import FAMILIES, Payload

BETWEEN = " \u00b7 "


def is_control(text: str, lines: bool = True) -> bool:
    """True for a text with characters that no field of this kind takes."""
    kept = "\n\r\t" if lines else "\t"
    return any(ord(c) < 32 and c not in kept for c in text)


@dataclass
class Planter:
    """Hands out texts made of payloads and remembers which were accepted where."""

    corpus: Sequence[Payload]
    queues: dict[str, deque[Payload]] = field(default_factory=dict)
    turn: dict[str, int] = field(default_factory=dict)
    stored: set[int] = field(default_factory=set)
    seen: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.queues = {name: deque(p for p in self.corpus if p.family == name) for name in FAMILIES}

    def text(self, where: str, room: int, lines: bool = False) -> tuple[str, list[Payload]]:
        """A text for a field with so much room: as many payloads as fit, each of the next family."""
        chosen: list[Payload] = []
        between = "\n" if lines else BETWEEN
        left, misses = min(room, 6_000), 0
        while misses < len(FAMILIES):
            family = FAMILIES[self.turn.get(where, 0) % len(FAMILIES)]
            self.turn[where] = self.turn.get(where, 0) + 1
            payload = self._next(family, left - len(between), lines)
            if payload is None:
                misses += 1
                continue
            chosen.append(payload)
            left -= len(payload.text) + len(between)
            if left < 40:
                break
        return between.join(p.text for p in chosen), chosen

    def _next(self, family: str, room: int, lines: bool) -> Payload | None:
        """The payload of a family that was out for longest, among those that fit."""
        queue = self.queues[family]
        for _ in range(len(queue)):
            payload = queue[0]
            queue.rotate(-1)
            if len(payload.text) <= room and not is_control(payload.text, lines):
                return payload
        return None

    def accepted(self, where: str, chosen: Iterable[Payload]) -> None:
        """A field holds these now."""
        for payload in chosen:
            self.stored.add(payload.number)
            self.seen.setdefault(where, set()).add(payload.family)

    def turned_away(self, where: str) -> None:
        """A field refused a text."""
        self.refused[where] = self.refused.get(where, 0) + 1

    @property
    def left(self) -> list[Payload]:
        """Payloads that are nowhere yet."""
        return [p for p in self.corpus if p.number not in self.stored and not is_control(p.text)]
