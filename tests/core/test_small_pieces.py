"""Cursors, log masking, language prefixes, locks in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.i18n import LanguagePrefix, _, _l, localized_path
from app.core.logs import mask
from app.core.pagination import BadCursor, decode_cursor, encode_cursor


@given(st.lists(st.one_of(st.integers(), st.text(), st.none()), max_size=4))
def test_a_cursor_survives_the_trip(values: list[object]) -> None:
    assert decode_cursor(encode_cursor(values), len(values)) == values


@given(st.text(max_size=60))
def test_a_strange_cursor_is_refused_not_feared(text: str) -> None:
    try:
        decode_cursor(text, 2)
    except BadCursor:
        return


def test_cursors_of_another_length_are_refused() -> None:
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor([1]), 2)


def test_logs_hide_people_and_numbers() -> None:
    line = mask("anna.smith@mail.example paid with 4242 4242 4242 4242")
    assert line == "a***@mail.example paid with [number]"


@pytest.mark.parametrize(
    ("path", "script", "rest"),
    [
        ("/fr", "/fr", "/"),
        ("/fr/cart", "/fr", "/cart"),
        ("/free", "", "/free"),
        ("/en/cart", "", "/en/cart"),
        ("/xx/cart", "", "/xx/cart"),
        ("/fr/admin/", "", "/fr/admin/"),
        ("/nl/api/v1/products", "", "/nl/api/v1/products"),
    ],
)
def test_the_language_moves_from_the_path_to_the_script_name(path: str, script: str, rest: str) -> None:
    seen: dict[str, str] = {}
    LanguagePrefix(lambda environ, start: seen.update(environ) or [])(
        {"PATH_INFO": path, "SCRIPT_NAME": ""}, None
    )
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (script, rest)


def test_localized_paths() -> None:
    assert localized_path("en", "/cart") == "/cart"
    assert localized_path("fr", "/cart", "a=1") == "/fr/cart?a=1"


def test_a_text_takes_any_variable() -> None:
    assert _("%(text)s of %(name)s", text="a lamp", name="Ada") == "a lamp of Ada"
    assert str(_l("100%% %(text)s", text="wool")) == "100% wool"
    assert _("100% wool") == "100% wool"
