"""Every screen answers, and says what it should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.admin.conftest import words_of


@pytest.mark.parametrize(
    "address",
    [
        "/admin/", "/admin/thing/list/", "/admin/thing/show/1", "/admin/thing/add", "/admin/thing/edit/1",
        "/admin/thing/action/fire/1", "/admin/maker/list/", "/admin/maker/add", "/admin/batch/list/", "/admin/batch/add",
        "/admin/deskreport/list/", "/admin/deskreport/show/1", "/admin/tag/list/", "/admin/search?q=lamp",
        "/admin/thing/related/maker?q=a",
    ],
)  # fmt: skip
def test_screens_answer(admin: Any, things: Any, address: str) -> None:
    answer = admin.get(address)
    assert answer.status_code == 200, answer.text[:2000]
    for stranger in ("bootstrap", "jquery", "select2"):
        assert stranger not in answer.text.lower()


def test_list_shows_rows_in_words(admin: Any, things: Any) -> None:
    text = words_of(admin.get("/admin/thing/list/"))
    assert "Lamp" in text and "Ada" in text and "12.5" in text and "1–3 of 3 rows" in text


@pytest.mark.parametrize("code", ["with/slash", "<b>x</b>", "Größe", "", " ", "a\x00b", "..", "x" * 41])
def test_a_group_whose_page_could_not_be_opened_is_refused(admin: Any, code: str) -> None:
    """The code stands in addresses: with a slash in it the row could never be opened, changed or deleted."""
    answer = admin.post("/admin/customer-group/add", data={"code": code, "name": "Friends of the shop"})
    assert answer.status_code == 200 and "field-error" in answer.text
    assert 'value="Friends of the shop"' in answer.text
