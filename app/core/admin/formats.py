"""How values look in lists and on show pages: money, moments, states as badges, yes and no."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.core.admin import relation_search
from app.core.i18n import language_name
from app.core.money import Money

LONGEST = 90
TONES: dict[str, str] = {
    **dict.fromkeys(
        ("published", "active", "paid", "done", "delivered", "captured", "sent", "in", "confirmed"), "good"
    ),
    **dict.fromkeys(
        ("pending", "queued", "low", "backorder", "authorised", "packed", "partly_refunded"), "wait"
    ),
    **dict.fromkeys(("running", "shipped", "open", "sending", "processing", "held", "claimed"), "busy"),
    **dict.fromkeys(
        ("cancelled", "failed", "out", "voided", "suspended", "refused", "overdue", "expired"), "bad"
    ),
}
"""The colour of a state's badge; anything else is neutral."""
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|blockquote)>|<br ?/?>|\n{2,}", re.IGNORECASE)
_NOTHING = Markup('<span class="nothing" aria-label="{}">—</span>')


def badge(value: Any, label: Any = None, tone: str | None = None) -> Markup:
    """A state as a badge."""
    if value is None:
        return nothing()
    plain = str(getattr(value, "value", value))
    words = (
        label if label is not None else getattr(value, "label", None) or plain.replace("_", " ").capitalize()
    )
    return Markup('<span class="badge badge-{}">{}</span>').format(
        tone or TONES.get(plain.lower(), "quiet"), words
    )


def nothing() -> Markup:
    """The sign for no value."""
    return _NOTHING.format(_("empty"))


def money(value: Money | None) -> Markup:
    """An amount with its currency, in the reader's language."""
    if value is None:
        return nothing()
    return Markup('<span class="number">{}</span>').format(
        format_currency(value.amount, value.currency, locale=get_locale() or "en")
    )


def moment(value: datetime | None) -> Markup:
    """A moment in UTC; the browser turns it into the reader's own time."""
    if value is None:
        return nothing()
    utc = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return Markup('<time datetime="{}" data-moment>{}</time>').format(
        utc.isoformat(timespec="seconds"), f"{format_date(utc, 'medium')} {utc:%H:%M}"
    )


def plain(value: Any) -> Markup:
    """Any value, by its type."""
    if value is None or value == "":
        return nothing()
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool):
        word, tone = (_("Yes"), "good") if value else (_("No"), "quiet")
        return Markup('<span class="dot dot-{}">{}</span>').format(tone, word)
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), format_date(value, "medium"))
    if isinstance(value, Decimal):
        text = _decimal(value)
        return Markup('<span class="number">{}</span>').format(text)
    if isinstance(value, int | float):
        return Markup('<span class="number">{}</span>').format(
            format_decimal(value, locale=get_locale() or "en")
        )
    if isinstance(value, enum.Enum):
        return badge(value)
    if isinstance(value, dict):
        return Markup('<code class="json">{}</code>').format(
            _short(json.dumps(value, ensure_ascii=False, default=str))
        )
    if isinstance(value, list | tuple | set):
        return Markup(", ").join(escape(_name(item)) for item in list(value)[:12]) or nothing()
    return escape(_name(value))


def _decimal(value: Decimal) -> str:
    """Without idle zeros, but with two decimals where the column has them (amounts line up)."""
    bare = value.normalize()
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent <= -2 and bare == bare.quantize(Decimal("0.01")):
        bare = bare.quantize(Decimal("0.01"))
        return format_decimal(bare, format="#,##0.00", locale=get_locale() or "en")
    return format_decimal(bare, locale=get_locale() or "en", decimal_quantization=False)


def member_label(member: Any, value: Any) -> str:
    """What a person reads for a member of an enumeration: its label, else its value as a word."""
    return str(
        getattr(member, "label", None) or str(getattr(member, "value", value)).replace("_", " ").capitalize()
    )


def _name(value: Any) -> str:
    return (
        relation_search.label_of(value, relation_search.Related())
        if hasattr(value, "__mapper__")
        else str(value)
    )


def _short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def readable(text: Any) -> Markup:
    """Written HTML as people read it: paragraph by paragraph, without its tags."""
    parts = [Markup(part).striptags().strip() for part in _BLOCK_END.split(str(text or ""))]  # noqa: S704 - tags go, the rest is escaped
    words = "\n\n".join(part for part in parts if part)
    return Markup('<div class="long">{}</div>').format(words) if words else nothing()


def _translations(view: Any, held: Mapping[str, Any]) -> Markup:
    """Texts of other languages, each language with its name and the labels of its fields."""
    blocks = []
    for code in sorted(held, key=language_name):
        texts = [(name, text) for name, text in (held[code] or {}).items() if text]
        lines = Markup("").join(
            Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
                view.label_columns.get(name, name), readable(text)
            )
            for name, text in texts
        )
        if texts:
            blocks.append(
                Markup(
                    '<details class="translation"><summary>{}</summary><dl lang="{}">{}</dl></details>'
                ).format(language_name(code), code, lines)
            )
    return Markup("").join(blocks) or nothing()


def cell(view: Any, row: Any, name: str, short: bool = True) -> Markup:
    """One value of a row as the view wants it: its formatter, its choices, its relation, its type."""
    value = told(view, row, name)
    formatter = view.formatters_columns.get(name)
    if formatter is not None:
        return escape(formatter(value))
    choices = view.choices.get(name)
    if choices is not None and value is not None:
        raw = str(getattr(value, "value", value))
        label = next((text for key, text in choices if str(key) == raw), None)
        return badge(value, label, (view.badges.get(name) or {}).get(raw))
    if name in view.badges or (name.rsplit(".", 1)[-1] in ("state", "status") and isinstance(value, str)):
        tones: Mapping[str, str] = view.badges.get(name) or {}
        return badge(value, tone=tones.get(str(value)))
    spec = view.relations.get(name)
    if spec is not None and hasattr(value, "__mapper__"):
        return escape(relation_search.label_of(value, spec))
    if short and isinstance(value, str):
        return escape(_short(value)) if value else nothing()
    if isinstance(value, str) and (len(value) > 160 or "\n" in value):
        return Markup('<div class="long">{}</div>').format(value)
    if (
        name == "translations"
        and isinstance(value, dict)
        and all(isinstance(one, dict) for one in value.values())
    ):
        return _translations(view, value)
    if not short and isinstance(value, dict | list) and value and isinstance(value, dict):
        return Markup('<pre class="json">{}</pre>').format(
            json.dumps(value, indent=2, ensure_ascii=False, default=str)
        )
    return plain(value)


def told(view: Any, row: Any, name: str) -> Any:
    """The value behind a column name, an amount of the view's `money_columns` with its currency."""
    value = value_of(row, name)
    if name in view.money_columns and isinstance(value, Decimal):
        return Money.rounded(value, view.currency_of(row, name))
    return value


def value_of(row: Any, name: str) -> Any:
    """The value behind a column name: attribute, method or dotted path; None along a missing link."""
    value: Any = row
    for part in name.split("."):
        value = getattr(value, part, None)
    return value() if callable(value) and not hasattr(value, "__mapper__") else value
