"""Languages: which there are, which one a request speaks, and translated columns.

The language of a page stands in its address (`/fr/…`); `LanguagePrefix` moves it from the path into
SCRIPT_NAME, so that routes need not know it and `url_for` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import g, has_request_context, request
from flask_babel import format_datetime as _format_datetime
from flask_babel import format_decimal as _format_decimal
from flask_babel import get_locale, get_translations, ngettext
from flask_babel.speaklater import LazyString

LANGUAGES: dict[str, str] = {
    "en": "English",
    "fr": "Français",
    "nl": "Nederlands",
    "de": "Deutsch",
    "es": "Español",
}
DEFAULT_LANGUAGE = "en"
_UNPREFIXED = (
    "/admin",
    "/api",
    "/assets",
    "/media",
    "/static",
    "/socket.io",
    "/healthz",
    "/readyz",
    "/metrics",
)

__all__ = [
    "DEFAULT_LANGUAGE", "LANGUAGES", "LanguagePrefix", "_", "_l", "choose_locale", "current_language",
    "format_moment", "is_language", "lacks_sql", "language_name", "localized_path", "ngettext", "quick_texts", "speak", "translated",
]  # fmt: skip


def _(text: str, /, **variables: Any) -> str:
    """The text in the language being spoken, with its variables filled in."""
    found = str(_words().ugettext(text))
    return found % variables if variables else found


def _l(text: str, /, **variables: Any) -> LazyString:
    """The text in whatever language is spoken when it is read."""
    return LazyString(_, text, **variables)


class LanguagePrefix:
    """WSGI middleware: `/fr/cart` becomes SCRIPT_NAME `/fr`, PATH_INFO `/cart`."""

    def __init__(self, app: Callable[..., Iterable[bytes]]):
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        code = path[1:3]
        if code in LANGUAGES and code != DEFAULT_LANGUAGE and (len(path) == 3 or path[3] == "/"):
            rest = path[3:] or "/"
            if not rest.startswith(_UNPREFIXED):
                environ["comptoir.language"] = code
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/" + code
                environ["PATH_INFO"] = rest
        return self.app(environ, start_response)


def is_language(code: str | None) -> bool:
    """True for a language the shop speaks."""
    return code in LANGUAGES


def choose_locale() -> str:
    """The locale selector of Flask-Babel: forced, prefixed, chosen in the back office, or asked for."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    forced = g.get("language")
    if forced:
        return str(forced)
    prefixed = request.environ.get("comptoir.language")
    if prefixed:
        return str(prefixed)
    if request.path.startswith("/admin"):
        from flask import session

        chosen = session.get("locale")
        return str(chosen) if is_language(chosen) else DEFAULT_LANGUAGE
    if request.path.startswith("/api/"):
        asked = request.args.get("lang")
        if is_language(asked):
            return str(asked)
        return request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


def current_language() -> str:
    """The two-letter language of the current request; the default outside of one."""
    return choose_locale()


def language_name(code: str) -> str:
    """What a language is called in the one being spoken: "es" is "Spanish"."""
    spoken = get_locale()
    return str((spoken.languages if spoken is not None else {}).get(code) or LANGUAGES.get(code, code))


def speak(language: str) -> Any:
    """Context manager: speak this language inside (mails, documents), whoever asks."""
    from flask_babel import force_locale

    return force_locale(language if is_language(language) else DEFAULT_LANGUAGE)


def _words() -> Any:
    """The catalogue of the language being spoken; looked up once a language and request, not once a text."""
    if not g:
        return get_translations()
    here = g._get_current_object()  # asked once: the stand-in looks itself up for each attribute
    locale = getattr(here.get("_flask_babel"), "babel_locale", None)
    held = here.get("_words") if locale is not None else None
    if held is None or held[0] is not locale:
        found = get_translations()
        held = here._words = (get_locale(), found)
    return held[1]


def quick_texts(environment: Any) -> None:
    """Let templates find their texts without asking for the locale at each of them."""
    environment.install_gettext_callables(
        lambda text: _words().ugettext(text),
        lambda one, many, count: _words().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: _words().upgettext(context, text),
        npgettext=lambda context, one, many, count: _words().unpgettext(context, one, many, count),
    )


def translated(row: Any, column: str, language: str) -> Any:
    """A translated column of a row: the language's text, else the default language's."""
    if language != DEFAULT_LANGUAGE:
        texts = (row.translations or {}).get(language) or {}
        if texts.get(column):
            return texts[column]
    return getattr(row, column)


def localized_path(language: str, path: str, query: str = "") -> str:
    """The same page in another language: `localized_path("fr", "/cart")` is `/fr/cart`."""
    prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
    tail = f"?{query}" if query else ""
    return f"{prefix}{path}{tail}" or "/"


def format_moment(moment: Any, style: str = "medium") -> str:
    """A moment in the reader's language."""
    return _format_datetime(moment, style) if moment else ""


def format_score(score: Any) -> str:
    """An average of stars in the reader's language: "4.5", "4,5"."""
    return _format_decimal(score, "0.0")


def lacks_sql(columns: Sequence[str], language: str) -> str:
    """SQL: one of these columns has a text, and `translations` has none for it in a language.

    Names are ours, never a visitor's. Partial indexes and queries must say it in the same words.
    """
    held = "coalesce(((translations -> '{0}') ->> '{1}'), '') = ''"
    return "(" + " OR ".join(f"({name} <> '' AND {held.format(language, name)})" for name in columns) + ")"
