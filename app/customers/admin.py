"""Screens of the back office: customers with their addresses, and customer groups.

People of the house are not on this screen: what support may do here touches no colleague's account.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from app.core import slots
from app.core.admin import Interface, ModelView, OperationView, Panel, by, panel
from app.core.admin.context import database
from app.core.admin.fields import Storable
from app.core.admin.widgets import AreaWidget, ChoiceWidget, TextWidget
from app.core.i18n import LANGUAGES, current_language
from app.customers import operations, queries
from app.customers.models import Address, CustomerGroup
from app.customers.rules import format_address, format_phone
from app.identity.admin import AccountActions
from app.identity.models import User

GROUP_CODE = r"^[a-z0-9][a-z0-9_-]{0,39}\Z"
"""Codes stand in addresses and in rules; one with a slash could never be opened again."""


def _groups() -> list[SelectChoice]:
    rows = database().execute(select(CustomerGroup.code, CustomerGroup.name).order_by(CustomerGroup.name))
    return [SelectChoice(value=code, label=name) for code, name in rows]


class CustomerView(AccountActions, OperationView):
    """Customers: who they are, where their things go, what they ordered."""

    datamodel = Interface(User)
    imports = by("email", fold=True)
    entity = "customer"
    title, singular, icon = _l("Customers"), _l("Customer"), "users"
    audit_entity = "ab_user"
    global_search = True
    column_help = {
        "language": _l("The language of this customer’s mails."),
    }
    grants = {
        "Support": (
            "can_list", "can_show", "can_edit", "suspend", "restore", "end_sessions", "send_reset_link", "reset_two_factor",
        ),
        "Seller": (),
    }  # fmt: skip
    list_columns = [
        "email",
        "first_name",
        "last_name",
        "profile.group_code",
        "language",
        "registered_at",
        "suspended_at",
    ]
    show_columns = [
        "email", "first_name", "last_name", "profile.phone", "profile.group_code", "language", "currency", "email_verified_at",
        "suspended_at", "registered_at", "two_factor_at", "last_login", "profile.note",
    ]  # fmt: skip
    edit_columns = ["first_name", "last_name", "phone", "language", "group", "note"]
    edit_form_extra_fields = {
        "first_name": StringField(
            _l("First name"),
            [Storable()],
            widget=TextWidget(maxlength=64),
            description=_l("How mails greet the customer."),
        ),
        "last_name": StringField(
            _l("Last name"),
            [Storable()],
            widget=TextWidget(maxlength=64),
            description=_l("Filled into new addresses; orders keep the name they were placed with."),
        ),
        "phone": StringField(
            _l("Telephone"),
            [Storable()],
            widget=TextWidget("tel", maxlength=40),
            description=_l("For questions about an order; numbers from abroad begin with +."),
        ),
        "group": SelectField(
            _l("Group"),
            choices=_groups,
            widget=ChoiceWidget(),
            description=_l("Price lists and promotions may count for one group only."),
        ),
        "note": TextAreaField(
            _l("Note"),
            [Storable()],
            widget=AreaWidget(rows=4),
            description=_l("Only people of the house read this."),
        ),
    }
    search_columns = [
        "email",
        "first_name",
        "last_name",
        "language",
        "registered_at",
        "suspended_at",
        "email_verified_at",
    ]
    quick_search_columns = ("email", "first_name", "last_name")
    base_order = ("id", "desc")
    choices = {"language": list(LANGUAGES.items())}
    formatters_columns = {"profile.phone": format_phone}
    label_columns = {
        "email": _l("E-mail address"), "profile.group_code": _l("Group"), "profile.phone": _l("Telephone"),
        "profile.note": _l("Note"), "first_name": _l("First name"),
        "last_name": _l("Last name"), "language": _l("Language"), "currency": _l("Currency"), "suspended_at": _l("Suspended"),
        "email_verified_at": _l("Address confirmed"), "registered_at": _l("Registered"), "last_login": _l("Last sign-in"),
        "two_factor_at": _l("Second step since"),
    }  # fmt: skip
    id_argument = "user_id"
    edit_operation = staticmethod(operations.change_customer)

    def visible(self) -> Select[Any]:
        """Customers only, never people of the house."""
        return super().visible().where(User.is_staff.is_(False))

    def edit_values(self, item: User) -> dict[str, Any]:
        """What the profile holds."""
        known = queries.profile(database(), item.id)
        return {
            "phone": format_phone(known.phone) if known else "",
            "group": known.group if known else "b2c",
            "note": item.profile.note if item.profile else "",
        }

    def name_of(self, item: User) -> str:
        """The customer's name."""
        return item.name

    def panels(self, item: User) -> list[Panel]:
        """What other features know of the customer, the addresses, the logins."""
        more = [found.render(user_id=item.id) for found in slots.filling("admin.customer")]
        book = panel(
            _("Addresses"), "customers/admin/addresses.html", "side", addresses=_book(queries.addresses(database(), item.id))
        )  # fmt: skip
        return [*(made for made in more if isinstance(made, Panel)), self.logins_panel(item), book]


def _book(rows: list[Address]) -> list[tuple[list[str], str]]:
    made = []
    for row in rows:
        uses = [_("Delivery")] if row.is_default_shipping else []
        uses += [_("Billing")] if row.is_default_billing else []
        phone = [format_phone(row.phone)] if row.phone else []
        made.append(([*format_address(row.as_dict(), current_language()), *phone], " · ".join(uses)))
    return made


class GroupView(ModelView):
    """Customer groups, which price lists and rules name."""

    datamodel = Interface(CustomerGroup)
    imports = by("code", fold=True)
    entity = "customer-group"
    title, singular, icon = _l("Customer groups"), _l("Customer group"), "tag"
    grants = {"Support": ("can_list", "can_show")}
    list_columns = ["code", "name", "is_business"]
    add_columns = ["code", "name", "is_business"]
    edit_columns = ["name", "is_business"]
    search_columns = ["code", "name", "is_business"]
    label_columns = {"code": _l("Code"), "name": _l("Name"), "is_business": _l("Companies")}
    validators_columns = {
        "code": [Regexp(GROUP_CODE, message=_l("Small letters, digits, - and _; at most 40."))]
    }
    column_help = {
        "code": _l("A short word that rules and price lists name; it does not change."),
        "name": _l("How people of the shop call it; customers never see it."),
        "is_business": _l("Its members are companies that buy for their business."),
    }
