"""Extension points: what features above the catalogue add to a product without it knowing them.

Pricing registers "prices", inventory "stock", orders its sold check, each in its manifest's setup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.catalog.rules import Errors
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l

PartFunction = Callable[[Session, Mapping[str, int], Mapping[str, Any], Actor], None]
"""`fn(session, variant ids by SKU, {sku: value}, actor)`: writes inside the caller's transaction."""
PartCheck = Callable[[Mapping[str, Any]], Errors]
"""`fn({sku: value})` finds what is wrong before anything is written, by "<sku>.<field>"."""
PublishCheck = Callable[[Session, Sequence[int]], Mapping[int, Errors]]
"""`fn(session, product ids)` says for each product what is missing before it can be published."""

product_parts: dict[str, PartFunction] = {}
part_checks: dict[str, PartCheck] = {}
publish_checks: dict[str, PublishCheck] = {}
sold_check: list[Callable[[Session, int], bool]] = []


def register_part(name: str, write: PartFunction, check: PartCheck | None = None) -> None:
    """Let a feature above keep something per SKU. Registering again replaces."""
    product_parts[name] = write
    if check is not None:
        part_checks[name] = check


def register_publish_check(name: str, check: PublishCheck) -> None:
    """Let a feature above ask for something before a product is published."""
    publish_checks[name] = check


def register_sold_check(check: Callable[[Session, int], bool]) -> None:
    """Let orders say whether a product was ever sold."""
    if check not in sold_check:
        sold_check.append(check)


def part_errors(parts: Mapping[str, Mapping[str, Any]]) -> Errors:
    """What is wrong with the parts, by "<part>.<sku>.<field>"."""
    errors: Errors = {}
    for name, values in parts.items():
        if name not in product_parts:
            errors[name] = _l("The shop does not know this.")
        elif not isinstance(values, Mapping):
            errors[name] = _l("This must be a table by SKU.")
        elif name in part_checks:
            errors |= {f"{name}.{where}": problem for where, problem in part_checks[name](values).items()}
    return errors


def write_parts(
    session: Session, ids_by_sku: Mapping[str, int], parts: Mapping[str, Mapping[str, Any]], actor: Actor
) -> None:
    """Hand each part to the feature that keeps it.

    Raises:
        InvalidFields: for an unknown part, an unknown SKU, or what the feature itself refuses.
    """
    for name, values in parts.items():
        if not values:
            continue
        if name not in product_parts:
            raise InvalidFields({name: _l("The shop does not know this.")})
        strangers = [sku for sku in values if sku not in ids_by_sku]
        if strangers:
            raise InvalidFields({f"{name}.{strangers[0]}": _l("There is no such SKU.")})
        product_parts[name](session, {sku: ids_by_sku[sku] for sku in values}, values, actor)


def was_sold(session: Session, product_id: int) -> bool:
    """True when a feature above (orders) knows a line with this product."""
    return any(check(session, product_id) for check in sold_check)
