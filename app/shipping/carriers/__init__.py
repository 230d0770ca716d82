"""Carriers behind one small port. Adding one is a folder and a line here; the contract test covers it."""

from __future__ import annotations

from app.shipping.carriers.plain import PlainNews
from app.shipping.carriers.port import CarrierNews
from app.shipping.carriers.ups import UpsNews

FORMATS: dict[str, CarrierNews] = {news.key: news for news in (PlainNews(), UpsNews())}
"""The ways in which carriers tell of parcels, by the name a carrier's row holds."""


def news_format(key: str) -> CarrierNews | None:
    """The format of this name; None when there is none."""
    return FORMATS.get(key)
