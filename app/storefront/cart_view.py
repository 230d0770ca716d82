"""From a quoted cart to what the cart page, the drawer and the checkout summary print."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.cart.queries import CartItem, QuotedCart
from app.core.money import Money
from app.pricing.rules import Quote, QuoteLine
from app.storefront import pages
from app.storefront.cards import stock_words
from app.storefront.shell import currency, meta, root

MOST_PIECES = 999


def options_text(options: Mapping[str, Any]) -> str:
    """The chosen options for people: "Oak · Large"."""
    return " · ".join(str(value) for value in options.values())


def line_view(item: CartItem, quoted: QuoteLine | None) -> pages.CartLine:
    """A line with its price now; one that cannot be bought keeps its place and says why."""
    nothing = Money.zero(currency())
    unit = quoted.unit if quoted else (item.price.price if item.price else nothing)
    shown = stock_words(item.availability)
    return pages.CartLine(
        id=str(item.line_id),
        name=item.name,
        url=f"{root()}/p/{item.slug}?sku={item.sku}",
        sku=item.sku,
        options=options_text(item.options),
        image=item.image,
        quantity=item.quantity,
        unit_price=unit,
        total=quoted.amount if quoted else unit * item.quantity,
        availability=shown,
        max_quantity=max(1, min(MOST_PIECES, shown.left)),
        compare_at=item.price.compare_at if item.price else None,
        changed_from=item.changed_from if quoted else None,
        problem=str(item.problem) if item.problem else "",
    )


def lines_of(found: QuotedCart) -> tuple[pages.CartLine, ...]:
    """All lines of the cart, in the order they were added."""
    quoted = {line.item.key: line for line in found.quote.lines}
    return tuple(line_view(item, quoted.get(str(item.line_id))) for item in found.contents.lines)


def totals_of(quote: Quote, *, at_checkout: bool = False) -> pages.Totals:
    """The sums: goods, discounts, shipping, and the VAT that is in it."""
    rows = [pages.TotalsRow(_("Subtotal"), quote.subtotal)]
    rows += [pages.TotalsRow(d.name, -d.amount, kind="discount") for d in quote.discounts if d.amount]
    if quote.shipping is not None:
        cost = quote.shipping.total
        label = _("Shipping (%(name)s)", name=quote.shipping.rate.name) if at_checkout else _("Shipping")
        rows.append(pages.TotalsRow(label, cost if cost else None, _("Free")))
    else:
        rows.append(
            pages.TotalsRow(_("Shipping"), None, _("Choose below") if at_checkout else _("At checkout"))
        )
    for band in quote.tax_bands:
        if band.tax:
            rows.append(
                pages.TotalsRow(
                    _("VAT included (%(rate)s %%)", rate=rate_text(band.rate)), band.tax, kind="tax"
                )
            )
    note = _("Delivered outside the European Union: no VAT is charged.") if quote.is_export else ""
    return pages.Totals(tuple(rows), quote.total, note)


def rate_text(rate: Decimal) -> str:
    """A VAT rate as people write it: 21, 5.5."""
    text = f"{rate.normalize():f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def free_shipping(quote: Quote) -> pages.FreeShipping | None:
    """How far the cart is from free shipping; None where no method ever ships for free."""
    goal = min((rate.free_over for rate in quote.methods if rate.free_over is not None), default=None)
    if goal is None or not goal:
        return None
    if quote.goods >= goal:
        return pages.FreeShipping(100)
    return pages.FreeShipping(int(100 * quote.goods.amount / goal.amount), goal - quote.goods)


def coupons_of(found: QuotedCart) -> tuple[pages.Coupon, ...]:
    """The codes on the cart; one that does not count says why."""
    refused = found.quote.refused_coupons
    return tuple(pages.Coupon(code, str(refused.get(code, ""))) for code in found.cart.coupon_codes)


def cart_view(
    found: QuotedCart | None,
    *,
    notices: tuple[pages.Notice, ...] = (),
    coupon_value: str = "",
    coupon_error: str = "",
    return_days: int = 30,
    suggestions: tuple[pages.Card, ...] = (),
) -> pages.CartView:
    """The cart page and the drawer; an empty one for who has no cart yet."""
    head = meta(_("Your bag"), robots="noindex")
    if found is None:
        return pages.CartView(head, (), 0, notices=notices)
    lines = lines_of(found)
    return pages.CartView(
        meta=head,
        lines=lines,
        count=sum(line.quantity for line in lines),
        totals=totals_of(found.quote) if lines else None,
        saved=tuple(line_view(item, None) for item in found.contents.saved),
        coupons=coupons_of(found),
        coupon_value=coupon_value,
        coupon_error=coupon_error,
        free_shipping=free_shipping(found.quote) if lines else None,
        notices=notices,
        can_checkout=bool(lines) and not any(line.problem for line in lines),
        delivery=_("Delivered in 2 to 4 working days"),
        returns=_("Secure payment, %(days)s days to send it back", days=return_days),
        suggestions=suggestions,
    )
