"""What stands in a mail below the bag that was left: the list of the bag's page, at the moment the mail is written."""

from __future__ import annotations

from babel.numbers import format_currency
from sqlalchemy.orm import Session

from app.core.i18n import speak
from app.notifications.suggested import Shelf, Suggested
from recommender import queries, serve
from recommender.visitors import Visitor

MOST = 4


def in_mail(
    *, session: Session, user_id: int | None, product_ids: tuple[int, ...], language: str, currency: str
) -> Shelf | None:
    """For mails that people agreed to (slot of values "mail.suggested"): what goes with these products, and why.

    Who refused gets what is bought most; a guest's bag shapes the mail about that very bag without a profile. No
    experiment counts here, and links say nothing of who follows them.
    """
    if not queries.is_on(session):
        return None
    is_profiled = user_id is not None and not queries.refuses(session, user_id)
    who = Visitor(user_id, is_profiled, unit=None, cart_id=None)
    with speak(language):
        found, title = serve.picked(session, who, serve.CART, list(product_ids), MOST)
        shown = serve.shown(session, found, language, currency, root="")
        products = tuple(
            Suggested(
                one.card.name,
                format_currency(one.card.price.amount, one.card.price.currency, locale=language),
                one.reason,
                one.card.url,
            )
            for one in shown
        )
    return Shelf(title, products)
