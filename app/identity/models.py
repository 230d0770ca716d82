"""Users, their sessions, the links they are sent and the tokens their programs hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from flask_appbuilder.security.sqla.models import User as FabUser
from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto import Encrypted
from app.core.db import Base, JsonB, Timestamp, pk

__all__ = ["ApiRefreshToken", "Link", "LoginSession", "Role", "User", "ShopUser"]


class ShopUser(FabUser):
    """A person with an account: customer, staff, or both. One row of FAB's user table.

    `username` is always the e-mail address in lower case. `session_stamp` changes whenever all
    sessions and access tokens must end. Load users as this class, never as FAB's. (It is not named
    User in Python's registry because FAB's relationships look that name up; import it as `User`.)
    """

    language: Mapped[str] = mapped_column(String(2), server_default="en", default="en")
    currency: Mapped[str | None] = mapped_column(String(3))
    email_verified_at: Mapped[datetime | None] = mapped_column(Timestamp)
    session_stamp: Mapped[str] = mapped_column(
        Text, server_default=text("replace(gen_random_uuid()::text, '-', '')")
    )
    suspended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    is_staff: Mapped[bool] = mapped_column(Boolean, server_default="false", default=False)
    registered_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    password_changed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    totp_secret: Mapped[str | None] = mapped_column(Encrypted("ab_user.totp_secret"))
    totp_last_step: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    two_factor_at: Mapped[datetime | None] = mapped_column(Timestamp)
    recovery_hashes: Mapped[list[str] | None] = mapped_column(JsonB)

    session_token = None
    """The secret of the login this object stands for; set by the door, never stored."""

    @property
    def is_active(self) -> bool:
        """False for suspended people; Flask-Login and FAB ask."""
        return bool(self.active) and self.suspended_at is None

    @property
    def has_two_factor(self) -> bool:
        """True when a code is asked for at login."""
        return self.two_factor_at is not None and bool(self.totp_secret)

    @property
    def is_verified(self) -> bool:
        """True once the address was confirmed."""
        return self.email_verified_at is not None

    @property
    def name(self) -> str:
        """First and last name, or the address when neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def role_names(self) -> str:
        """The roles in words, for lists."""
        return ", ".join(sorted(role.name for role in self.roles))

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the login's own secret, not the user's number."""
        if self.session_token is None:
            raise RuntimeError("log people in with app.identity.sessions.login")
        return self.session_token


User = ShopUser
FabUser.__table__.c.username.type.length = 254
"""The user name is the e-mail address, which may be longer than FAB's 128 characters (RFC 5321: 254)."""


class LoginSession(Base):
    """One login on one device. `kind` is shop or staff: only staff logins open the back office."""

    __tablename__ = "identity_session"
    __table_args__ = (
        Index("ix_identity_session_open", "user_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = pk()
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text, server_default="shop")
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    ip: Mapped[str] = mapped_column(Text, server_default="")
    agent: Mapped[str] = mapped_column(Text, server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)

    user: Mapped[ShopUser] = relationship(ShopUser)


class Link(Base):
    """A link in a mail: confirm an address, choose a new password, move to another address.

    The address of the link is signed with the shop's secret from `id` and `nonce`, so neither the
    table nor the outbox holds anything that opens an account. `value` is what the link brings about.
    """

    __tablename__ = "identity_token"
    __table_args__ = (Index("ix_identity_token_user_id_purpose", "user_id", "purpose"),)

    id: Mapped[int] = pk()
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    value: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    pair_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(Timestamp, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Timestamp)


class ApiRefreshToken(Base):
    """One link in a chain of refresh tokens. The whole family dies when an old one is shown again."""

    __tablename__ = "identity_refresh_token"

    id: Mapped[int] = pk()
    family: Mapped[str] = mapped_column(Text, index=True)
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(Timestamp, index=True)
    rotated_at: Mapped[datetime | None] = mapped_column(Timestamp)
    revoked_at: Mapped[datetime | None] = mapped_column(Timestamp)
