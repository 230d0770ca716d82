"""Reviews in the shop: at the product, on their page, in the account, and what hostile words become."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from app.reviews import operations, queries
from tests.api.shop import Shop
from tests.reviews import making
from tests.reviews.making import STAFF

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture
def client(floor: Shop) -> Any:
    return floor.app.test_client()


def markup(page: Any) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page.text, re.S)
    return dict(json.loads(found[0]))


def post(browser: Any, path: str, **values: str) -> Any:
    """Send a form as a browser does, with the token that its page holds."""
    form = browser.get(path.removesuffix("/delete"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    return browser.post(path, data={"csrf_token": token.group(1) if token else "", **values})


def test_a_product_without_reviews(client: Any) -> None:
    page = client.get("/p/coat")
    assert 'href="/p/coat/review"' in page.text and "Nobody has reviewed this yet" in page.text
    assert "aggregateRating" not in page.text and "review-bars" not in page.text


def test_the_page_changes_the_moment_a_review_is_approved(
    client: Any, floor: Shop, opinion: Callable[..., int], deliver_all: Callable[[], None]
) -> None:
    assert "review-average" not in client.get("/p/coat").text
    made = opinion("customer", "COAT-RED", 4, "Keeps the wind out.\n\nAnd the rain.", title="Warm")
    deliver_all()
    page = client.get("/p/coat")
    assert "4.0 out of 5 stars" in page.text and "4 of 5 stars: 1 review" in page.text
    assert "<p>Keeps the wind out.</p><p>And the rain.</p>" in page.text and "Customer T." in page.text
    data = markup(page)
    assert data["aggregateRating"]["ratingValue"] == "4.00" and data["aggregateRating"]["reviewCount"] == 1
    (review,) = data["review"]
    assert (review["reviewRating"]["ratingValue"], review["author"]["name"]) == (4, "Customer T.")
    with floor.maker() as session:
        operations.answer(session, review_id=made, text="We are glad.", actor=STAFF)
    deliver_all()
    assert "We are glad." in client.get("/p/coat").text
    with floor.maker() as session:
        operations.reject(session, review_id=made, reason="No.", actor=STAFF)
    deliver_all()
    gone = client.get("/p/coat")
    assert "Keeps the wind" not in gone.text and "aggregateRating" not in gone.text


def test_hostile_words_stay_words(
    client: Any, floor: Shop, opinion: Callable[..., int], deliver_all: Callable[[], None]
) -> None:
    made = opinion("customer", "COAT-RED", 5, EVIL, title=EVIL)
    with floor.maker() as session:
        operations.answer(session, review_id=made, text=EVIL, actor=STAFF)
    deliver_all()
    staff = floor.app.test_client()
    staff.post("/admin/login/", data={"email": floor.people["admin"], "password": "correct horse battery"})
    for browser, path in (
        (client, "/p/coat"), (client, "/p/coat/reviews"), (floor.browser("customer"), "/account/reviews"),
        (floor.browser("customer"), "/p/coat/review"), (staff, "/admin/review/list/"),
        (staff, f"/admin/review/show/{made}"),
    ):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200 and "alert(1)" in page.text, path
        assert "<script>alert" not in page.text and "<img src=x" not in page.text, path
    assert markup(client.get("/p/coat"))["review"][0]["reviewBody"] == EVIL


def test_reviews_have_a_page_with_orders_and_portions(
    client: Any, floor: Shop, buys: Callable[[str, str], int]
) -> None:
    with floor.maker() as session:
        for number in range(13):
            user = making.customer(session, f"reader{floor.ids['COAT-BLUE']}-{number}")
            making.bought(session, user, floor.ids["COAT-BLUE"])
            product = making.product_of(session, floor.ids["COAT-BLUE"])
            making.review(session, user, product, 1 + number % 5, f"Opinion {number:02d}.")
    first = client.get("/p/coat/reviews?sort=lowest&n=1")
    stars = [int(n) for n in re.findall(r"<span class=\"sr-only\">(\d) out of 5 stars", first.text)]
    assert stars == sorted(stars) and len(stars) == 10
    more = re.findall(r'href="([^"]+)" data-reviews-more', first.text)[0].replace("&amp;", "&")
    rest = client.get(more)
    seen = re.findall(r"Opinion \d\d", first.text + rest.text)
    assert len(seen) == len(set(seen)) == 13 and "data-reviews-more" not in rest.text
    assert 'href="/p/coat/reviews?sort=lowest"' in rest.text, "a way back to the first"
    assert '<link rel="canonical" href="http://localhost:8000/p/coat/reviews">' in first.text
    assert client.get("/p/coat/reviews?sort=nonsense").status_code == 200
    assert client.get("/p/coat/reviews?after=x").status_code == 422
    assert (
        client.get("/p/nothing/reviews").status_code == 404
        and client.get("/p/gone-lamp/reviews").status_code == 410
    )
    assert client.get("/fr/p/coat/reviews").status_code == 200


def test_writing_without_javascript(floor: Shop, buys: Callable[[str, str], int]) -> None:
    browser = floor.browser("customer")
    assert "once you have bought it" in browser.get("/p/coat/review").text
    closed = browser.get("/p/coat/review").text.partition("<main")[2].partition("</main>")[0]
    assert closed and 'name="rating"' not in closed
    refused = post(browser, "/p/coat/review", rating="5", body="Never had one.")
    assert refused.status_code == 403 and "Never had one." in refused.text
    product_id = buys("customer", "COAT-RED")
    assert "/p/coat/review" in browser.get("/account/reviews").text, "offered in the account"
    for values, said in (
        ({"rating": "", "body": "No stars."}, "one to five stars"), ({"rating": "9", "body": "x"}, "one to five stars"),
        ({"rating": "4", "body": " "}, "a few words"), ({"rating": "4", "body": "y" * 4001}, "At most 4000"),
    ):  # fmt: skip
        page = post(browser, "/p/coat/review", **values)
        assert page.status_code == 422 and said in page.text and values["body"].strip()[:4000] in page.text
    done = post(browser, "/p/coat/review", rating="4", title="Warm", body="Keeps the wind out.")
    assert (done.status_code, done.headers["Location"]) == (303, "/account/reviews")
    mine = browser.get("/account/reviews")
    assert "Thank you" in mine.text and "Waits to be read" in mine.text and "Keeps the wind out." in mine.text
    with floor.maker() as session:
        own = queries.own_review(session, floor.ids["customer"], product_id)
        assert own is not None
        operations.reject(session, review_id=own.id, reason="Please name no colleague.", actor=STAFF)
    assert "Please name no colleague." in browser.get("/p/coat/review").text
    post(browser, "/p/coat/review", rating="3", title="Warm", body="Keeps the wind out, mostly.")
    assert "mostly" in browser.get("/account/reviews").text
    for _ in range(2):
        gone = post(browser, "/p/coat/review/delete")
        assert (gone.status_code, gone.headers["Location"]) == (303, "/account/reviews")
    assert "mostly" not in browser.get("/account/reviews").text


def test_strangers_are_asked_to_sign_in_and_see_nobody(client: Any, floor: Shop) -> None:
    answer = client.get("/p/coat/review")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=%2Fp%2Fcoat%2Freview")
    assert client.get("/account/reviews").status_code == 303
    other = floor.browser("other")
    assert "not reviewed anything yet" in other.get("/account/reviews").text
    page = other.get("/account/reviews")
    assert page.headers["Cache-Control"] == "no-store"


def test_what_reviews_add_to_the_page(
    client: Any, floor: Shop, opinion: Callable[..., int], deliver_all: Callable[[], None]
) -> None:
    """One statement more for a product with reviews; none for a card."""
    client.get("/pages/terms")
    with floor.statements() as without:
        client.get("/p/coat?cold=a")
    with floor.statements() as listed:
        client.get("/c/home/lamps?cold=a&colour=red")
    opinion("customer", "COAT-RED")
    deliver_all()
    client.get("/pages/terms")
    with floor.statements() as with_reviews:
        assert "review-average" in client.get("/p/coat?cold=b").text
    with floor.statements() as starred:
        assert "5.0" in client.get("/c/home/lamps?cold=b&colour=red").text

    def reads(seen: list[str]) -> int:
        return sum("reviews_" in statement for statement in seen)

    assert (reads(without), reads(with_reviews), reads(listed), reads(starred)) == (0, 1, 0, 0)


def test_what_resembles_is_on_the_page(client: Any) -> None:
    page = client.get("/p/lamp-01")
    shelf = page.text.partition('id="related"')[2].partition("</section>")[0]
    shown = list(dict.fromkeys(re.findall(r'href="/p/([a-z0-9-]+)"', shelf)))
    assert len(shown) == 8 and "lamp-01" not in shown and "You may also like" in shelf
    assert not {"draft-lamp", "gone-lamp", "sold-out-lamp"} & set(shown)
