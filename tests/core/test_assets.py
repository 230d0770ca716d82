"""Scripts and styles travel packed to whoever takes gzip; pictures and fonts as they are."""

from __future__ import annotations

import gzip
from typing import Any

from app.core.assets import asset


def test_scripts_travel_packed(app: Any, client: Any) -> None:
    with app.test_request_context():
        address = asset("shop/js/api.js")
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data)
    assert packed.mimetype == plain.mimetype == "text/javascript"
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"] and "immutable" in answer.headers["Cache-Control"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(address, headers=again).status_code == 304
