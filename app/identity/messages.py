"""What identity tells people by mail: reactions to its own events, each of them repeatable.

Identity stands below the package that sends mail, so the courier is handed in when the application
is put together (`use_courier`). Texts are in `templates/mail/account-*`. A link's secret part is made
here, at the last moment: neither the events nor the table of links hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.events import identity as events
from app.identity import operations, queries, rules

Courier = Callable[..., int | None]
_couriers: list[Courier] = []


def use_courier(send: Courier) -> None:
    """Set who writes mails down: `notifications.operations.send_mail`, or the like of it."""
    _couriers[:] = [send]


def _send(session: Session, template: str, *, to: str, language: str, key: str, **values: Any) -> None:
    if not _couriers:
        raise RuntimeError("nobody was handed in who sends mail")
    _couriers[0](
        session, to=rules.mailbox(to), template=template, language=language, values=values,
        dedupe_key=f"identity.{key}",
    )  # fmt: skip


def confirm_address(session: Session, event: events.UserRegistered) -> None:
    """Send the link that confirms the address; nothing when it is no longer good. Repeatable."""
    user, secret = queries.user_by_id(session, event.user_id), queries.link_secret(session, event.token_id)
    if user is not None and secret is not None:
        _send(
            session, "account-confirm", to=user.email, language=event.language,
            key=f"confirm:{event.token_id}", path=f"/verify/{secret}",
        )  # fmt: skip


def address_known(session: Session, event: events.RegistrationRepeated) -> None:
    """Tell the owner of an address that somebody registered with it; once an hour. Repeatable."""
    user = queries.user_by_id(session, event.user_id)
    if user is not None and user.is_active:
        _send(
            session, "account-exists", to=user.email, language=event.language,
            key=f"exists:{user.id}:{event.at:%Y%m%d%H}",
        )  # fmt: skip


def password_link(session: Session, event: events.PasswordResetRequested) -> None:
    """Look whether the address is known; if so, make the link and send it. Repeatable."""
    link = operations.prepare_reset(session, email=event.email, request=event.request)
    secret = queries.link_secret(session, link.id) if link is not None else None
    user = queries.user_by_id(session, link.user_id) if link is not None else None
    if link is not None and secret is not None and user is not None:
        _send(
            session, "account-password-link", to=user.email, language=event.language,
            key=f"reset:{link.id}", path=f"/password/reset/{secret}",
        )  # fmt: skip


def invitation(session: Session, event: events.StaffInvited) -> None:
    """Send the link with which somebody of the house chooses a password. Repeatable."""
    user, secret = queries.user_by_id(session, event.user_id), queries.link_secret(session, event.token_id)
    if user is not None and secret is not None:
        _send(
            session, "account-invitation", to=user.email, language=user.language,
            key=f"invite:{event.token_id}", path=f"/password/reset/{secret}",
        )  # fmt: skip


def password_changed(session: Session, event: events.PasswordChanged) -> None:
    """Tell the owner: whoever did not do it must know. Repeatable."""
    user = queries.user_by_id(session, event.user_id)
    if user is not None:
        _send(
            session, "account-password-changed", to=user.email, language=user.language,
            key=f"changed:{user.id}:{event.at.isoformat()}",
        )  # fmt: skip


def email_change(session: Session, event: events.EmailChangeRequested) -> None:
    """Ask both addresses whether the account may move. Repeatable."""
    user = queries.user_by_id(session, event.user_id)
    new_email = queries.link_value(session, event.new_token_id, "email")
    if user is None or not new_email:
        return
    asked = (
        ("account-move-old", user.email, event.old_token_id),
        ("account-move-new", new_email, event.new_token_id),
    )
    for template, to, token_id in asked:
        secret = queries.link_secret(session, token_id)
        if secret is not None:
            _send(
                session, template, to=to, language=event.language, key=f"move:{token_id}",
                path=f"/account/email/confirm/{secret}", new_email=new_email,
            )  # fmt: skip


def two_factor_changed(session: Session, event: events.TwoFactorChanged) -> None:
    """Tell the owner that the second step was switched on or off. Repeatable."""
    user = queries.user_by_id(session, event.user_id)
    if user is not None:
        _send(
            session, "account-two-factor", to=user.email, language=user.language,
            key=f"two-factor:{user.id}:{event.at.isoformat()}", enabled=event.enabled,
        )  # fmt: skip


def suspended(session: Session, event: events.UserSuspended) -> None:
    """Tell the owner that the shop closed the account. Repeatable."""
    user = queries.user_by_id(session, event.user_id)
    if user is not None:
        _send(
            session, "account-suspended", to=user.email, language=user.language,
            key=f"suspended:{user.id}:{event.at.isoformat()}",
        )  # fmt: skip


def token_copied(session: Session, event: events.TokenReused) -> None:
    """Warn the owner that a program's token was used twice; once an hour. Repeatable."""
    user = queries.user_by_id(session, event.user_id)
    if user is not None and user.is_active:
        _send(
            session, "account-token-copied", to=user.email, language=user.language,
            key=f"copied:{user.id}:{event.at:%Y%m%d%H}",
        )  # fmt: skip
