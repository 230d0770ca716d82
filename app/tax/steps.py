"""Tax's steps of a quote: the VAT in every line, and the VAT in shipping.

At home and in the EU the VAT of the destination is taken out of the same gross price. What leaves the
EU's VAT area is charged at the net price (the home country's VAT taken out), and carries none.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.core.money import Money, TaxedMoney, allocate, total
from app.pricing.rules import Books, BuyingContext, LineStep, Quote, QuoteLine, QuoteShipping
from app.tax.rules import TaxTable, largest_share, untaxed, without_tax


def per_line(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Split every line into net and VAT; each line is rounded for itself."""
    table = books[TaxTable]
    if table.is_export(context.country, context.postcode):
        rates = [table.rate(table.home, line.item.tax_class, context.on) for line in quote.lines]
        lines = tuple(_exported(line, rate) for line, rate in zip(quote.lines, rates, strict=True))
        return replace(quote, lines=lines, discounts=_net_discounts(quote, lines), is_export=True)
    return replace(
        quote,
        lines=tuple(
            replace(
                line,
                tax=TaxedMoney.from_gross(
                    line.total, table.rate(context.country, line.item.tax_class, context.on)
                ),
            )
            for line in quote.lines
        ),
        is_export=False,
    )


def _exported(line: QuoteLine, rate: Decimal) -> QuoteLine:
    """The line at net prices: one piece without VAT times the quantity, less the net discount."""
    unit = without_tax(line.unit, rate)
    amount = unit * line.item.quantity
    # never more than the goods, and all of the goods when the discount was all of them
    discount = amount if line.discount == line.amount else min(without_tax(line.discount, rate), amount)
    after = amount - discount
    step = LineStep("tax.export", after - line.total, f"{rate.normalize():f} %")
    return replace(
        line, unit=unit, amount=amount, discount=discount, steps=(*line.steps, step), tax=untaxed(after)
    )


def _net_discounts(quote: Quote, lines: tuple[QuoteLine, ...]) -> tuple:
    """The named discounts at net value: together exactly what the lines have been given."""
    given = total([line.discount for line in lines], quote.currency)
    weights = [discount.amount for discount in quote.discounts]
    if not total(weights, quote.currency):
        return quote.discounts
    parts = allocate(given, weights)
    return tuple(
        replace(discount, amount=part) for discount, part in zip(quote.discounts, parts, strict=True)
    )


def shipping(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Split shipping at the rate of the goods with the largest share of the value (decision 0031)."""
    if quote.shipping is None:
        return quote
    table = books[TaxTable]
    where = table.home if quote.is_export else context.country
    values: dict[str, Money] = {}
    for line in quote.lines:
        name = line.item.tax_class
        values[name] = values.get(name, quote.zero) + line.total
    rates = {name: table.rate(where, name, context.on) for name in values}
    main = largest_share(values, rates, quote.currency)
    rate = rates[main] if main in rates else table.rate(where, main, context.on)
    chosen = quote.shipping
    if not quote.is_export:
        return replace(quote, shipping=replace(chosen, tax=TaxedMoney.from_gross(chosen.total, rate)))
    return replace(quote, shipping=_exported_shipping(chosen, rate))


def _exported_shipping(chosen: QuoteShipping, rate: Decimal) -> QuoteShipping:
    amount = without_tax(chosen.amount, rate)
    discount = amount if chosen.discount == chosen.amount else min(without_tax(chosen.discount, rate), amount)
    after = amount - discount
    step = LineStep("tax.export", after - chosen.total, f"{rate.normalize():f} %")
    return replace(chosen, amount=amount, discount=discount, steps=(*chosen.steps, step), tax=untaxed(after))
