"""The address part of a form: its fields in the order the country wants, filled and with refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.core.i18n import current_language
from app.customers.rules import FieldRule, PostalAddress, address_form
from app.regions.queries import countries
from app.storefront.pages import Choice, Field

FOLDED = frozenset({"line2", "company"})
MOST = {"postcode": 16, "phone": 32, "name": 100, "company": 100}


def typed(form: Mapping[str, str], prefix: str) -> dict[str, str]:
    """What was typed into the fields `<prefix>.<name>`, without blanks around it."""
    return {name: str(form.get(f"{prefix}.{name}", "")).strip()[:200] for name in PostalAddress.names()}


def country_choices(session: Session, chosen: str) -> tuple[Choice, ...]:
    """The countries the shop ships to, by name."""
    return tuple(Choice(c.code, c.name, c.code == chosen) for c in countries(session, current_language()))


def address_fields(
    session: Session,
    prefix: str,
    values: Mapping[str, Any],
    errors: Mapping[str, Any],
    *,
    kind: str = "shipping",
) -> tuple[Field, ...]:
    """The fields of one address; `errors` are keyed by plain field name."""
    country = str(values.get("country") or "BE")
    usage = f"{kind} " if kind in ("shipping", "billing") else ""
    wanted = {rule.name: rule for rule in address_form(country)}
    rules = {name: wanted[name] for name in dict.fromkeys(("name", *wanted)) if name in wanted}
    if "postcode" in rules and "city" in rules:
        pair = [name for name in rules if name in ("postcode", "city")]
    else:
        pair = []

    def field(name: str, rule: FieldRule) -> Field:
        return Field(
            name=f"{prefix}.{name}" if prefix else name,
            label=str(rule.label),
            value=str(values.get(name) or ""),
            error=str(errors.get(name, "")),
            kind="select" if rule.choices else "tel" if name == "phone" else "text",
            autocomplete=f"{usage}{rule.autocomplete}",
            inputmode="tel" if name == "phone" else "numeric" if rule.is_numeric else "",
            hint=_("For the courier, if there is a question about the delivery.") if name == "phone" else "",
            required=rule.is_required,
            width=("third" if name == "postcode" else "two-thirds") if name in pair else "full",
            options=_regions(rule, str(values.get(name) or "")),
            maxlength=MOST.get(name, 120),
            folded=name in FOLDED,
        )

    choose = Field(
        name=f"{prefix}.country" if prefix else "country",
        label=_("Country"),
        value=country,
        error=str(errors.get("country", "")),
        kind="select",
        autocomplete=f"{usage}country",
        options=country_choices(session, country),
    )
    return (choose, *(field(name, rule) for name, rule in rules.items()))


def _regions(rule: FieldRule, chosen: str) -> tuple[Choice, ...]:
    if not rule.choices:
        return ()
    return (Choice("", "—"), *(Choice(code, name, code == chosen) for code, name in rule.choices))
