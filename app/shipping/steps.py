"""Shipping's steps of a quote: the ways to ship that fit, the chosen one, and when it is free."""

from __future__ import annotations

from dataclasses import replace

from app.pricing.rules import Books, BuyingContext, LineStep, Quote, QuoteShipping
from app.shipping.rules import Parcel, ShippingTable, rates, volume_cm3


def parcel_of(quote: Quote, context: BuyingContext, table: ShippingTable) -> Parcel:
    """What has to be sent for a quote, and where to; home while nobody has said."""
    return Parcel(
        quote.weight_g, quote.goods, context.country or table.home, context.postcode, volume_cm3(quote.volume_mm3)
    )  # fmt: skip


def chosen_rate(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """List the methods that fit, and take the chosen one if it is among them."""
    table = books[ShippingTable]
    parcel = parcel_of(quote, context, table)
    methods = rates(table, parcel, context.language) if quote.lines else ()
    chosen = next((rate for rate in methods if rate.code == context.shipping_method), None)
    if chosen is None:
        return replace(quote, methods=methods, shipping=None)
    steps = (LineStep("shipping.chosen_rate", chosen.price, chosen.why),)
    return replace(quote, methods=methods, shipping=QuoteShipping(chosen, chosen.price, quote.zero, steps))


def free_over(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Take the price off where goods after discounts reach the threshold, or a coupon says so."""
    shipping = quote.shipping
    if shipping is None or not shipping.total:
        return quote
    threshold = shipping.rate.free_over
    if threshold is not None and quote.goods >= threshold:
        step = LineStep("shipping.free_over", -shipping.total, str(threshold))
    elif quote.free_shipping is not None:
        step = LineStep("shipping.coupon", -shipping.total, quote.free_shipping)
    else:
        return quote
    return replace(quote, shipping=replace(shipping, discount=shipping.amount, steps=(*shipping.steps, step)))
