"""The shop says tú to everybody who reads it in Spanish: one voice in shop, mails, bot and back office."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.ops.demo.content import help as demo

ROOT = Path(__file__).resolve().parents[2]
ORDERS = (
    "abra|acceda|acepte|añada|borre|busque|cambie|compruebe|confirme|consulte|cree|deje|dele|díganos|elija|envíe|"
    "envíenos|escriba|escríbanos|espere|guarde|haga|indique|inicie|inténtelo|introduzca|mire|muestre|pague|pida|"
    "ponga|pregúntenos|pregúnteme|pruebe|pulse|quite|responda|revise|seleccione|suba|use|vuelva"
)
FORMAL = re.compile(
    rf"\busted(es)?\b|(^|[.:;,¡¿(] |\b[yeo] )({ORDERS})\b|\bsus? (bolsa|consulta|mensaje|navegador|pregunta|sugerencias)\b"
    r"|\ble (atiende|avisamos|enviamos|respondemos|responde)\b|¿(Ha|Le|Tiene) ",
    re.IGNORECASE | re.MULTILINE,
)


@pytest.mark.parametrize(
    ("words", "is_formal"),
    [
        ("Para usted", True), ("Elija una fecha.", True), ("Cree uno y añada cifras.", True), ("Sus sugerencias", True),
        ("¿Le ha sido útil?", True), ("Para ti", False), ("Elige una fecha.", False), ("cuando el cliente escriba", False),
        ("en cuanto vuelva.", False), ("Su estado después de la respuesta.", False), ("Déjalo vacío.", False),
    ],
)  # fmt: skip
def test_usted_is_told_from_tu(words: str, is_formal: bool) -> None:
    assert bool(FORMAL.search(words)) == is_formal


def test_the_catalogue_says_tu() -> None:
    path = ROOT / "translations" / "es" / "LC_MESSAGES" / "messages.po"
    found = []
    for message in read_po(path.open("rb"), locale="es"):
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        found += [form for form in forms if message.id and FORMAL.search(form)]
    assert found == []


def test_the_help_of_the_demo_says_tu() -> None:
    shelves = [names["es"] for _slug, names in demo.SHELVES]
    texts = [text for _slug, _shelf, said in demo.ARTICLES for text in said["es"]]
    assert [text for text in shelves + texts if FORMAL.search(text)] == []
