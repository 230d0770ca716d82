"""How orders of the demo came in: most by the shop, some from a marketplace, by telephone or by a program."""

from __future__ import annotations

from datetime import datetime
from random import Random

from app.orders.states import Channel

SHARES = {Channel.WEB: 76, Channel.MARKETPLACE: 13, Channel.PHONE: 7, Channel.API: 4}
OPEN = range(7, 17)
"""Hours (UTC) in which somebody answers the telephone."""
SPOKEN = frozenset({"bank_transfer", "cod"})
"""Ways to pay that are agreed on the telephone; nobody says a card number aloud."""


def channel_of(key: str, placed_at: datetime, method: str) -> Channel:
    """The door an order came in by; the same key gives the same one."""
    drawn = Random(f"channel:{key}").choices(list(SHARES), list(SHARES.values()))[0]
    if drawn is Channel.PHONE and (
        method not in SPOKEN or placed_at.hour not in OPEN or placed_at.weekday() == 6
    ):
        return Channel.WEB
    return drawn
