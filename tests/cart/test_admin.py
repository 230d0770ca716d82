"""Bags in the back office: what lies in them, taking a merge back, and what one would cost to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cart import operations, queries
from app.cart.models import Cart
from app.catalog.models import Variant
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.audit import AuditRow
from app.core.unit_of_work import unit_of_work
from app.identity import operations as identity
from tests.inventory.shelves import article

PASSWORD = "a-long-demo-password-7"


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests."""
    with session_maker() as own:
        yield own


@pytest.fixture
def desk(app: Any, session: Session) -> Callable[[str], Any]:
    """Makes a browser in which somebody with this role is logged in."""

    def log_in(role: str = "Support") -> Any:
        identity.create_staff(
            session, email=f"{role.lower()}@desk.example", password=PASSWORD, roles=(role,), first_name=role,
            last_name="Desk", actor=SYSTEM,
        )  # fmt: skip
        session.commit()
        client = app.test_client()
        answer = client.post(
            "/admin/login/", data={"email": f"{role.lower()}@desk.example", "password": PASSWORD}
        )
        assert answer.status_code == 302
        return client

    return log_in


@pytest.fixture
def merged(session: Session) -> tuple[Cart, Cart]:
    """Anna's bag with her lamp and what a guest on the same computer had, and the guest's."""
    user = identity.create_user(session, email="anna@example.com", actor=SYSTEM)
    anna = Actor("customer", user.id, user.email)
    lamp, chair = article(session, weight_g=1200), article(session)
    own = operations.create_cart(session, currency="EUR", language="en", user_id=user.id)
    guest = operations.create_cart(session, currency="EUR", language="en")
    operations.add_line(session, cart_id=own.id, sku=lamp.sku, quantity=1, actor=anna)
    operations.add_line(session, cart_id=guest.id, sku=lamp.sku, quantity=2, actor=GUEST)
    operations.add_line(session, cart_id=guest.id, sku=chair.sku, quantity=1, actor=GUEST)
    operations.merge_at_login(session, guest_public_id=guest.public_id, user_id=user.id)
    session.commit()
    return own, guest


def pieces(session: Session, cart: Cart) -> list[int]:
    session.rollback()
    found = queries.contents(session, session.get_one(Cart, cart.id), language="en", currency="EUR")
    return sorted(item.quantity for item in found.lines)


def test_a_merge_is_taken_back_by_a_button(session: Session, desk: Any, merged: tuple[Cart, Cart]) -> None:
    own, guest = merged
    client = desk()
    page = client.get(f"/admin/cart/show/{own.id}").text
    assert (
        "Take the merge back" in page and "Before it was put together" in page and "anna@example.com" in page
    )
    assert "Take the merge back" not in client.get(f"/admin/cart/show/{guest.id}").text
    done = client.post(f"/admin/cart/action/take_back/{own.id}", follow_redirects=True)
    assert "The bags are two again." in done.text
    assert (pieces(session, own), pieces(session, guest)) == ([1], [1, 2])
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "cart.undo_merge")).one()
    assert (noted.actor_label, noted.before, noted.after) == (
        "support@desk.example", {"lines": 2}, {"lines": 1, "guest_cart": str(guest.public_id)},
    )  # fmt: skip
    again = client.post(f"/admin/cart/action/take_back/{own.id}", follow_redirects=True)
    assert "Nothing was put together here" in again.text
    assert "Take the merge back" not in client.get(f"/admin/cart/show/{own.id}").text


def test_bags_are_found_by_number_and_address(session: Session, desk: Any, merged: tuple[Cart, Cart]) -> None:
    own, _guest = merged
    client = desk("Manager")
    for words in (str(own.public_id), "ANNA@"):
        page = client.get(f"/admin/cart/list/?q={words}").text
        assert "1 row" in page and str(own.public_id)[:8] in page
    assert "No row matches" in client.get("/admin/cart/list/?q=%25%27").text


def test_the_rules_are_tried_with_a_bag(session: Session, desk: Any, merged: tuple[Cart, Cart]) -> None:
    own, _guest = merged
    with unit_of_work(session):
        for variant in session.scalars(select(Variant)):
            variant.length_mm, variant.width_mm, variant.height_mm = 100, 100, 205
    client = desk()
    page = client.get(f"/admin/shippingmethod/preview?cart={own.public_id}").text
    weight, volume = 3 * 1200 + 500, 4 * 2050
    assert f"{weight} g" in page and f"{volume} cm³" in page and "Wins: " in page
    assert "Too heavy" in page or "Too light" in page
    for number in ("no-such-bag", "00000000-0000-0000-0000-000000000000"):
        assert "There is no such bag." in client.get(f"/admin/shippingmethod/preview?cart={number}").text


def test_what_is_typed_wrong_stays(desk: Any) -> None:
    client = desk()
    assert client.get("/admin/shippingmethod/preview").status_code == 200
    page = client.get(
        "/admin/shippingmethod/preview?country=Belgium&weight_g=heavy&value=-1&volume_cm3=0.5"
    ).text
    assert 'value="Belgium"' in page and 'value="heavy"' in page and "Two capitals" in page
    nowhere = client.get("/admin/shippingmethod/preview?country=be&weight_g=999999&value=20").text
    assert "Not offered" in nowhere and "Too heavy" in nowhere
