"""Every address that can be asked without values answers with the headers that keep browsers safe."""

from __future__ import annotations

from typing import Any

EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "", "Permissions-Policy": ""}
LEFT_OUT = ("/metrics",)


def addresses(app: Any) -> list[str]:
    """Everything a browser can ask for without knowing a value."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments)
    return sorted({rule.rule for rule in rules} - set(LEFT_OUT))


def test_sec_10_headers_are_on_every_answer(app: Any, client: Any) -> None:
    wrong: list[str] = []
    for address in [
        *addresses(app),
        "/nothing-here",
        "/fr/p/unknown",
        "/api/v1/products/unknown",
        "/admin/nothing",
    ]:
        answer = client.get(address)
        for name, value in EVERYWHERE.items():
            if value not in answer.headers.get(name, "\0"):
                wrong.append(f"{address}: {name}")
        if answer.mimetype != "text/html":
            continue
        policy = answer.headers.get("Content-Security-Policy", "")
        scripts = next((part for part in policy.split(";") if part.strip().startswith("script-src")), "")
        if not scripts or "'unsafe-inline'" in scripts or "*" in scripts.split():
            wrong.append(f"{address}: script-src {scripts}")
        if "frame-ancestors" not in policy and "X-Frame-Options" not in answer.headers:
            wrong.append(f"{address}: may be framed")
    assert wrong == []


def test_sec_11_every_cookie_is_closed_to_other_sites(app: Any, client: Any) -> None:
    wrong: list[str] = []
    for address in addresses(app):
        for cookie in client.get(address).headers.getlist("Set-Cookie"):
            low, name = cookie.lower(), cookie.partition("=")[0]
            if "samesite=" not in low or (name not in ("currency", "theme") and "httponly" not in low):
                wrong.append(f"{address}: {cookie}")
    assert wrong == []
