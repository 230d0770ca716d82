"""Sets promotion rules and takes them away."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Category, Product
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from app.promotions.models import Rule
from app.promotions.operations.checking import announce, check_minimum, check_value, check_window
from app.regions import queries as regions

FIELDS = (
    "name", "scope", "kind", "value", "currency", "minimum", "minimum_quantity", "category_ids", "product_ids",
    "starts_at", "ends_at", "priority", "is_stackable", "is_active",
)  # fmt: skip
_DEFAULTS: dict[str, Any] = {
    "name": "", "scope": "line", "kind": "percent", "value": None, "currency": None, "minimum": Decimal(0),
    "minimum_quantity": 1, "category_ids": [], "product_ids": [], "starts_at": None, "ends_at": None,
    "priority": 100, "is_stackable": True, "is_active": True,
}  # fmt: skip
MOST_IDS = 1_000


def _filled(before: dict[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row will hold: what it held, or the defaults, with the given values over it."""
    given = {**_DEFAULTS, **(before or {}), **{k: v for k, v in values.items() if k in FIELDS}}
    return {k: _DEFAULTS.get(k) if v is None else v for k, v in given.items()}


def set_rule(session: Session, *, rule_id: int | None = None, actor: Actor, **values: Any) -> Rule:
    """Add a promotion rule, or change the one with `rule_id`; names of values are the table's.

    `value` is a percentage, or an amount in `currency` (scope line: off each piece). `minimum` is
    in the base currency, compared with the fitting goods before discounts.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such rule.
    """
    with unit_of_work(session):
        rule = locks.row(session, Rule, rule_id) if rule_id is not None else None
        before = {name: getattr(rule, name) for name in FIELDS} if rule else None
        given = _filled(before, values)
        given["category_ids"] = sorted(set(given["category_ids"] or ()))
        given["product_ids"] = sorted(set(given["product_ids"] or ()))
        if given["kind"] != "fixed":
            given["currency"] = None
        _check(session, given)
        if rule is None:
            rule = Rule()
            session.add(rule)
        for name in FIELDS:
            setattr(rule, name, given[name])
        session.flush()
        announce(session, given["name"])
        audit.record(
            session, actor=actor, action="rule.set", entity="promotions_rule", entity_id=rule.id,
            before=before, after=given,
        )  # fmt: skip
    return rule


def _check(session: Session, given: dict[str, Any]) -> None:
    errors: dict[str, Any] = {}
    name = given["name"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 120:
        errors["name"] = _l("Please enter a name; customers see it beside the discount.")
    if given["scope"] not in ("line", "cart"):
        errors["scope"] = _l("Please choose what the rule is about.")
    if given["kind"] not in ("percent", "fixed"):
        errors["kind"] = _l("Please choose a kind.")
    else:
        check_value(given, errors)
    check_minimum(given, regions.base_currency(session), errors)
    check_window(given, errors)
    for field, low in (("minimum_quantity", 1), ("priority", -1_000_000)):
        number = given[field]
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= 1_000_000:
            errors[field] = _l("Please enter a whole number.")
    for field, model in (("category_ids", Category), ("product_ids", Product)):
        ids = given[field]
        found = set(session.scalars(select(model.id).where(model.id.in_(ids)))) if ids else set()
        if len(ids) > MOST_IDS or len(found) < len(ids):
            errors[field] = _l("One of these does not exist.")
    if errors:
        raise InvalidFields(errors)


def remove_rule(session: Session, *, rule_id: int, actor: Actor) -> None:
    """Take a rule away; orders keep the name of what it gave.

    Raises:
        NotFound: there is no such rule.
    """
    with unit_of_work(session):
        rule = locks.row(session, Rule, rule_id)
        before = {name: getattr(rule, name) for name in FIELDS}
        session.delete(rule)
        announce(session, rule.name)
        audit.record(
            session,
            actor=actor,
            action="rule.remove",
            entity="promotions_rule",
            entity_id=rule_id,
            before=before,
        )
