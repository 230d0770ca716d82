"""The page on which products are chosen that stand beside one: search, order by number, take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.forms import DynamicForm
from flask_babel import gettext as _
from wtforms import validators as checks

from app.catalog import operations
from app.catalog.models import Product
from app.catalog.queries import Linked, linked_products, links_token
from app.catalog.rules import LINK_KINDS
from app.core.admin import Panel, current_actor, panel, related
from app.core.admin.context import database
from app.core.admin.fields import RelationsField
from app.core.admin.writing import attempt
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import _l

LINKABLE = related("name", "slug", label=lambda row: row.name, where=lambda model: model.state != "archived")
"""How products are found that may be linked."""
WORDS: Mapping[str, tuple[Any, Any]] = {
    "related": (_l("Goes with it"), _l("A row on the product’s page, above what the shop has learned.")),
    "upsell": (_l("A step up"), _l("Better ones to choose in its place: the first row on the product’s page.")),
    "cross_sell": (_l("Offered in the bag"), _l("Shown below the bag, and in its drawer, when this product lies in it.")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A product that stands there, with what was typed beside it."""

    product: Linked
    place: str
    is_removed: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the shop in the form: what is in it, and the field for more."""

    kind: str
    title: Any
    help: Any
    rows: tuple[Row, ...]
    field: Any


def links_panel(view: Any, item: Product, pk: str) -> Panel:
    """What stands beside a product, on its page."""
    held = linked_products(database(), item.id)
    rows = [(WORDS[kind][0], held[kind]) for kind in LINK_KINDS if held[kind]]
    return panel(
        _l("Products beside it"), "catalog/admin/links_panel.html", view=view, pk=pk, rows=rows,
        may_edit=view.can("edit"),
    )  # fmt: skip


def page(view: Any, item: Product, pk: str) -> ResponseReturnValue:
    """Show the page, or take what was sent; a refusal keeps everything typed."""
    session, product_id, name = database(), item.id, item.name
    held, form, problem = linked_products(session, product_id), _form(view), ""
    errors: dict[str, str] = {}
    if request.method == "POST":
        wanted = {kind: _posted(kind, held[kind], form) for kind in LINK_KINDS}
        seller_id = current_actor().user_id if view.is_seller() else None

        def save() -> None:
            operations.set_links(
                session, product_id=product_id, links=wanted, actor=current_actor(),
                token=request.form.get("token", ""), seller_id=seller_id,
            )  # fmt: skip

        if form.validate():
            try:
                attempt(session, save, Product)
            except InvalidFields as refusal:
                errors = _beside_products(refusal, wanted, form)
                problem = _("Please look at what is marked.")
            except ShopError as refusal:
                problem, held = refusal.text, linked_products(session, product_id)
            else:
                flash(_("Saved."), "success")
                return redirect(view.url("links", pk=pk))
        else:
            problem = _("Please look at what is marked.")
    token = links_token({kind: [one.id for one in row] for kind, row in held.items()})
    return view.render_template(
        "catalog/admin/links.html", view=view, pk=pk, sections=_sections(held, form, errors), problem=problem,
        token=token, title=_("Products beside %(name)s", name=name), back=view.url("show", pk=pk), back_title=name,
    )  # fmt: skip


def _form(view: Any) -> Any:
    """The fields by which products are added."""
    made = {
        f"{kind}_add": RelationsField(
            _l("Add products"), validators=[checks.Optional()], model=Product, spec=LINKABLE,
            url=lambda: view.url("linkable"), description=_l("Type a part of the name. New ones stand behind the others."),
        )
        for kind in LINK_KINDS
    }  # fmt: skip
    return type("LinksForm", (DynamicForm,), made)(request.form or None, meta={"csrf": False})


def _posted(kind: str, held: Sequence[Linked], form: Any) -> list[int]:
    """The row as the form wants it: by the numbers typed, without those crossed out, with the new ones behind.

    Who takes another one's number stands before it when moved up, behind it when moved down.
    """
    wanted: list[tuple[int, int, int, int]] = []
    for place, one in enumerate(held, start=1):
        if request.form.get(f"{kind}_{one.id}_remove"):
            continue
        typed = request.form.get(f"{kind}_{one.id}_place", "").strip()
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else place
        wanted.append((number, (number > place) - (number < place), place, one.id))
    added = [str(key) for key in form[f"{kind}_add"].data or ()]
    more = [int(key) for key in added if key.isascii() and key.isdigit() and len(key) < 19]
    return [*(entry[3] for entry in sorted(wanted)), *more]


def _beside_products(
    refusal: InvalidFields, wanted: Mapping[str, Sequence[int]], form: Any
) -> dict[str, str]:
    """Messages by "<kind>_<product>"; those of new products, and of a whole row, go to its field."""
    found: dict[str, str] = {}
    for name, message in refusal.errors.items():
        kind, _dot, place = str(name).partition(".")
        field = form[f"{kind}_add"]
        added = {str(key) for key in field.data or ()}
        product_id = str(wanted[kind][int(place)]) if place else ""
        if not product_id or product_id in added:
            field.errors = [*field.errors, str(message)]
        else:
            found[f"{kind}_{product_id}"] = str(message)
    return found


def _sections(held: Mapping[str, Sequence[Linked]], form: Any, errors: Mapping[str, str]) -> list[Section]:
    made = []
    for kind in LINK_KINDS:
        rows = tuple(
            Row(
                one, request.form.get(f"{kind}_{one.id}_place", str(place))[:6],
                bool(request.form.get(f"{kind}_{one.id}_remove")), errors.get(f"{kind}_{one.id}", ""),
            )
            for place, one in enumerate(held[kind], start=1)
        )  # fmt: skip
        made.append(Section(kind, *WORDS[kind], rows, form[f"{kind}_add"]))
    return made
