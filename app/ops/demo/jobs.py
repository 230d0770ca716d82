"""Work of the demo that may come after the shop has opened."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import ImportRef, ProductImage
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.jobs import Progress
from app.ops.demo import catalogue, pictures
from app.ops.demo.content.products import products as invented
from app.ops.demo.content.values import ProductSpec

BATCH = 60
MOST = 99


def draw_further_pictures(progress: Progress, *, products: int) -> dict[str, int]:
    """Give every product its first picture, then all of them its other colours and a room around it.

    What is drawn stays: running it again draws nothing twice. People's jobs go first.
    """
    session: Session = db.session
    specs = list(invented(products))
    for pass_, most in enumerate((1, None)):
        for start in range(0, len(specs), BATCH):
            drawn = _illustrate(session, specs[start : start + BATCH], most)
            progress.step(pass_ * len(specs) + start + BATCH, 2 * len(specs))
            if drawn:
                progress.give_way()
    return {"products": len(specs)}


def _illustrate(session: Session, specs: list[ProductSpec], most: int | None) -> bool:
    """Draw what is missing of a batch; False when nothing was."""
    query = select(ImportRef.external_id, ImportRef.product_id).where(
        ImportRef.source == catalogue.SOURCE, ImportRef.external_id.in_([spec.code for spec in specs])
    )
    ids = dict(session.execute(query).all())
    having = _having(session, list(ids.values()))
    wanted = [
        spec
        for spec in specs
        if ids.get(spec.code) and having.get(ids[spec.code], 0) < min(most or MOST, len(spec.pictures))
    ]
    if not wanted:
        return False
    drawn = pictures.store_pictures(
        session, (picture.spec for spec in wanted for picture in spec.pictures[:most]), actor=SYSTEM
    )
    for spec in wanted:
        catalog.set_product_images(
            session, product_id=ids[spec.code], images=catalogue.new_images(spec, drawn), actor=SYSTEM
        )
    session.expunge_all()
    return True


def _having(session: Session, product_ids: list[int]) -> dict[int, int]:
    """How many different pictures each of these products has."""
    query = select(ProductImage.product_id, func.count(ProductImage.image_id.distinct()))
    query = query.where(ProductImage.product_id.in_(product_ids)).group_by(ProductImage.product_id)
    return dict(session.execute(query).all())  # type: ignore[arg-type]
