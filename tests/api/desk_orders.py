"""Orders and parcels on which each step of the order desk can be taken, for the fuzzer."""

from __future__ import annotations

from typing import Any

from app.fulfilment import reference
from tests.api.shop import GHENT, Shop

ORDERS, PARCELS = "/api/v1/admin/orders/{number}", "/api/v1/admin/parcels/{parcel_id}"


def placed(floor: Shop, method: str, who: str = "", token: str | None = None) -> str:
    """The number of a new order, of a guest or of somebody's account."""
    caller, headers = floor.app.test_client(), floor.headers(who)
    cart = "/api/v1/carts/" + caller.post("/api/v1/carts", headers=headers).json["id"]
    caller.post(f"{cart}/lines", json={"sku": "LAMP-22"}, headers=headers)
    body = {"email": "kim@example.org", "shipping": GHENT}
    caller.put(f"{cart}/addresses", json=body, headers=headers)
    total = caller.put(f"{cart}/shipping-method", json={"code": "standard"}, headers=headers).json["total"]
    wish = {"cart_id": cart.rsplit("/", 1)[1], "payment_method": method, "expected_total": total}
    made = caller.post("/api/v1/orders", json=wish | {"payment_token": token}, headers=headers)
    return str(made.json["number"])


def sent(floor: Shop) -> dict[str, str]:
    """A parcel that is on its way."""
    number = placed(floor, "cod")
    path = f"{ORDERS.replace('{number}', number)}/parcels"
    made = floor.app.test_client().post(path, json={"carrier": "own"}, headers=floor.headers("admin"))
    return {"parcel_id": made.json["id"], "number": number}


def known(floor: Shop) -> dict[str, dict[str, Any]]:
    """For each door of the desk what to put into its path and its body."""
    with floor.maker() as session:
        reference.setup_data(session)
    blind: dict[str, Any] = {"version": ""}
    parcel = {"carrier": "own", "tracking_number": "", "lines": None}
    paying = {"number": placed(floor, "demo_card", "admin", "tok_decline"), "payment_token": None}
    return {
        f"{ORDERS}/confirm": blind | {"number": placed(floor, "bank_transfer")},
        f"{ORDERS}/pack": blind | {"number": placed(floor, "cod")},
        f"{ORDERS}/deliver": blind | {"number": sent(floor)["number"]},
        f"{ORDERS}/cancel": blind | {"number": placed(floor, "cod"), "reason": "fraud"},
        f"{ORDERS}/addresses": blind | {"number": placed(floor, "cod"), "shipping": GHENT, "billing": None},
        f"{ORDERS}/parcels": blind | {"number": placed(floor, "cod")} | parcel,
        PARCELS: blind | sent(floor) | {"tracking_number": "ABCD1234"},
        f"{PARCELS}/delivered": blind | sent(floor),
        f"{PARCELS}/lost": blind | sent(floor),
        "/api/v1/orders/{number}/payment": paying | {"payment_method": "bank_transfer", "return_url": ""},
        "/api/v1/orders/{number}/payment-methods": {"number": paying["number"]},
    }
