"""Reads of customers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Address, CustomerGroup, Profile
from app.identity.models import User


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """A customer as pages and other features read them. `currency` is None until one is chosen."""

    user_id: int
    email: str
    first_name: str
    last_name: str
    phone: str
    language: str
    currency: str | None
    group: str
    is_business: bool
    age_band: str | None = None

    @property
    def name(self) -> str:
        """First and last name, or the address when neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


def profile(session: Session, user_id: int) -> CustomerProfile | None:
    """The profile of a user, with defaults where nothing was saved yet; None without such a user."""
    row = session.execute(
        select(User, Profile, CustomerGroup)
        .outerjoin(Profile, Profile.user_id == User.id)
        .outerjoin(CustomerGroup, CustomerGroup.code == Profile.group_code)
        .where(User.id == user_id)
    ).first()
    if row is None:
        return None
    user, own, group = row
    return CustomerProfile(
        user_id=user.id,
        email=user.email,
        first_name=user.first_name or "",
        last_name=user.last_name or "",
        phone=own.phone if own else "",
        language=user.language,
        currency=user.currency,
        group=group.code if group else "b2c",
        is_business=bool(group and group.is_business),
        age_band=own.age_band if own else None,
    )


def group_of(session: Session, user_id: int | None) -> str:
    """The code of a customer's group; private people and guests are "b2c"."""
    if user_id is None:
        return "b2c"
    return session.scalar(select(Profile.group_code).where(Profile.user_id == user_id)) or "b2c"


def group_name(session: Session, code: str) -> str:
    """What people call a group."""
    return session.scalar(select(CustomerGroup.name).where(CustomerGroup.code == code)) or code


def addresses(session: Session, user_id: int) -> list[Address]:
    """The saved addresses, defaults first, then the newest (index ix_customers_address_user_id)."""
    return list(
        session.scalars(
            select(Address)
            .where(Address.user_id == user_id)
            .order_by(
                Address.is_default_shipping.desc(), Address.is_default_billing.desc(), Address.id.desc()
            )
        )
    )


def address(session: Session, user_id: int, address_id: UUID) -> Address | None:
    """One saved address of this user, by its public id."""
    return session.scalar(select(Address).where(Address.public_id == address_id, Address.user_id == user_id))


def default_address(session: Session, user_id: int, *, billing: bool = False) -> Address | None:
    """The address that is filled in first."""
    flag = Address.is_default_billing if billing else Address.is_default_shipping
    return session.scalar(select(Address).where(Address.user_id == user_id, flag))
