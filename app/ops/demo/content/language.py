"""One text in five languages, written side by side."""

from __future__ import annotations

LANGUAGES = ("en", "fr", "nl", "de", "es")

Text = dict[str, str]


def five(en: str, fr: str, nl: str, de: str, es: str) -> Text:
    """Put the same text in English, French, Dutch, German and Spanish into one value."""
    return {"en": en, "fr": fr, "nl": nl, "de": de, "es": es}


def same(text: str) -> Text:
    """Use one spelling in every language (sizes, standards)."""
    return dict.fromkeys(LANGUAGES, text)


def number(value: object, language: str) -> str:
    """Write a number with the decimal mark of the language."""
    text = f"{value}"
    return text if language == "en" else text.replace(".", ",")
