"""Mails against a real SMTP server: both forms, the right language, refusals, silence, and once only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.identity import operations as identity
from app.notifications import operations, rules
from app.notifications.channels import smtp
from app.notifications.errors import BadRecipient
from app.notifications.models import Message
from app.orders import messages
from app.storefront.settings import ShopSettings
from tests.fakes.postbox import Postbox
from tests.orders import making

PASSWORD = "a-long-demo-password-7"


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of requests."""
    with session_maker() as own:
        yield own


def order_in(session: Session, language: str) -> Any:
    """An order of somebody who speaks this language."""
    order = making.order(session, making.articles(session, 1))
    with unit_of_work(session):
        order.language = language
    return order


def write(session: Session, order: Any, key: str = "one", to: str = "") -> int | None:
    with unit_of_work(session):
        return operations.send_mail(
            session, to=to or order.email, template="order_link", language=order.language,
            values={"number": order.number, "path": f"/orders/{order.token}"}, dedupe_key=key,
        )  # fmt: skip


def kept(session: Session) -> Message:
    session.expire_all()
    return session.scalars(select(Message).where(Message.template == "order_link")).one()


def due_now(session: Session) -> None:
    with unit_of_work(session):
        session.execute(text("UPDATE notifications_message SET due_at = now()"))


def test_ord_06_the_confirmation_arrives_once_in_both_forms_and_the_buyers_language(
    app: Any, session: Session, postbox: Postbox
) -> None:
    from app.events.orders import OrderPlaced

    order = order_in(session, "fr")
    with app.app_context():
        for _ in range(2):
            messages.send_received(session, OrderPlaced(order_id=order.id, placed_at=order.placed_at))
            session.commit()
            operations.deliver_due(session)
    (mail,) = postbox.mails
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert mail["To"] == order.email and mail["Content-Language"] == "fr" and order.number in mail["Subject"]
    assert f"/orders/{order.token}" in plain and f"/orders/{order.token}" in html and "<p" in html
    assert mail["Message-ID"] and mail["Auto-Submitted"] == "auto-generated"


def test_a_mail_wears_the_name_that_the_shop_was_given(app: Any, session: Session, postbox: Postbox) -> None:
    settings.change(session, ShopSettings, name="Chez <Ana> & Co", actor=SYSTEM)
    write(session, order_in(session, "fr"))
    assert "Chez <Ana> & Co" in kept(session).text and "Chez &lt;Ana&gt; &amp; Co" in kept(session).html
    assert "Comptoir" not in kept(session).text


def test_the_same_key_is_one_mail(app: Any, session: Session, postbox: Postbox) -> None:
    order = order_in(session, "en")
    assert write(session, order) is not None and write(session, order) is None
    for _ in range(3):
        operations.deliver_due(session)
        due_now(session)
    assert len(postbox.mails) == 1 and kept(session).state == "sent"


def test_not_01_a_busy_server_is_asked_again_later(app: Any, session: Session, postbox: Postbox) -> None:
    order = order_in(session, "en")
    write(session, order)
    postbox.answer = "451 come back later"
    operations.deliver_due(session)
    row = kept(session)
    assert (row.state, row.attempts) == ("queued", 1) and "451" in (row.error or "")
    assert operations.deliver_due(session) == 0
    postbox.answer = ""
    due_now(session)
    operations.deliver_due(session)
    assert kept(session).state == "sent" and len(postbox.mails) == 1


def test_ord_06_a_silent_server_leaves_the_order_alone(
    app: Any, session: Session, outside_world: Any
) -> None:
    outside_world.expect("127.0.0.1", 9)
    smtp.configure({"MAIL_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "Shop <shop@example.com>"})
    try:
        order = order_in(session, "en")
        write(session, order)
        operations.deliver_due(session)
        assert kept(session).state == "queued"
        with unit_of_work(session):
            session.execute(
                text("UPDATE notifications_message SET attempts = :n, due_at = now()"),
                {"n": rules.MAX_ATTEMPTS - 1},
            )
        operations.deliver_due(session)
        assert kept(session).state == "failed"
    finally:
        smtp.configure({"MAIL_URL": "", "MAIL_FROM": "Shop <shop@example.com>"})


def test_what_is_refused_for_good_waits_for_a_person_who_sends_it_again(
    app: Any, session: Session, postbox: Postbox
) -> None:
    order = order_in(session, "en")
    write(session, order)
    postbox.answer = "550 no such mailbox"
    operations.deliver_due(session)
    row = kept(session)
    assert row.state == "failed" and "550" in (row.error or "")
    identity.create_user(session, email="s@mails.example", password=PASSWORD, roles=["Support"], actor=SYSTEM)
    session.commit()
    browser = app.test_client()
    browser.post("/admin/login/", data={"email": "s@mails.example", "password": PASSWORD})
    listed = browser.get("/admin/message/list/").text
    assert order.email in listed and "Failed" in listed
    shown = browser.get(f"/admin/message/show/{row.id}").text
    assert "550" in shown and order.token not in shown
    postbox.answer = ""
    assert browser.post(f"/admin/message/action/again/{row.id}").status_code == 302
    session.rollback()  # now() is the moment a transaction began
    operations.deliver_due(session)
    assert kept(session).state == "sent" and len(postbox.mails) == 1


def test_a_mail_that_is_kept_here_is_read_by_admins_and_by_nobody_else(app: Any, session: Session) -> None:
    order = order_in(session, "fr")
    write(session, order, "kept")
    smtp.configure({"MAIL_URL": "", "MAIL_FROM": "Shop <shop@example.com>"})
    operations.deliver_due(session)
    row = kept(session)
    assert row.state == "kept"
    seen: dict[str, bool] = {}
    for role in ("Admin", "Manager", "Support"):
        email = f"{role.lower()}@mails.example"
        identity.create_user(session, email=email, password=PASSWORD, roles=[role], actor=SYSTEM)
        session.commit()
        browser, login = app.test_client(), {"email": email, "password": PASSWORD}
        browser.post("/admin/login/", data=login)
        page = browser.get(f"/admin/message/show/{row.id}").text
        seen[role] = f'href="{app.config["SITE_URL"]}/fr/orders/{order.token}"' in page
        token = browser.post("/api/v1/auth/token", json=login).json["access_token"]
        told = browser.get(
            f"/api/v1/admin/message/{row.id}", headers={"Authorization": f"Bearer {token}"}
        ).json
        assert (order.token in str(told.get("kept_text")), order.token in page) == (seen[role], seen[role])
    assert seen == {"Admin": True, "Manager": False, "Support": False}


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "a b@c",
        "a@b..c",
        "x" * 300 + "@b.example",
        "\x00@b.example",
    ],
)
def test_what_is_no_address_is_refused(app: Any, session: Session, to: str) -> None:
    order = order_in(session, "en")
    with pytest.raises(BadRecipient):
        write(session, order, to=to or " ")
    session.rollback()
    assert session.scalars(select(Message)).all() == []


def test_a_subject_is_one_line() -> None:
    assert rules.one_line("a\r\nBcc: b\x00c") == "a Bcc: b c"


@pytest.mark.parametrize(
    ("url", "tls", "starttls"),
    [
        ("smtp://me:secret@mail.example:587", False, "auto"),
        ("smtp://me:secret@mail.example:587?tls=1", False, "required"),
        ("smtp://me:secret@mail.example:587?starttls=off", False, "off"),
        ("smtps://me:secret@mail.example:465", True, "auto"),
    ],
)
def test_what_the_address_of_the_mail_server_says_about_tls(url: str, tls: bool, starttls: str) -> None:
    server = smtp.Server.parse(url)
    assert (server.tls, server.starttls) == (tls, starttls)
