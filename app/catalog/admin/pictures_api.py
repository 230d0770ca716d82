"""REST of a product's pictures: `/api/v1/admin/product/<pk>/pictures`, with the right to change the product.

Files come as `multipart/form-data`, checked like those of the screen; order and texts are JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify, request
from flask_appbuilder.api import expose
from sqlalchemy.orm import Session

from app.catalog import operations, rules
from app.catalog.admin import pictures
from app.catalog.admin.links_api import LinksApi
from app.catalog.admin.texts import OTHERS
from app.catalog.models import Product, ProductImage
from app.catalog.rules import NewImage
from app.core import idempotency, locks
from app.core.admin import current_actor, json_forms
from app.core.admin.context import database
from app.core.admin.writing import Stale, attempt
from app.core.errors import InvalidFields, NotFound
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work

MOST = 100
"""Pictures of one product; more in one body is a mistake."""
PLACE = {"id", "alt", "translations", "sku"}


def listed(session: Session, product_id: int) -> dict[str, Any]:
    """The pictures of a product in their order, with the token that a later change should send."""
    skus = pictures.skus_of(session, product_id)
    items = [_item(link, skus) for link in pictures.of(session, product_id)]
    mark = hashlib.sha256(json.dumps(items, sort_keys=True).encode()).hexdigest()[:24]
    return {"items": items, "next": None, "total": len(items), "token": f"h{mark}"}


def _item(link: ProductImage, skus: Mapping[int, str]) -> dict[str, Any]:
    made, texts = link.image.image_set(), link.translations or {}
    return {
        "id": str(link.image_id), "src": made.src, "width": made.width, "height": made.height,
        "filename": link.image.filename, "alt": link.alt,
        "translations": {code: held["alt"] for code, held in texts.items() if held.get("alt")},
        "sku": skus.get(link.variant_id) if link.variant_id is not None else None,
    }  # fmt: skip


def read_places(body: Mapping[str, Any], held: list[NewImage]) -> list[NewImage]:
    """The pictures as `items` wants them: in that order, without those it leaves out.

    Raises:
        InvalidFields: naming each wrong place. A picture has to be one of the product already.
    """
    errors: dict[str, Any] = {name: _l("There is no such field.") for name in body if name != "items"}
    items = body.get("items")
    if not isinstance(items, list) or len(items) > MOST:
        raise InvalidFields(errors | {"items": _l("This must be a list.")})
    known, wanted = {str(image.image_id): image for image in held}, []
    for number, item in enumerate(items):
        wrong = _problems(item, known)
        errors |= {f"items.{number}.{name}".rstrip("."): message for name, message in wrong.items()}
        if not wrong:
            wanted.append(_wanted(item, known.pop(str(item["id"]))))
    if errors:
        raise InvalidFields(errors)
    return wanted


def _problems(item: Any, known: Mapping[str, NewImage]) -> dict[str, Any]:
    if not isinstance(item, dict):
        return {"": _l("This must be an object.")}
    wrong: dict[str, Any] = {name: _l("There is no such field.") for name in set(item) - PLACE}
    key, texts, sku = item.get("id"), item.get("translations", {}), item.get("sku")
    if isinstance(key, bool) or not isinstance(key, str | int) or str(key) not in known:
        wrong["id"] = _l("There is no such picture.")
    if "alt" in item and (problem := rules.text_problem(item["alt"], rules.LONGEST_VALUE)):
        wrong["alt"] = problem
    if not isinstance(texts, dict) or set(texts) - set(OTHERS):
        wrong["translations"] = _l("This must be a table of languages.")
    else:
        for code, text in texts.items():
            if problem := rules.text_problem(text, rules.LONGEST_VALUE):
                wrong[f"translations.{code}"] = problem
    if sku is not None and not isinstance(sku, str):
        wrong["sku"] = _l("This must be text.")
    return wrong


def _wanted(item: Mapping[str, Any], now: NewImage) -> NewImage:
    """A picture with what is said of it; what is not said stays."""
    texts = {code: {"alt": text.strip()} for code, text in item.get("translations", {}).items()}
    texts = {code: held for code, held in texts.items() if held["alt"]}
    return NewImage(
        now.image_id, item.get("alt", now.alt), texts if "translations" in item else now.translations,
        item.get("sku", now.sku),
    )  # fmt: skip


class ProductApi(LinksApi):
    """The REST door of products, of their pictures and of what stands beside them."""

    def _create(self, body: dict[str, Any]) -> Any:
        """A product of the type that `type` names; the form, and so what may be sent, follows from it."""
        view, values = self.view, {name: value for name, value in body.items() if name != "type"}
        form = view.new_form()
        data, given = json_forms.current_data(form), json_forms.form_data(form, values)
        for name in values:
            data.setlist(name, given.getlist(name))
        filled = view.new_form(data)
        made = self._written(filled, lambda: view.create(filled))
        database().refresh(made)
        return made

    @expose("/<pk>/pictures", methods=["GET"])
    def pictures(self, pk: str) -> Response:
        """The pictures of a product in their order."""
        self._require("show")
        return jsonify(listed(database(), self._row(pk).id))

    @expose("/<pk>/pictures", methods=["POST"])
    def add_pictures(self, pk: str) -> Response:
        """Put the files sent as `pictures` behind those the product has; one it has already is not put twice.

        Raises:
            InvalidFields: without a file, or for one that is no picture the shop takes.
            IdempotencyMismatch: the key came with other files before.
        """
        self._require("edit")
        product_id, session = self._row(pk).id, database()
        files = [file for file in request.files.getlist("pictures") if file.filename]
        if not files or len(files) > MOST:
            raise InvalidFields(
                {"pictures": _l("Send the files as multipart/form-data, each as “pictures”.")}
            )
        sums = [hashlib.sha256(file.read()).hexdigest() for file in files]
        for file in files:
            file.seek(0)
        key, scope = (
            request.headers.get("Idempotency-Key"),
            f"admin.pictures.{product_id}:{g.admin_person.id}",
        )

        def add() -> dict[str, Any]:
            actor = current_actor()
            with unit_of_work(session):
                if key is not None:
                    stored = idempotency.begin(session, scope=scope, key=key, body=sums)
                    if stored is not None:
                        return stored
                pictures.append(
                    session, product_id, [pictures.store(session, file, actor) for file in files], actor
                )
                answer = listed(session, product_id)
                if key is not None:
                    idempotency.finish(session, scope=scope, key=key, answer=answer)
            return answer

        made = jsonify(attempt(session, add, Product))
        made.status_code = 201
        return made

    @expose("/<pk>/pictures", methods=["PUT"])
    def set_pictures(self, pk: str) -> Response:
        """Say anew which pictures a product has, in this order; what an item does not say of its picture stays.

        Raises:
            Stale: `token` (or `If-Match`) is not that of the pictures as they are now.
            InvalidFields: naming each wrong place.
        """
        self._require("edit")
        product_id, body = self._row(pk).id, json_forms.read_body()
        token = body.pop("token", None) or request.headers.get("If-Match", "").strip('"')
        return jsonify(self._change(product_id, token, lambda held: read_places(body, held)))

    @expose("/<pk>/pictures/<picture>", methods=["DELETE"])
    def delete_picture(self, pk: str, picture: str) -> Response:
        """Take one picture from a product; the file stays as long as something else shows it.

        Raises:
            NotFound: it is not one of the product's.
        """
        self._require("edit")

        def without(held: list[NewImage]) -> list[NewImage]:
            left = [image for image in held if str(image.image_id) != picture]
            if len(left) == len(held):
                raise NotFound()
            return left

        self._change(self._row(pk).id, None, without)
        return Response(status=204)

    @staticmethod
    def _change(product_id: int, token: Any, wanted: Any) -> dict[str, Any]:
        """Write what `wanted` makes of the pictures; nobody else changes them meanwhile."""
        session = database()

        def write() -> dict[str, Any]:
            with unit_of_work(session):
                locks.row(session, Product, product_id)
                if token and token != listed(session, product_id)["token"]:
                    raise Stale()
                images = wanted(pictures.held(session, product_id))
                try:
                    operations.set_product_images(
                        session, product_id=product_id, images=images, actor=current_actor()
                    )
                except InvalidFields as refusal:
                    raise InvalidFields(
                        {name.replace("images.", "items.", 1): text for name, text in refusal.errors.items()}
                    ) from refusal
                return listed(session, product_id)

        return dict(attempt(session, write, Product))


__all__ = ["ProductApi"]
