"""What a visitor is shown in a place, and why: from the tables of the version in use, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.i18n import current_language
from app.storefront.cards import cards
from app.storefront.pages import Card
from app.storefront.shell import currency, root
from recommender import queries, rules
from recommender.queries import Suggestion
from recommender.visitors import Visitor

CART, HOME, ACCOUNT = "cart", "home", "account"
PLACES = (CART, HOME, ACCOUNT)
FEWEST = 4
"""A shorter list is filled with what is popular."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card and its reason in words."""

    card: Card
    reason: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a place shows. `counted`: the visitor takes part in the experiment. `is_own`: not just what everybody buys."""

    title: str
    items: tuple[Shown, ...]
    counted: bool = False
    is_own: bool = True


def shelf(session: Session, who: Visitor, place: str, limit: int = 8) -> Shelf:
    """The list of a place for a visitor; popularity for who refuses, for the control arm, and where nothing is known."""
    held = queries.held_products(session, who.cart_id) if who.cart_id is not None else []
    experiment = queries.running_experiment(session) if who.unit is not None else None
    arm = rules.MODEL
    if experiment is not None and who.unit is not None:
        arm = rules.arm_of(experiment.id, who.unit, experiment.share)
    found, _whole = picked(session, who, place, held, limit, by_model=arm == rules.MODEL)
    items = shown(session, found, current_language(), currency(), root())
    kept = {item.card.product_id for item in items}
    left = [
        one for one in found if one.product_id in kept
    ]  # what is sold out may have been all that was one's own
    return Shelf(title_of(place, left), items, experiment is not None, is_own(left))


def picked(
    session: Session, who: Visitor, place: str, held: list[int], limit: int, *, by_model: bool = True
) -> tuple[list[Suggestion], str]:
    """What a place shows to somebody who holds these products, filled up with what is popular, and its title."""
    found = _known(session, who, place, held, limit) if by_model else []
    if len(found) < min(FEWEST, limit):
        taken = [*held, *(one.product_id for one in found)]
        user_id = who.user_id if who.is_profiled else None
        found += queries.popular(session, held=taken, user_id=user_id, limit=limit - len(found))
    return found, title_of(place, found)


def _known(session: Session, who: Visitor, place: str, held: list[int], limit: int) -> list[Suggestion]:
    """What the version in use says, as far as the visitor lets it."""
    if place == CART:
        # what lies in this very bag is no profile; but a customer's no is a no everywhere
        is_refused = who.user_id is not None and not who.is_profiled
        user_id = who.user_id if who.is_profiled else None
        return [] if is_refused else queries.with_products(session, held, user_id=user_id, limit=limit)
    if not who.is_profiled:
        return []
    found: list[Suggestion] = []
    if who.user_id is not None:
        found = queries.for_person(session, who.user_id, limit)
        if found:
            taken = set(held)
            return [one for one in found if one.product_id not in taken]
    seen = queries.viewed_products(session, who.number) if who.number is not None else []
    near = queries.with_products(
        session, list(dict.fromkeys([*held, *seen])), user_id=who.user_id, limit=limit
    )
    return [one if one.because_of in held else replace(one, why="viewed") for one in near]


def is_own(found: Sequence[Suggestion]) -> bool:
    """True where at least half of a list is about its reader; the rest is what everybody buys."""
    known = sum(one.why != "popular" for one in found)
    return known > 0 and 2 * known >= len(found)


def title_of(place: str, found: Sequence[Suggestion]) -> str:
    """What stands above a list: never "for you" above what is only popular."""
    if not is_own(found):
        return _("Popular now")
    return _("Goes with your bag") if place == CART else _("For you")


def shown(
    session: Session, found: list[Suggestion], language: str, currency: str, root: str
) -> tuple[Shown, ...]:
    """Cards with reasons, in the language being spoken; what cannot be bought at this moment is left out."""
    called = queries.names(session, [one.because_of for one in found if one.because_of], language)
    why = {one.product_id: reason(one.why, called.get(one.because_of or 0, "")) for one in found}
    made: Any = cards(session, [one.product_id for one in found], language, currency, root)
    return tuple(Shown(card, why[card.product_id]) for card in made if card.availability.is_buyable)


def reason(why: str, name: str) -> str:
    """Why a product is suggested, in words."""
    if why == "popular" or (not name and why != "taste"):
        return _("Bought by many")
    if why == "held":
        return _("Goes with “%(name)s”", name=name)
    if why == "owned":
        return _("Because you bought “%(name)s”", name=name)
    if why == "viewed":
        return _("Because you looked at “%(name)s”", name=name)
    return _("Close to what you chose")
