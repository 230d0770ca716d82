"""Promotions' steps of a quote: rules on lines, then rules on the cart, then coupons.

Order inside each: rules by priority, then id; coupons as they were entered. Each takes its part of
what the ones before it have left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.core.money import Money, allocate, total
from app.pricing.rules import Books, BuyingContext, Discount, Quote, QuoteLine
from app.promotions.rules import (
    Promotions,
    RuleRow,
    cart_discount,
    coupon_discount,
    in_order,
    line_discount,
    refusal,
)


def _in_force(promotions: Promotions, scope: str) -> list[RuleRow]:
    found = [rule for rule in promotions.rules if rule.scope == scope and rule.holds(promotions.now)]
    return sorted(found, key=lambda rule: (rule.priority, rule.id))


def line_rules(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Take line rules off each fitting line; one that is not stackable is that line's last."""
    promotions = books[Promotions]
    rules = _in_force(promotions, "line")
    if not rules:
        return quote
    given = {rule.id: quote.zero for rule in rules}
    lines = []
    for before in quote.lines:
        line = before
        for rule in rules:
            off = line_discount(rule, line, promotions)
            if not off:
                continue
            after = line.less(off, rule.mark, rule.name)
            given[rule.id] += after.discount - line.discount
            line = after
            if not rule.is_stackable:
                break
        lines.append(line)
    named = tuple(Discount(rule.name, given[rule.id]) for rule in rules if given[rule.id])
    return replace(quote, lines=tuple(lines), discounts=(*quote.discounts, *named))


def cart_rules(quote: Quote, context: BuyingContext, books: Books) -> Quote:
    """Take cart rules and coupons off the goods, spread over the lines to the cent."""
    promotions = books[Promotions]
    quote = _rules(quote, promotions)
    refused: dict[str, str] = {}
    for code in in_order(context.coupon_codes):
        coupon = promotions.coupons.get(code)
        reason = refusal(coupon, quote, promotions)
        if reason is not None or coupon is None:
            refused[code] = reason or ""
            continue
        off = coupon_discount(coupon, quote.goods, promotions)
        every = list(range(len(quote.lines)))
        lines = _spread(quote.lines, every, off, f"promotions.coupon:{coupon.id}", code)
        quote = replace(quote, lines=lines, discounts=(*quote.discounts, Discount(code, off, code)))
        if coupon.kind == "free_shipping" and quote.free_shipping is None:
            quote = replace(quote, free_shipping=code)
    return replace(quote, refused_coupons=refused)


def _rules(quote: Quote, promotions: Promotions) -> Quote:
    """Cart rules by priority. Lines that a line rule has closed are left out; the last one ends it."""
    closing = {rule.mark for rule in promotions.rules if not rule.is_stackable and rule.scope == "line"}
    for rule in _in_force(promotions, "cart"):
        places = [
            place
            for place, line in enumerate(quote.lines)
            if rule.fits(line) and not any(step.rule in closing for step in line.steps)
        ]
        off = cart_discount(rule, [quote.lines[place] for place in places], promotions)
        if not off:
            continue
        lines = _spread(quote.lines, places, off, rule.mark, rule.name)
        quote = replace(quote, lines=lines, discounts=(*quote.discounts, Discount(rule.name, off)))
        if not rule.is_stackable:
            break
    return quote


def _spread(
    lines: Sequence[QuoteLine], places: Sequence[int], off: Money, rule: str, note: str
) -> tuple[QuoteLine, ...]:
    """Lines with a discount split in proportion to what each costs; the parts add up to it."""
    weights = [lines[place].total for place in places]
    if not off or not total(weights, off.currency):
        return tuple(lines)
    changed = list(lines)
    for place, part in zip(places, allocate(off, weights), strict=True):
        changed[place] = changed[place].less(part, rule, note)
    return tuple(changed)
