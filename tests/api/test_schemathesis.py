"""Schemathesis asks every door of the description, by its rules and against them (API-01)."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select

from app.api import feature
from app.api.door import DOORS
from app.api.openapi import path_of
from app.core.actor import SYSTEM
from app.fulfilment import operations as fulfilment
from app.invoicing import operations as invoicing
from app.orders.models import Order
from app.reviews import queries
from app.support.tickets import operations as tickets
from tests.api import desk_orders
from tests.api.shop import GHENT, Shop
from tests.reviews import making

assert feature.FEATURE
FEW = settings(
    max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
LEFT_OUT = [positive_data_acceptance]
"""A well-formed wish may still be refused: no stock, a used code, a cart of somebody else."""
OPEN = [f"{door.method} {path_of(door)}" for door in DOORS] + [
    "POST /api/v1/webhooks/{provider}", "GET /healthz", "GET /readyz", "GET /metrics",
]  # fmt: skip
SCREENS = (
    "GET /api/v1/admin/brand", "POST /api/v1/admin/brand", "GET /api/v1/admin/product",
    "GET /api/v1/admin/product/{pk}", "PATCH /api/v1/admin/category/{pk}", "GET /api/v1/admin/orders",
    "GET /api/v1/admin/settings", "GET /api/v1/admin/settings/{pk}", "PATCH /api/v1/admin/settings/{pk}",
    "GET /api/v1/admin/product/{pk}/pictures", "POST /api/v1/admin/product/{pk}/pictures",
    "PUT /api/v1/admin/product/{pk}/pictures", "POST /api/v1/admin/tableimport",
    "GET /api/v1/admin/product/{pk}/links", "PUT /api/v1/admin/product/{pk}/links",
    "POST /api/v1/admin/tableimport/{pk}/check", "GET /api/v1/admin/tableimport/{pk}/wrong",
)  # fmt: skip
"""Some of the back office: its doors are made alike, and tests/core/admin asks each of them."""
NEVER_DONE = {
    "POST /api/v1/auth/token", "POST /api/v1/auth/token/refresh", "POST /api/v1/webhooks/{provider}",
    "POST /api/v1/orders", "GET /metrics", "PUT /api/v1/carts/{cart_id}/addresses",
    "POST /api/v1/orders/{number}/cancel", "POST /api/v1/me/password", "POST /api/v1/me/addresses",
    "PUT /api/v1/me/addresses/{address_id}", "DELETE /api/v1/me/addresses/{address_id}",
}  # fmt: skip
"""What chance does not succeed with: passwords, signatures, totals, whole addresses."""
SEEN: dict[str, dict[int, str]] = {}
"""For each door the statuses that were heard, each with the beginning of its last answer."""

PLAIN = {"Accept-Encoding": "identity"}
"""Answers are read as they come: nothing here unpacks what travels in gzip."""
DESK: dict[str, dict[str, Any]] = {}
"""For doors of the order desk an order or a parcel on which the step can be taken."""

pytestmark = pytest.mark.xdist_group("schemathesis")
"""Kept in one process: the last test looks at what all the others have heard."""


@pytest.fixture(scope="module")
def described(floor: Shop) -> Any:
    """The description, read from the application as a program would."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", floor.app)


@pytest.fixture(scope="module")
def order(floor: Shop) -> str:
    """The number of an order."""
    caller = floor.app.test_client()
    cart = "/api/v1/carts/" + caller.post("/api/v1/carts").json["id"]
    caller.post(f"{cart}/lines", json={"sku": "LAMP-02"})
    caller.put(f"{cart}/addresses", json={"email": "kim@example.org", "shipping": GHENT})
    total = caller.put(f"{cart}/shipping-method", json={"code": "standard"}).json["total"]
    wish = {"cart_id": cart.rsplit("/", 1)[1], "payment_method": "cod", "expected_total": total}
    return str(caller.post("/api/v1/orders", json=wish).json["number"])


@pytest.fixture(scope="module")
def invoice(floor: Shop, order: str) -> str:
    """The number of that order's invoice: its goods have left."""
    with floor.maker() as session:
        found = select(Order.id).where(Order.number == order)
        order_id = session.scalars(found).one()
        fulfilment.ship_order(
            session, order_id=order_id, carrier="bpost", tracking_number="323212345678", actor=SYSTEM
        )
        issued = invoicing.issue_invoice(session, order_id=order_id)
        assert issued is not None
        return issued.number


@pytest.fixture(scope="module")
def at_the_desk(floor: Shop) -> None:
    """Orders and parcels in the states that the steps of the desk begin from."""
    DESK.update(desk_orders.known(floor))


@pytest.fixture(scope="module")
def coat_of_the_admin(floor: Shop) -> None:
    """The admin has bought the coat, so that the door of reviews can say yes."""
    with floor.maker() as session:
        making.bought(session, floor.ids["admin"], floor.ids["COAT-RED"])


@pytest.fixture
def review(floor: Shop) -> str:
    """The id of a review that the admin wrote; a new one when the last one was taken back."""
    with floor.maker() as session:
        own = queries.own_review(session, floor.ids["admin"], floor.ids["lamp-03"])
        if own is None:
            making.bought(session, floor.ids["admin"], floor.ids["LAMP-03"])
            own = making.review(session, floor.ids["admin"], floor.ids["lamp-03"])
        return str(own.public_id)


@pytest.fixture(scope="module")
def ticket(floor: Shop) -> str:
    """The number of a ticket of the admin."""
    with floor.maker() as session:
        made = tickets.open_ticket(
            session, subject="A lamp", body="It does not shine.", email=floor.people["admin"], channel="api",
            language="en", user_id=floor.ids["admin"], actor=SYSTEM,
        )  # fmt: skip
        return str(made.number)


def a_cart(floor: Shop) -> dict[str, str]:
    """A new cart with a line in it."""
    caller = floor.app.test_client()
    cart = caller.post("/api/v1/carts").json["id"]
    cart = caller.post(f"/api/v1/carts/{cart}/lines", json={"sku": "LAMP-01", "quantity": 2}).json
    return {"cart_id": cart["id"], "line_id": cart["lines"][0]["id"]}


@pytest.fixture
def real(
    floor: Shop,
    order: str,
    invoice: str,
    coat_of_the_admin: None,
    at_the_desk: None,
    review: str,
    ticket: str,
) -> dict[str, str]:
    """Things that exist, for paths and bodies: random ones would find nothing behind any door."""
    return a_cart(floor) | {
        "slug": "coat", "sku": "COAT-RED", "code": "TEN",
        "provider": "demo_card", "number": order, "payment_method": "cod", "invoice": invoice, "pk": str(floor.ids["lamps"]),
        "review_id": review, "metric": "gross", "ticket": ticket,
    }  # fmt: skip


def is_wrong(case: Any, part: ParameterLocation) -> bool:
    """True when this part of the question breaks the description on purpose."""
    info = case.meta.components.get(part)
    return info is not None and info.mode == GenerationMode.NEGATIVE


def put_real(case: Any, real: dict[str, str]) -> None:
    """Let paths and bodies speak of what exists, unless they are what is tried out."""
    if case.path_parameters and not is_wrong(case, ParameterLocation.PATH):
        known = real | ({"number": real["invoice"]} if "/invoices/" in case.path else {})
        known |= {"number": real["ticket"]} if "/tickets/" in case.path else {}
        known |= DESK.get(case.path, {})
        case.path_parameters |= {n: v for n, v in known.items() if n in case.path_parameters}
    if isinstance(case.body, dict) and not is_wrong(case, ParameterLocation.BODY):
        code = {"code": "express"} if case.path.endswith("/shipping-method") else {}
        few = {"quantity": max(1, case.body["quantity"] % 5)} if "quantity" in case.body else {}
        count = {"on_hand": 50, "warehouse": None, "reason": "count"} if "on_hand" in case.body else {}
        desk = DESK.get(case.path, {})
        case.body |= {n: v for n, v in (real | code | few | count | desk).items() if n in case.body}


def ask(case: Any, real: dict[str, str], headers: dict[str, str]) -> None:
    """Ask, and hold the answer against everything the description promises."""
    put_real(case, real)
    sent = {} if is_wrong(case, ParameterLocation.HEADER) else headers
    answer = case.call_and_validate(headers=sent | PLAIN, excluded_checks=LEFT_OUT)
    SEEN.setdefault(f"{case.method} {case.path}", {})[answer.status_code] = repr(answer.content[:200])


def fuzz(operation: Any, *callers: tuple[dict[str, str], dict[str, str]], how: settings = FEW) -> None:
    """Ask an operation what it allows and what it does not: each caller (what is real, headers) asks every question.

    To think questions up costs as much as to answer them, and chance thinks up the same ones for everybody.
    """
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        cases = operation.as_strategy(generation_mode=mode)

        @given(case=cases)
        @how
        def every(case: Any) -> None:
            for real, headers in callers:
                ask(case, real, headers)

        try:
            every()
        except Unsatisfiable:  # nothing of this operation can be said wrongly
            assert mode == GenerationMode.NEGATIVE


def test_the_description_is_openapi(client: Any) -> None:
    validate(client.get("/api/openapi.json").json)


@pytest.mark.parametrize("at", OPEN)
def test_doors(floor: Shop, described: Any, real: dict[str, str], at: str) -> None:
    method, path = at.split(" ")
    stranger, admin = (real, floor.headers()), (real | a_cart(floor), floor.headers("admin"))
    fuzz(described[path][method], stranger, admin)


def never_opened() -> dict[str, dict[int, str]]:
    """The doors that were asked and never said yes, with what they said."""
    asked = set(OPEN) & set(SEEN) - NEVER_DONE
    return {at: SEEN[at] for at in asked if not any(200 <= status < 300 for status in SEEN[at])}


def test_every_door_was_opened_at_least_once(floor: Shop, described: Any, real: dict[str, str]) -> None:
    """A fuzzer that only ever hears 404 has tried nothing; chance gets a second try with more examples."""
    sure = real | {"email": "second.chance@example.org", "password": "four words nobody else took"}
    for at in never_opened():
        method, path = at.split(" ")
        fuzz(described[path][method], (sure, floor.headers("admin")), how=settings(FEW, max_examples=40))
    assert never_opened() == {}


@pytest.mark.parametrize("at", SCREENS)
def test_screens(floor: Shop, described: Any, real: dict[str, str], at: str) -> None:
    method, path = at.split(" ")
    fuzz(described[path][method], (real, floor.headers("admin")), how=settings(FEW, max_examples=4))


def test_calls_that_lead_to_one_another(floor: Shop) -> None:
    """From a new cart to its lines and codes, by the links of the description."""
    doors = schemathesis.openapi.from_wsgi("/api/openapi.json", floor.app).include(tag="carts")

    class Caller(doors.as_state_machine()):  # type: ignore[misc]
        """Somebody who follows links."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            """Anonymous, and without the check that is left out above."""
            return {"headers": PLAIN}

        def validate_response(self, response: Any, case: Any, **more: Any) -> None:
            """All checks but one."""
            case.validate_response(response, excluded_checks=LEFT_OUT)

    Caller.run(settings=settings(FEW, max_examples=5, stateful_step_count=6))
