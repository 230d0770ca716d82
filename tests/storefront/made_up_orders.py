"""Made-up carts, orders, forms and accounts for the template tests."""

from __future__ import annotations

from app.storefront import pages as p
from tests.storefront.made_up import IN, LOW, OUT, cards, eur, meta, picture


def line(n: int, **changes: object) -> p.CartLine:
    """Make a cart line."""
    values: dict[str, object] = {
        "id": f"l{n}", "name": ("Halo pendant", "Marais side chair", "Cove serving bowl")[n % 3],
        "url": "/p/x", "sku": f"MRS-{n:03}", "options": "Moss · Medium", "image": picture(n), "quantity": n + 1,
        "unit_price": eur("89.00"), "total": eur(f"{89 * (n + 1)}.00"), "availability": IN,
    }  # fmt: skip
    return p.CartLine(**(values | changes))  # type: ignore[arg-type]


def totals() -> p.Totals:
    """Make sums with one row of each kind."""
    return p.Totals(
        rows=(
            p.TotalsRow("Subtotal", eur("534.00")),
            p.TotalsRow("Discount AUTUMN", eur("-20.00"), kind="discount"),
            p.TotalsRow("Shipping", None, "Free"),
            p.TotalsRow("VAT included", eur("89.21"), kind="tax"),
        ),
        total=eur("514.00"),
        note="Duties are not due inside the European Union.",
    )


def cart(count: int = 3) -> p.CartView:
    """Make a cart; 0 for the empty one."""
    lines = (
        line(0),
        line(1, changed_from=eur("79.00"), compare_at=eur("99.00")),
        line(2, problem="Only 2 left. Take one away to go on.", availability=LOW),
    )[:count]
    return p.CartView(
        meta=meta("Your bag"),
        lines=lines,
        count=sum(item.quantity for item in lines),
        totals=totals() if lines else None,
        saved=(line(4), line(5, availability=OUT)) if lines else (),
        coupons=(p.Coupon("AUTUMN", "€20 off"),),
        coupon_value="WINTER",
        coupon_error="This code ended on 1 November." if count == 3 else "",
        free_shipping=p.FreeShipping(62, eur("28.00")) if count < 3 else p.FreeShipping(100),
        notices=(
            p.Notice(
                "Field mug was taken out.", undo_url="/cart/lines/l9", undo_values=(("action", "restore"),)
            ),
        ),
        can_checkout=count < 3,
        delivery="With you by Thursday 26 November",
        suggestions=cards(6),
    )


def address(prefix: str, error: str = "") -> tuple[p.Field, ...]:
    """Make the fields of an address; `error` goes to the postcode."""
    group = prefix + "."
    section = prefix + " "
    countries = (p.Choice("BE", "Belgium", True), p.Choice("FR", "France"))
    return (
        p.Field(f"{group}country", "Country", "BE", kind="select", options=countries, autocomplete=section + "country"),
        p.Field(f"{group}name", "Full name", "Ada Claes", autocomplete=section + "name"),
        p.Field(f"{group}line1", "Street and number", autocomplete=section + "address-line1"),
        p.Field(f"{group}line2", "Flat, floor, company", required=False, folded=True, autocomplete=section + "address-line2"),
        p.Field(f"{group}postcode", "Postcode", "90", error, autocomplete=section + "postal-code", inputmode="numeric", width="third"),
        p.Field(f"{group}city", "City", autocomplete=section + "address-level2", width="two-thirds"),
        p.Field(f"{group}phone", "Phone", kind="tel", autocomplete=section + "tel", inputmode="tel", required=False, hint="Only for the carrier."),
    )  # fmt: skip


def checkout(with_errors: bool = False, ready: bool = True) -> p.CheckoutView:
    """Make the checkout: fresh, refused, or without a shipping method yet."""
    message = "A Belgian postcode has four digits." if with_errors else ""
    ways = (
        p.ShippingChoice("standard", "Standard", None, "Tuesday 24 – Thursday 26 November", True),
        p.ShippingChoice("express", "Express", eur("14.90"), "Tomorrow before noon"),
    )
    token = p.Field(
        "card_token",
        "Test card",
        "ok",
        kind="select",
        options=(p.Choice("ok", "Accepted"), p.Choice("no", "Refused")),
    )
    return p.CheckoutView(
        meta=meta("Checkout"),
        email=p.Field("email", "E-mail", kind="email", autocomplete="email", inputmode="email", hint="For the confirmation and the parcel's news."),
        address=address("shipping", message),
        billing=address("billing"),
        lines=(line(0), line(1)),
        totals=totals(),
        expected_total="514.00",
        idempotency_key="3f0c",
        shipping_methods=ways if ready else (),
        payment_methods=(
            p.PaymentChoice("demo_card", "Card", "A test card; nothing is charged", "card", True, (token,)),
            p.PaymentChoice("bank_transfer", "Bank transfer", "We send when the money is here", "bank"),
            p.PaymentChoice("cod", "Cash on delivery", "Pay the courier", "banknote"),
        ),
        note=p.Field("note", "Add a note for us", kind="textarea", required=False, folded=True),
        saved_addresses=(p.Choice("1", "Ada Claes, Korenlei 12, 9000 Gent", True), p.Choice("new", "Another address")) if with_errors else (),
        signed_in_as="Ada Claes" if with_errors else "",
        coupons=(p.Coupon("AUTUMN"),) if with_errors else (),
        shipping_error="Choose how it should travel." if with_errors else "",
        payment_error="The card was refused. Nothing was charged." if with_errors else "",
        errors=(p.FieldError("f-shipping-postcode", message), p.FieldError("f-payment-method", "The card was refused.")) if with_errors else (),
        terms_url="/pages/terms",
        privacy_url="/pages/privacy",
    )  # fmt: skip


def order(state: str = "shipped") -> p.OrderView:
    """Make an order on its way, or one that was cancelled."""
    entry = p.TimelineEntry
    still = p.OrderLine(
        "Halo pendant", "MRS-001", "Moss · Medium", 2, eur("89.00"), eur("178.00"), picture(2), "/p/x"
    )
    cancelled = state == "cancelled"
    return p.OrderView(
        meta=meta("Order 2026-000123"),
        number="2026-000123",
        token="tok",
        status=state,
        status_label="Cancelled" if cancelled else "Shipped",
        placed_text="Placed on 20 November 2026",
        headline="This order was cancelled" if cancelled else "Your parcel is on its way",
        summary="" if cancelled else "Expected Tuesday 24 November.",
        lines=(still, p.OrderLine("Gone thing", "OLD-1", "", 1, eur("20.00"), eur("20.00"))),
        totals=totals(),
        timeline=(
            entry("placed", "Order placed", "done", "2026-11-20T09:00:00Z", "20 November, 10:00"),
            entry("paid", "Payment received", "done", "2026-11-20T09:01:00Z", "20 November, 10:01", "By card"),
            entry("cancelled", "Cancelled", "failed") if cancelled else entry("shipped", "On its way", "now"),
            entry("delivered", "Delivered", "ahead"),
        ),
        live_url="/orders/tok",
        parcels=(p.Parcel("bpost", "323210742499", "https://track.example", "Sent 20 November", "All pieces"), p.Parcel("Courier", "77")),
        addresses=(p.AddressBlock("Deliver to", ("Ada Claes", "Korenlei 12", "9000 Gent")), p.AddressBlock("Bill to", ("Ada Claes",))),
        shipping_name="Standard",
        payment_name="Card",
        payment_text="Paid",
        documents=(p.Link("Invoice 2026-0007 (PDF)", "/x.pdf"),),
        cancel_url="" if cancelled else "/orders/tok/cancel",
        reorder_url="/orders/tok/reorder",
        return_url="/orders/tok/return",
        pay_url="/orders/tok/pay",
        crumbs=(p.Crumb("Account", "/account"), p.Crumb("Orders", "/account/orders"), p.Crumb("2026-000123")),
    )  # fmt: skip


def done(transfer: bool = False) -> p.DoneView:
    """Make the thank-you page."""
    rows = (
        p.Instruction("Beneficiary", "Maison Lumen BV"),
        p.Instruction("IBAN", "BE68 5390 0754 7034"),
        p.Instruction("Amount", "€514.00", copy=False),
        p.Instruction("Reference", "+++090/9337/55493+++"),
    )
    return p.DoneView(
        meta=meta("Thank you"),
        order=order(),
        email="ada@example.org",
        next_steps=(
            "We pack it today.",
            "You get a mail with the tracking number.",
            "It is with you by Thursday.",
        ),
        instructions=rows if transfer else (),
        register=(
            p.Field(
                "password",
                "Choose a password",
                kind="password",
                autocomplete="new-password",
                hint="At least 10 characters.",
            ),
        ),
        pay_again_url="/checkout/pay/tok" if transfer else "",
    )


def form(title: str = "Create your account", section: str = "") -> p.FormView:
    """Make a page that is one form, with an error."""
    return p.FormView(
        meta=meta(title),
        title=title,
        action_url="/register",
        submit="Create account",
        fields=(
            p.Field("name", "Full name", "Ada", autocomplete="name"),
            p.Field("email", "E-mail", "ada@", "That is not an e-mail address.", "email", "email", "email"),
            p.Field(
                "password",
                "Password",
                kind="password",
                autocomplete="new-password",
                hint="At least 10 characters.",
            ),
            p.Field("news", "Write me when something new arrives", kind="checkbox", required=False),
        ),
        text="Follow orders, keep addresses, send things back in two clicks.",
        errors=(p.FieldError("f-email", "That is not an e-mail address."),),
        hidden=(("next", "/checkout"),),
        links=(p.Link("Sign in instead", "/login"),),
        section=section,
        danger_url="/account/addresses/1/delete" if section else "",
        danger_label="Delete this address" if section else "",
    )


def login() -> p.LoginView:
    """Make the sign-in page."""
    return p.LoginView(
        meta=meta("Sign in"),
        fields=(
            p.Field("email", "E-mail", kind="email", autocomplete="username", inputmode="email"),
            p.Field("password", "Password", kind="password", autocomplete="current-password"),
        ),
        next="/checkout",
        notices=(p.Notice("E-mail or password is not right.", "error"),),
    )


def order_rows() -> tuple[p.OrderRow, ...]:
    """Make rows of the order list."""
    rows = (("shipped", "Shipped"), ("delivered", "Delivered"), ("cancelled", "Cancelled"))
    return tuple(
        p.OrderRow(
            f"2026-00012{i}",
            "/account/orders/1",
            "20 November 2026",
            code,
            label,
            eur("514.00"),
            3,
            (picture(i), picture(i + 4)),
        )
        for i, (code, label) in enumerate(rows)
    )


def account() -> p.AccountView:
    """Make the account's home."""
    return p.AccountView(
        meta=meta("Your account"), name="Ada", email="ada@example.org", orders=order_rows(),
        default_address=("Ada Claes", "Korenlei 12", "9000 Gent"), is_verified=False, recommended=cards(6),
    )  # fmt: skip


def addresses(count: int = 2) -> p.AddressesView:
    """Make the saved addresses; 0 for none yet."""
    found = tuple(
        p.AddressCard(str(i), "Home", ("Ada Claes", "Korenlei 12", "9000 Gent"), "/e", "/d", "/s", i == 0)
        for i in range(count)
    )
    return p.AddressesView(meta=meta("Addresses"), addresses=found, add_url="/account/addresses/new")


def security() -> p.SecurityView:
    """Make the security page."""
    return p.SecurityView(
        meta=meta("Security"), password=form("Password"), email=form("E-mail"),
        sessions=(p.SessionRow("Firefox on Linux", "Ghent, now", True), p.SessionRow("Phone", "Yesterday", end_url="/account/security/end/2")),
        end_all_url="/account/security/end",
    )  # fmt: skip


def error(status: int) -> p.ErrorView:
    """Make an error page."""
    return p.ErrorView(
        meta=meta("Not found"),
        status=status,
        links=(p.Link("Lighting", "/c/lighting"),),
        cards=cards(4),
        request_id="9f2c",
        retry_after=30,
    )
