"""The buttons of the back office over REST: same rights, same forms, same refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.shop import Shop


@pytest.fixture
def ask(client: Any, floor: Shop) -> Any:
    """Posts as somebody."""

    def post(who: str, path: str, body: Any = None) -> Any:
        return client.post(f"/api/v1/admin/{path}", json=body or {}, headers=floor.headers(who))

    return post


def variant(client: Any, floor: Shop, sku: str) -> dict[str, Any]:
    found = client.get(f"/api/v1/admin/variant?q={sku}", headers=floor.headers("admin")).json["items"]
    return next(row for row in found if row["sku"] == sku)


def test_one_row_and_many(ask: Any, client: Any, floor: Shop) -> None:
    red, blue = (variant(client, floor, sku) for sku in ("COAT-RED", "COAT-BLUE"))
    done = ask("admin", f"variant/{red['id']}/actions/switch_off")
    assert done.status_code == 200 and done.json["done"] == 1
    assert variant(client, floor, "COAT-RED")["is_active"] is False
    done = ask("admin", "variant/actions/switch_on", {"ids": [red["id"], blue["id"]]})
    assert done.status_code == 200 and done.json["done"] == 2
    assert variant(client, floor, "COAT-RED")["is_active"] is True
    only = variant(client, floor, "LAMP-01")
    refused = ask("admin", f"variant/{only['id']}/actions/switch_off")
    assert refused.status_code == 409, "what is on sale keeps its last variant"
    for ids in ([], ["999999999"], "1", [red["id"]] * 300, None):
        wrong = ask("admin", "variant/actions/switch_on", {"ids": ids})
        assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "ids"


def test_an_action_with_a_form_names_its_fields(ask: Any, client: Any, floor: Shop) -> None:
    rows = client.get("/api/v1/admin/stock?limit=1", headers=floor.headers("admin")).json["items"]
    path = f"stock/{rows[0]['id']}/actions/receive"
    before = rows[0]["on_hand"]
    wrong = ask("admin", path, {"quantity": -1, "reason": "x"})
    assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "quantity"
    unknown = ask("admin", path, {"quantity": 3, "reason": "delivery", "price": "1"})
    assert unknown.status_code == 422 and unknown.json["errors"][0]["field"] == "price"
    assert ask("admin", path, {"quantity": 3, "reason": "delivery"}).status_code == 200
    after = client.get(f"/api/v1/admin/stock/{rows[0]['id']}", headers=floor.headers("admin")).json
    assert after["on_hand"] == before + 3


def test_who_may_not(ask: Any, client: Any, floor: Shop) -> None:
    lamp = variant(client, floor, "LAMP-01")
    path = f"variant/{lamp['id']}/actions/switch_off"
    assert [ask(who, path).status_code for who in ("", "customer", "support")] == [401, 403, 403]
    assert variant(client, floor, "LAMP-01") == lamp
    assert ask("admin", f"variant/{lamp['id']}/actions/explode").status_code == 404
    assert ask("admin", "variant/999999999/actions/switch_off").status_code == 404
    assert ask("admin", "brand/1/actions/switch_off").status_code == 404


def test_actions_are_described(client: Any) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    named = paths["/api/v1/admin/variant/{pk}/actions/{name}"]["parameters"][0]["schema"]["enum"]
    assert {"switch_off", "switch_on"} <= set(named)
    assert "/api/v1/admin/brand/{pk}/actions/{name}" not in paths
