"""Pricing's steps of a quote: the list price, and the note about a crossed-out one."""

from __future__ import annotations

from dataclasses import replace

from app.pricing.rules import Books, BuyingContext, Quote


def list_price(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Start each line at the shop price of its variant (the crossed-out one where there is one)."""
    lines = tuple(line.priced(line.item.compare_at or line.item.price, "list_price") for line in quote.lines)
    return replace(quote, lines=lines)


def sale_price(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Go down to the sale price. Not a discount of the order: the line simply costs this."""
    lines = tuple(
        line.priced(line.item.price, "sale_price") if line.item.compare_at else line for line in quote.lines
    )
    return replace(quote, lines=lines)
