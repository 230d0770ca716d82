"""The page on which a product's pictures are ordered, described, bound to variants and added."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import FileStorage

from app.catalog import operations
from app.catalog.admin.texts import OTHERS
from app.catalog.models import Product, ProductImage, Variant
from app.catalog.rules import NewImage
from app.core import locks
from app.core.actor import Actor
from app.core.admin import current_actor
from app.core.admin.context import database
from app.core.admin.writing import attempt
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import LANGUAGES
from app.core.unit_of_work import unit_of_work
from app.media import operations as media
from app.media.models import Image


def store(session: Session, file: FileStorage, actor: Actor) -> Image:
    """Keep an uploaded file as a picture; refusals name the file."""
    try:
        return media.store_image(session, data=file.read(), actor=actor, filename=file.filename)
    except ShopError as refusal:
        raise InvalidFields({"pictures": f"{(file.filename or '')[:80]}: {refusal.text}"}) from refusal


def of(session: Session, product_id: int) -> list[ProductImage]:
    """The pictures of a product in their order: one statement."""
    query = select(ProductImage).where(ProductImage.product_id == product_id)
    return list(
        session.scalars(
            query.options(joinedload(ProductImage.image)).order_by(ProductImage.position, ProductImage.id)
        )
    )


def _as_new(link: ProductImage, skus: dict[int, str]) -> NewImage:
    sku = skus.get(link.variant_id) if link.variant_id is not None else None
    return NewImage(link.image_id, link.alt, link.translations or {}, sku)


def skus_of(session: Session, product_id: int) -> dict[int, str]:
    """The variants of a product by their keys."""
    query = select(Variant.id, Variant.sku).where(Variant.product_id == product_id)
    return dict(session.execute(query.order_by(Variant.position, Variant.id)).all())


def held(session: Session, product_id: int) -> list[NewImage]:
    """The pictures of a product as they can be set anew."""
    skus = skus_of(session, product_id)
    return [_as_new(link, skus) for link in of(session, product_id)]


def append(session: Session, product_id: int, stored: list[Image], actor: Actor) -> None:
    """Put pictures behind those the product has; one it has already is not put twice."""
    with unit_of_work(session):
        locks.row(session, Product, product_id)
        now = held(session, product_id)
        known = {image.image_id for image in now}
        fresh = [NewImage(image.id) for image in dict.fromkeys(stored) if image.id not in known]
        if fresh:
            operations.set_product_images(session, product_id=product_id, images=[*now, *fresh], actor=actor)


def _posted(links: list[ProductImage], skus: dict[int, str]) -> list[NewImage]:
    """The pictures as the form wants them: by the numbers typed, without those crossed out."""
    wanted: list[tuple[int, int, NewImage]] = []
    for place, link in enumerate(links):
        mine = f"picture_{link.id}"
        if request.form.get(f"{mine}_remove"):
            continue
        number = request.form.get(f"{mine}_position", "")
        order = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else place
        sku = request.form.get(f"{mine}_sku") or None
        texts = {code: {"alt": request.form.get(f"{mine}_alt_{code}", "")[:600].strip()} for code in OTHERS}
        wanted.append((order, place, NewImage(
            link.image_id, request.form.get(f"{mine}_alt", link.alt)[:600],
            {code: held for code, held in texts.items() if held["alt"]}, sku if sku in skus.values() else None,
        )))  # fmt: skip
    return [image for _order, _place, image in sorted(wanted, key=lambda entry: entry[:2])]


def page(view: Any, item: Product, pk: str) -> ResponseReturnValue:
    """Show the page, or take what was sent; a refusal keeps everything typed."""
    session, product_id, problem = database(), item.id, ""
    links, skus = of(session, product_id), skus_of(session, product_id)
    if request.method == "POST":
        files = [file for file in request.files.getlist("pictures") if file.filename]
        try:
            attempt(session, lambda: _save(session, product_id, _posted(links, skus), files), Product)
        except ShopError as refusal:
            problem = " ".join(map(str, getattr(refusal, "errors", {}).values())) or refusal.text
            links = of(session, product_id)
        else:
            flash(_("Saved."), "success")
            return redirect(view.url("pictures", pk=pk))
    return view.render_template(
        "catalog/admin/pictures.html", view=view, pk=pk, links=links, skus=skus, problem=problem,
        title=_("Pictures of %(name)s", name=item.name), back=view.url("show", pk=pk), back_title=item.name,
        languages_of_texts={code: LANGUAGES[code] for code in OTHERS}, posted=request.form,
    )  # fmt: skip


def _save(session: Session, product_id: int, images: list[NewImage], files: list[FileStorage]) -> None:
    actor = current_actor()
    with unit_of_work(session):
        stored = [store(session, file, actor) for file in files]
        known = {image.image_id for image in images}
        fresh = [NewImage(image.id) for image in dict.fromkeys(stored) if image.id not in known]
        operations.set_product_images(session, product_id=product_id, images=[*images, *fresh], actor=actor)
