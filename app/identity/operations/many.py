"""Accounts of many customers at once: for histories and demos, where one account a statement is too slow."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.identity import passwords, rules
from app.identity.models import User


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer with an account. `verified_at` None: the address was never proved to be theirs."""

    email: str
    first_name: str
    last_name: str
    language: str
    currency: str | None
    registered_at: datetime
    verified_at: datetime | None = None


_MADE = text(
    """INSERT INTO ab_user (id, first_name, last_name, username, password, active, email, created_on, changed_on, language,
                            currency, email_verified_at, is_staff, registered_at)
       SELECT nextval(pg_get_serial_sequence('ab_user', 'id')), n.first_name, n.last_name, n.email, :password, true, n.email,
              now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', n.language, n.currency, n.verified_at, false, n.registered_at
         FROM unnest(CAST(:emails AS text[]), CAST(:first AS text[]), CAST(:last AS text[]), CAST(:languages AS text[]),
                     CAST(:currencies AS text[]), CAST(:verified AS timestamptz[]), CAST(:registered AS timestamptz[]))
              AS n(email, first_name, last_name, language, currency, verified_at, registered_at)
       ON CONFLICT DO NOTHING RETURNING id"""
)
_ROLES = text(
    """INSERT INTO ab_user_role (id, user_id, role_id)
       SELECT nextval(pg_get_serial_sequence('ab_user_role', 'id')), u.id, r.id
         FROM ab_user u CROSS JOIN ab_role r WHERE u.id = ANY(CAST(:ids AS int[])) AND r.name = :role"""
)
_IDS = text("SELECT email, id FROM ab_user WHERE email = ANY(CAST(:emails AS text[]))")


def create_customers(session: Session, people: Sequence[NewCustomer], *, actor: Actor) -> dict[str, int]:
    """Make the accounts that are missing; those that exist stay as they are. Returns all ids by address.

    Nobody knows a password of them: who wants in chooses one by the recovery mail. One audit record for all.

    Raises:
        BadEmail: one of the addresses is none.
    """
    emails = [rules.normal_email(person.email) for person in people]
    values = {
        "emails": emails, "first": [rules.clean_name(p.first_name) for p in people],
        "last": [rules.clean_name(p.last_name) for p in people], "languages": [p.language for p in people],
        "currencies": [p.currency for p in people], "verified": [p.verified_at for p in people],
        "registered": [p.registered_at for p in people],
        "password": passwords.make_hash(secrets.token_urlsafe(32)),
    }  # fmt: skip
    with unit_of_work(session):
        made = list(session.scalars(_MADE, values))
        if made:
            session.execute(_ROLES, {"ids": made, "role": rules.CUSTOMER})
            audit.record(
                session, actor=actor, action="user.create_many", entity=User.__tablename__,
                entity_id=f"{min(made)}-{max(made)}", after={"count": len(made)},
            )  # fmt: skip
        return dict(session.execute(_IDS, {"emails": emails}).all())
