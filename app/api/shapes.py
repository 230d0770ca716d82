"""Shapes of answers; `/api/openapi.json` is made from them."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.api.fields import MoneyField


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    instance = fields.String()
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class MeShape(Schema):
    """An account, for its owner."""

    email = fields.String(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    phone = fields.String(required=True)
    language = fields.String(required=True)
    currency = fields.String(required=True, allow_none=True)
    group = fields.String(required=True)
    age_band = fields.String(required=True, allow_none=True)


class SavedAddressShape(Schema):
    """An address of the book."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    line1 = fields.String(required=True)
    line2 = fields.String()
    postcode = fields.String(required=True)
    city = fields.String(required=True)
    region = fields.String()
    country = fields.String(required=True)
    phone = fields.String()
    company = fields.String()
    is_default_shipping = fields.Boolean(required=True)
    is_default_billing = fields.Boolean(required=True)


class AddressBookShape(Schema):
    """All addresses of the book; there is only one page of them."""

    items = fields.List(fields.Nested(SavedAddressShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)


class VariantShape(Schema):
    """A variant: what can be put into a cart."""

    sku = fields.String(required=True)
    options = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    price = MoneyField(required=True, allow_none=True)
    compare_at = MoneyField(allow_none=True)
    available = fields.Integer(required=True)
    ean = fields.String(allow_none=True)


class ImageShape(Schema):
    """A picture: one address for simple readers, `srcset` values for browsers."""

    src = fields.String(required=True)
    alt = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    webp = fields.String()
    avif = fields.String()


class ProductShape(Schema):
    """A product in a list."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    brand = fields.String(required=True)
    price = MoneyField(required=True, allow_none=True)
    compare_at = MoneyField(allow_none=True)
    available = fields.Integer(required=True)
    image = fields.Nested(ImageShape, allow_none=True)
    variants = fields.List(fields.Nested(VariantShape), required=True)


class SpecificationShape(Schema):
    """One line of a product's specifications."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.String(required=True)


class CategoryShape(Schema):
    """A category; `path` is its address below /c/."""

    path = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    products = fields.Integer(required=True)
    children = fields.List(fields.Nested(lambda: CategoryShape()), required=True)


class LinksShape(Schema):
    """Slugs of products that somebody chose to go with one: on show and for sale, in their order."""

    related = fields.List(fields.String(), required=True)
    upsell = fields.List(fields.String(), required=True)
    cross_sell = fields.List(fields.String(), required=True)


class ProductPageShape(ProductShape):
    """A product with everything its page shows."""

    description = fields.String(required=True)
    url = fields.String(required=True)
    images = fields.List(fields.Nested(ImageShape), required=True)
    categories = fields.List(fields.String(), required=True)
    specifications = fields.List(fields.Nested(SpecificationShape), required=True)
    links = fields.Nested(LinksShape, required=True)


class FacetValueShape(Schema):
    """A value one can filter by, and how many products have it."""

    value = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)


class FacetShape(Schema):
    """An attribute one can filter by."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    values = fields.List(fields.Nested(FacetValueShape), required=True)


class ProductsShape(Schema):
    """A page of products."""

    items = fields.List(fields.Nested(ProductShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    facets = fields.List(fields.Nested(FacetShape), required=True)


class CategoriesShape(Schema):
    """The departments with everything below them."""

    items = fields.List(fields.Nested(CategoryShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)


class ReviewShape(Schema):
    """A review as everybody may read it; texts are plain. `author` is "" when the account is gone."""

    id = fields.String(required=True)
    rating = fields.Integer(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    language = fields.String(required=True)
    author = fields.String(required=True)
    is_verified = fields.Boolean(required=True)
    written_at = fields.DateTime(required=True)
    answer = fields.String(required=True, allow_none=True)


class ReviewsShape(Schema):
    """The stars of a product and a page of its reviews; `histogram` counts reviews by stars."""

    items = fields.List(fields.Nested(ReviewShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    average = fields.String(required=True, metadata={"example": "4.35"})
    histogram = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class OwnReviewShape(Schema):
    """A review just sent in."""

    id = fields.String(required=True)
    rating = fields.Integer(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    language = fields.String(required=True)
    status = fields.String(required=True)
    written_at = fields.DateTime(required=True)


class CartLineShape(Schema):
    """A line of a cart. `problem` says why it cannot be ordered as it stands."""

    id = fields.String(required=True)
    sku = fields.String(required=True)
    name = fields.String(required=True)
    options = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    quantity = fields.Integer(required=True)
    available = fields.Integer(required=True)
    unit_price = MoneyField(required=True)
    total = MoneyField(required=True)
    problem = fields.String(required=True, allow_none=True)


class DiscountShape(Schema):
    """A discount on the whole cart; the amount is positive."""

    name = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    amount = MoneyField(required=True)


class MethodShape(Schema):
    """A way to ship."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    price = MoneyField(required=True)
    days_min = fields.Integer(required=True)
    days_max = fields.Integer(required=True)


class CartShape(Schema):
    """A cart with what it costs. Its id is the key to it: keep it secret."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    currency = fields.String(required=True)
    lines = fields.List(fields.Nested(CartLineShape), required=True)
    coupons = fields.List(fields.String(), required=True)
    discounts = fields.List(fields.Nested(DiscountShape), required=True)
    subtotal = MoneyField(required=True)
    shipping = fields.Nested(MethodShape, required=True, allow_none=True)
    tax = MoneyField(required=True)
    total = MoneyField(required=True)
    email = fields.String(required=True, allow_none=True)


class MethodsShape(Schema):
    """The ways to ship that fit a cart."""

    items = fields.List(fields.Nested(MethodShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)


class PaymentMethodShape(Schema):
    """A way to pay."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)


class PaymentMethodsShape(Schema):
    """The ways to pay that fit a cart."""

    items = fields.List(fields.Nested(PaymentMethodShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)


class PaymentShape(Schema):
    """How the payment of an order stands, and where to go on with it."""

    status = fields.String(required=True)
    redirect_url = fields.String(required=True, allow_none=True)
    client_secret = fields.String(required=True, allow_none=True)


class OrderLineShape(Schema):
    """A line as it was bought."""

    sku = fields.String(required=True)
    name = fields.String(required=True)
    options = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    quantity = fields.Integer(required=True)
    unit_price = MoneyField(required=True)
    total = MoneyField(required=True)


class PlacedShape(Schema):
    """An order just placed; `token` opens its page at /orders/<token>."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    status = fields.String(required=True)
    total = MoneyField(required=True)
    payment = fields.Nested(PaymentShape, required=True)


class OrderShape(Schema):
    """An order."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    status = fields.String(required=True)
    payment_status = fields.String(required=True)
    payment_method = fields.String(required=True)
    placed_at = fields.DateTime(required=True)
    lines = fields.List(fields.Nested(OrderLineShape), required=True)
    subtotal = MoneyField(required=True)
    discount = MoneyField(required=True)
    shipping = MoneyField(required=True)
    tax = MoneyField(required=True)
    total = MoneyField(required=True)


class OrderRowShape(Schema):
    """An order in a list."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    status = fields.String(required=True)
    payment_status = fields.String(required=True)
    placed_at = fields.DateTime(required=True)
    total = MoneyField(required=True)


class OrdersShape(Schema):
    """A page of orders, newest first."""

    items = fields.List(fields.Nested(OrderRowShape), required=True)
    next = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)


class InvoiceShape(Schema):
    """An invoice, or a credit note that corrects one. Amounts are above zero for both."""

    number = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["invoice", "credit_note"]})
    issued_on = fields.Date(required=True)
    total = MoneyField(required=True)
    url = fields.String(required=True)


class InvoicesShape(Schema):
    """The papers of one order, oldest first."""

    items = fields.List(fields.Nested(InvoiceShape), required=True)


class TokensShape(Schema):
    """A short-lived access token (`Authorization: Bearer …`) and the token that renews it."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class CustomerShape(Schema):
    """What everybody is told who asks for an account."""

    status = fields.String(required=True)


class VatShape(Schema):
    """Whether a VAT number is well formed. Only its form and check digits are looked at here."""

    vat_number = fields.String(required=True)
    valid = fields.Boolean(required=True)
    country = fields.String(required=True, allow_none=True)
    checked = fields.String(required=True)


class LevelShape(Schema):
    """An article in one warehouse."""

    warehouse = fields.String(required=True)
    on_hand = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    available = fields.Integer(required=True)


class StockShape(Schema):
    """An article in all warehouses."""

    sku = fields.String(required=True)
    on_hand = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    available = fields.Integer(required=True)
    levels = fields.List(fields.Nested(LevelShape), required=True)
