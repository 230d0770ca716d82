"""Rules of conversations, on plain values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import ShopError
from app.support.chat import rules, views
from app.support.chat.queries import Desk


@given(st.text(st.characters(codec=None), max_size=5000))  # lone surrogates too
def test_what_is_kept_can_be_stored(raw: str) -> None:
    try:
        text = rules.words(raw)
    except ShopError as refused:
        assert refused.code in ("no_text", "bad_text", "text_too_long")
        return
    assert 0 < len(text) <= rules.LONGEST_TEXT and rules.storable(text) and text == rules.words(text)
    assert not any(ord(char) < 32 and char != "\n" for char in text)


@given(st.text(max_size=400))
def test_pieces_are_the_text(text: str) -> None:
    pieces = rules.links(text)
    assert "".join(piece for _is_link, piece in pieces) == text
    assert all(piece.lower().startswith(("http://", "https://")) for is_link, piece in pieces if is_link)


def test_a_sentence_ends_behind_its_address() -> None:
    assert rules.links("See https://a.example/x?y=1. Or javascript:alert(1)!") == [
        (False, "See "), (True, "https://a.example/x?y=1"), (False, ". Or javascript:alert(1)!"),
    ]  # fmt: skip


def test_variables_of_canned_replies() -> None:
    values = {"customer": "Kim", "order": ""}
    assert (
        rules.fill_in("Hello {customer}, {order} {unknown} {__class__}", values)
        == "Hello Kim, {order} {unknown} {__class__}"
    )


@pytest.mark.parametrize("raw", [0, 6, "0", "five", None, True, 3.0, [], "٣"])
def test_no_rating(raw: object) -> None:
    with pytest.raises(ShopError):
        rules.rating(raw)


def test_files_are_known_by_what_they_hold() -> None:
    assert rules.file_kind(b"%PDF-1.7 ... %%EOF\n") == "pdf"
    for bad in (b"", b"%PDF-1.7 without an end", b"MZ\x90", b"<svg xmlns=''/>", b"GIF89a"):
        with pytest.raises(ShopError):
            rules.file_kind(bad)


def test_nobody_there_promises_no_day(app: Any) -> None:
    nobody = Desk(is_open=True, online=0, opens_at=None, minutes=5)
    with app.test_request_context("/"):
        assert views.desk_words(nobody).endswith("we answer by e-mail."), (
            "the promised time is the ticket's to say"
        )
