"""Move an account to another address, once both addresses have agreed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.identity import EmailChanged, EmailChangeRequested
from app.identity import queries, rules
from app.identity.errors import BadEmail, LinkExpired
from app.identity.models import Link, User
from app.identity.operations import links
from app.identity.operations.logins import end_all_logins
from app.identity.operations.passwords import confirm_password


def request_email_change(session: Session, *, user: User, new_email: str, password: str, ip: str) -> None:
    """Send a link to the old and to the new address. The answer is the same for a taken address.

    Raises:
        WrongPassword: the password does not fit.
        BadEmail: not an address, or the one the account has already.
    """
    confirm_password(session, user=user, password=password, ip=ip)
    new_email = rules.normal_email(new_email)
    if new_email == user.email:
        raise BadEmail(_l("This is the address of your account already."))
    with unit_of_work(session):
        if queries.user_by_email(session, new_email) is not None:
            return
        links.void(session, user_id=user.id, purposes=(links.MOVE_OLD, links.MOVE_NEW))
        value = {"email": new_email}
        old = links.make(session, user_id=user.id, purpose=links.MOVE_OLD, value=value)
        new = links.make(session, user_id=user.id, purpose=links.MOVE_NEW, value=value)
        old.pair_id, new.pair_id = new.id, old.id
        publish(
            session,
            EmailChangeRequested(
                user_id=user.id, old_token_id=old.id, new_token_id=new.id, language=user.language
            ),
        )


def check_email_change(session: Session, *, token: str) -> str:
    """The address an account would move to with this link, without using it.

    Raises:
        LinkExpired: the link is no longer good.
    """
    with unit_of_work(session):
        return str(_take_either(session, token, use=False).value["email"])


def confirm_email_change(session: Session, *, token: str) -> bool:
    """Agree from one of the two addresses. True when both have, and the account has moved.

    All logins end with the move.

    Raises:
        LinkExpired: not ours, used before, replaced, older than a day, or the address is taken by now.
    """
    with unit_of_work(session):
        link = _take_either(session, token)
        other = session.scalar(select(Link).where(Link.id == link.pair_id).with_for_update())
        if other is None or other.expires_at <= utcnow():
            raise LinkExpired()
        if other.used_at is None:
            return False
        user = session.get_one(User, link.user_id)
        new_email = link.value["email"]
        if queries.user_by_email(session, new_email) is not None:
            raise LinkExpired()
        before, user.email, user.username = user.email, new_email, new_email
        end_all_logins(session, user=user)
        actor = Actor("customer", user.id, new_email)
        audit.record(
            session, actor=actor, action="user.email_change", entity="ab_user", entity_id=user.id,
            before={"email": before}, after={"email": new_email},
        )  # fmt: skip
        publish(session, EmailChanged(user_id=user.id))
    return True


def _take_either(session: Session, token: str, use: bool = True) -> Link:
    try:
        return links.take(session, token=token, purpose=links.MOVE_OLD, use=use)
    except LinkExpired:
        return links.take(session, token=token, purpose=links.MOVE_NEW, use=use)
