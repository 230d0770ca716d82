"""What shop people write: what is refused, what visitors see, when, in which language, and nothing that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cms import operations, queries, rules
from app.cms.models import Banner, MenuLink, Page, Redirect
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.clock import utcnow
from app.core.errors import InvalidFields
from app.identity import operations as identity
from tests.counting import counted

PASSWORD = "a-long-demo-password-7"


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests, so that nothing of one request is left for the next."""
    with session_maker() as own:
        yield own


def page(session: Session, **values: Any) -> Page:
    """A published page."""
    filled = {
        "slug": "story",
        "title": "Our story",
        "body": "Once upon a time.",
        "state": "published",
    } | values
    return operations.save_page(session, actor=SYSTEM, **filled)


def refused(call: Callable[..., Any], session: Session, **values: Any) -> dict[str, str]:
    """The refusals by field."""
    with pytest.raises(InvalidFields) as refusal:
        call(session, actor=SYSTEM, **values)
    session.rollback()
    return {name: str(text) for name, text in refusal.value.errors.items()}


def manager(app: Any, session: Session) -> Any:
    """A manager's browser."""
    identity.create_user(session, email="m@cms.example", password=PASSWORD, roles=["Manager"], actor=SYSTEM)
    session.commit()
    client = app.test_client()
    client.post("/admin/login/", data={"email": "m@cms.example", "password": PASSWORD})
    return client


def test_cms_01_a_page_is_seen_in_each_language_and_a_change_at_once(session: Session, client: Any) -> None:
    made = page(session, translations={"fr": {"title": "Notre histoire", "body": "Il était une fois."}})
    assert "Once upon a time." in client.get("/pages/story").text
    french = client.get("/fr/pages/story").text
    assert "Notre histoire" in french and "Il était une fois." in french
    assert "Once upon a time." in client.get("/nl/pages/story").text
    assert "/pages/story</loc>" in client.get("/sitemap.xml").text
    operations.save_page(session, page_id=made.id, actor=SYSTEM, body="Twice upon a time.")
    assert "Twice upon a time." in client.get("/pages/story").text
    rows = session.scalars(select(AuditRow).where(AuditRow.action == "cms_page.save")).all()
    assert len(rows) == 2


def test_cms_01_drafts_and_other_times_are_for_staff(app: Any, session: Session, client: Any) -> None:
    page(session, state="draft")
    now = utcnow()
    page(session, slug="later", published_from=now + timedelta(days=1))
    page(session, slug="over", published_until=now - timedelta(days=1))
    desk = manager(app, session)
    for slug in ("story", "later", "over"):
        assert client.get(f"/pages/{slug}").status_code == 404
        shown = desk.get(f"/pages/{slug}")
        assert shown.status_code == 200 and 'content="noindex"' in shown.text
        assert client.get(f"/pages/{slug}").status_code == 404
        assert f"/pages/{slug}<" not in client.get("/sitemap.xml").text


def test_a_page_of_ones_own_replaces_the_built_in_one_until_it_is_removed(
    session: Session, client: Any
) -> None:
    before = client.get("/pages/delivery").text
    made = page(session, slug="delivery", title="How we ship", body="By bicycle.")
    assert "By bicycle." in client.get("/pages/delivery").text
    operations.remove_page(session, page_id=made.id, actor=SYSTEM)
    assert "By bicycle." not in client.get("/pages/delivery").text and "How we ship" not in before


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>", "<p onclick=alert(1)>x</p>", "<a href='javascript:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe src=//evil></iframe>", "<style>*{}</style>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<p style='x:expression(alert(1))'>x</p>",
    ],
)  # fmt: skip
def test_cms_01_nothing_in_a_page_can_run(session: Session, body: str) -> None:
    made = page(session, body=body, translations={"de": {"title": "x", "body": body}})
    for kept in (made.body, made.translations["de"]["body"]):
        low = kept.lower()
        assert not any(
            word in low
            for word in (
                "<script",
                "onclick",
                "onerror",
                "onload",
                "javascript:",
                "<iframe",
                "<style",
                "style=",
                "data:",
            )
        )


@given(st.text(max_size=300))
def test_plain_text_never_becomes_a_tag_of_its_own(text: str) -> None:
    cleaned = rules.clean_body(text)
    assert "<script" not in cleaned.lower() and "\x00" not in cleaned
    assert rules.clean_body(cleaned) == cleaned or not cleaned


def test_paragraphs_of_plain_text() -> None:
    assert rules.clean_body("One & two\nthree\n\n\nfour") == "<p>One &amp; two<br>three</p><p>four</p>"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "Our Story"}, "slug"), ({"slug": ""}, "slug"), ({"slug": "a/b"}, "slug"), ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"), ({"title": "a\x00"}, "title"), ({"state": "public"}, "state"),
        ({"body": "x" * 50_001}, "body"), ({"translations": {"xx": {"title": "y"}}}, "translations"),
        ({"translations": {"fr": {"title": "y" * 201}}}, "translations.fr.title"), ({"translations": []}, "translations"),
        ({"published_from": utcnow(), "published_until": utcnow() - timedelta(days=1)}, "published_until"),
    ],
)  # fmt: skip
def test_wrong_pages_are_refused_by_field(session: Session, values: dict[str, Any], field: str) -> None:
    good = {"slug": "story", "title": "Our story", "body": "x", "state": "published"}
    assert field in refused(operations.save_page, session, **(good | values))
    assert session.scalar(select(func.count()).select_from(Page)) == 0


def test_a_taken_address_is_refused(session: Session) -> None:
    page(session)
    assert "slug" in refused(operations.save_page, session, slug="story", title="Another")


def test_cms_03_a_banner_opens_the_home_page_for_its_time(session: Session, client: Any) -> None:
    now = utcnow()
    values = {
        "title": "Autumn sale",
        "url": "/search?sort=newest",
        "action": "Look",
        "translations": {"fr": {"title": "Soldes"}},
    }
    operations.save_banner(session, actor=SYSTEM, **values)
    operations.save_banner(
        session, actor=SYSTEM, **(values | {"title": "Too late", "position": -1, "ends_at": now})
    )
    operations.save_banner(session, actor=SYSTEM, **(values | {"title": "Read this", "place": "editorial"}))
    home = client.get("/").text
    assert "Autumn sale" in home and "Read this" in home and "Too late" not in home
    french = client.get("/fr/").text
    assert "Soldes" in french and 'href="/fr/search?sort=newest"' in french
    for wrong in ("javascript:alert(1)", "//evil.example", "/a b", "ftp://x", "", "https://", "/\\evil"):
        assert "url" in refused(operations.save_banner, session, **(values | {"url": wrong})), wrong
    assert "image_id" in refused(operations.save_banner, session, **values, image_id=999_999)
    assert session.scalar(select(func.count()).select_from(Banner)) == 3


def test_cms_05_menus_are_edited(session: Session, client: Any) -> None:
    assert "/pages/delivery" in client.get("/").text
    link = operations.save_menu_link(
        session, actor=SYSTEM, place="help", label="Ask us", url="/pages/contact", translations={"nl": {"label": "Vraag het"}}
    )  # fmt: skip
    operations.save_menu_link(
        session, actor=SYSTEM, place="main", label="Journal", url="https://journal.example/"
    )
    home = client.get("/").text
    assert "Ask us" in home and ">Journal<" in home and 'href="https://journal.example/"' in home
    assert 'href="/pages/delivery"' not in home
    dutch = client.get("/nl/").text
    assert "Vraag het" in dutch and 'href="/nl/pages/contact"' in dutch
    operations.remove_menu_link(session, link_id=link.id, actor=SYSTEM)
    assert 'href="/pages/delivery"' in client.get("/").text
    assert "place" in refused(operations.save_menu_link, session, place="top", label="x", url="/x")
    assert session.scalar(select(func.count()).select_from(MenuLink)) == 1


def test_old_addresses_lead_on_only_where_nothing_answers(session: Session, client: Any) -> None:
    operations.save_redirect(session, actor=SYSTEM, source="/index.php/lamps/?x=1", target="/search?q=lamp")
    operations.save_redirect(session, actor=SYSTEM, source="/search", target="/cart")
    answer = client.get("/index.php/lamps")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/search?q=lamp")
    assert client.get("/fr/index.php/lamps/").headers["Location"] == "/fr/search?q=lamp"
    assert client.get("/search").status_code == 200
    assert client.post("/index.php/lamps").status_code in (400, 404, 405)
    assert client.get("/index.php").status_code == 404


def test_redirects_never_run_in_a_circle(session: Session) -> None:
    first = operations.save_redirect(session, actor=SYSTEM, source="/a", target="/b")
    operations.save_redirect(session, actor=SYSTEM, source="/b", target="/c")
    assert "target" in refused(operations.save_redirect, session, source="/c", target="/a/")
    assert "target" in refused(operations.save_redirect, session, source="/d", target="/d")
    assert "source" in refused(operations.save_redirect, session, source="/a", target="/x")
    assert "source" in refused(operations.save_redirect, session, source="https://x.example/", target="/x")
    operations.save_redirect(session, redirect_id=first.id, actor=SYSTEM, target="/c")
    assert session.scalar(select(func.count()).select_from(Redirect)) == 2


def test_kept_menus_and_pages_cost_no_statement(session: Session) -> None:

    page(session)
    for _ in range(2):
        (
            queries.pages(session, "en"),
            queries.links(session, "main", "en"),
            queries.banner(session, "hero", "en"),
        )
    with counted(session.get_bind()) as seen:
        (
            queries.pages(session, "en"),
            queries.links(session, "main", "en"),
            queries.banner(session, "hero", "en"),
        )
    assert seen == []


def test_cms_03_a_newcomer_makes_a_page_by_form(app: Any, session: Session, client: Any) -> None:
    desk = manager(app, session)
    for screen in ("page", "banner", "menulink", "redirect"):
        assert desk.get(f"/admin/{screen}/list/").status_code == 200
        assert desk.get(f"/admin/{screen}/add").status_code == 200
    wrong = desk.post(
        "/admin/page/add", data={"title": "Gift cards", "slug": "Gift Cards", "state": "published"}
    )
    assert "Small letters" in wrong.text and "Gift cards" in wrong.text
    values = {
        "title": "Gift cards",
        "slug": "gifts",
        "state": "published",
        "body": "Hello",
        "title_fr": "Cadeaux",
    }
    assert desk.post("/admin/page/add", data=values).status_code == 302
    assert "Cadeaux" in client.get("/fr/pages/gifts").text
