"""Fills a shop with the demo: accounts, pictures, catalogue, customers, orders, reviews. May be interrupted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from app.analytics import operations as analytics
from app.analytics.queries import needs_rebuild
from app.catalog import operations as catalog
from app.core import jobs, settings
from app.core.actor import SYSTEM
from app.core.clock import today
from app.ops.demo import catalogue, helpdesk, links, offers, orders, people, pictures, reviews, support
from app.ops.demo.content.products import PLAIN_LIMIT
from app.ops.demo.settings import DemoState

Report = Callable[[int, int, str], None]
PICTURES_JOB = "ops.demo_pictures"


def is_loaded(session: Session) -> bool:
    """True once a demo was loaded to its end."""
    return settings.get(session, DemoState).products > 0


def load(session: Session, *, products: int, orders_wanted: int | None, report: Report) -> None:
    """Load the demo, or what is missing of it. What is there stays as it is.

    Further pictures of small shops are drawn by a job afterwards, so that the shop opens sooner.
    """
    since = settings.get(session, DemoState).since or today().isoformat()
    settings.change(session, DemoState, actor=SYSTEM, since=since)
    ids = people.accounts(session, SYSTEM)
    drawn = pictures.store_pictures(
        session,
        catalogue.eager_pictures(products),
        actor=SYSTEM,
        report=lambda d, t: report(d, t, "pictures"),
    )
    places = catalogue.set_up(session, SYSTEM, drawn)
    catalogue.build(
        session, products, places, drawn, seller_id=ids["seller"], since=date.fromisoformat(since), actor=SYSTEM,
        report=lambda d, t: report(d, t, "products"),
    )  # fmt: skip
    links.load(session, products, SYSTEM)
    catalog.refresh_product_counts(session)
    offers.load(session, SYSTEM)
    wanted = orders.usual(products) if orders_wanted is None else orders_wanted
    orders.load(session, wanted, customer_id=ids["customer"], report=lambda d, t: report(d, t, "orders"))
    if needs_rebuild(session):
        analytics.rebuild(session, report=lambda d, t, _month: report(d, t, "figures"))
    reviews.load(session, report=lambda d, t: report(d, t, "reviews"))
    support.talks(session)
    helpdesk.help_articles(session)
    helpdesk.tickets(session)
    settings.change(session, DemoState, actor=SYSTEM, products=products)
    if 0 < products <= PLAIN_LIMIT:
        jobs.start(session, PICTURES_JOB, products=products)
