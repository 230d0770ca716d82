"""The screen of reviews, the mail about a decision, kept pages: each with what it must not do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import caching
from app.core.actor import SYSTEM
from app.core.errors import Conflict
from app.core.i18n import LANGUAGES
from app.events.reviews import ReviewDecided, ReviewsChanged
from app.notifications.models import Message
from app.reviews import admin, handlers, messages, operations
from app.reviews.models import Review
from tests.backoffice import own as own
from tests.backoffice import staff as staff
from tests.reviews import making
from tests.reviews.making import STAFF


@pytest.fixture
def waiting(own: Session) -> list[int]:
    """Three reviews with one, three and five stars that nobody has read."""
    found = []
    for number, (variant, product) in enumerate(making.products(own, 3)):
        user = making.customer(own, f"reader{number}")
        making.bought(own, user, variant)
        made = making.review(
            own, user, product, 1 + 2 * number, f"Opinion {number}.", title="", approved=False
        )
        found.append(made.id)
    return found


def states(own: Session) -> list[str]:
    own.expire_all()
    return list(own.scalars(select(Review.state).order_by(Review.id)))


def test_list_and_filters(staff: Callable[[str], Any], own: Session, waiting: list[int]) -> None:
    browser = staff("Manager")
    operations.approve(own, review_id=waiting[0], actor=STAFF)
    product_id = own.get_one(Review, waiting[2]).product_id
    for query, numbers in (
        ("", [0, 1, 2]), ("state.eq=pending", [1, 2]), ("rating.lt=3", [0]), (f"product.rel_o_m={product_id}", [2]),
        ("q=Opinion+1", [1]),
    ):  # fmt: skip
        page = browser.get(f"/admin/review/list/?{query}")
        assert page.status_code == 200
        keys = sorted(int(k) for k in set(re.findall(r'/admin/review/show/(\d+)"', page.text)))
        assert keys == [waiting[n] for n in numbers], query
    assert browser.get("/admin/review/list/?rating.eq=many").status_code == 200


def test_approving_many_and_rejecting_one(
    staff: Callable[[str], Any], own: Session, waiting: list[int]
) -> None:
    browser = staff("Manager")
    browser.post(
        "/admin/review/action_post", data={"action": "approve", "rowid": [str(i) for i in waiting[:2]]}
    )
    assert states(own) == ["approved", "approved", "pending"]
    url = f"/admin/review/action/reject/{waiting[0]}"
    form = browser.get(url)
    version = re.search(r'name="version"[^>]*value="(\d+)"', form.text)
    assert version is not None
    empty = browser.post(url, data={"reason": "", "version": version.group(1)})
    assert "approved" in states(own)[0] and empty.status_code in (200, 422)
    stale = browser.post(url, data={"reason": "Names a person.", "version": "1"})
    assert "Names a person." in stale.text and states(own)[0] == "approved", (
        "another version than the one read"
    )
    browser.post(url, data={"reason": "Names a person.", "version": version.group(1)})
    assert states(own) == ["rejected", "approved", "pending"]


def test_support_answers_and_nothing_else(
    staff: Callable[[str], Any], own: Session, waiting: list[int]
) -> None:
    browser = staff("Support")
    page = browser.get(f"/admin/review/show/{waiting[0]}")
    assert page.status_code == 200 and "Opinion 0." in page.text
    assert browser.post(f"/admin/review/action/approve/{waiting[0]}").status_code == 403
    assert browser.post(f"/admin/review/action/reject/{waiting[0]}", data={"reason": "x"}).status_code == 403
    assert states(own) == ["pending"] * 3
    browser.post(
        f"/admin/review/action/answer/{waiting[0]}", data={"text": "Sorry to hear that.", "version": "1"}
    )
    own.expire_all()
    assert own.get_one(Review, waiting[0]).answer == "Sorry to hear that."
    assert browser.post("/admin/review/add", data={}).status_code in (403, 404, 405)


def test_sellers_see_none(staff: Callable[[str], Any], waiting: list[int]) -> None:
    assert staff("Seller").get("/admin/review/list/").status_code in (302, 403)


def test_what_waits_stands_on_the_first_page(session: Session) -> None:
    assert admin.waiting(session) == []
    ((variant, product),) = making.products(session)
    user = making.customer(session)
    making.bought(session, user, variant)
    making.review(session, user, product, approved=False)
    (tile,) = admin.waiting(session)
    assert (tile.value, tile.url) == (1, "/admin/review/list/?state.eq=pending")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_author_is_told_once(session: Session, language: str) -> None:
    ((variant, product),) = making.products(session)
    user = making.customer(session, language=language)
    making.bought(session, user, variant)
    made = making.review(session, user, product)
    event = ReviewDecided(made.id, product, "approved", made.version)
    messages.send_decided(session, event)
    messages.send_decided(session, event)
    (mail,) = session.scalars(select(Message).where(Message.template == "review_decided")).all()
    prefix = "" if language == "en" else f"/{language}"
    assert f"{prefix}/p/lamp-1" in mail.text and mail.language == language and "Lamp 1" in mail.subject
    operations.reject(session, review_id=made.id, reason="<b>It names a person.</b>", actor=STAFF)
    messages.send_decided(session, event)
    later = ReviewDecided(made.id, product, "rejected", made.version)
    messages.send_decided(session, later)
    messages.send_decided(session, later)
    mails = session.scalars(select(Message).order_by(Message.id)).all()
    told = [m for m in mails if m.template == "review_decided"]
    assert (
        len(told) == 2 and "<b>It names" not in told[1].html and f"{prefix}/account/reviews" in told[1].html
    )


def test_nobody_is_told_where_nobody_is(session: Session, deliver: Callable[[], int]) -> None:
    messages.send_decided(session, ReviewDecided(10**9, 1, "approved", 1))
    ((variant, product),) = making.products(session)
    user = making.customer(session)
    making.bought(session, user, variant)
    made = making.review(session, user, product)
    event = ReviewDecided(made.id, product, "approved", made.version)
    operations.delete_review(session, user_id=user, product_id=product, actor=STAFF)
    messages.send_decided(session, event)
    deliver()
    count = select(func.count()).select_from(Message).where(Message.template == "review_decided")
    assert session.scalar(count) == 0


def test_kept_pages_are_forgotten_as_often_as_told(session: Session) -> None:
    before = caching.generation("pages") or 0
    handlers.forget_pages(session, ReviewsChanged(1))
    handlers.forget_pages(session, ReviewsChanged(1))
    assert (caching.generation("pages") or 0) >= before + 2


def test_a_review_that_was_edited_meanwhile_is_not_approved_unseen(
    staff: Callable[[str], Any], own: Session, waiting: list[int]
) -> None:
    browser, url = staff("Manager"), f"/admin/review/action/approve/{waiting[0]}"
    token = re.search(r'name="_token" value="([^"]+)"', browser.get(f"/admin/review/show/{waiting[0]}").text)
    listed = re.findall(r'name="(_token\.\d+)" value="([^"]+)"', browser.get("/admin/review/list/").text)
    assert token is not None and len(listed) == 3
    row = own.get_one(Review, waiting[0])
    operations.edit_review(
        own, user_id=row.user_id, product_id=row.product_id, rating=1, body="Buy my pills instead.",
        language="en", actor=SYSTEM,
    )  # fmt: skip
    own.commit()
    told = browser.post(url, data={"_token": token.group(1)}, follow_redirects=True).text
    assert "Somebody changed this meanwhile" in told and "Buy my pills instead." in told
    form = {"action": "approve", "rowid": [str(pk) for pk in waiting]} | dict(listed)
    told = browser.post("/admin/review/action_post", data=form, follow_redirects=True).text
    assert "1 row was changed meanwhile" in told and "2 reviews are shown now." in told
    assert states(own) == ["pending", "approved", "approved"]
    fresh = re.search(r'name="_token" value="([^"]+)"', browser.get(f"/admin/review/show/{waiting[0]}").text)
    assert fresh is not None
    browser.post(url, data={"_token": fresh.group(1)})
    assert states(own) == ["approved"] * 3


def test_one_review_that_is_refused_stops_none_of_the_others(
    staff: Callable[[str], Any], own: Session, waiting: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = operations.approve

    def approve(session: Session, *, review_id: int, **values: Any) -> None:
        if review_id == waiting[1]:
            raise Conflict()
        real(session, review_id=review_id, **values)

    monkeypatch.setattr(operations, "approve", approve)
    form = {"action": "approve", "rowid": [str(pk) for pk in waiting]}
    told = staff("Manager").post("/admin/review/action_post", data=form, follow_redirects=True).text
    assert "2 reviews are shown now. 1 was left out." in told
    assert states(own) == ["approved", "pending", "approved"]
