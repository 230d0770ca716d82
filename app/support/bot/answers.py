"""What the bot says, read from the shop's own data at this moment; every answer names its page. It never guesses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.catalog.queries import product_cards
from app.core import rate_limits, settings
from app.core.errors import TooMany
from app.inventory import queries as inventory
from app.notifications.rendering import site_url
from app.orders import messages
from app.orders import queries as orders
from app.orders.models import Order
from app.orders.rules import ADDRESSES_OPEN, CUSTOMER_CANCELS
from app.orders.states import STATE_LABELS
from app.regions.queries import base_currency
from app.search.queries import suggest
from app.shipping.queries import load_shipping_table
from app.shipping.rules import MethodRow
from app.support import hours
from app.support.bot import rules
from app.support.chat.models import Conversation
from app.support.help import queries as help_pages
from app.support.settings import SupportSettings

ORDER_TOPICS = ("order_status", "refund", "cancel", "change_address")
ARTICLES = {"returns": "returns", "invoice": "invoice", "payment": "payment"}
"""The help article that answers an intent; where it is missing, the help pages are searched."""
TRIES = "5/hour"
"""Wrong proofs for one order number, from all conversations together."""
MOST_METHODS = 4
MOST_PRODUCTS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say. `outcome` is answered, asked or handed; `waits_for` and `facts` are for the next message."""

    text: str
    outcome: str = "answered"
    waits_for: str = ""
    facts: dict[str, str] = field(default_factory=dict)


HANDED = Answer("", "handed")
"""People take over."""


def answer(
    session: Session, talk: Conversation, text: str, intent: str, waits_for: str = "", facts: dict[str, str] | None = None
) -> Answer:  # fmt: skip
    """The answer to a message, in the language being spoken; `waits_for` and `facts` are of the turn before."""
    held = facts or {}
    if waits_for == "number":
        number = rules.number_in(text)
        if number is not None:
            return _about_order(session, talk, number, held.get("topic", "order_status"))
    if waits_for == "proof" and any(rules.proofs_in(text)):
        return _proved(session, talk, held.get("number", ""), text, held.get("topic", "order_status"))
    if intent in ORDER_TOPICS:
        return _order(session, talk, text, intent)
    say = _SAYS.get(intent)
    return say(session, talk, text) if say else HANDED


# --- orders -----------------------------------------------------------------------------------------


def _order(session: Session, talk: Conversation, text: str, topic: str) -> Answer:
    number = rules.number_in(text)
    if number is not None:
        return _about_order(session, talk, number, topic)
    if talk.user_id is not None:
        found = orders.orders_of(session, talk.user_id, limit=1)
        if found.items:
            return _about_order(session, talk, found.items[0].number, topic)
        return Answer(
            _("I see no order in your account. Which number does it have?"),
            "asked",
            "number",
            {"topic": topic},
        )
    return Answer(
        _("Gladly. Which number does your order have? It stands in our mail, for example 2026-000123."), "asked", "number",
        {"topic": topic},
    )  # fmt: skip


def _about_order(session: Session, talk: Conversation, number: str, topic: str) -> Answer:
    """An account's own order at once; for anybody else the proof is asked for, whether the order exists or not."""
    if talk.user_id is not None:
        order = orders.order_by_number(session, number)
        if order is None or order.user_id != talk.user_id:
            return Answer(
                _("There is no order %(number)s in your account.", number=number) + " " + _find(talk)
            )
        return _told(talk, order, topic, site_url(talk.language, f"/orders/{order.token}"))
    return Answer(
        _("To be sure that it is yours: which e-mail address or postcode did you give for order %(number)s?", number=number),
        "asked", "proof", {"number": number, "topic": topic},
    )  # fmt: skip


def _proved(session: Session, talk: Conversation, number: str, text: str, topic: str) -> Answer:
    """A guest's proof; the answer to a wrong one is the same for orders that exist and others.

    The link to the order goes to the order's own address, never into the chat: a postcode is easily known.
    """
    try:
        rate_limits.hit(TRIES, f"bot:order:{number}")
    except TooMany:
        return HANDED
    order = orders.order_by_number(session, number)
    email, code = rules.proofs_in(text)
    fits = order is not None and (
        (bool(email) and email == order.email.lower())
        or (bool(code) and code == rules.postcode(order.shipping_address.get("postcode")))
    )
    if order is None or not fits:
        return Answer(
            _("I cannot find an order with this number and this e-mail address or postcode.")
            + " "
            + _find(talk)
        )
    messages.send_link(session, number=number, email=order.email)
    return _told(talk, order, topic, "")


def _find(talk: Conversation) -> str:
    return _(
        "You can have the link to your order sent here: %(url)s", url=site_url(talk.language, "/orders/find")
    )


def _told(talk: Conversation, order: Order, topic: str, url: str) -> Answer:
    """What the order says about a topic, and its page; without one it was mailed."""
    words = [
        _("Order %(number)s: %(state)s.", number=order.number, state=str(STATE_LABELS[order.state]).lower())
    ]
    if topic == "refund":
        if order.refunded:
            amount = format_currency(order.refunded, order.currency, locale=talk.language)
            words.append(_("We have refunded %(amount)s, the way it was paid.", amount=amount))
        else:
            words.append(_("No refund is noted for it yet."))
    elif topic == "cancel":
        if order.state in CUSTOMER_CANCELS and not any(line.shipped for line in order.lines):
            words.append(_("You can still cancel it yourself on its page."))
        elif order.state != "cancelled":
            words.append(_("It can no longer be cancelled; you may send it back when it has arrived."))
    elif topic == "change_address":
        if order.state in ADDRESSES_OPEN:
            return Answer(
                " ".join([*words, _("Its address can still be changed. A colleague does that with you.")]),
                "handed",
            )
        words.append(_("It has left already, so its address can no longer be changed by us."))
    if url:
        words.append(_("All about it: %(url)s", url=url))
    else:
        words.append(_("The link to its page is on its way to the e-mail address of the order."))
    return Answer(" ".join(words))


# --- the shop ---------------------------------------------------------------------------------------


def _delivery(session: Session, talk: Conversation, text: str) -> Answer:
    """Methods, prices and days of the shop's own country, from the settings of shipping."""
    table, currency = load_shipping_table(session), base_currency(session)
    near = [(m.zone.nearness(table.home, ""), m) for m in table.methods]
    best = max((place for place, _method in near), default=0)
    lines: list[str] = []
    for place, method in near:
        if place < best or not place or len(lines) == MOST_METHODS:
            continue
        name = _with_weight(method.names.get(talk.language, method.name), method, talk.language)
        price = format_currency(method.price, currency, locale=talk.language) if method.price else _("free")
        days = (
            ngettext("%(num)s day", "%(num)s days", method.days_max)
            if method.days_min == method.days_max
            else _("%(first)s to %(last)s days", first=method.days_min, last=method.days_max)
        )
        line = f"{name}: {price}, {days}"
        if line not in lines:
            lines.append(line)
    if not lines:
        return _article(session, talk, text)
    page = _page(session, talk, "delivery", "/pages/delivery")
    told = _(
        "What delivery costs depends on country and weight; you see it before you pay. To %(country)s:",
        country=Locale.parse(talk.language).territories.get(table.home, table.home),
    )
    return Answer("\n".join([told, *lines, _("More: %(url)s", url=page)]))


def _with_weight(name: str, method: MethodRow, language: str) -> str:
    """A method whose price holds for some weights only says so: else one name would have several prices."""
    if method.max_weight is not None:
        return _("%(name)s up to %(weight)s kg", name=name, weight=_kilos(method.max_weight, language))
    if method.min_weight:
        return _("%(name)s from %(weight)s kg", name=name, weight=_kilos(method.min_weight, language))
    return name


def _kilos(grams: int, language: str) -> str:
    return format_decimal(Decimal(grams) / 1000, "#,##0.##", locale=language)


def _page(session: Session, talk: Conversation, slug: str, otherwise: str) -> str:
    known = help_pages.by_slug(session, slug, talk.language)
    return site_url(talk.language, f"/help/{slug}" if known else otherwise)


def _article(session: Session, talk: Conversation, text: str, slug: str = "") -> Answer:
    """The help article of an intent, else the one that answers the words best; people where there is none."""
    found = help_pages.by_slug(session, slug, talk.language) if slug else None
    if found is None:
        found = next(iter(help_pages.search(session, text, talk.language, whole=True)), None)
    if found is None:
        return HANDED
    words = found.summary or found.words[:300]
    return Answer(f"{words}\n" + _("More: %(url)s", url=site_url(talk.language, f"/help/{found.slug}")))


def _stock(session: Session, talk: Conversation, text: str) -> Answer:
    """Articles whose names the message holds, and whether they can be bought now."""
    words = [w for w in rules.words_of(text) if len(w) > 2 and w not in _SMALL]
    ids: list[int] = []
    for word in sorted(words, key=len, reverse=True)[:4]:
        ids += [i for i in suggest(session, word, talk.language, MOST_PRODUCTS).product_ids if i not in ids]
    cards = product_cards(session, ids[:12], talk.language)
    scored = [(sum(w.rstrip("s") in card.name.lower() for w in words), card) for card in cards]
    best = max((score for score, _card in scored), default=0)
    chosen = [card for score, card in scored if score == best and score][:MOST_PRODUCTS]
    if not chosen:
        url = site_url(talk.language, "/search")
        return Answer(_("Which article do you mean? You can also search here: %(url)s", url=url), "asked")
    known = inventory.availability(session, [v for card in chosen for v in card.variant_ids])
    lines = []
    for card in chosen:
        is_there = card.is_available and any(known[v].is_buyable for v in card.variant_ids)
        state = _("can be ordered now") if is_there else _("is sold out at the moment")
        lines.append(f"{card.name} {state}: {site_url(talk.language, f'/p/{card.slug}')}")
    return Answer("\n".join(lines))


_SMALL = frozenset(
    ["the", "this", "that", "have", "you", "your", "has", "are", "there", "any", "still", "stock", "available", "back", "when", "will", "les", "des", "une", "vous", "avez", "est", "encore", "disponible", "het", "een", "jullie", "hebben", "nog", "dit", "voorraad", "weer", "die", "der", "das", "ist", "noch", "haben", "sie", "lager", "los", "las", "una", "tienen", "queda", "esta", "disponible", "cuando"]
)  # fmt: skip


def _hours(session: Session, talk: Conversation, text: str) -> Answer:
    own = settings.get(session, SupportSettings)
    told = _(
        "We are here: %(hours)s (%(zone)s).",
        hours=hours.in_words(own.hours, talk.language), zone=hours.zone_in_words(own.timezone, talk.language),
    )  # fmt: skip
    return Answer(f"{told} " + _("More ways to reach us: %(url)s", url=site_url(talk.language, "/support")))


def _greeting(session: Session, talk: Conversation, text: str) -> Answer:
    told = _(
        "Hello! I am the shop’s automatic assistant. Ask me about your order, delivery, returns or an article; or ask for a person."
    )
    return Answer(f"{told} {site_url(talk.language, '/help')}")


def _thanks(session: Session, talk: Conversation, text: str) -> Answer:
    return Answer(_("With pleasure. Have a good day!"))


_SAYS: dict[str, Callable[[Session, Conversation, str], Answer]] = {
    "delivery": _delivery,
    "stock": _stock,
    "hours": _hours,
    "greeting": _greeting,
    "thanks": _thanks,
    "returns": lambda session, talk, text: _article(session, talk, text, ARTICLES["returns"]),
    "invoice": lambda session, talk, text: _article(session, talk, text, ARTICLES["invoice"]),
    "payment": lambda session, talk, text: _article(session, talk, text, ARTICLES["payment"]),
}
