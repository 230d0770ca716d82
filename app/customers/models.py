"""Tables of customer profiles, groups and saved addresses."""

from __future__ import annotations

import uuid

from sqlalchemy import CHAR, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.core.db import Base, Stamped, pk
from app.customers.ages import AgeBand
from app.customers.rules import PostalAddress
from app.identity.models import User


class CustomerGroup(Base):
    """Private people, companies, and whatever groups a shop adds; price lists and rules name them."""

    __tablename__ = "customers_group"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    is_business: Mapped[bool] = mapped_column(Boolean, server_default="false")

    def __repr__(self) -> str:
        return self.name


class Profile(Stamped, Base):
    """What the shop knows of a customer beyond the account: telephone, group, a note of staff.

    `age_band` is what the customer chose to say; most say nothing.
    """

    __tablename__ = "customers_profile"
    __table_args__ = (CheckConstraint(AgeBand.check_sql(), name="age_band"),)

    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True
    )
    phone: Mapped[str] = mapped_column(Text, server_default="")
    group_code: Mapped[str] = mapped_column(
        Text, ForeignKey("customers_group.code"), server_default="b2c", index=True
    )
    note: Mapped[str] = mapped_column(Text, server_default="")
    age_band: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship(User, backref=backref("profile", uselist=False, passive_deletes=True))
    group: Mapped[CustomerGroup] = relationship(CustomerGroup)

    def __repr__(self) -> str:
        return self.user.email


class Address(Stamped, Base):
    """A saved address. `public_id` is what forms and addresses of pages carry."""

    __tablename__ = "customers_address"
    __table_args__ = (
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        Index("ix_customers_address_user_id", "user_id"),
        Index(
            "uq_customers_address_default_shipping",
            "user_id",
            unique=True,
            postgresql_where=text("is_default_shipping"),
        ),
        Index(
            "uq_customers_address_default_billing",
            "user_id",
            unique=True,
            postgresql_where=text("is_default_billing"),
        ),
    )

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, unique=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    company: Mapped[str] = mapped_column(Text, server_default="")
    line1: Mapped[str] = mapped_column(Text)
    line2: Mapped[str] = mapped_column(Text, server_default="")
    postcode: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text, server_default="")
    country: Mapped[str] = mapped_column(CHAR(2))
    phone: Mapped[str] = mapped_column(Text, server_default="")
    is_default_shipping: Mapped[bool] = mapped_column(Boolean, server_default="false", default=False)
    is_default_billing: Mapped[bool] = mapped_column(Boolean, server_default="false", default=False)

    user: Mapped[User] = relationship(User)

    @property
    def postal(self) -> PostalAddress:
        """The address as a value, as orders and carts keep it."""
        return PostalAddress(**{name: getattr(self, name) for name in PostalAddress.names()})

    def as_dict(self) -> dict[str, str]:
        """Plain values of the address, as `PostalAddress.as_dict`."""
        return self.postal.as_dict()

    @property
    def short(self) -> str:
        """One line for a choice: "Anna Janssens, Veldstraat 1, 9000 Gent"."""
        return f"{self.name}, {self.line1}, {self.postcode} {self.city}".strip()

    def __repr__(self) -> str:
        return self.short
