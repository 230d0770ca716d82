"""Tables: versions of the model with their figures, what they suggest, who refused, and the experiment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk


class Model(Base):
    """One version: how it was trained, on what, how it did, and whether it serves.

    The one row with the state `champion` says which version serves, the one with `shadow` which waits to be compared
    with it; the unique indexes let there be only one of each. `gate` is what let a version serve: the table refuses
    one that serves, or ever did, without it. `shadow` keeps what the comparison found.
    `popular` are products by how much they were bought lately: the floor under every list. `card` is the
    model card: what it is for, what it was trained on, where it is weak.
    """

    __tablename__ = "recommender_model"
    __table_args__ = (
        CheckConstraint("state IN ('candidate','shadow','champion','retired','refused')", name="state"),
        CheckConstraint("gate IN ('first','shadow','off','before')", name="gate"),
        CheckConstraint("state IN ('candidate','shadow','refused') OR gate IS NOT NULL", name="gated"),
        Index(
            "uq_recommender_model_champion", "state", unique=True, postgresql_where=text("state = 'champion'")
        ),
        Index("uq_recommender_model_shadow", "state", unique=True, postgresql_where=text("state = 'shadow'")),
    )

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="candidate")
    reason: Mapped[str] = mapped_column(Text, server_default="")
    gate: Mapped[str | None] = mapped_column(Text)
    metrics: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    shadow: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    data: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    timings: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    card: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    popular: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    job_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    promoted_at: Mapped[datetime | None] = mapped_column(Timestamp)
    retired_at: Mapped[datetime | None] = mapped_column(Timestamp)

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class ItemRow(Base):
    """In one version: what goes with a product, the best first. `reason` is bought (by the same people) or alike (by what it is)."""

    __tablename__ = "recommender_item"
    __table_args__ = (CheckConstraint("reason IN ('bought','alike')", name="reason"),)

    model_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("recommender_model.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    other_id: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[float] = mapped_column(REAL)
    reason: Mapped[str] = mapped_column(Text)


class PersonRow(Base):
    """In one version: what a customer may like, the best first, and which product of theirs says so."""

    __tablename__ = "recommender_person"

    model_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("recommender_model.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger)
    because_of: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[float] = mapped_column(REAL)


class Choice(Base):
    """What a customer chose about profiles. Without a row: not refused."""

    __tablename__ = "recommender_choice"

    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    refused: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), onupdate=func.now())


class Experiment(Base):
    """The model against popularity on pages of visitors who agreed; at most one runs at a time."""

    __tablename__ = "recommender_experiment"
    __table_args__ = (
        CheckConstraint("share BETWEEN 1 AND 99", name="share"),
        Index(
            "uq_recommender_experiment_running", text("(ended_at IS NULL)"), unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text, unique=True)
    share: Mapped[int] = mapped_column(SmallInteger)
    started_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)

    def __str__(self) -> str:
        return self.name


class Exposure(Base):
    """One visitor of an experiment: what was shown, clicked, bought. `unit` is a keyed hash, not a person."""

    __tablename__ = "recommender_exposure"
    __table_args__ = (
        CheckConstraint("arm IN ('model','popularity')", name="arm"),
        Index("ix_recommender_exposure_cart_id", "cart_id", postgresql_where=text("cart_id IS NOT NULL")),
    )

    experiment_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("recommender_experiment.id", ondelete="CASCADE"), primary_key=True
    )
    unit: Mapped[str] = mapped_column(Text, primary_key=True)
    arm: Mapped[str] = mapped_column(Text)
    cart_id: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[int] = mapped_column(Integer, server_default="0")
    clicked: Mapped[int] = mapped_column(Integer, server_default="0")
    first_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    bought_at: Mapped[datetime | None] = mapped_column(Timestamp)
