"""The order screen: who may do what, what is refused keeps what was typed, nobody is run over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.actor import GUEST, SYSTEM
from app.core.audit import AuditRow
from app.fulfilment import reference
from app.fulfilment.models import Carrier, Shipment
from app.identity import operations as identity
from app.identity import queries as people
from app.orders import operations as orders
from app.orders.models import History, Order
from app.payments import operations as payments
from app.payments.models import Refund
from tests.backoffice import PASSWORD
from tests.backoffice import staff as staff
from tests.orders import making


@pytest.fixture
def own(app: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests."""
    with session_maker() as session:
        reference.setup_data(session)
        yield session


def made(own: Session, count: int = 2, *, method: str = "bank_transfer", paid: bool = False) -> Order:
    """An order with an open payment; paid if wanted."""
    order = making.order(own, making.articles(own, count), method=method)
    payments.open_payment(own, order=order, method=method, amount=order.total, actor=SYSTEM)
    if paid:
        payments.record_manual_payment(
            own, order_id=order.id, amount=order.total, reference=f"bank-{order.id}", actor=SYSTEM
        )
    return order


def seen(client: Any, order: Order) -> str:
    """What the page says it was read at."""
    page = client.get(f"/admin/orders/show/{order.id}").text
    return str(re.search(r'name="seen" value="([^"]+)"', page)[1])  # type: ignore[index]


def test_the_channel_stands_in_list_filter_and_order(own: Session, staff: Callable[[str], Any]) -> None:
    by_web, by_phone = made(own), made(own)
    by_phone.channel = "phone"
    own.commit()
    desk = staff("Admin")
    assert "Telephone" in desk.get(f"/admin/orders/show/{by_phone.id}").text
    listed = desk.get("/admin/orders/list/?channel.eq=phone").text
    assert str(by_phone.number) in listed and str(by_web.number) not in listed
    by_phone.channel = "pigeon"
    with pytest.raises(Exception, match="ck_orders_order_channel"):
        own.commit()
    own.rollback()


def act(client: Any, order: Order, verb: str, **values: Any) -> Any:
    """Press a button of the page."""
    data = {"seen": values.pop("seen", None) or seen(client, order)} | values
    return client.post(f"/admin/orders/{verb}/{order.id}", data=data)


def state(own: Session, order: Order) -> str:
    own.expire_all()
    return str(own.get_one(Order, order.id).state)


def test_a_round_rate_is_written_in_digits(own: Session, staff: Any) -> None:
    order = making.order(own, making.articles(own, 1), method="bank_transfer", vat=20)
    assert "of which VAT 20 %" in staff("Admin").get(f"/admin/orders/show/{order.id}").text


def test_from_transfer_to_delivery_on_one_screen(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own)
    page = client.get(f"/admin/orders/show/{order.id}").text
    assert "Transfer received" in page and "Mark as packed" not in page
    assert act(client, order, "money", amount="54,45", reference="KBC 1").status_code == 302
    assert state(own, order) == "paid"
    assert act(client, order, "pack").status_code == 302
    first, second = order.lines
    sent = {
        "carrier": "dpd",
        "tracking_number": "0521 2345 6789",
        f"line.{first.id}": "2",
        f"line.{second.id}": "1",
    }
    assert act(client, order, "ship", **sent).status_code == 302
    assert state(own, order) == "packed"
    page = client.get(f"/admin/orders/show/{order.id}").text
    assert "052123456789" in page and "1 of 2 sent" in page and "Cancel the order" not in page
    assert act(client, order, "ship", **{**sent, f"line.{first.id}": "0"}).status_code == 302
    assert state(own, order) == "shipped"
    assert act(client, order, "deliver").status_code == 302
    assert state(own, order) == "delivered"
    people_in_timeline = set(
        own.scalars(select(History.actor_label).where(History.kind.in_(("packed", "shipped", "delivered"))))
    )
    assert people_in_timeline == {"admin@desk.example"}
    actions = set(own.scalars(select(AuditRow.action).where(AuditRow.entity == "orders_order")))
    assert {"order.pack", "order.ship", "order.deliver", "order.parcel"} <= actions
    page = client.get(f"/admin/orders/show/{order.id}").text
    assert "Everything has arrived." in page and "€54.45" in page and "of which VAT 21 %" in page


@pytest.mark.parametrize(
    ("verb", "values", "words"),
    [
        ("ship", {"carrier": "bpost", "tracking_number": "<b>x"}, "as the carrier prints it"),
        ("ship", {"carrier": "pigeon", "tracking_number": "12345"}, "choose a carrier"),
        ("ship", {"carrier": "own", "tracking_number": "", "line": "99"}, "can still be shipped"),
        ("ship", {"carrier": "own", "tracking_number": "", "line": "-1"}, "can still be shipped"),
        ("refund", {"amount": "9999", "reason": "too kind", "key": "k"}, "can be refunded"),
        ("refund", {"amount": "1.005", "reason": "cents", "key": "k"}, "enter an amount"),
        ("refund", {"amount": "x<y", "reason": "words", "key": "k"}, "enter an amount"),
        ("refund", {"amount": "1", "reason": " ", "key": "k"}, "say why"),
        ("cancel", {"reason": "whim"}, "choose a reason"),
        ("money", {"amount": "-5", "reference": "KBC 77"}, "above zero"),
        ("note", {"note": "  "}, "1 to 2000"),
        ("addresses", {"part": "shipping", "shipping.postcode": "9x", "shipping.line1": "Markt 1"}, "postcode"),
        ("confirm", {}, "is not possible"),
        ("deliver", {}, "is not possible"),
    ],
)  # fmt: skip
def test_what_is_refused_comes_back_in_words_with_what_was_typed(
    own: Session, staff: Any, verb: str, values: dict[str, str], words: str
) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    values = dict(values)
    if "line" in values:
        values[f"line.{order.lines[0].id}"] = values.pop("line")
    before = [
        own.scalar(text(f"SELECT count(*) FROM {t}"))
        for t in ("orders_history", "payments_refund", "payments_capture")
    ]
    answer = act(client, order, verb, **values)
    assert answer.status_code in (404, 409, 422)
    assert words in answer.text
    for typed in values.values():
        shown = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert not typed.strip() or typed in ("pigeon", "whim", "shipping", "k") or shown in answer.text, (
            typed
        )
    assert state(own, order) == "paid"
    after = [
        own.scalar(text(f"SELECT count(*) FROM {t}"))
        for t in ("orders_history", "payments_refund", "payments_capture")
    ]
    assert before == after


def test_nobody_is_run_over(own: Session, staff: Any) -> None:
    one, two, order = staff("Admin"), staff("Manager"), made(own, paid=True)
    read = seen(one, order)
    assert act(two, order, "pack").status_code == 302
    answer = act(one, order, "cancel", reason="customer", seen=read)
    assert answer.status_code == 409 and "Somebody worked on this order meanwhile" in answer.text
    assert 'value="customer" selected' in answer.text
    assert state(own, order) == "packed"
    assert act(one, order, "note", note="both may write", seen=read).status_code == 302


def test_a_refund_by_hand_counts_once(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    token, values = seen(client, order), {"amount": "10.00", "reason": "Scratched", "key": "abc"}
    assert act(client, order, "refund", seen=token, **values).status_code == 302
    assert act(client, order, "refund", seen=token, **values).status_code == 409
    assert act(client, order, "refund", **values).status_code == 302
    refund = own.scalars(select(Refund)).one()
    assert (refund.amount, refund.state, refund.reason) == (Decimal("10.0000"), "manual", "Scratched")
    other = made(own, paid=True)
    assert act(client, other, "finish_refund", refund_id=str(refund.id)).status_code == 404
    assert act(client, order, "finish_refund", refund_id=str(refund.id), reference="KBC 9").status_code == 302
    own.expire_all()
    assert own.get_one(Order, order.id).payment_status == "partly_refunded"


def test_cancelling_and_losing(own: Session, staff: Any) -> None:
    client, order, other = staff("Admin"), made(own), made(own, 1, paid=True)
    assert act(client, order, "cancel", reason="out_of_stock").status_code == 302
    assert state(own, order) == "cancelled"
    assert "Not in stock" in client.get(f"/admin/orders/show/{order.id}").text
    (line,) = other.lines
    act(client, other, "ship", carrier="own", tracking_number="", **{f"line.{line.id}": "1"})
    parcel = own.scalars(select(Shipment)).one()
    assert act(client, other, "lose", shipment_id=str(parcel.id), reason="").status_code == 422
    assert act(client, other, "lose", shipment_id=str(parcel.id), reason="van burned").status_code == 302
    assert act(client, other, "deliver", shipment_id=str(parcel.id)).status_code == 409
    assert "van burned" in client.get(f"/admin/orders/show/{other.id}").text


VERBS = (
    "confirm",
    "pack",
    "ship",
    "deliver",
    "lose",
    "cancel",
    "refund",
    "finish_refund",
    "money",
    "note",
    "addresses",
)
COLUMN = re.compile(r'name="columns" value="(\w+)"[^>]*><span>([^<]+)')
ALLOWED = {
    "Admin": set(VERBS),
    "Manager": set(VERBS),
    "Support": {"note", "addresses", "cancel"},
    "Seller": set(),
}


@pytest.mark.parametrize("role", [*ALLOWED, "Customer", "nobody"])
def test_who_may_do_what(app: Any, own: Session, staff: Any, role: str) -> None:
    order = made(own)
    if role in ALLOWED:
        client = staff(role)
    else:
        client = app.test_client()
        if role == "Customer":
            identity.register(own, email="kim@desk.example", password=PASSWORD, actor=GUEST)
            own.execute(text("UPDATE ab_user SET email_verified_at = now(), active = true"))
            own.commit()
            client.post("/admin/login/", data={"email": "kim@desk.example", "password": PASSWORD})
    before = own.scalar(text("SELECT count(*) FROM orders_history"))
    sees = client.get(f"/admin/orders/show/{order.id}").status_code == 200
    assert sees == (role in ("Admin", "Manager", "Support"))
    for verb in VERBS:
        answer = client.post(f"/admin/orders/{verb}/{order.id}", data={"seen": "0"})
        reached = answer.status_code in (409, 422)
        assert reached == (verb in ALLOWED.get(role, set())), (role, verb, answer.status_code)
        assert client.get(f"/admin/orders/{verb}/{order.id}").status_code in (302, 404, 405)
    assert own.scalar(text("SELECT count(*) FROM orders_history")) == before
    if sees:
        page = client.get(f"/admin/orders/show/{order.id}").text
        assert ("Confirm without payment" in page) == ("confirm" in ALLOWED[role])
        assert ("Cancel the order" in page) == ("cancel" in ALLOWED[role])


def test_a_seller_sees_orders_with_own_goods_only(own: Session, staff: Any) -> None:
    client = staff("Seller")
    seller = people.user_by_email(own, "seller@desk.example")
    order, other = made(own), made(own)
    own.execute(
        text("UPDATE orders_line SET product_id = (SELECT min(id) FROM catalog_product) WHERE order_id = :o AND position = 1"),
        {"o": order.id},
    )  # fmt: skip
    own.execute(
        text("UPDATE catalog_product SET seller_id = :s WHERE id = (SELECT min(id) FROM catalog_product)"),
        {"s": seller.id},
    )  # fmt: skip
    own.execute(text("UPDATE orders_line SET product_id = 0 WHERE order_id = :o"), {"o": other.id})
    own.commit()
    assert client.get(f"/admin/orders/show/{order.id}").status_code == 200
    assert client.get(f"/admin/orders/show/{other.id}").status_code == 404
    listed = client.get("/admin/orders/list/").text
    assert str(order.number) in listed and str(other.number) not in listed
    columns = dict(COLUMN.findall(listed))
    assert "email" in columns and not set(columns) & {"token", "email_key", "cart_id"}
    helper = staff("Support").get(f"/admin/orders/show/{order.id}").text
    assert order.token in helper, "who may cancel also opens the customer's page"
    for page in ("show/" + str(order.id), "list/", "export.csv"):
        assert order.token not in client.get(f"/admin/orders/{page}").text, "its holder could cancel"


def test_columns_that_may_be_chosen_have_names_in_every_language(staff: Any) -> None:
    client, named = staff("Admin"), {}
    for language in ("en", "fr", "nl", "de", "es"):
        client.post("/admin/language", data={"language": language})
        named[language] = dict(COLUMN.findall(client.get("/admin/orders/list/").text))
    for name in ("placed_at", "payment_method", "shipping_method"):
        assert len({named[language][name] for language in named}) >= 4, name
    alike = {name for name, words in named["en"].items() if all(words == named[x][name] for x in named)}
    assert not alike


def test_the_list_finds_filters_exports_and_packs_many(own: Session, staff: Any) -> None:
    client = staff("Admin")
    first, second, third = made(own, paid=True), made(own, paid=True), made(own)
    for q in (str(second.number), str(second.number)[-4:], "KIM@example", "peeters"):
        assert str(second.number) in client.get("/admin/orders/list/", query_string={"q": q}).text
    assert str(first.number) not in client.get("/admin/orders/list/?state.eq=pending").text
    assert str(third.number) in client.get("/admin/orders/list/?payment_status.eq=due").text
    csv = client.get("/admin/orders/export.csv").text
    assert csv.count("Kim Peeters") == 3 and str(third.number) in csv
    ids = [first.id, second.id, third.id]
    answer = client.post(
        "/admin/orders/action_post", data={"action": "pack_many", "rowid": ids}, follow_redirects=True
    )
    assert "2 orders are packed." in answer.text and "1 could not be packed." in answer.text
    assert [state(own, order) for order in (first, second, third)] == ["packed", "packed", "pending"]


def test_hostile_words_stay_words(own: Session, staff: Any) -> None:
    client, order = staff("Admin"), made(own)
    nasty = "<script>alert(1)</script>"
    orders.add_note(own, order_id=order.id, text=nasty, actor=making.STAFF)
    own.execute(text("UPDATE orders_line SET name = :n"), {"n": nasty})
    own.execute(
        text(
            "UPDATE orders_order SET note = :n, shipping_address = shipping_address || jsonb_build_object('name', CAST(:n AS text))"
        ),
        {"n": nasty},
    )
    own.commit()
    page = client.get(f"/admin/orders/show/{order.id}").text
    assert nasty not in page and "&lt;script&gt;" in page
    for pk in ("0", "x", "999999999999999999999", "1%00"):
        assert client.get(f"/admin/orders/show/{pk}").status_code == 404
        assert client.post(f"/admin/orders/pack/{pk}").status_code == 404


def test_carriers_are_edited_by_managers(own: Session, staff: Any) -> None:
    client = staff("Manager")
    values = {
        "code": "gls",
        "name": "GLS",
        "tracking_url": "http://gls.example",
        "is_active": "y",
        "position": "70",
    }
    answer = client.post("/admin/carriers/add", data=values)
    assert answer.status_code == 200 and "https://" in answer.text
    good = values | {"tracking_url": "https://gls.example/{number}"}
    assert client.post("/admin/carriers/add", data=good).status_code == 302
    assert own.scalar(select(Carrier.name).where(Carrier.code == "gls")) == "GLS"
    assert staff("Support").post("/admin/carriers/add", data=good).status_code in (302, 403, 404)


def test_a_form_from_elsewhere_does_nothing(
    app: Any, own: Session, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, order = staff("Admin"), made(own, paid=True)
    token = seen(client, order)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    for verb in VERBS:
        assert client.post(f"/admin/orders/{verb}/{order.id}", data={"seen": token}).status_code == 400
    assert state(own, order) == "paid"


def test_the_packing_slip_holds_what_is_left_to_send_and_no_prices(
    own: Session, staff: Callable[[str], Any]
) -> None:
    order = made(own, paid=True)
    page = staff("Support").get(f"/admin/orders/slip/{order.id}")
    assert page.status_code == 200 and order.lines[0].sku in page.text and "Korenlei 12" in page.text
    assert "10.00" not in page.text and "<script" not in page.text
    assert staff("Manager").get("/admin/orders/slip/999999").status_code == 404
