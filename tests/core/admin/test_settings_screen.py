"""The shop's settings: found, changed by form, refused beside their field, audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import feature, settings
from app.core.actor import SYSTEM
from app.core.admin.settings_screen import groups
from app.core.audit import AuditRow
from app.core.settings import SettingRow
from app.identity import operations as identity
from app.inventory.settings import InventorySettings
from app.payments.settings import PaymentSettings
from app.storefront.settings import ShopSettings

PASSWORD = "a-long-demo-password-7"


@pytest.fixture
def own(app: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests; settings go back to what they were."""
    with session_maker() as session:
        yield session
        session.execute(delete(SettingRow))
        session.commit()
    settings.forget()


@pytest.fixture
def browser(app: Any, own: Session) -> Callable[[str], Any]:
    """A browser of somebody with a role."""

    def log_in(role: str) -> Any:
        email = f"{role.lower()}@settings.example"
        identity.create_user(own, email=email, password=PASSWORD, roles=[role], actor=SYSTEM)
        own.commit()
        client = app.test_client()
        client.post("/admin/login/", data={"email": email, "password": PASSWORD})
        return client

    return log_in


def filled(client: Any, key: str) -> dict[str, str]:
    """What a person sends who changes nothing."""
    kind = next(g for g in groups() if g.key == key)
    values: dict[str, str] = {}
    for field in kind.fields:
        default = field.default
        values[field.name] = "\n".join(default) if isinstance(default, tuple) else str(default)
    return {name: value for name, value in values.items() if value not in ("False",)}


def test_every_setting_with_a_label_is_in_a_group_and_every_form_opens(browser: Any) -> None:
    manager = browser("Manager")
    page = manager.get("/admin/settings/list/").text
    for group in groups():
        assert str(group.title) in page
        form = manager.get(f"/admin/settings/edit/{group.key}")
        assert form.status_code == 200
        for field in group.fields:
            assert f'name="{field.name}"' in form.text, (group.key, field.name)
    kinds = {f.settings for f in feature.collected() if f.settings}
    assert len(groups()) >= 6 and {g.kind for g in groups()} <= kinds


def test_a_change_is_seen_in_the_shop_at_once_and_written_down(
    own: Session, browser: Any, client: Any
) -> None:
    manager = browser("Manager")
    assert "Closed on Monday" not in client.get("/").text
    values = filled(manager, "storefront") | {"name": "Chez Kim", "notice": "Closed on Monday"}
    assert manager.post("/admin/settings/edit/storefront", data=values).status_code == 302
    page = client.get("/").text
    assert "Chez Kim" in page and "Closed on Monday" in page
    row = own.scalars(select(AuditRow).where(AuditRow.action == "settings.change")).one()
    assert row.after["name"] == "Chez Kim" and row.before["name"] == ShopSettings().name


@pytest.mark.parametrize(
    ("key", "field", "value", "words"),
    [
        ("storefront", "name", "", "required"),
        ("storefront", "return_days", "3", "At least 14"),
        ("storefront", "return_days", "soon", "whole number"),
        ("storefront", "notice", "a\x00b", "cannot be stored"),
        ("payments", "bank_iban", "BE68 5390 0754 7035", "not a valid IBAN"),
        ("payments", "cod_limit", "-1", "At least 0"),
        ("payments", "disabled", "cash", "no way to pay called cash"),
        ("payments", "cod_countries", "belgium", "codes in capitals"),
        ("inventory", "alert_emails", "nobody", "not an e-mail address"),
        ("pricing", "rounding", "USD up", "not a rounding rule"),
        ("pricing", "rounding", "USD step:0", "not a rounding rule"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    own: Session, browser: Any, key: str, field: str, value: str, words: str
) -> None:
    manager = browser("Manager")
    answer = manager.post(f"/admin/settings/edit/{key}", data=filled(manager, key) | {field: value})
    assert answer.status_code == 422 and words in answer.text
    assert own.scalars(select(SettingRow)).all() == []


def test_amounts_lists_and_switches_keep_their_type(own: Session, browser: Any) -> None:
    manager = browser("Manager")
    values = filled(manager, "payments") | {"cod_limit": "250.50", "disabled": "cod\nstripe"}
    answer = manager.post("/admin/settings/edit/payments", data=values)
    assert answer.status_code == 302, answer.text[answer.text.find("data-summary") :][:900]
    now = settings.get(own, PaymentSettings)
    assert (now.cod_limit, now.disabled) == (Decimal("250.50"), ("cod", "stripe"))
    values = filled(manager, "inventory") | {"alert_emails": "a@example.com\n\nb@example.com"}
    assert manager.post("/admin/settings/edit/inventory", data=values).status_code == 302
    assert settings.get(own, InventorySettings).alert_emails == ("a@example.com", "b@example.com")


def test_support_and_strangers_stay_out(browser: Any, client: Any) -> None:
    assert browser("Support").get("/admin/settings/edit/payments").status_code in (302, 403)
    assert client.get("/admin/settings/edit/payments").status_code == 302
    assert browser("Manager").get("/admin/settings/edit/nothing").status_code == 404
