"""What may stand in help articles, and how they are searched: pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import nh3
from markupsafe import escape

from app.catalog.rules import storable
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l
from app.search.rules import unaccent

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
TAGS = {"p", "h2", "h3", "ul", "ol", "li", "a", "strong", "em", "b", "i", "br", "blockquote"}
LONGEST = {"title": 160, "summary": 300, "body": 30_000}
DICTIONARIES = {"en": "english", "fr": "french", "nl": "dutch", "de": "german", "es": "spanish"}
"""PostgreSQL's stemming dictionaries."""
LONGEST_QUERY = 200
MOST_WORDS = 12
SHORTEST_STEM, MOST_ENDING = 5, 4
"""From so many letters on, the beginning of a word is also looked for by its stem: that of a shorter one fits too much."""
BEGINNING, BEGINNING_OF_KNOWN = 0.5, 0.05
"""What the beginning of a word counts beside the word itself, where no article has it as a word and where one has: the
least that a word in a text counts is 0.06."""
_HTML = re.compile(r"<[a-zA-Z/!]")
_TAG = re.compile(r"<[^>]+>")
_WORD = re.compile(r"\w+")


def clean_body(text: str) -> str:
    """HTML that cannot run anything; plain text becomes paragraphs at its blank lines."""
    plain = text.replace("\r\n", "\n").strip()
    if not _HTML.search(plain):
        parts = (part.strip() for part in re.split(r"\n\s*\n", str(escape(plain))))
        plain = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)
    return nh3.clean(
        plain, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto", "tel"}, link_rel="noopener"
    )  # fmt: skip


def words_alone(html: str) -> str:
    """The text of an article without its tags."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def searchable(text: str) -> str:
    """A text as it is indexed and asked for: small letters without accents."""
    return unaccent(text)


def question_words(typed: str) -> list[str]:
    """The words of a question, each once."""
    found = _WORD.findall(searchable(typed.replace("\x00", " ")[:LONGEST_QUERY]))
    return list(dict.fromkeys(word for word in found if len(word) > 1 or word.isdigit()))[:MOST_WORDS]


def stems_before(word: str) -> list[str]:
    """What a word may have as its stem, when some letters of an ending are typed already."""
    return [word[:-cut] for cut in range(1, MOST_ENDING + 1) if len(word) - cut >= SHORTEST_STEM]


def text_errors(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What is wrong with the texts of a row, `translations.<language>.<field>` for other languages."""
    errors: dict[str, Any] = {}
    translations = values.get("translations")
    if not isinstance(translations, Mapping):
        return {"translations": _l("Please give texts by language.")}
    sources: list[tuple[str, Any]] = [("", values)]
    for language, texts in translations.items():
        if language not in LANGUAGES or language == DEFAULT_LANGUAGE or not isinstance(texts, Mapping):
            errors["translations"] = _l("Please give texts by language.")
        else:
            sources.append((f"translations.{language}.", texts))
    for prefix, texts in sources:
        for name in names:
            value, longest = texts.get(name), LONGEST[name]
            if value is None:
                continue
            if not isinstance(value, str) or len(value) > longest:
                errors[prefix + name] = _l("At most %(count)s characters.", count=longest)
            elif not storable(value):
                errors[prefix + name] = _l("This text contains characters that cannot be stored.")
    if not str(values.get("title") or "").strip():
        errors.setdefault("title", _l("This value is needed."))
    return errors
