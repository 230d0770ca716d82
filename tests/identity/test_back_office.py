"""The door of the back office, its screens for accounts, and what is not there any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import SYSTEM
from app.identity import operations, rules
from app.identity.models import LoginSession, Role, User
from tests.identity.people import PASSWORD, link_in, mails, now_step, person, sign_in_staff, staff, two_factor


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    with session_maker() as own:
        yield own


@pytest.fixture
def boss(session: Session, client: Any) -> User:
    """An administrator, signed in at the back office."""
    user = staff(session)
    assert sign_in_staff(client).status_code == 302
    return user


def open_home(client: Any) -> bool:
    return bool(client.get("/admin/").status_code == 200)


@pytest.mark.parametrize("role", sorted(rules.STAFF_ROLES))
def test_people_of_the_house_come_in(session: Session, client: Any, role: str) -> None:
    staff(session, role)
    assert sign_in_staff(client).headers["Location"] == "/admin/"
    assert open_home(client)


def test_customers_do_not(session: Session, client: Any) -> None:
    person(session)
    answer = sign_in_staff(client, "anna@example.com")
    assert answer.status_code == 401 and not open_home(client)


def test_the_second_step_at_the_back_office(session: Session, client: Any) -> None:
    secret, _codes = two_factor(session, staff(session))
    assert 'name="otp"' in sign_in_staff(client).get_data(as_text=True)
    assert not open_home(client)
    code = rules.totp_code(secret, now_step())
    assert client.post("/login", data={"otp": code}).status_code == 401, (
        "a step of one door is none of the other"
    )
    assert client.post("/admin/login/", data={"otp": code}).status_code == 302
    assert open_home(client)


def test_five_wrong_passwords_make_a_pause_here_too(session: Session, client: Any) -> None:
    staff(session)
    answers = [sign_in_staff(client, password="mistaken password").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_out_is_out(session: Session, client: Any, app: Any, boss: User) -> None:
    thief = app.test_client()
    thief.set_cookie("comptoir_session", client.get_cookie("comptoir_session").value)
    assert open_home(thief)
    client.post("/admin/logout/")
    assert not open_home(client) and not open_home(thief)


def test_suspension_cuts_off_at_once(session: Session, client: Any, boss: User) -> None:
    staff(session, email="second@example.com")
    operations.suspend_user(session, user_id=boss.id, actor=SYSTEM)
    assert not open_home(client)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/security/login", "/api/v1/security/refresh", "/register/form", "/users/add", "/resetmypassword/form",
     "/resetpassword/form", "/userinfoeditview/form", "/login/", "/logout/", "/api/v1/security/users/"],
)  # fmt: skip
def test_the_ways_in_of_the_framework_are_gone(app: Any, path: str) -> None:
    from werkzeug.exceptions import MethodNotAllowed, NotFound
    from werkzeug.routing import RequestRedirect

    routes = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        with pytest.raises((NotFound, MethodNotAllowed, RequestRedirect)):
            endpoint, _values = routes.match(path, method=method)
            assert not endpoint.startswith("accounts."), "our own pages"
            raise AssertionError(endpoint)


# --- screens -------------------------------------------------------------------------------------


def test_somebody_is_invited_from_the_screen(
    session: Session, client: Any, boss: User, deliver: Callable[[], int]
) -> None:
    role = session.scalar(select(Role.id).where(Role.name == rules.SUPPORT))
    form = {
        "email": "New@example.com",
        "first_name": "Nora",
        "last_name": "N",
        "language": "nl",
        "roles": str(role),
    }
    answer = client.post("/admin/user/add", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    deliver()
    assert link_in(mails(session, "account-invitation")[0]).startswith("/nl/password/reset/")
    made = session.scalars(select(User).where(User.email == "new@example.com")).one()
    assert made.is_staff and made.role_names == rules.SUPPORT


def test_a_taken_address_is_said_beside_its_field(session: Session, client: Any, boss: User) -> None:
    person(session)
    answer = client.post(
        "/admin/user/add", data={"email": "anna@example.com", "first_name": "Kept", "language": "en"}
    )
    page = answer.get_data(as_text=True)
    assert "already taken" in page and 'value="Kept"' in page


def test_the_last_administrator_stays_on_the_screen(session: Session, client: Any, boss: User) -> None:
    client.post(f"/admin/user/action/suspend/{boss.id}")
    session.expire_all()
    assert session.get_one(User, boss.id).is_active


@pytest.mark.parametrize("verb", ["suspend", "end_sessions"])
def test_actions_end_sessions(session: Session, client: Any, app: Any, boss: User, verb: str) -> None:
    anna = person(session)
    browser = app.test_client()
    browser.post("/login", data={"email": anna.email, "password": PASSWORD})
    assert client.post(f"/admin/user/action/{verb}/{anna.id}").status_code == 302
    assert browser.get("/account").status_code == 303


def test_secrets_are_on_no_screen(session: Session, client: Any, boss: User) -> None:
    anna = person(session)
    secret, _codes = two_factor(session, anna)
    session.expire_all()
    anna = session.get_one(User, anna.id)
    pages = [f"/admin/{name}/list/" for name in ("user", "customer", "role", "login-session", "audit")]
    pages += [f"/admin/user/show/{anna.id}", f"/admin/customer/show/{anna.id}", f"/admin/user/edit/{anna.id}"]
    for path in pages:
        answer = client.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, path
        for hidden in (secret, anna.password, anna.session_stamp, *(anna.recovery_hashes or [])):
            assert hidden not in page, path


@pytest.mark.parametrize("column", ["password", "totp_secret", "session_stamp", "recovery_hashes"])
def test_secrets_cannot_be_found_by_filters(session: Session, client: Any, boss: User, column: str) -> None:
    page = client.get(f"/admin/user/list/?{column}.sw=s&sort={column}").get_data(as_text=True)
    assert "boss@example.com" not in page or "filter" in page.lower()
    without = client.get(f"/admin/user/list/?{column}.sw=zzzz").get_data(as_text=True)
    assert ("boss@example.com" in page) == ("boss@example.com" in without), "the filter tells nothing"


def test_the_customers_screen_knows_no_colleagues(session: Session, client: Any, app: Any) -> None:
    admin = staff(session)
    staff(session, rules.SUPPORT, email="help@example.com")
    anna = person(session)
    sign_in_staff(client, "help@example.com")
    assert client.get(f"/admin/customer/show/{anna.id}").status_code == 200
    assert client.get(f"/admin/customer/show/{admin.id}").status_code == 404
    for verb in ("suspend", "end_sessions", "reset_two_factor", "send_reset_link"):
        assert client.post(f"/admin/customer/action/{verb}/{admin.id}").status_code == 404
    assert client.get("/admin/user/list/").status_code in (302, 403)
    session.expire_all()
    assert session.get_one(User, admin.id).is_active


def test_a_customer_is_changed_by_operations(session: Session, client: Any, boss: User) -> None:
    anna = person(session)
    form = {
        "first_name": "Anne",
        "last_name": "J",
        "phone": "0470 12 34 56",
        "language": "fr",
        "group": "b2b",
        "note": "VIP",
    }
    assert client.post(f"/admin/customer/edit/{anna.id}", data=form).status_code == 302
    page = client.get(f"/admin/customer/show/{anna.id}").get_data(as_text=True)
    assert "+32 470 12 34 56" in page and "VIP" in page
    wrong = client.post(f"/admin/customer/edit/{anna.id}", data=form | {"phone": "call me", "note": "kept"})
    assert "telephone number" in wrong.get_data(as_text=True) and "kept" in wrong.get_data(as_text=True)


def test_roles_show_what_they_may(session: Session, client: Any, boss: User) -> None:
    role = session.scalar(select(Role.id).where(Role.name == rules.SUPPORT))
    page = client.get(f"/admin/role/show/{role}").get_data(as_text=True)
    assert "send reset link" in page and "check" not in page.lower().split("<h2")[-1]


def test_the_audit_log_is_read_and_checked(session: Session, client: Any, boss: User) -> None:
    anna = person(session)
    operations.suspend_user(session, user_id=anna.id, actor=SYSTEM)
    audit.seal(session)
    assert "user.suspend" in client.get("/admin/audit/list/").get_data(as_text=True)
    client.get("/admin/audit/check")
    assert "The chain holds" in client.get("/admin/audit/list/").get_data(as_text=True)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("UPDATE core_audit SET action = 'nothing' WHERE action = 'user.suspend'"))
    session.commit()
    client.get("/admin/audit/check")
    assert "The chain is broken" in client.get("/admin/audit/list/").get_data(as_text=True)
    for path in ("add", "edit/1", "delete/1"):
        assert client.post(f"/admin/audit/{path}").status_code in (404, 405)


def test_a_single_sign_in_is_ended(session: Session, client: Any, app: Any, boss: User) -> None:
    anna = person(session)
    browser = app.test_client()
    browser.post("/login", data={"email": anna.email, "password": PASSWORD})
    row = session.scalars(select(LoginSession.id).where(LoginSession.user_id == anna.id)).one()
    client.post(f"/admin/login-session/action/end/{row}")
    assert browser.get("/account").status_code == 303
