"""The order screen over REST: its steps, parcels, notes and addresses, with its rights and its refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.fulfilment import reference
from app.fulfilment.models import Shipment
from app.orders import operations as orders
from app.orders.models import History, Order
from tests.api.shop import GHENT, PROBLEM, Shop
from tests.api.test_orders import CARTS, ORDERS, wish

ADMIN = "/api/v1/admin"
GOODS = {"LAMP-06": 2, "LAMP-07": 1}


@pytest.fixture(scope="module")
def house(floor: Shop) -> Shop:
    """The shop with its carriers; lamp 20 is the seller's."""
    with floor.maker() as session:
        reference.setup_data(session)
        session.execute(
            text("UPDATE catalog_product SET seller_id = :s WHERE id = :p"),
            {"s": floor.ids["seller"], "p": floor.ids["lamp-20"]},
        )
        session.commit()
    return floor


@pytest.fixture
def place(client: Any, house: Shop) -> Callable[..., dict[str, Any]]:
    """Places an order and gives what the shop answered."""

    def order(method: str = "bank_transfer", goods: dict[str, int] | None = None) -> dict[str, Any]:
        path = f"{CARTS}/{client.post(CARTS).json['id']}"
        for sku, quantity in (goods or GOODS).items():
            client.post(f"{path}/lines", json={"sku": sku, "quantity": quantity})
        client.put(f"{path}/addresses", json={"email": "kim@example.org", "shipping": GHENT})
        cart = client.put(f"{path}/shipping-method", json={"code": "standard"}).json
        answer = client.post(ORDERS, json=wish(cart, method))
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    return order


@pytest.fixture
def ask(client: Any, house: Shop) -> Callable[..., Any]:
    """Calls a door of staff, as the admin unless somebody else is named."""

    def call(method: str, path: str, body: Any = None, who: str = "admin", **headers: str) -> Any:
        sent = None if method == "GET" else body or {}
        return client.open(f"{ADMIN}/{path}", method=method, json=sent, headers=house.headers(who, **headers))

    return call


def desk(ask: Any, number: str) -> dict[str, Any]:
    answer = ask("GET", f"orders/{number}/desk")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def done(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.json
    return dict(answer.json)


def refused(answer: Any) -> tuple[int, str, list[str]]:
    assert answer.content_type == PROBLEM, answer.text
    fields = [error["field"] for error in answer.json.get("errors", ())]
    return answer.status_code, answer.json["code"], fields


def test_from_confirmation_to_delivery(ask: Any, place: Any, house: Shop) -> None:
    number = place()["number"]
    seen = desk(ask, number)
    assert (seen["status"], seen["payment_status"]) == ("pending", "due")
    assert {"confirm", "cancel", "addresses", "note"} <= set(seen["may"]) and "ship" not in seen["may"]
    assert {"code": "dpd", "name": "DPD"} in seen["carriers"]
    seen = done(ask("POST", f"orders/{number}/confirm", {"version": seen["version"]}))
    assert (seen["status"], seen["timeline"][0]["kind"]) == ("confirmed", "confirmed")
    assert seen["timeline"][0]["actor"] == house.people["admin"]
    seen = done(ask("POST", f"orders/{number}/pack", {"version": seen["version"]}))
    lamp, other = seen["lines"]
    assert (lamp["sku"], lamp["left"], other["left"], seen["status"]) == ("LAMP-06", 2, 1, "packed")
    wanted = {"carrier": "dpd", "tracking_number": "0521 2345 6789", "version": seen["version"],
              "lines": [{"line": lamp["id"], "quantity": 1}]}  # fmt: skip
    first = done(ask("POST", f"orders/{number}/parcels", wanted), 201)
    assert (first["tracking_number"], first["status"], first["order_status"]) == (
        "052123456789",
        "shipped",
        "packed",
    )
    assert first["contents"] == [{"name": lamp["name"], "quantity": 1}] and first["order"] == number
    right = {"tracking_number": "0521 2345 0000", "version": first["version"]}
    first = done(ask("PATCH", f"parcels/{first['id']}", right))
    assert first["tracking_number"] == "052123450000" and "052123450000" in first["tracking_url"]
    rest = done(ask("POST", f"orders/{number}/parcels", {"carrier": "own"}), 201)
    assert (rest["order_status"], sum(part["quantity"] for part in rest["contents"])) == ("shipped", 2)
    arrived = done(ask("POST", f"parcels/{first['id']}/delivered", {"version": rest["version"]}))
    assert (arrived["status"], arrived["order_status"]) == ("delivered", "shipped")
    assert arrived["delivered_at"] and done(ask("GET", f"parcels/{first['id']}")) == arrived
    seen = done(ask("POST", f"orders/{number}/deliver", {"version": arrived["version"]}))
    assert seen["status"] == "delivered" and [p["status"] for p in seen["parcels"]] == ["delivered"] * 2
    assert [line["left"] for line in seen["lines"]] == [0, 0]
    kinds = {row["kind"] for row in seen["timeline"]}
    assert {"confirmed", "packed", "parcel", "parcel_number", "shipped", "delivered"} <= kinds
    with house.maker() as session:
        order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
        written = select(AuditRow.action).where(AuditRow.entity_id == str(order_id))
        actions = set(session.scalars(written.where(AuditRow.actor_label == house.people["admin"])))
    assert {"order.confirm", "order.pack", "order.parcel", "order.ship", "order.deliver"} <= actions


def test_notes_and_who_reads_them(ask: Any, client: Any, place: Any) -> None:
    made = place()
    path = f"orders/{made['number']}/notes"
    done(ask("POST", path, {"note": "Rings twice"}), 201)
    seen = done(ask("POST", path, {"note": "On Monday", "is_public": True}), 201)
    assert refused(ask("POST", path, {"note": " "})) == (422, "invalid", ["note"])
    assert refused(ask("POST", path, {"note": "x" * 2001})) == (422, "invalid", ["note"])
    newest = [(row["kind"], row["text"], row["is_public"]) for row in seen["timeline"][:2]]
    assert newest == [("note", "On Monday", True), ("note", "Rings twice", False)]
    done(ask("POST", path, {"note": "<b>Bring a box</b>", "is_public": True}), 201)
    page = client.get(f"/orders/{made['token']}").text
    assert "Messages from the shop" in page and "On Monday" in page and "Rings twice" not in page
    assert "&lt;b&gt;Bring a box" in page and page.index("Bring a box") < page.index("On Monday")


def test_a_lost_parcel(ask: Any, place: Any) -> None:
    number = place("cod")["number"]
    parcel = done(ask("POST", f"orders/{number}/parcels", {"carrier": "own"}), 201)
    assert refused(ask("POST", f"parcels/{parcel['id']}/lost")) == (422, "invalid", ["reason"])
    lost = done(ask("POST", f"parcels/{parcel['id']}/lost", {"reason": "Burnt"}))
    assert (lost["status"], lost["order_status"]) == ("lost", "shipped")
    assert desk(ask, number)["timeline"][0]["text"].endswith("Burnt")
    for verb, body in (("lost", {"reason": "Again"}), ("delivered", {})):
        answer = ask("POST", f"parcels/{parcel['id']}/{verb}", body)
        assert refused(answer)[:2] == (409, "illegal_transition")
    assert refused(ask("POST", f"orders/{number}/deliver"))[:2] == (409, "nothing_under_way")


def test_addresses(ask: Any, place: Any) -> None:
    number = place()["number"]
    path, moved = f"orders/{number}/addresses", GHENT | {"line1": "Graslei 1"}
    seen = done(ask("PUT", path, {"shipping": moved, "version": desk(ask, number)["version"]}))
    assert seen["shipping_address"]["line1"] == "Graslei 1"
    assert seen["billing_address"]["line1"] == GHENT["line1"], "what is not sent stays"
    seen = done(
        ask("PUT", path, {"billing": GHENT | {"country": "FR", "postcode": "59000", "city": "Lille"}})
    )
    assert seen["billing_address"]["country"] == "FR" and seen["shipping_address"]["line1"] == "Graslei 1"
    wrong = {"shipping": GHENT | {"postcode": "9x"}, "billing": GHENT | {"city": " "}}
    assert refused(ask("PUT", path, wrong)) == (422, "invalid", ["shipping.postcode", "billing.city"])
    short = {name: value for name, value in GHENT.items() if name != "name"}
    assert refused(ask("PUT", path, {"shipping": short})) == (422, "invalid", ["shipping.name"])
    abroad = {"shipping": GHENT | {"country": "NL", "postcode": "1012 JS", "city": "Amsterdam"}}
    assert refused(ask("PUT", path, abroad)) == (409, "country_fixed", ["shipping.country"])
    done(ask("POST", f"orders/{number}/confirm"))
    done(ask("POST", f"orders/{number}/pack"))
    assert refused(ask("PUT", path, {"shipping": GHENT}))[:2] == (409, "addresses_fixed")


def test_called_off_with_a_reason(ask: Any, place: Any) -> None:
    number = place()["number"]
    for body in ({}, {"reason": "whim"}):
        assert refused(ask("POST", f"orders/{number}/cancel", body)) == (422, "invalid", ["reason"])
    seen = done(ask("POST", f"orders/{number}/cancel", {"reason": "out_of_stock"}))
    assert (seen["status"], seen["timeline"][0]["text"]) == ("cancelled", "Not in stock")
    assert set(seen["may"]) == {"note", "lose", "finish_refund"}
    sent = place("cod")["number"]
    line = desk(ask, sent)["lines"][0]["id"]
    done(
        ask("POST", f"orders/{sent}/parcels", {"carrier": "own", "lines": [{"line": line, "quantity": 1}]}),
        201,
    )
    answer = ask("POST", f"orders/{sent}/cancel", {"reason": "customer"})
    assert refused(answer)[:2] == (409, "partly_shipped")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"carrier": "pigeon"}, "carrier"), ({"tracking_number": "12345"}, "carrier"),
        ({"carrier": "bpost"}, "tracking_number"), ({"carrier": "bpost", "tracking_number": "<b>x"}, "tracking_number"),
        ({"carrier": "own", "lines": []}, "lines"), ({"carrier": "own", "lines": [{"line": "0", "quantity": 1}]}, "lines.0.line"),
        ({"carrier": "own", "lines": [{"line": "LINE", "quantity": 0}]}, "lines.0.quantity"),
        ({"carrier": "own", "lines": [{"line": "LINE", "quantity": 99}]}, "lines.0.quantity"),
        ({"carrier": "own", "lines": [{"line": "LINE", "quantity": 1}, {"line": "LINE", "quantity": 2}]}, "lines.1.quantity"),
        ({"carrier": "own", "lines": [{"quantity": 1}]}, "lines.0.line"), ({"carrier": "own", "pieces": 2}, "pieces"),
    ],
)  # fmt: skip
def test_parcels_that_make_no_sense(ask: Any, place: Any, house: Shop, body: Any, field: str) -> None:
    number = place("cod")["number"]
    line = desk(ask, number)["lines"][0]["id"]
    for part in body.get("lines", ()):
        part.update({"line": line} if part.get("line") == "LINE" else {})
    answer = ask("POST", f"orders/{number}/parcels", body)
    assert answer.content_type == PROBLEM and answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]], answer.json
    after = desk(ask, number)
    assert (after["status"], after["parcels"], after["lines"][0]["shipped"]) == ("confirmed", [], 0)


def test_steps_that_the_state_does_not_allow(ask: Any, place: Any, house: Shop) -> None:
    number = place()["number"]
    steps = {"pack": {}, "deliver": {}, "parcels": {"carrier": "own"}}
    for step, body in steps.items():
        assert refused(ask("POST", f"orders/{number}/{step}", body))[:2] == (409, "illegal_transition"), step
    done(ask("POST", f"orders/{number}/confirm"))
    assert refused(ask("POST", f"orders/{number}/confirm"))[:2] == (409, "illegal_transition")
    with house.maker() as session:
        order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
        tried = select(AuditRow.action).where(
            AuditRow.entity_id == str(order_id), AuditRow.action.like("%.refused")
        )
        found = sorted(session.scalars(tried))
    assert found == [f"order.{step}.refused" for step in ("confirm", "deliver", "pack", "ship")]


def test_shipped_by_another_program(ask: Any, place: Any, house: Shop) -> None:
    number = place("cod")["number"]
    with house.maker() as session:
        order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
        orders.ship(session, order_id=order_id, actor=SYSTEM)
    assert done(ask("POST", f"orders/{number}/deliver"))["status"] == "delivered"


def test_what_is_not_there(ask: Any, place: Any) -> None:
    for number in ("2026-999999", "x", "%00", "9" * 400):
        assert refused(ask("GET", f"orders/{number}/desk"))[0] == 404
        assert refused(ask("POST", f"orders/{number}/confirm"))[0] == 404
    for key in ("0", "-1", "x", "%00", "9" * 30, "٣"):
        assert refused(ask("GET", f"parcels/{key}"))[:2] == (404, "parcel_not_found")
        assert refused(ask("POST", f"parcels/{key}/delivered"))[0] == 404


def test_a_key_does_it_once(ask: Any, place: Any, house: Shop) -> None:
    number = place("cod")["number"]
    line = desk(ask, number)["lines"][0]["id"]
    parcel = {"carrier": "own", "lines": [{"line": line, "quantity": 1}]}
    key = {"Idempotency-Key": "parcel-1"}
    answers = [done(ask("POST", f"orders/{number}/parcels", parcel, **key), 201) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    other = ask("POST", f"orders/{number}/parcels", parcel | {"carrier": "dpd"}, **key)
    assert refused(other)[:2] == (422, "idempotency_mismatch")
    for _ in range(2):
        done(ask("POST", f"orders/{number}/notes", {"note": "Once"}, **{"Idempotency-Key": "note-1"}), 201)
        arrived = ask("POST", f"parcels/{answers[0]['id']}/delivered", **{"Idempotency-Key": "there-1"})
        assert done(arrived)["status"] == "delivered"
    with house.maker() as session:
        order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
        assert len(session.scalars(select(Shipment.id).where(Shipment.order_id == order_id)).all()) == 1
        notes = select(History.id).where(History.order_id == order_id, History.kind == "note")
        assert len(session.scalars(notes).all()) == 1
    again = ask("POST", f"parcels/{answers[0]['id']}/delivered")
    assert refused(again)[:2] == (409, "illegal_transition"), "without the key it is a second time"


def test_nobody_is_run_over(ask: Any, place: Any, house: Shop) -> None:
    number = place("cod")["number"]
    old = desk(ask, number)["version"]
    done(ask("POST", f"orders/{number}/notes", {"note": "Called"}, who="manager"), 201)
    stale = {"version": old}
    tries = (
        ("POST", f"orders/{number}/pack", stale), ("POST", f"orders/{number}/cancel", stale | {"reason": "fraud"}),
        ("POST", f"orders/{number}/parcels", stale | {"carrier": "own"}),
        ("PUT", f"orders/{number}/addresses", stale | {"shipping": GHENT | {"line1": "Graslei 2"}}),
    )  # fmt: skip
    for method, path, body in tries:
        assert refused(ask(method, path, body))[:2] == (409, "changed_meanwhile"), path
    now = desk(ask, number)
    assert (now["status"], now["parcels"], now["shipping_address"]["line1"]) == (
        "confirmed",
        [],
        GHENT["line1"],
    )
    parcel = done(ask("POST", f"orders/{number}/parcels", {"carrier": "own", "version": now["version"]}), 201)
    at = f"parcels/{parcel['id']}"
    for method, path, body in (
        ("PATCH", at, {"tracking_number": "ABCD1234"}), ("POST", f"{at}/delivered", {}),
        ("POST", f"{at}/lost", {"reason": "Gone"}), ("POST", f"orders/{number}/deliver", {}),
    ):  # fmt: skip
        assert refused(ask(method, path, body | {"version": now["version"]}))[:2] == (
            409,
            "changed_meanwhile",
        )
    assert done(ask("GET", at)) == parcel
    late = ask("POST", f"orders/{number}/pack", {"version": old})
    assert refused(late)[:2] == (409, "changed_meanwhile")
    with house.maker() as session:
        tried = session.scalars(select(AuditRow.action).where(AuditRow.action == "order.pack.refused")).all()
    assert tried, "what the state forbids leaves its trace, stale or not"


MAY: dict[str, tuple[str, ...] | None] = {
    "": (), "customer": (), "seller": ("desk", "parcel"), "support": ("desk", "parcel", "notes", "addresses", "cancel"),
    "manager": None, "admin": None,
}  # fmt: skip
"""Who may do what on the order screen; None is everything."""


@pytest.mark.parametrize("who", MAY)
def test_rights_are_those_of_the_screen(ask: Any, place: Any, who: str) -> None:
    number = place("cod", {"LAMP-20": 2})["number"]
    line = desk(ask, number)["lines"][0]["id"]
    sent = ask(
        "POST", f"orders/{number}/parcels", {"carrier": "own", "lines": [{"line": line, "quantity": 1}]}
    )
    parcel = done(sent, 201)["id"]
    doors = {
        "desk": ("GET", f"orders/{number}/desk"), "parcel": ("GET", f"parcels/{parcel}"),
        "confirm": ("POST", f"orders/{number}/confirm"), "pack": ("POST", f"orders/{number}/pack"),
        "deliver": ("POST", f"orders/{number}/deliver"), "cancel": ("POST", f"orders/{number}/cancel"),
        "notes": ("POST", f"orders/{number}/notes"), "addresses": ("PUT", f"orders/{number}/addresses"),
        "parcels": ("POST", f"orders/{number}/parcels"), "number": ("PATCH", f"parcels/{parcel}"),
        "delivered": ("POST", f"parcels/{parcel}/delivered"), "lost": ("POST", f"parcels/{parcel}/lost"),
    }  # fmt: skip
    rights = MAY[who]
    allowed = tuple(doors) if rights is None else rights
    for name, (method, path) in doors.items():
        status = ask(method, path, {"version": "0"}, who=who).status_code
        if name in allowed:
            assert status not in (401, 403, 404), name
        else:
            assert status == (403 if who else 401), name
    assert desk(ask, number)["lines"][0]["left"] == 1, "nothing of it was carried out"


def test_a_seller_sees_orders_with_own_goods_only(ask: Any, client: Any, place: Any, house: Shop) -> None:
    own, other = place("cod", {"LAMP-20": 1, "LAMP-06": 1}), place("cod")
    parcel = done(ask("POST", f"orders/{other['number']}/parcels", {"carrier": "own"}), 201)
    mine = {"headers": house.headers("seller")}
    for order, status in ((own, 200), (other, 404)):
        assert ask("GET", f"orders/{order['number']}/desk", who="seller").status_code == status
        assert client.get(f"{ORDERS}/{order['number']}", **mine).status_code == status
        assert client.get(f"{ORDERS}/{order['number']}/invoices", **mine).status_code == status
        assert client.post(f"{ORDERS}/{order['number']}/cancel", **mine).status_code == 404, (
            "no right to cancel"
        )
    assert ask("GET", f"parcels/{parcel['id']}", who="seller").status_code == 404
    assert (
        desk(ask, own["number"])["may"]
        and "pack" not in done(ask("GET", f"orders/{own['number']}/desk", who="seller"))["may"]
    )
    for who, status in (("support", 200), ("manager", 200), ("admin", 200)):
        answer = client.get(f"{ORDERS}/{other['number']}", headers=house.headers(who))
        assert answer.status_code == status
    off = client.post(f"{ORDERS}/{own['number']}/cancel", headers=house.headers("support"))
    assert off.json["status"] == "cancelled"


def test_what_a_desk_costs(ask: Any, place: Any, house: Shop) -> None:
    number = place("cod")["number"]
    desk(ask, number)
    with house.statements() as few:
        desk(ask, number)
    for quantity in (1, 1):
        line = desk(ask, number)["lines"][0]["id"]
        wanted = {"carrier": "own", "lines": [{"line": line, "quantity": quantity}]}
        done(ask("POST", f"orders/{number}/parcels", wanted), 201)
    with house.statements() as more:
        desk(ask, number)
    # settings are kept for five seconds, and may be read anew in either
    before, after = ([one for one in seen if "core_setting" not in one] for seen in (few, more))
    assert len(after) <= len(before) + 3 and len(after) <= 32, "\n".join(after)
