"""Shapes of questions: what may be sent to the doors, and within which bounds."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields

from app.api.fields import Choice, Counted, MoneyField, Text, Whole
from app.core.i18n import LANGUAGES
from app.customers.ages import AgeBand

EMAIL = {"format": "email"}


class Body(Schema):
    """What may be sent: nothing but its fields."""

    class Meta:
        """Unknown fields are refused: a misspelt one must not be taken for a missing one."""

        unknown = RAISE


class Listing(Schema):
    """The part of a question that pages through a list."""

    limit = Counted(least=1, most=100, load_default=24)
    cursor = Text(longest=400, load_default=None, allow_none=True)


class ProductQuery(Listing):
    """What to list; further parameters are attribute codes with the values wanted."""

    q = Text(longest=200, load_default="")
    category = Text(longest=400, load_default="")
    sort = Text(longest=20, load_default="")
    price_min = Text(longest=20, load_default="")
    price_max = Text(longest=20, load_default="")
    cursor = Text(longest=1200, load_default=None, allow_none=True)


class ReviewQuery(Listing):
    """Which reviews first."""

    sort = Text(longest=20, load_default="newest")


class NewReview(Body):
    """What a customer thinks of something that was bought."""

    rating = Whole(least=1, most=5, required=True)
    title = Text(longest=120, load_default="")
    body = Text(longest=4000, shortest=1, required=True)


class NewCart(Body):
    """A cart begins empty; its currency may be said here as well as in the address."""

    currency = Text(longest=3)


class NewLine(Body):
    """Put some pieces of a variant into the cart."""

    sku = Text(longest=64, shortest=1, required=True)
    quantity = Whole(least=1, most=999, load_default=1)


class ChangedLine(Body):
    """Another quantity; 0 removes the line."""

    quantity = Whole(least=0, most=999, required=True)


class Code(Body):
    """A coupon, or a method of shipping."""

    code = Text(longest=64, shortest=1, required=True)


class AddressShape(Body):
    """A postal address. What a country wants beyond this is checked by its own rules."""

    name = Text(longest=100, required=True)
    line1 = Text(longest=120, required=True)
    line2 = Text(longest=120)
    postcode = Text(longest=16, required=True)
    city = Text(longest=80, required=True)
    region = Text(longest=80)
    country = Text(longest=2, required=True, metadata={"pattern": "^[A-Z]{2}$"})
    phone = Text(longest=32)
    company = Text(longest=100)


class Addresses(Body):
    """Who buys and where goods and bill go; without `billing` it is the same address."""

    email = Text(longest=254, shortest=3, required=True, metadata=EMAIL)
    shipping = fields.Nested(AddressShape, required=True)
    billing = fields.Nested(AddressShape, load_default=None, allow_none=True)


class NewOrder(Body):
    """Order a cart for the total that was shown."""

    cart_id = Text(longest=64, shortest=1, required=True)
    payment_method = Text(longest=64, shortest=1, required=True)
    expected_total = MoneyField(required=True)
    payment_token = Text(longest=64, load_default=None, allow_none=True)
    note = Text(longest=2000, load_default="")
    return_url = Text(longest=500, load_default="")
    channel = Choice("api", "marketplace", "phone", load_default="api")


class TokenQuery(Schema):
    """The key of an order, for whoever is not logged in."""

    token = Text(longest=200, load_default="")


class Login(Body):
    """Who one is; `otp` where the account asks for a second factor."""

    email = Text(longest=254, required=True)
    password = Text(longest=256, required=True)
    otp = Text(longest=32, load_default=None, allow_none=True)


class Refresh(Body):
    """The refresh token of the last answer; it works once."""

    refresh_token = Text(longest=200, required=True)


class Forgotten(Body):
    """Whose password is wanted anew."""

    email = Text(longest=254, shortest=3, required=True, metadata=EMAIL)


class NewPassword(Body):
    """The password as it is and as it shall be."""

    current_password = Text(longest=256, shortest=1, required=True)
    password = Text(longest=256, shortest=1, required=True)


class ChangedMe(Body):
    """What changes of an account; what is not sent stays."""

    first_name = Text(longest=64)
    last_name = Text(longest=64)
    phone = Text(longest=32)
    language = Choice("", *LANGUAGES)
    currency = Text(longest=3)
    age_band = Choice("", *(band.value for band in AgeBand), allow_none=True)


class SavedAddress(AddressShape):
    """An address of the book, and whether it is filled in first."""

    is_default_shipping = fields.Boolean(load_default=False)
    is_default_billing = fields.Boolean(load_default=False)


class NewCustomer(Body):
    """An account that becomes usable when its address has been confirmed by mail."""

    email = Text(longest=254, shortest=3, required=True, metadata=EMAIL)
    password = Text(longest=256, shortest=1, required=True)
    first_name = Text(longest=100, load_default="")
    last_name = Text(longest=100, load_default="")


class VatQuestion(Body):
    """A VAT number to look at."""

    vat_number = Text(longest=32, shortest=1, required=True)


class StockChange(Body):
    """What was counted, and why it is different."""

    on_hand = Whole(least=0, most=1_000_000_000, required=True)
    reason = Text(longest=500, shortest=1, required=True)
    warehouse = Text(longest=64, load_default=None, allow_none=True)
