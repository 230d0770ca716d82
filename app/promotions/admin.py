"""The back office's screens of promotions: coupons, their uses, and rules that need no code."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy.orm import joinedload
from wtforms.validators import Optional

from app.catalog.admin.tree import DEPARTMENT
from app.catalog.models import Category, Product
from app.core.admin import Interface, OperationView, ReadOnlyView, by, related, relation_search
from app.core.admin.context import database
from app.core.admin.fields import RelationsField
from app.core.admin.formats import nothing
from app.promotions import operations
from app.promotions.models import Coupon, CouponClaim, Rule

KINDS = [("percent", _l("Percent")), ("fixed", _l("Amount"))]
COUPON_KINDS = [*KINDS, ("free_shipping", _l("Free shipping"))]
SCOPES = [("line", _l("Each fitting article")), ("cart", _l("All fitting articles together"))]
LOOKS = {"Support": ("can_list", "can_show")}
WINDOW = {
    "starts_at": _l("In UTC. Empty: from now on."),
    "ends_at": _l("In UTC. Empty: until it is switched off."),
    "minimum": _l("Value of the goods before discounts, in the base currency. 0 asks for none."),
    "currency": _l(
        "Only for amounts. The base currency is converted into others; any other counts only there."
    ),
}


class CouponView(OperationView):
    """Codes that customers type in: percent, an amount, or free shipping."""

    datamodel = Interface(Coupon)
    imports = by("code", fold=True)
    entity, title, singular, icon = "coupon", _l("Coupons"), _l("Coupon"), "percent"
    add_operation = operations.set_coupon
    edit_operation = operations.set_coupon
    delete_operation = operations.remove_coupon
    id_argument = "coupon_id"
    grants = LOOKS
    list_columns = ["code", "kind", "value", "currency", "used", "limit_total", "ends_at", "is_active"]
    show_columns = [
        "code", "kind", "value", "currency", "minimum", "starts_at", "ends_at", "used", "limit_total",
        "limit_per_customer", "is_active", "created_at", "updated_at",
    ]  # fmt: skip
    add_columns = [
        "code", "kind", "value", "currency", "minimum", "starts_at", "ends_at", "limit_total",
        "limit_per_customer", "is_active",
    ]  # fmt: skip
    edit_columns = add_columns
    search_columns = ["code", "kind", "value", "used", "starts_at", "ends_at", "is_active"]
    quick_search_columns = ["code"]
    choices = {"kind": COUPON_KINDS}
    base_order = ("id", "desc")
    label_columns = {
        "code": _l("Code"), "kind": _l("Kind"), "value": _l("Value"), "currency": _l("Currency"),
        "minimum": _l("Minimum"), "starts_at": _l("From"), "ends_at": _l("Until"), "used": _l("Used"),
        "limit_total": _l("Most uses"), "limit_per_customer": _l("Most uses a customer"),
        "is_active": _l("Switched on"),
    }  # fmt: skip
    column_help = WINDOW | {
        "kind": _l("A percentage, an amount, or free shipping."),
        "limit_total": _l("By all customers together. Empty: as often as they like."),
        "is_active": _l("Switched off, it takes nothing off any more; old orders keep theirs."),
        "code": _l("What customers type in; capitals and small letters are the same."),
        "value": _l("10 is 10 %, or 10 of the currency. Empty for free shipping."),
        "limit_per_customer": _l("Counted by account and e-mail address. Empty: no limit."),
    }
    empty_help = _l("A coupon is a code that a customer types into the bag.")


class CouponClaimView(ReadOnlyView):
    """Who used which coupon for what. Orders make and end uses; nobody types them in."""

    datamodel = Interface(CouponClaim)
    entity, title, singular, icon = "couponuse", _l("Uses of coupons"), _l("Use of a coupon"), "history"
    grants = LOOKS
    load_options = (joinedload(CouponClaim.coupon),)
    list_columns = ["coupon", "holder", "email_key", "claimed_at"]
    show_columns = list_columns
    search_columns = ["coupon.code", "holder", "email_key", "claimed_at"]
    quick_search_columns = ["holder", "email_key"]
    base_order = ("id", "desc")
    label_columns = {
        "coupon": _l("Coupon"), "coupon.code": _l("Coupon"), "holder": _l("For"), "email_key": _l("Customer"),
        "claimed_at": _l("When"),
    }  # fmt: skip


def _choice(name: str, label: Any, model: type[Any], help: Any) -> RelationsField:
    spec = RuleView.targets[name][1]
    url = lambda: f"/admin/{RuleView.entity}/related/{name}"  # noqa: E731
    return RelationsField(label, validators=[Optional()], model=model, spec=spec, url=url, description=help)


class RuleView(OperationView):
    """Discounts that need no code. They are counted in order; the explanation of a quote names each."""

    targets = {
        "categories": (Category, DEPARTMENT),
        "products": (Product, related("name", order_by="name")),
    }
    datamodel = Interface(Rule)
    imports = by("name")
    entity, title, singular, icon = "promotion", _l("Promotions"), _l("Promotion"), "gift"
    add_operation = operations.set_rule
    edit_operation = operations.set_rule
    delete_operation = operations.remove_rule
    id_argument = "rule_id"
    grants = LOOKS
    list_columns = [
        "name",
        "scope",
        "kind",
        "value",
        "currency",
        "starts_at",
        "ends_at",
        "priority",
        "is_active",
    ]
    show_columns = [
        "name", "scope", "kind", "value", "currency", "minimum", "minimum_quantity", "category_ids", "product_ids",
        "starts_at", "ends_at", "priority", "is_stackable", "is_active",
    ]  # fmt: skip
    add_columns = [
        "name", "scope", "kind", "value", "currency", "minimum", "minimum_quantity", "categories", "products",
        "starts_at", "ends_at", "priority", "is_stackable", "is_active",
    ]  # fmt: skip
    edit_columns = add_columns
    argument_names = {"categories": "category_ids", "products": "product_ids"}
    search_columns = ["name", "scope", "kind", "value", "starts_at", "ends_at", "is_active"]
    quick_search_columns = ["name"]
    choices = {"scope": SCOPES, "kind": KINDS}
    base_order = ("priority", "asc")
    label_columns = {
        "name": _l("Name"), "scope": _l("Counts for"), "kind": _l("Kind"), "value": _l("Value"),
        "currency": _l("Currency"), "minimum": _l("Minimum"), "minimum_quantity": _l("Pieces at least"),
        "category_ids": _l("Categories"), "product_ids": _l("Products"), "starts_at": _l("From"),
        "ends_at": _l("Until"), "priority": _l("Priority"), "is_stackable": _l("Others may follow"),
        "is_active": _l("Switched on"),
    }  # fmt: skip
    column_help = WINDOW | {
        "scope": _l("Each fitting article, or the whole bag at once."),
        "kind": _l("A percentage, an amount, or free shipping."),
        "minimum_quantity": _l("So many of the fitting articles must be in the bag."),
        "is_active": _l("Switched off, it takes nothing off any more; old orders keep theirs."),
        "name": _l("Customers see it beside the discount."),
        "value": _l("10 is 10 %, or 10 of the currency (for each piece, where the rule is about articles)."),
        "priority": _l("Lower comes first."),
        "is_stackable": _l("Switched off, this is the last promotion that counts; coupons still do."),
    }

    def edit_values(self, item: Rule) -> dict[str, Any]:
        """The chosen categories and products, by key."""
        return {"categories": list(item.category_ids or ()), "products": list(item.product_ids or ())}

    def cell(self, item: Rule, name: str, short: bool = False) -> Any:
        """Categories and products by their names."""
        if name not in self.argument_names.values():
            return super().cell(item, name, short)
        model, spec = self.targets["categories" if name == "category_ids" else "products"]
        rows = relation_search.rows_of(database(), model, spec, getattr(item, name) or ())
        return Markup("<br>").join(escape(relation_search.label_of(row, spec)) for row in rows) or nothing()

    @expose("/related/<column>")
    @has_access
    @permission_name("list")
    def related(self, column: str) -> ResponseReturnValue:
        """Categories and products for the search-as-you-type fields, at most twenty."""
        if column not in self.targets:
            abort(404)
        model, spec = self.targets[column]
        rows = relation_search.find(database(), model, spec, request.args.get("q", ""))
        return jsonify(
            results=relation_search.as_choices(rows, spec), more=len(rows) == relation_search.PER_SEARCH
        )


RuleView.add_form_extra_fields = RuleView.edit_form_extra_fields = {
    "categories": _choice(
        "categories", _l("Categories"), Category, _l("With everything below them. Empty: all articles.")
    ),
    "products": _choice("products", _l("Products"), Product, _l("Besides the categories.")),
}
