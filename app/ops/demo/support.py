"""Talks of the demo: chat transcripts, through the operations that real ones use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import outbox, settings
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from app.ops.demo.content.talks import CANNED, TALKS, TalkSpec
from app.support.chat import operations
from app.support.chat.models import Conversation
from app.support.chat.queries import Owner
from app.support.settings import SupportSettings


def talks(session: Session) -> None:
    """Conversations of some customers with the shop, most of them ended, and the bot switched on for new ones.

    Nothing where there are conversations already.
    """
    if session.scalar(select(func.count()).select_from(Conversation)):
        return
    agent = session.scalar(select(User).where(User.username == "support@comptoir.example"))
    customers = session.scalars(
        select(User)
        .where(User.is_staff.is_(False), User.active.is_(True))
        .order_by(User.id)
        .limit(len(TALKS))
    ).all()
    if agent is None or not customers:
        return
    for shortcut, title, language, text in CANNED:
        operations.save_canned(
            session, shortcut=shortcut, title=title, language=language, text=text, actor=SYSTEM
        )
    settings.change(session, SupportSettings, actor=SYSTEM, bot=True)
    for number, spec in enumerate(TALKS):
        with outbox.quietly(session), unit_of_work(session):
            _talk(session, spec, number, customers[number % len(customers)], agent)


def _talk(session: Session, spec: TalkSpec, number: int, customer: User, agent: User) -> None:
    """One conversation. The last one is a guest's, who waits."""
    is_guest = len(spec.lines) == 1
    owner = Owner(guest_key=f"{number:032x}") if is_guest else Owner(user_id=customer.id)
    row = operations.start(
        session, owner=owner, language=spec.language, page=spec.page, actor=SYSTEM, with_bot=not is_guest
    )
    at = utcnow() - timedelta(days=0 if is_guest else number + 1, minutes=3)
    staff = Actor("staff", agent.id, agent.email)
    for line, (who, words) in enumerate(spec.lines):
        operations.post(
            session, conversation_id=row.id, client_id=f"demo-{line}", text=words, at=at + timedelta(seconds=50 * line),
            author_kind="agent" if who == "a" else "customer",
            actor=staff if who == "a" else Actor("customer", owner.user_id),
            author_name=agent.first_name if who == "a" else "",
        )  # fmt: skip
    if spec.label:
        operations.label(session, conversation_id=row.id, labels=[spec.label], actor=staff)
    if not is_guest and spec.stars:
        operations.mark_read(session, conversation_id=row.id, side="staff", seq=len(spec.lines))
        operations.mark_read(session, conversation_id=row.id, side="customer", seq=len(spec.lines))
        operations.close(session, conversation_id=row.id, actor=staff, reason="Answered")
        operations.rate(session, conversation_id=row.id, rating=spec.stars, actor=SYSTEM)
