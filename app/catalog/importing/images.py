"""Pictures of imported products: their addresses are kept; fetching them is a wish of its own.

An address comes from a stranger's file: only http and https, only public hosts, no redirects, a bounded
size, through the gate to the outside, and never while a transaction is open.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.parse
from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.importing.models import ImportImage
from app.catalog.importing.records import Record
from app.catalog.models import ProductImage
from app.catalog.operations.bulk import BulkResult
from app.catalog.rules import NewImage
from app.core import outbound
from app.core.actor import Actor
from app.core.errors import ShopError, Unavailable
from app.core.unit_of_work import unit_of_work
from app.media.operations import store_image

MOST_IMAGES = 12
LONGEST_URL = 2_000
HEAVIEST = 15 * 1024 * 1024


def remember(session: Session, source: str, taken: Iterable[tuple[Record, BulkResult]]) -> None:
    """Keep the addresses of the pictures of products that were made or changed."""
    rows = [
        {"source": source, "external_id": record.key, "position": place, "product_id": result.product_id,
         "url": url[:LONGEST_URL].replace("\x00", "")}
        for record, result in taken
        if result.product_id is not None and result.outcome in ("created", "updated")
        for place, url in enumerate(record.images[:MOST_IMAGES])
    ]  # fmt: skip
    if rows:
        upsert = insert(ImportImage)
        same = {name: upsert.excluded[name] for name in ("product_id", "url")}
        session.execute(
            upsert.on_conflict_do_update(index_elements=["source", "external_id", "position"], set_=same),
            rows,
        )


def fetch(session: Session, source: str, actor: Actor) -> int:
    """Fetch the pictures of a source that have not been fetched yet; returns how many came.

    Each picture stands for itself: one that cannot be had keeps its reason in `problem`.
    """
    waiting = select(ImportImage.external_id, ImportImage.position).where(
        ImportImage.source == source, ImportImage.image_id.is_(None), ImportImage.problem.is_(None)
    )
    keys = [
        tuple(row) for row in session.execute(waiting.order_by(ImportImage.product_id, ImportImage.position))
    ]
    session.rollback()  # no transaction stays open while the outside world answers
    return sum(_fetch_one(session, source, *key, actor) for key in keys)


def _fetch_one(session: Session, source: str, external_id: str, position: int, actor: Actor) -> int:
    row = session.get(ImportImage, (source, external_id, position))
    if row is None:
        return 0
    url, product_id = row.url, row.product_id
    session.rollback()
    try:
        data = download(url)
        with unit_of_work(session):
            image = store_image(
                session, data=data, actor=actor, filename=urlsplit(url).path.rsplit("/", 1)[-1][:200]
            )
            held = select(ProductImage.image_id, ProductImage.alt).where(
                ProductImage.product_id == product_id
            )
            before = [
                NewImage(r.image_id, r.alt) for r in session.execute(held.order_by(ProductImage.position))
            ]
            if image.id not in {known.image_id for known in before}:
                operations.set_product_images(
                    session, product_id=product_id, images=[*before, NewImage(image.id)], actor=actor
                )
            session.get_one(ImportImage, (source, external_id, position)).image_id = image.id
        return 1
    except ShopError as refusal:
        with unit_of_work(session):
            session.get_one(ImportImage, (source, external_id, position)).problem = str(refusal)[:500]
        return 0


def download(url: str) -> bytes:
    """The bytes behind an address.

    Raises:
        Unavailable: for anything but a public http or https address that answers with a bounded file.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as wrong:
        raise Unavailable() from wrong
    if parts.scheme not in ("http", "https") or not host:
        raise Unavailable()
    outbound.allow("picture of an import", host, port)
    if not outbound.is_public_address(host):
        raise Unavailable()
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    more = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = kind(host, port, timeout=outbound.TIMEOUT_SECONDS, **more)
    try:
        target = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        connection.request("GET", target + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        data = answer.read(HEAVIEST + 1)
        if answer.status != 200 or len(data) > HEAVIEST:
            raise Unavailable()
        return data
    except (OSError, http.client.HTTPException) as problem:
        raise Unavailable() from problem
    finally:
        connection.close()
