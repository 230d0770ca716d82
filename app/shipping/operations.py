"""The verbs of shipping: set zones and methods, and take them away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, caching, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l
from app.core.money import Money, MoneyError
from app.core.outbox import publish
from app.core.unit_of_work import after_commit, unit_of_work
from app.events.shipping import ShippingMethodsChanged
from app.regions import queries as regions
from app.regions.models import Country
from app.shipping import queries
from app.shipping.errors import SameCode, ZoneInUse
from app.shipping.models import KINDS, Method, Zone
from app.shipping.rules import EVERYWHERE, plain_postcode

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
HEAVIEST_G = 10_000_000
BIGGEST_CM3 = 100_000_000
LONGEST_DAYS = 365


def _changed(session: Session, *codes: str) -> None:
    after_commit(session, lambda: caching.purge(queries.OWNER))
    publish(session, ShippingMethodsChanged(tuple(sorted(set(codes)))))


def _text(value: Any, longest: int = 120) -> str:
    return value.strip() if isinstance(value, str) and len(value.strip()) <= longest else ""


def set_zone(
    session: Session,
    *,
    code: str,
    name: str,
    countries: Sequence[str],
    postcode_prefixes: Sequence[str] = (),
    zone_id: int | None = None,
    actor: Actor,
) -> Zone:
    """Add a zone, or change the one with `zone_id`. "*" among the countries means everywhere.

    Raises:
        InvalidFields: naming each wrong field. SameCode: the code is taken.
    """
    wanted = sorted({str(country).strip().upper() for country in countries} - {""})
    prefixes = sorted({plain_postcode(str(prefix)) for prefix in postcode_prefixes} - {""})
    errors: dict[str, Any] = {}
    if not CODE.fullmatch(code):
        errors["code"] = _l("Small letters, digits, - and _, at most 40.")
    if not _text(name):
        errors["name"] = _l("Please enter a name.")
    known = set(session.scalars(select(Country.code).where(Country.code.in_(wanted)))) | {EVERYWHERE}
    strangers = [country for country in wanted if country not in known]
    if not wanted or strangers:
        errors["countries"] = _l("Please enter codes of countries (BE, FR), or * for everywhere.")
    if any(len(prefix) > 12 for prefix in prefixes):
        errors["postcode_prefixes"] = _l("Please enter the beginnings of postcodes.")
    if errors:
        raise InvalidFields(errors)
    with unit_of_work(session):
        zone = locks.row(session, Zone, zone_id) if zone_id is not None else Zone()
        before = _zone_values(zone) if zone_id is not None else None
        with session.no_autoflush:
            if session.scalar(select(Zone.id).where(Zone.code == code, Zone.id != (zone_id or 0))):
                raise SameCode()
        zone.code, zone.name, zone.countries, zone.postcode_prefixes = code, _text(name), wanted, prefixes
        session.add(zone)
        session.flush()
        _changed(session, *session.scalars(select(Method.code).where(Method.zone_id == zone.id)))
        audit.record(
            session, actor=actor, action="zone.set", entity="shipping_zone", entity_id=zone.id,
            before=before, after=_zone_values(zone),
        )  # fmt: skip
    return zone


def remove_zone(session: Session, *, zone_id: int, actor: Actor) -> None:
    """Take a zone without methods away.

    Raises:
        NotFound, ZoneInUse: nothing changes then.
    """
    with unit_of_work(session):
        zone = locks.row(session, Zone, zone_id)
        if session.scalar(select(Method.id).where(Method.zone_id == zone_id).limit(1)) is not None:
            raise ZoneInUse()
        before = _zone_values(zone)
        session.delete(zone)
        _changed(session)
        audit.record(
            session,
            actor=actor,
            action="zone.remove",
            entity="shipping_zone",
            entity_id=zone_id,
            before=before,
        )


def _zone_values(zone: Zone) -> dict[str, Any]:
    return {
        "code": zone.code, "name": zone.name, "countries": list(zone.countries or ()),
        "postcode_prefixes": list(zone.postcode_prefixes or ()),
    }  # fmt: skip


METHOD_FIELDS = (
    "code", "name", "translations", "kind", "zone_id", "min_weight", "max_weight", "min_volume", "max_volume",
    "volume_divisor", "min_value", "max_value", "price", "free_over", "days_min", "days_max", "position", "is_active",
)  # fmt: skip
_DEFAULTS: dict[str, Any] = {
    "translations": {}, "kind": "standard", "min_weight": 0, "max_weight": None, "min_volume": 0,
    "max_volume": None, "volume_divisor": None, "min_value": Decimal(0), "max_value": None, "free_over": None, "days_min": 1, "days_max": 3, "position": 100, "is_active": True,
}  # fmt: skip


def _filled(before: dict[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row will hold: what it held, or the defaults, with the given values over it."""
    given = {**_DEFAULTS, **(before or {}), **{k: v for k, v in values.items() if k in METHOD_FIELDS}}
    return {k: _DEFAULTS.get(k) if v is None else v for k, v in given.items()}


def set_method(session: Session, *, method_id: int | None = None, actor: Actor, **values: Any) -> Method:
    """Add a method, or change the one with `method_id`; names of values are those of the table.

    Amounts are in the base currency, home VAT included; weights in grams and volumes in cm³, from
    (included) to (not); `volume_divisor` in cm³ a kilogram.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such method.
    """
    with unit_of_work(session):
        method = locks.row(session, Method, method_id) if method_id is not None else None
        before = {name: getattr(method, name) for name in METHOD_FIELDS} if method else None
        given = _filled(before, values)
        _check_method(session, given)
        if method is None:
            method = Method()
            session.add(method)
        for name in METHOD_FIELDS:
            setattr(method, name, given[name])
        session.flush()
        _changed(session, method.code, *([before["code"]] if before else []))
        audit.record(
            session, actor=actor, action="method.set", entity="shipping_method", entity_id=method.id,
            before=before, after=given,
        )  # fmt: skip
    return method


def remove_method(session: Session, *, method_id: int, actor: Actor) -> None:
    """Take a method away; orders keep its name. Open carts choose again.

    Raises:
        NotFound: there is no such method.
    """
    with unit_of_work(session):
        method = locks.row(session, Method, method_id)
        before = {name: getattr(method, name) for name in METHOD_FIELDS}
        session.delete(method)
        _changed(session, method.code)
        audit.record(
            session, actor=actor, action="method.remove", entity="shipping_method", entity_id=method_id,
            before=before,
        )  # fmt: skip


def _check_method(session: Session, given: dict[str, Any]) -> None:
    errors: dict[str, Any] = {}
    if not isinstance(given.get("code"), str) or not CODE.fullmatch(given["code"]):
        errors["code"] = _l("Small letters, digits, - and _, at most 40.")
    if not _text(given.get("name")):
        errors["name"] = _l("Please enter a name.")
    if given["kind"] not in KINDS:
        errors["kind"] = _l("Please choose a kind.")
    if given.get("zone_id") is None or session.get(Zone, given["zone_id"]) is None:
        errors["zone_id"] = _l("Please choose a zone.")
    _check_amounts(given, regions.base_currency(session), errors)
    _check_whole(given, errors)
    if problem := _names_problem(given["translations"]):
        errors["translations"] = problem
    if errors:
        raise InvalidFields(errors)


def _check_amounts(given: dict[str, Any], currency: str, errors: dict[str, Any]) -> None:
    for name, needed in (("price", True), ("min_value", True), ("max_value", False), ("free_over", False)):
        value = given.get(name)
        if value is None and not needed:
            continue
        try:
            if not isinstance(value, Decimal) or Money(value, currency).amount < 0:
                raise MoneyError("not an amount")
        except (MoneyError, ArithmeticError):
            errors[name] = _l("Please enter an amount of zero or more.")
    low, high = given.get("min_value"), given.get("max_value")
    if not {"min_value", "max_value"} & set(errors) and high is not None and high <= low:
        errors["max_value"] = _l("The upper bound must be above the lower one.")


def _check_whole(given: dict[str, Any], errors: dict[str, Any]) -> None:
    bounds = (
        ("min_weight", HEAVIEST_G), ("max_weight", HEAVIEST_G), ("min_volume", BIGGEST_CM3),
        ("max_volume", BIGGEST_CM3), ("volume_divisor", BIGGEST_CM3), ("days_min", LONGEST_DAYS),
        ("days_max", LONGEST_DAYS), ("position", 1_000_000),
    )  # fmt: skip
    for name, most in bounds:
        value = given.get(name)
        if value is None and name in ("max_weight", "max_volume", "volume_divisor"):
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            errors[name] = _l("Please enter a whole number from 0 to %(most)s.", most=most)
    if "volume_divisor" not in errors and given["volume_divisor"] == 0:
        errors["volume_divisor"] = _l("Please enter a number above zero, or nothing.")
    for low, high in (("min_weight", "max_weight"), ("min_volume", "max_volume")):
        most = given[high]
        if not {low, high} & set(errors) and most is not None and most <= given[low]:
            errors[high] = _l("The upper bound must be above the lower one.")
    if not {"days_min", "days_max"} & set(errors) and given["days_max"] < given["days_min"]:
        errors["days_max"] = _l("The upper bound must be above the lower one.")


def _names_problem(translations: Any) -> Any:
    if not isinstance(translations, Mapping):
        return _l("This must be a table by language.")
    for language, texts in translations.items():
        if language not in LANGUAGES or language == DEFAULT_LANGUAGE or not isinstance(texts, Mapping):
            return _l("This must be a table by language.")
        if set(texts) - {"name"} or not _text(texts.get("name", "")) and texts.get("name"):
            return _l("Please enter a name.")
    return None
