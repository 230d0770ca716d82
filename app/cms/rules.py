"""What may stand in pages, banners and links: pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import nh3
from markupsafe import escape

from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")
TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "a", "strong", "em", "b", "i", "br", "hr", "blockquote", "table", "thead",
    "tbody", "tr", "th", "td", "dl", "dt", "dd", "small", "sub", "sup",
}  # fmt: skip
SCHEMES = {"https", "http", "mailto", "tel"}
LONGEST = {
    "title": 200,
    "label": 80,
    "eyebrow": 120,
    "summary": 300,
    "text": 500,
    "action": 60,
    "body": 50_000,
}
MOST_POSITION = 100_000
_HTML = re.compile(r"<[a-zA-Z/!]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST_ADDRESS = 500


def clean_body(text: str) -> str:
    """HTML that cannot run anything; plain text becomes paragraphs at its blank lines."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    if not _HTML.search(plain):
        return _clean(_paragraphs(str(escape(plain))))
    cleaned = _clean(plain).strip()
    # what looked like tags was none: the rest is plain text, escaped already
    return cleaned if _HTML.search(cleaned) else _clean(_paragraphs(cleaned))


def _paragraphs(escaped: str) -> str:
    parts = (part.strip() for part in re.split(r"\n\s*\n", escaped))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)


def _clean(html: str) -> str:
    return nh3.clean(
        html, tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes=SCHEMES, link_rel="noopener"
    )


def is_own_address(address: str) -> bool:
    """True for an address inside this shop."""
    return (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and len(address) <= _LONGEST_ADDRESS
        and not re.search(r"[\s\\\x00-\x1f\x7f]", address)
    )


def is_link(address: str) -> bool:
    """True for an address one may link to: inside the shop, or a web, mail or phone address."""
    if is_own_address(address):
        return True
    if len(address) > _LONGEST_ADDRESS or re.search(r"[\s\\\x00-\x1f\x7f]", address):
        return False
    try:
        parts = urlsplit(address)
        return (parts.scheme in ("https", "http") and bool(parts.hostname)) or (
            parts.scheme in ("mailto", "tel") and bool(parts.path)
        )
    except ValueError:
        return False


def redirect_key(address: str) -> str:
    """How an old address is kept and found: its path without a slash at the end, without a query."""
    return "/" + address.split("?", 1)[0].split("#", 1)[0].strip("/")


def text_errors(values: Mapping[str, Any], required: str) -> dict[str, Any]:
    """What is wrong with the texts of a row, `translations.<language>.<field>` for other languages."""
    errors: dict[str, Any] = {}
    translations = values.get("translations")
    if not isinstance(translations, Mapping):
        return {"translations": _l("Please give texts by language.")}
    sources: list[tuple[str, Any]] = [("", values)]
    for language, texts in translations.items():
        if language not in LANGUAGES or language == DEFAULT_LANGUAGE or not isinstance(texts, Mapping):
            errors["translations"] = _l("Please give texts by language.")
            continue
        sources.append((f"translations.{language}.", texts))
    for prefix, texts in sources:
        for name, longest in LONGEST.items():
            value = texts.get(name)
            if value is None or name not in values:
                continue
            if not isinstance(value, str) or len(value) > longest:
                errors[prefix + name] = _l("At most %(count)s characters.", count=longest)
            elif "\x00" in value or not value.isprintable() and _CONTROL.search(value.replace("\r", "")):
                errors[prefix + name] = _l("This text contains characters that cannot be stored.")
    if not str(values.get(required) or "").strip():
        errors.setdefault(required, _l("This value is needed."))
    return errors


def window_errors(start: datetime | None, end: datetime | None, field: str) -> dict[str, Any]:
    """A time that ends before it begins."""
    return {field: _l("The end must come after the beginning.")} if start and end and end <= start else {}


def is_open(start: datetime | None, end: datetime | None, now: datetime) -> bool:
    """True inside the window; an open end has no limit."""
    return (start is None or start <= now) and (end is None or now < end)
