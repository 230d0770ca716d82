"""Rows that belong to somebody: one rule a model, applied at every door.

A view declares `owner_filter = lambda Product, user_id: Product.seller_id == user_id`. From then on
list, show, edit, delete, actions, export, REST and every relation search on that model are narrowed
for everybody who does not hold one of the exempt roles. Somebody else's row answers 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, has_request_context
from sqlalchemy import ColumnElement, Select, false

from app.core.admin.context import current_person

OwnerFilter = Callable[[Any, int], ColumnElement[bool]]
EXEMPT_ROLES = frozenset({"Admin", "Manager", "Support"})
"""Roles that see everybody's rows unless a view says otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose rows a person sees, and which roles see all."""

    owner_filter: OwnerFilter
    exempt: frozenset[str] = EXEMPT_ROLES


_rules: dict[type[Any], Rule] = {}


def declare(model: type[Any], owner_filter: OwnerFilter, exempt: frozenset[str] = EXEMPT_ROLES) -> None:
    """Let this rule hold for a model from now on."""
    _rules[model] = Rule(owner_filter, frozenset(exempt))


def condition(model: type[Any]) -> ColumnElement[bool] | None:
    """What narrows this model for the person of the request; None when nothing does."""
    rule = _rules.get(model)
    if rule is None or not has_request_context():
        return None
    person = current_person()
    if person is None:
        return false()
    roles = {role.name for role in current_app.appbuilder.sm.get_user_roles(person)}
    if roles & rule.exempt:
        return None
    return rule.owner_filter(model, person.id)


def restrict(statement: Select[Any], model: type[Any]) -> Select[Any]:
    """Narrow a statement to the rows this person may see."""
    found = condition(model)
    return statement if found is None else statement.where(found)
