"""The one browser of a test process: two of them at a time do not get on with each other."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROME = (
    os.environ.get("CHROME_PATH")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
NO_CHROME = "no Chromium on this machine (set CHROME_PATH)"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium without a window, for everybody in this process."""
    if not CHROME:
        pytest.skip(NO_CHROME)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chrome = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox", "--disable-gpu"])
        yield chrome
        chrome.close()


def sign_in(context: Any, email: str, password: str) -> None:
    """Give a context the cookies of somebody at the desk: the form is sent without a page that shows it."""
    form = context.request.get("/admin/login/").text()
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form)
    assert token, form
    answer = context.request.post(
        "/admin/login/", form={"csrf_token": token[1], "email": email, "password": password}, max_redirects=0
    )
    assert (answer.status, answer.headers.get("location")) == (302, "/admin/"), answer.text()
