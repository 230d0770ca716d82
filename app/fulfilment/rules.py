"""Pure rules of parcels: tracking numbers and the carriers' pages."""

from __future__ import annotations

import re
from urllib.parse import quote

from app.fulfilment.errors import BadTemplate, BadTrackingNumber

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9.\-]{2,38}[A-Z0-9]")


def tracking_number(raw: str) -> str:
    """A tracking number as it is kept: capitals, without spaces.

    Raises:
        BadTrackingNumber: for anything but 4 to 40 letters, digits, dots and dashes.
    """
    number = "".join(raw.split()).upper()
    if len(raw) > 80 or not _NUMBER.fullmatch(number):
        raise BadTrackingNumber()
    return number


def tracking_url(template: str, *, number: str, postcode: str, language: str) -> str:
    """The carrier's page of a parcel; "" when the carrier has none or there is no number.

    `{number}`, `{postcode}` and `{language}` in the template are replaced, safe for an address.
    """
    if not template or not number:
        return ""
    values = {"number": number, "postcode": "".join(postcode.split()), "language": language}
    return re.sub(r"\{(number|postcode|language)\}", lambda found: quote(values[found[1]], safe=""), template)


def check_template(template: str) -> str:
    """A carrier's address as it is kept; "" for a carrier without tracking.

    Raises:
        BadTemplate: not https, no `{number}`, or another placeholder.
    """
    text = template.strip()
    if not text:
        return ""
    known = re.sub(r"\{(number|postcode|language)\}", "", text)
    printable = text.isascii() and text.isprintable() and " " not in text
    if not text.startswith("https://") or "{number}" not in text or "{" in known or not printable:
        raise BadTemplate()
    return text
