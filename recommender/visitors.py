"""Who asks for suggestions, and what may be known of them: account, bag, agreement, arm of the experiment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy.orm import Session

from app.analytics.visits.rules import read_agreement, read_id
from app.identity.sessions import current_user_id
from app.storefront import bag
from app.storefront.visits import CONSENT, VISITOR, agreement
from recommender import queries, rules


@dataclass(frozen=True, slots=True)
class Visitor:
    """`is_profiled`: what they bought or hold may shape their lists.

    `unit` and `number` (of the visitor's cookie) are there only for who agreed to be counted.
    """

    user_id: int | None
    is_profiled: bool
    unit: str | None
    cart_id: int | None
    number: uuid.UUID | None = None


def unit_of_account(user_id: int) -> str:
    """What stands for a customer in an experiment."""
    return rules.unit_of(str(current_app.secret_key), "account", str(user_id))


def visitor(session: Session) -> Visitor:
    """The visitor of this request.

    A customer's own lists need no more than that they did not refuse, here or when asked for their visits; a guest's
    need a yes. Counting needs a yes of both.
    """
    user_id, agreed = current_user_id(), agreement()
    said = read_agreement(request.cookies.get(CONSENT, ""))
    if user_id is not None:
        no = (said is not None and not agreed.profiled) or _against() or queries.refuses(session, user_id)
        is_profiled = not no
    else:
        is_profiled = agreed.profiled
    unit, held = None, None
    if is_profiled and agreed.profiled:
        held = read_id(request.cookies.get(VISITOR, ""))
        if user_id is not None:
            unit = unit_of_account(user_id)
        elif held is not None:
            unit = rules.unit_of(str(current_app.secret_key), "visitor", held.hex)
    cart = bag.current_cart(session)
    return Visitor(user_id, is_profiled, unit, cart.id if cart is not None else None, held)


def _against() -> bool:
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"
