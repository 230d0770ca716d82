"""The screen of products: list, form by type, life (draft, published, archived), pictures."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.catalog import operations
from app.catalog.admin import links, pictures, product_form, texts
from app.catalog.admin.pictures_api import ProductApi
from app.catalog.admin.tree import DEPARTMENT
from app.catalog.admin.variants import VariantView
from app.catalog.models import Product, ProductCategory, ProductImage, ProductType
from app.catalog.queries import load_book
from app.core import jobs
from app.core.admin import (
    Interface,
    OperationView,
    Panel,
    action,
    current_actor,
    ownership,
    panel,
    related,
    relation_search,
)
from app.core.admin.conflicts import TOKEN
from app.core.admin.context import database
from app.core.admin.formats import nothing
from app.core.errors import InvalidFields
from app.core.i18n import _l, current_language
from app.core.unit_of_work import unit_of_work

AT_ONCE = 50
"""More products than this are changed by a job, with progress and a list of what was refused."""
STATES = [("draft", _l("Draft")), ("published", _l("Published")), ("archived", _l("Archived"))]
TAXES = [("standard", _l("Standard")), ("reduced", _l("Reduced")), ("intermediate", _l("Intermediate")), ("zero", _l("Zero"))]  # fmt: skip


def _asked_type() -> int | None:
    """The type of a new product: named in the address, or in the body of a REST request."""
    body = request.get_json(silent=True) if request.is_json else None
    raw = str(request.args.get("type") or (body.get("type") if isinstance(body, dict) else "") or "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else None


def in_words(held: dict[str, Any] | None) -> Markup:
    """The specifications as customers read them: "Height: 42 cm", one a line."""
    attributes, lang = load_book(database()).attributes, current_language()
    known = [(attributes[code], value) for code, value in (held or {}).items() if code in attributes]
    lines = [f"{one.name_in(lang)}: {one.value_in(value, lang)}" for one, value in known]
    return Markup("<br>").join(lines) if lines else nothing()


class ProductView(OperationView):
    """Products. A seller sees and edits only those that are his."""

    datamodel = Interface(Product)
    imports = _l(
        "Products come in by Catalogue, Imports: one row a variant, with prices, stock and pictures."
    )
    entity = "product"
    title, singular = _l("Products"), _l("Product")
    icon = "box"
    global_search = True
    rest_class = ProductApi
    list_columns = ["picture", "name", "state", "category", "brand", "type", "is_available", "updated_at"]
    search_columns = [
        "name", "slug", "state", "category", "brand", "type", "is_available", "tax_class", "seller_id", "created_at",
        "updated_at", "published_from", "published_until", "popularity", "variants.sku",
    ]  # fmt: skip
    quick_search_columns = ["name", "slug"]
    base_order = ("id", "desc")
    load_options = (selectinload(Product.images).joinedload(ProductImage.image),)
    choices = {"state": STATES, "tax_class": TAXES}
    badges = {"state": {"draft": "quiet", "published": "good", "archived": "bad"}}
    relations = {
        "category": DEPARTMENT, "brand": related("name"),
        "type": related("name", "code"), "seller_id": related("email", "username", label=lambda row: row.email),
    }  # fmt: skip
    label_columns = {
        "picture": _l("Picture"), "type": _l("Product type"), "tax_class": _l("VAT class"), "seller_id": _l("Seller"),
        "published_from": _l("Published from"), "published_until": _l("Published until"), "is_available": _l("Can be bought"),
        "first_published_at": _l("First published"), "rating_average": _l("Stars"), "rating_count": _l("Reviews"),
        "specifications": _l("Specifications"), "variants.sku": _l("SKU"),
        "popularity": _l("Popularity"),
    }  # fmt: skip
    history_words = {
        "product.published": _l("Published"), "product.draft": _l("Draft"), "product.archived": _l("Archived"),
        "product.links": _l("Products beside it"), "product.images": _l("Pictures"),
    }  # fmt: skip
    column_help = {
        "name": _l("Customers read it in lists, on the page and on the invoice."),
        "brand": _l("Stands above the name, and customers can filter by it."),
        "seller_id": _l("Whoever of the sellers may edit it. Empty: the shop itself."),
        "tax_class": _l("Decides the VAT rate, in each country its own."),
        "description": _l("The text below the picture. Blank lines make paragraphs."),
        "slug": _l("Made from the name when left empty. Old addresses redirect to the new one."),
        "is_available": _l("When off, the product stays visible and cannot be bought."),
        "published_from": _l("In UTC. Before it, only staff can see the published product."),
        "published_until": _l("In UTC. After it, the product is not found any more."),
        "category": _l("The category of its breadcrumb."),
    }
    formatters_columns = {"picture": texts.thumbnail, "specifications": in_words}
    add_columns = edit_columns = [*product_form.PLAIN, *product_form.WINDOW]
    add_form_extra_fields = edit_form_extra_fields = {"other_categories": product_form.RelationsField()}
    add_template, edit_template = "catalog/admin/product_add.html", "catalog/admin/product_edit.html"
    show_template = "catalog/admin/product_show.html"
    show_fieldsets = [
        (_l("Product"), {"fields": ["name", "state", "type", "category", "brand", "seller_id", "is_available", "tax_class", "description"]}),
        (_l("Specifications"), {"fields": ["specifications"]}),
        (_l("Publication and address"), {"fields": ["slug", "published_from", "published_until", "first_published_at", "rating_average", "rating_count", "popularity", "created_at", "updated_at"]}),
    ]  # fmt: skip
    related_views = [VariantView]
    add_operation = staticmethod(operations.create_product)
    edit_operation = staticmethod(operations.update_product)
    delete_operation = staticmethod(operations.delete_product)
    delete_row_message = _l("Removed, or archived where orders still show it.")
    owner_filter = staticmethod(lambda model, user_id: model.seller_id == user_id)
    grants = {"Seller": ("*",), "Support": ("can_list", "can_show")}

    # --- form ------------------------------------------------------------------------------------

    def is_seller(self) -> bool:
        """True for a person who has only products of his own."""
        return ownership.condition(Product) is not None

    def _form(self, type_id: Any, adding: bool) -> Any:
        book = load_book(database())
        raw = str(type_id or "")
        is_number = raw.isascii() and raw.isdigit() and len(raw) < 18
        kind = book.types.get(int(type_id)) if is_number else None
        names = [n for n in self.add_columns if not (n == "seller_id" and self.is_seller())]
        return product_form.make(self, kind, book, names, adding)

    def new_form(self, data: Any = None) -> Any:
        """The form of a new product of the type named in the address."""
        start = (
            {"is_available": True, "tax_class": "standard", **self.initial_values()} if data is None else {}
        )
        made = self._form(_asked_type(), True)(data, data=start, meta={"csrf": False})
        return self._ready(made, None)

    def form_of(self, item: Product, data: Any = None) -> Any:
        """The form of an existing product."""
        links = select(ProductCategory.category_id).where(
            ProductCategory.product_id == item.id, ProductCategory.category_id != item.category_id
        )
        values = product_form.values(item, database().scalars(links))
        made = self._form(item.type_id, False)(data, obj=item, data=values, meta={"csrf": False})
        return self._ready(made, (item.id,))

    @staticmethod
    def _ready(form: Any, key: Any) -> Any:
        from wtforms.validators import InputRequired, Optional

        form._key = key
        slug = form["slug"]
        slug.validators = [Optional(), *(v for v in slug.validators if not isinstance(v, InputRequired))]
        slug.flags.required = False
        return form

    def sections(self, form: Any, adding: bool) -> list[tuple[Any, list[Any]]]:
        """The form's sections."""
        return product_form.sections(form)

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong; attributes are named after their fields."""
        codes = [f"spec_{code}" for code in load_book(database()).attributes]
        return product_form.argument_fields(codes)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> ResponseReturnValue:
        """Choose a type, then fill in what products of this type have."""
        kinds = database().scalars(select(ProductType).order_by(ProductType.name)).all()
        if str(request.args.get("type", "")) not in {str(kind.id) for kind in kinds}:
            return self.render_template(
                "catalog/admin/choose_type.html", view=self, kinds=kinds, title=self.add_title
            )
        return super().add()

    def create(self, form: Any) -> Product:
        """Pictures and product in one transaction."""
        session, actor = database(), current_actor()
        values, type_id = product_form.product_values(form), _asked_type()
        if type_id is None:
            raise InvalidFields({"type": _("Please choose a product type.")})
        if self.is_seller():
            values["seller_id"] = actor.user_id
        with unit_of_work(session):
            stored = [pictures.store(session, file, actor) for file in form["pictures"].files()]
            return operations.create_product(
                session, actor=actor, type_id=type_id, variants=product_form.first_variant(form),
                images=[{"image_id": image.id} for image in dict.fromkeys(stored)], **values,
            )  # fmt: skip

    def change(self, item: Product, form: Any) -> Product:
        """Pictures and product in one transaction, guarded by the version the form was opened with."""
        session, actor = database(), current_actor()
        values = product_form.product_values(form, item.translations)
        token = request.form.get(TOKEN, "")[1:]
        version = int(token) if token.isascii() and token.isdigit() and len(token) < 10 else item.version
        product_id = item.id
        with unit_of_work(session):
            stored = [pictures.store(session, file, actor) for file in form["pictures"].files()]
            made = operations.update_product(
                session, product_id=product_id, actor=actor, version=version, **values
            )
            if stored:
                pictures.append(session, product_id, stored, actor)
        return made

    # --- show ------------------------------------------------------------------------------------

    def panels(self, item: Product) -> list[Panel]:
        """Its pictures, what stands beside it, and what is missing before it can be published."""
        missing: dict[str, Any] = {}
        if item.state != "published":
            missing = operations.missing_for_publication(database(), [item.id]).get(item.id, {})
        found = [
            panel(
                _l("Pictures"), "catalog/admin/pictures_panel.html", view=self, pk=self.key_text(item),
                images=pictures.of(database(), item.id), may_edit=self.can("edit"),
            ),
            links.links_panel(self, item, self.key_text(item)),
        ]  # fmt: skip
        if missing:
            words = list(dict.fromkeys(str(text) for text in missing.values()))
            found.append(panel(_l("Before it can be published"), "catalog/admin/missing.html", where="side", missing=words))  # fmt: skip
        return found

    def shown_actions(self, item: Product) -> list[dict[str, Any]]:
        """Only what the product's state allows."""
        useless = {"draft": {"withdraw"}, "published": {"publish"}, "archived": {"withdraw", "archive"}}
        return [a for a in self.allowed_actions("show") if a["name"] not in useless[item.state]]

    # --- life ------------------------------------------------------------------------------------

    @action("publish", _l("Publish"), icon="eye", takes="ids")
    def publish(self, ids: list[int]) -> Any:
        """Show products to customers; those that are not complete are named."""
        return self._change_states(ids, "publish")

    @action("withdraw", _l("Unpublish"), _l("Customers no longer find these products."), "undo", takes="ids")
    def withdraw(self, ids: list[int]) -> Any:
        """Take products back to draft."""
        return self._change_states(ids, "withdraw")

    @action("archive", _l("Archive"), _l("These products leave the shop; orders still show them."), "archive", takes="ids")  # fmt: skip
    def archive(self, ids: list[int]) -> Any:
        """Take products out of the shop for good."""
        return self._change_states(ids, "archive")

    def _change_states(self, ids: list[int], verb: str) -> Any:
        session, actor = database(), current_actor()
        if len(ids) == 1:
            verbs = {"publish": operations.publish_product, "withdraw": operations.withdraw_product,
                     "archive": operations.archive_product}  # fmt: skip
            verbs[verb](session, product_id=ids[0], actor=actor)
            return _("Done.")
        if len(ids) > AT_ONCE:
            job_id = jobs.start(
                session, "catalog.change_state", actor=actor, product_ids=list(ids), verb=verb,
                user_id=actor.user_id, label=actor.label,
            )  # fmt: skip
            return _("%(count)s products are being changed in the background (job %(job)s).", count=len(ids), job=job_id)  # fmt: skip
        outcome = operations.change_states(session, product_ids=ids, verb=verb, actor=actor)
        for product_id, reason in list(outcome.refused.items())[:10]:
            flash(_("Product %(number)s: %(reason)s", number=product_id, reason=reason), "danger")
        count = len(outcome.changed)
        return ngettext("%(num)s product changed.", "%(num)s products changed.", count)

    @action("duplicate", _l("Duplicate"), icon="copy", multiple=False)
    def duplicate(self, items: list[Product]) -> Any:
        """A new draft that begins as a copy."""
        made = operations.duplicate_product(database(), product_id=items[0].id, actor=current_actor())
        flash(_("This is the copy. Change what is different and save."), "success")
        return redirect(self.url("edit", pk=made.id))

    # --- pictures --------------------------------------------------------------------------------

    @expose("/pictures/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def pictures(self, pk: str) -> ResponseReturnValue:
        """Order, texts and variants of a product's pictures; more may be added."""
        item = self.item_or_404(pk)
        return pictures.page(self, item, pk)

    # --- products beside it ----------------------------------------------------------------------

    @expose("/links/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def links(self, pk: str) -> ResponseReturnValue:
        """Which products stand beside a product, and in which order."""
        return links.page(self, self.item_or_404(pk), pk)

    @expose("/linkable")
    @has_access
    @permission_name("list")
    def linkable(self) -> ResponseReturnValue:
        """Products that may be linked, for the field that looks for them while one types; at most twenty."""
        rows = relation_search.find(database(), Product, links.LINKABLE, request.args.get("q", ""))
        more = len(rows) == relation_search.PER_SEARCH
        return jsonify(results=relation_search.as_choices(rows, links.LINKABLE), more=more)
