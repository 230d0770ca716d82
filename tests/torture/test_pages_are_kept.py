"""The page cache behind the real server: a page that was made is not made again."""

from __future__ import annotations

from bench.counting import counted
from bench.shop import RealShop, until
from tests.torture.client import Client
from tests.torture.conftest import patience


def test_a_page_is_made_once_per_process(shop: RealShop, client: Client) -> None:
    """Middleware of the sockets stands between cache and pages; both have to see the same request.

    Who answers is chance, and what earlier experiments sold may purge the page until it is all told: a page that is
    kept comes to be made no more, one that is not kept asks every time.
    """

    def asked_for_six() -> int:
        with counted(shop) as statements:
            for _ in range(6):
                client.close()
                assert client.get("/").status == 200
        return statements.total

    assert until(lambda: not asked_for_six(), patience(20)), "the page is made again and again"
