"""The verbs of consent: choose, ask a guest twice, confirm, take back, follow an address, forget."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.core import locks
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.notifications import ConsentAsked, ConsentChanged
from app.notifications import queries, rendering, rules, topics
from app.notifications.consent_models import Consent, ConsentRecord, Subscriber
from app.notifications.errors import LinkEnded, NoConsent

GOOD_FOR = timedelta(days=7)
"""How long the link of a confirmation mail works."""
AGAIN_AFTER = timedelta(minutes=10)
"""A second question within this time sends no second mail: a double click, an impatient reload."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a choice was made: the page, the address of the network, the version of the words, the language."""

    source: str
    ip: str = ""
    wording: str = ""
    language: str = "en"


def choose(
    session: Session, *, email: str, wanted: Mapping[str, bool], origin: Origin, user_id: int | None = None
) -> None:
    """Take over somebody's choices for an address that is known to be theirs. A repeat changes nothing.

    Topics that are not asked for, and unknown ones, are ignored.

    Raises:
        BadRecipient: when `email` is not an e-mail address.
    """
    address = rules.recipient(email).lower()
    with unit_of_work(session):
        who = _subscriber(session, address, origin.language)
        if user_id is not None and who.user_id != user_id:
            _link(session, who, user_id)
        for code in topics.ASKED:
            if code in wanted:
                _set(session, who, code, "given" if wanted[code] else "withdrawn", origin)


def choose_own(
    session: Session,
    *,
    user_id: int,
    email: str,
    is_verified: bool,
    wanted: Mapping[str, bool],
    origin: Origin,
) -> list[str]:
    """Take over an account's choices. Returns the topics that the address has to confirm by mail first (`ask`).

    What is switched off is off at once; what is switched on waits while nobody has confirmed the address.

    Raises:
        BadRecipient: when `email` is not an e-mail address.
    """
    waiting = [] if is_verified else [code for code in topics.ASKED if wanted.get(code)]
    certain = {code: on for code, on in wanted.items() if code not in waiting}
    choose(session, email=email, user_id=user_id, wanted=certain, origin=origin)
    return waiting


def ask(session: Session, *, email: str, codes: Iterable[str], origin: Origin) -> None:
    """Ask the owner of an address whether the wish was theirs; the mail follows from the outbox.

    Whoever asks learns nothing: an address that agreed already gets no mail, the answer is the same. Nothing is
    sent to the address but this question until it is answered.

    Raises:
        BadRecipient: when `email` is not an e-mail address.
    """
    address = rules.recipient(email).lower()
    with unit_of_work(session):
        who = _subscriber(session, address, origin.language)
        held = queries.choices(session, address)
        open_ones = [code for code in codes if code in topics.ASKED and not held[code]]
        just_asked = who.asked_at is not None and who.asked_at > utcnow() - AGAIN_AFTER
        if not open_ones or (who.nonce and just_asked):
            return
        who.nonce, who.asked_at, who.language = secrets.token_urlsafe(16), utcnow(), origin.language
        for code in open_ones:
            _set(session, who, code, "asked", origin)
        publish(session, ConsentAsked(subscriber_id=who.id, nonce=who.nonce))


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a mail of a topic carries: the topic's name, the address of one click, and that of all choices."""

    topic: str
    url: str
    choices_url: str


def way_out(session: Session, *, email: str, topic: str, language: str) -> WayOut | None:
    """How the reader of a mail ends mails of its topic; None for what belongs to a purchase.

    Raises:
        NoConsent: nobody agreed to this topic for this address.
    """
    known = topics.TOPICS.get(topic)
    if known is not None and not known.is_asked:
        return None
    who = queries.subscriber_of(session, email)
    if known is None or who is None or not queries.may_tell(session, email, topic):
        raise NoConsent()
    return WayOut(
        topic=topic,
        url=rendering.site_url(language, f"/emails/off/{topics.link(who.id, topics.UNSUBSCRIBE, topic)}"),
        choices_url=rendering.site_url(language, f"/emails/{topics.link(who.id, topics.CHOICES, 'all')}"),
    )


def check(session: Session, token: str) -> Subscriber:
    """Whose question this link answers.

    Raises:
        LinkEnded: it is not ours, too old, or a newer one has taken its place.
    """
    found = topics.read_link(token, topics.CONFIRM)
    who = session.get(Subscriber, found[0]) if found else None
    if found is None or who is None or not who.nonce or not secrets.compare_digest(who.nonce, found[1]):
        raise LinkEnded()
    if who.asked_at is None or who.asked_at < utcnow() - GOOD_FOR:
        raise LinkEnded()
    return who


def confirm(session: Session, *, token: str, origin: Origin) -> Subscriber:
    """Give what was asked for. A second click finds everything given and changes nothing.

    Raises:
        LinkEnded: it is not ours, too old, or a newer one has taken its place.
    """
    with unit_of_work(session):
        who = locks.row(session, Subscriber, check(session, token).id)
        waiting = select(Consent.topic).where(Consent.subscriber_id == who.id, Consent.state == "asked")
        for code in session.scalars(waiting).all():
            _set(session, who, code, "given", origin)
    return who


def withdraw(
    session: Session, *, subscriber_id: int, codes: Iterable[str] = topics.ASKED, origin: Origin
) -> None:
    """Take back a consent, or all of them. What was never given, or is gone, stays so."""
    with unit_of_work(session):
        who = session.get(Subscriber, subscriber_id, with_for_update=True)
        if who is None:
            return
        held = select(Consent.topic).where(
            Consent.subscriber_id == who.id, Consent.state != "withdrawn", Consent.topic.in_(list(codes))
        )
        for code in session.scalars(held).all():
            _set(session, who, code, "withdrawn", origin)


def follow(session: Session, *, user_id: int, email: str) -> None:
    """An account has a new address: its choices move along. Where that address has its own, those count."""
    address = email.strip().lower()
    with unit_of_work(session):
        who = session.scalar(select(Subscriber).where(Subscriber.user_id == user_id).with_for_update())
        if who is None or who.email == address:
            return
        other = queries.subscriber_of(session, address)
        if other is None:
            who.email = address
            return
        withdraw(session, subscriber_id=who.id, origin=Origin("address changed"))
        _link(session, other, user_id)


def forget(session: Session, *, email: str) -> int:
    """Delete an address with its choices and their proof (erasure); returns how many."""
    with unit_of_work(session):
        gone = delete(Subscriber).where(Subscriber.email == email.strip().lower()).returning(Subscriber.id)
        return len(session.scalars(gone).all())


def _subscriber(session: Session, address: str, language: str) -> Subscriber:
    """The row of an address, made when there is none, locked."""
    made = upsert(Subscriber).values(email=address, language=language)
    session.execute(made.on_conflict_do_nothing(index_elements=["email"]))
    return session.scalars(select(Subscriber).where(Subscriber.email == address).with_for_update()).one()


def _link(session: Session, who: Subscriber, user_id: int) -> None:
    """An account has one address: the row that carried it before lets go."""
    before = session.scalar(select(Subscriber).where(Subscriber.user_id == user_id).with_for_update())
    if before is not None and before.id != who.id:
        before.user_id = None
        session.flush()
    who.user_id = user_id


def _set(session: Session, who: Subscriber, code: str, state: str, origin: Origin) -> None:
    """Write a topic's state and its record; nothing when it stands so already."""
    now = session.scalar(select(Consent.state).where(Consent.subscriber_id == who.id, Consent.topic == code))
    if now == state and state != "asked" or (now is None and state == "withdrawn"):
        return
    values = {"subscriber_id": who.id, "topic": code, "state": state}
    statement = upsert(Consent).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["subscriber_id", "topic"], set_={"state": state, "changed_at": func.now()}
        )
    )
    session.add(
        ConsentRecord(
            **values, source=origin.source[:100], ip=origin.ip[:64], wording=origin.wording[:40],
            language=origin.language[:10],
        )
    )  # fmt: skip
    if state != "asked":
        publish(session, ConsentChanged(subscriber_id=who.id, topic=code, given=state == "given"))
