"""The page cache behind the real server: a page that was made is not made again."""

from __future__ import annotations

from bench.counting import counted
from bench.shop import RealShop
from tests.torture.client import Client


def test_a_page_is_made_once_per_process(shop: RealShop, client: Client) -> None:
    """Middleware of the sockets stands between cache and pages; both have to see the same request."""
    for _ in range(20):  # both processes have made it then
        client.close()
        assert client.get("/").status == 200
    with counted(shop) as statements:
        for _ in range(6):
            client.close()
            assert client.get("/").status == 200
    assert statements.total == 0
