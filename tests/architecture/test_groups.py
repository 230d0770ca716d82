"""Tests that belong together stay in one process: a shop, a browser, a fuzzer's memory are not made twice."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_groups_hold(request: pytest.FixtureRequest) -> None:
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("the tests run in one process, or are not dealt out by groups")
    assert request.node.nodeid.endswith("@together"), "pytest and pytest-xdist do not understand each other"
