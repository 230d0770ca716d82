"""Every route against every role: strangers, customers, Support, Seller, Manager, Admin.

Complete by construction: the routes come from the application's own map, so that a new one without a
row in `permissions_table.py` fails. Each cell is asked over HTTP, by a caller who takes refusals as problem documents:
who is let in is decided before, and a page with its menu around each of 3,000 refusals would prove no more
than those of `test_refusals_are_pages_for_browsers`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.identity import operations, rules, throttle
from app.identity.models import User
from app.identity.operations.roles import MENU_ACCESS, declared
from app.identity.queries import RIGHTS_VIEW
from tests.architecture import permissions_table as table

STRANGER, CUSTOMER = "stranger", rules.CUSTOMER
ROLES = (STRANGER, CUSTOMER, rules.SUPPORT, rules.SELLER, rules.MANAGER, rules.ADMIN)
READ = frozenset({"can_list", "can_show"})
REST = {
    "get_list": "can_list",
    "get": "can_show",
    "post": "can_add",
    "patch": "can_edit",
    "delete": "can_delete",
    "pictures": "can_show",
    "add_pictures": "can_edit",
    "set_pictures": "can_edit",
    "delete_picture": "can_edit",
    "links": "can_show",
    "set_links": "can_edit",
    "check": "can_add",
    "take": "can_add",
    "cancel": "can_add",
    "wrong": "can_show",
}
NOTHING_THERE = "nothing"
"""Where a screen has no actions their routes are 404 for everybody."""
ENDS = ("/logout", "/sessions/end")
PLAIN = "application/json"
"""What a caller accepts who wants no page around a refusal."""
SCREENS = table.screens()
BY_METHOD = table.by_method()


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address, with made-up values in it."""

    method: str
    rule: str
    path: str
    endpoint: str
    action: str = ""

    @property
    def is_api(self) -> bool:
        """True for addresses that a token opens."""
        return self.rule.startswith("/api/")

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


@cache
def views_of(app: Any) -> dict[str, Any]:
    """The screens of the application by their names."""
    return {type(view).__name__: view for view in reversed(app.appbuilder.baseviews)}


@cache
def routes(app: Any) -> tuple[Route, ...]:
    """Every route of the application, each method on its own."""
    return tuple(_routes(app))


def _routes(app: Any) -> Iterator[Route]:
    views = views_of(app)
    for rule in app.url_map.iter_rules():
        view = views.get(rule.endpoint.split(".")[0])
        first = next(iter(getattr(view, "actions", None) or {"none": 0}))
        made_up: dict[str, Any] = dict.fromkeys(rule.arguments, "x")
        for name in rule.arguments & {"public_id", "address_id", "cart_id", "line_id", "file_id"}:
            made_up[name] = uuid.UUID(int=7)
        made_up |= dict.fromkeys(rule.arguments & {"view_id"}, 9)
        made_up |= {"pk": "999999999"} if "pk" in rule.arguments else {}
        made_up |= {"kind": "csv"} if "kind" in rule.arguments else {}
        if rule.endpoint.endswith(("Api.act", "Api.act_on_many")):
            first = next(iter(view.view.actions))
        made_up |= (
            {"name": first} if rule.endpoint.endswith((".action", "Api.act", "Api.act_on_many")) else {}
        )
        built = rule.build(made_up, append_unknown=False)
        assert built is not None, f"no made-up value fits {rule.rule}"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, rule.rule, built[1], rule.endpoint, first)


def needed_right(app: Any, route: Route) -> tuple[str, str] | None:
    """The screen and the right that a route of the back office asks for; None outside of screens."""
    name, _dot, method = route.endpoint.partition(".")
    screen = name.removesuffix("Api") if name not in SCREENS else name
    if screen not in SCREENS:
        return None
    view = views_of(app)[screen]
    if name != screen and method in ("act", "act_on_many"):
        return screen, view.get_action_permission_name(next(iter(view.actions)))
    if name != screen:
        wanted = REST[method]
        return screen, wanted if wanted != "can_show" or view.can_ever("show") else "can_list"
    if method in ("action", "action_post"):
        first = next(iter(view.actions), "")
        return screen, view.get_action_permission_name(first) if first else NOTHING_THERE
    return screen, "can_" + view.get_method_permission(method)


def rights(app: Any, screen: str, role: str) -> frozenset[str]:
    """The rights of a role on a screen, as the table says."""
    view = views_of(app)[screen]
    every = frozenset(view.base_permissions)
    if role == rules.ADMIN:
        return every
    found: set[str] = set()
    for word in SCREENS[screen].get(role, "-").split():
        found |= {"all": every, "read": READ, "-": frozenset()}.get(
            word, {w for w in every if w.removeprefix("can_") == word}
        )
    return frozenset(found)


def is_expected_in(app: Any, route: Route, role: str) -> bool:
    """What the table says about one cell."""
    asked = needed_right(app, route)
    if asked is not None and asked[1] == NOTHING_THERE:
        return True
    if asked is not None:
        return asked[1] in rights(app, asked[0], role)
    if route.rule in table.words(table.OPEN):
        return True
    if route.rule in table.words(table.SIGNED_IN):
        return role != STRANGER
    if str(route) in BY_METHOD:
        return role in BY_METHOD[str(route)]
    return role not in (STRANGER, CUSTOMER)


DOORS = ("/login", "/admin/login/", "/admin/logout/", "/api/v1/auth/token", "/api/v1/auth/token/refresh")


def was_let_in(route: Route, answer: Any) -> bool:
    """What happened: refused with 401 or 403, or led to a door, is out; anything else is in."""
    if route.rule in DOORS:
        return True
    goes_to = urlsplit(answer.headers.get("Location", "")).path.rstrip("/")
    return answer.status_code not in (401, 403) and goes_to not in ("/login", "/admin/login")


class Person:
    """A browser and a token of somebody with one role."""

    def __init__(self, app: Any, session: Session, role: str):
        self.app, self.session, self.role = app, session, role
        self.user: User | None = None
        if role != STRANGER:
            self.user = operations.create_user(
                session, email=f"{role.lower()}@example.com", password="correct horse", roles=[role], actor=SYSTEM
            )  # fmt: skip
        self.renew()

    def renew(self) -> None:
        """A fresh login, as somebody of the house where that is possible."""
        self.browser, self.token = self.app.test_client(), ""
        if self.user is not None:
            self.session.refresh(self.user)
            door = "/login" if self.role == CUSTOMER else "/admin/login/"
            self.browser.post(door, data={"email": self.user.email, "password": "correct horse"})
            self.token = operations.issue_tokens(self.session, user=self.user).access_token

    def ask(self, route: Route) -> Any:
        """Use a route: with the token where programs come in, else with the cookie."""
        if any(part in route.rule for part in ENDS):
            self.renew()
        headers = {"Accept": PLAIN}
        headers |= {"Authorization": f"Bearer {self.token}"} if route.is_api and self.token else {}
        client = self.app.test_client() if route.is_api else self.browser
        data = {"action": route.action} if route.endpoint.endswith(".action_post") else None
        answer = client.open(route.path, method=route.method, headers=headers, data=data)
        if any(part in route.rule for part in ENDS):
            self.renew()
        return answer


@pytest.fixture
def session(session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session without an application context: what requests keep in `g` must not outlive them."""
    throttle.forget()
    with session_maker() as own:
        yield own


def test_every_route_has_a_row(app: Any) -> None:
    rows = [table.words(t) for t in (table.OPEN, table.SIGNED_IN, table.STAFF)]
    without = {
        str(route)
        for route in routes(app)
        if needed_right(app, route) is None
        and sum(route.rule in row for row in rows) + (str(route) in BY_METHOD) != 1
    }
    assert without == set(), "add each to exactly one list of tests/architecture/permissions_table.py"


def test_every_screen_has_a_row_and_a_name_of_its_own(app: Any) -> None:
    names = [type(view).__name__ for view in app.appbuilder.baseviews if hasattr(view, "datamodel")]
    assert sorted(set(names) - set(SCREENS)) == [], "add them to SCREENS in permissions_table.py"
    assert sorted(set(SCREENS) - set(names)) == [], "rows of screens that are gone"
    assert len(names) == len(set(names)), "two screens of one name would share their rights"


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_screens_declare_the_rights_of_the_table(app: Any, screen: str) -> None:
    with app.app_context():
        given = [
            (right, roles)
            for (right, view), roles in declared(app)
            if view == screen and right != MENU_ACCESS
        ]
    for role in (rules.MANAGER, rules.SELLER, rules.SUPPORT):
        assert {right for right, roles in given if role in roles} == set(rights(app, screen, role)), role


@pytest.mark.parametrize("role", ROLES)
def test_every_cell(app: Any, session: Session, role: str) -> None:
    person, wrong = Person(app, session, role), []
    for route in routes(app):
        answer = person.ask(route)
        expected, happened = is_expected_in(app, route, role), was_let_in(route, answer)
        if expected != happened:
            wrong.append(
                f"{route}: {'in' if happened else 'out'} ({answer.status_code} {answer.headers.get('Location', '')})"
            )
    assert wrong == []


@pytest.mark.parametrize("role", (rules.SUPPORT, rules.SELLER, rules.MANAGER, rules.ADMIN))
def test_refusals_are_pages_for_browsers(app: Any, session: Session, role: str) -> None:
    person, seen = Person(app, session, role), set[int]()
    for path in ("/admin/user/list/", "/admin/order/show/999999999", "/admin/nothing"):
        page, plain = (person.browser.get(path, headers=headers) for headers in ({}, {"Accept": PLAIN}))
        assert page.status_code == plain.status_code and page.mimetype == "text/html", path
        if page.status_code != 200:
            seen.add(page.status_code)
            assert plain.mimetype == "application/problem+json" and "<nav" in page.text, path
    assert seen == ({404} if role == rules.ADMIN else {403, 404})


@pytest.mark.parametrize("role", (CUSTOMER, rules.ADMIN))
def test_the_suspended_are_out_everywhere_at_once(app: Any, session: Session, role: str) -> None:
    person = Person(app, session, role)
    spare = operations.create_user(session, email="spare@example.com", roles=[rules.ADMIN], actor=SYSTEM)
    assert spare.is_active and person.user is not None
    operations.suspend_user(session, user_id=person.user.id, actor=SYSTEM)
    still_in = [
        str(route)
        for route in routes(app)
        if not is_expected_in(app, route, STRANGER)
        and route.method == "GET"
        and was_let_in(route, person.ask(route))
    ]
    assert still_in == []


def test_rights_of_features_are_declared_with_dots(app: Any) -> None:
    with app.app_context():
        own = [right for (right, view), _roles in declared(app) if view == RIGHTS_VIEW]
    assert all("." in right for right in own)
