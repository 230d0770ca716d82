"""Widths and addresses of renditions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media import rules


@pytest.fixture
def network() -> Iterator[None]:
    before = rules._base
    rules.serve_from("https://cdn.example/media/")
    yield
    rules.serve_from(before)


@given(st.integers(1, 20_000))
def test_no_rendition_is_wider_than_the_picture(width: int) -> None:
    made = rules.widths_for(width)
    assert made == tuple(sorted(set(made)))
    assert 0 < made[-1] <= min(width, rules.WIDTHS[-1])
    assert made[-1] >= 0.8 * min(width, rules.WIDTHS[-1])


def test_only_what_exists_is_named() -> None:
    made = rules.image_set("ab" * 12, 800, 600, {"webp": [160, 640]}, "Words", "#aabbcc")
    assert made.avif == ""
    assert made.webp == f"/media/{'ab' * 12}-160.webp 160w, /media/{'ab' * 12}-640.webp 640w"
    assert made.src == f"/media/{'ab' * 12}-640.webp"
    assert (made.alt, made.colour) == ("Words", "#aabbcc")
    assert rules.image_set("ab" * 12, 8, 6, None).webp == ""


def test_a_delivery_network_stands_in_front(network: None) -> None:
    assert rules.rendition_url("k", 160, "webp") == "https://cdn.example/media/k-160.webp"


@given(st.text(max_size=300))
def test_file_names_are_for_people(name: str) -> None:
    safe = rules.safe_filename(name)
    assert 0 < len(safe) <= rules.LONGEST_FILENAME
    assert "/" not in safe
    assert safe.isprintable()
    safe.encode("utf-8")
