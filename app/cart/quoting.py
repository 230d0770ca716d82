"""The one place that shows the order of calculation, from the list price to the last cent of tax.

Cart, checkout, the back office and the replay of an order use the same `quote`. Each step takes a
quote and gives a new one; the tables they read are loaded once, before the first step.
"""

from __future__ import annotations

from functools import reduce

from sqlalchemy.orm import Session

from app.pricing import steps as pricing
from app.pricing.rules import Basket, Books, BuyingContext, Quote, QuoteStep
from app.promotions import steps as promotions
from app.promotions.queries import load_promotions
from app.shipping import steps as shipping
from app.shipping.queries import load_shipping_table
from app.tax import steps as tax
from app.tax.queries import load_tax_table

STEPS: tuple[QuoteStep, ...] = (
    pricing.list_price, pricing.sale_price, promotions.line_rules, promotions.cart_rules,
    shipping.chosen_rate, shipping.free_over, tax.per_line, tax.shipping,
)  # fmt: skip


def load_books(session: Session, basket: Basket, context: BuyingContext) -> Books:
    """Everything the steps will want to know: rates of VAT, ways to ship, promotions in force."""
    return Books(
        load_tax_table(session),
        load_shipping_table(session),
        load_promotions(session, list(context.coupon_codes), user_id=context.user_id, email=context.email),
    )


def quote(basket: Basket, context: BuyingContext, books: Books) -> Quote:
    """What a basket costs for this buyer. Pure: the same three values give the same quote."""
    return reduce(lambda so_far, step: step(so_far, context, books), STEPS, Quote.start(basket))
