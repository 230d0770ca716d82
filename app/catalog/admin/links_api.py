"""REST of the products beside a product: `/api/v1/admin/product/<pk>/links`, with the right to change the product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request
from flask_appbuilder.api import expose
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.models import Product
from app.catalog.queries import Linked, linked_products, links_token
from app.catalog.rules import LINK_KINDS, MOST_LINKS
from app.core.admin import current_actor, json_forms
from app.core.admin.api_actions import AdminApiWithActions
from app.core.admin.context import database
from app.core.admin.writing import attempt
from app.core.errors import InvalidFields
from app.core.i18n import _l


def listed(session: Session, product_id: int) -> dict[str, Any]:
    """The products of each row in their order, with the token that a later change should send."""
    held = linked_products(session, product_id)
    token = links_token({kind: [one.id for one in row] for kind, row in held.items()})
    return {kind: [_item(one) for one in held[kind]] for kind in LINK_KINDS} | {"token": token}


def _item(one: Linked) -> dict[str, str]:
    return {"id": str(one.id), "slug": one.slug, "name": one.name, "state": one.state}


def read_rows(session: Session, body: Mapping[str, Any]) -> dict[str, list[int]]:
    """Ids of the products whose slugs the body names, by row.

    Raises:
        InvalidFields: naming each wrong place.
    """
    errors: dict[str, Any] = {name: _l("There is no such field.") for name in body if name not in LINK_KINDS}
    rows: dict[str, list[str]] = {}
    for kind in LINK_KINDS:
        named = body.get(kind, [])
        if not isinstance(named, list):
            errors[kind] = _l("This must be a list.")
        elif len(named) > MOST_LINKS:
            errors[kind] = _l("No more than %(most)s products fit here.", most=MOST_LINKS)
        elif kind in body:
            rows[kind] = named
    wanted = {one for named in rows.values() for one in named if _is_slug(one)}
    query = select(Product.slug, Product.id).where(Product.slug.in_(wanted))
    known = dict(session.execute(query).all()) if wanted else {}
    for kind, named in rows.items():
        for place, one in enumerate(named):
            if not isinstance(one, str) or one not in known:
                errors[f"{kind}.{place}"] = _l("There is no such product.")
    if errors:
        raise InvalidFields(errors)
    return {kind: [known[one] for one in named] for kind, named in rows.items()}


def _is_slug(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= 400


class LinksApi(AdminApiWithActions):
    """The REST door of what stands beside products."""

    @expose("/<pk>/links", methods=["GET"])
    def links(self, pk: str) -> Response:
        """The products chosen for a product: related, upsell and cross_sell, each in its order."""
        self._require("show")
        return jsonify(listed(database(), self._row(pk).id))

    @expose("/<pk>/links", methods=["PUT"])
    def set_links(self, pk: str) -> Response:
        """Say anew which products stand beside one, by their slugs; a row that is not sent stays.

        Raises:
            Conflict: `token` (or `If-Match`) is not that of the rows as they are now.
            InvalidFields: naming each wrong place.
        """
        self._require("edit")
        session, product_id, body = database(), self._row(pk).id, json_forms.read_body()
        token = body.pop("token", None) or request.headers.get("If-Match", "").strip('"') or None
        seller_id = current_actor().user_id if self.view.is_seller() else None

        def write() -> dict[str, Any]:
            operations.set_links(
                session, product_id=product_id, links=read_rows(session, body), actor=current_actor(),
                token=None if token is None else str(token), seller_id=seller_id,
            )  # fmt: skip
            return listed(session, product_id)

        return jsonify(attempt(session, write, Product))


__all__ = ["LinksApi"]
