"""Readers, one a source: each turns a file into records and rows that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from app.catalog.importing.formats import generic, icecat, magento, shopify, woocommerce
from app.catalog.importing.records import Bad, Record

Reader = Callable[[Path], Iterator[Record | Bad]]
READERS: dict[str, Reader] = {
    "generic": generic.read,
    "icecat": icecat.read,
    "shopify": shopify.read,
    "woocommerce": woocommerce.read,
    "magento": magento.read,
}

__all__ = ["READERS", "Reader"]
