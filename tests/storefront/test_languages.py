"""Pages speak the language of their address, whatever Flask-AppBuilder thinks the language is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.core.i18n import LANGUAGES
from app.storefront import shell
from app.storefront.pages import NavCategory


@pytest.mark.parametrize(
    ("prefix", "word"),
    [
        ("", "Sign in"),
        ("/fr", "Se connecter"),
        ("/nl", "Inloggen"),
        ("/de", "Anmelden"),
        ("/es", "Iniciar sesión"),
    ],
)
def test_a_page_speaks_its_language(client: Any, prefix: str, word: str) -> None:
    html = client.get(f"{prefix}/login").get_data(as_text=True)
    assert f'<html lang="{prefix[1:] or "en"}"' in html
    assert word in html


def test_every_language_has_a_row_above() -> None:
    assert len(LANGUAGES) == 5


def test_the_menu_is_rendered_once_for_a_language(app: Any, clean: None) -> None:
    lamps = NavCategory("Lamps", "/c/lamps")
    with app.test_request_context("/"):
        shop = shell.shop_view()
        first = shell.kept_menu(replace(shop, departments=(*[lamps],)))
        assert "/c/lamps" in first
        assert shell.kept_menu(replace(shop, departments=(*[lamps],))) is first
        assert shell.kept_menu(replace(shop, departments=())) is not first
