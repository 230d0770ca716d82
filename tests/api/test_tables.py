"""Tables over REST: a carrier's settlement is sent, checked, taken and reported like on the screen."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.core import jobs
from app.core.admin.imports.models import TableImport
from app.orders.models import Order
from app.payments.models import Capture
from tests.api.shop import PROBLEM, Shop
from tests.payments import making

BASE = "/api/v1/admin/tableimport"
HEAD = "order_or_parcel;amount;currency;reference\n"


@pytest.fixture(autouse=True)
def swept(floor: Shop) -> Any:
    """What a test leaves behind goes."""
    yield
    with floor.maker() as session:
        session.execute(text("DELETE FROM core_import; DELETE FROM core_job"))
        session.commit()


@pytest.fixture
def ask(client: Any, floor: Shop) -> Any:
    """Asks as somebody; the manager when nobody is named."""

    def call(method: str, path: str, body: Any = None, who: str = "manager") -> Any:
        return client.open(f"{BASE}{path}", method=method, json=body, headers=floor.headers(who))

    return call


@pytest.fixture
def send(client: Any, floor: Shop) -> Any:
    """Sends a table as somebody."""

    def call(table: str | bytes, screen: str = "settlement", who: str = "manager", **more: str) -> Any:
        raw = table.encode() if isinstance(table, str) else table
        data = {"screen": screen, "file": (BytesIO(raw), "settlement.csv")}
        return client.post(BASE, data=data, headers=floor.headers(who) | more)

    return call


def work(floor: Shop, pk: str) -> None:
    """Let the worker do what is queued."""
    with floor.maker() as session:
        job_id = session.get_one(TableImport, int(pk)).job_id
    with floor.app.app_context():
        jobs.run(floor.maker, job_id)


def unpaid(floor: Shop) -> str:
    """The number of an order whose cash a carrier takes."""
    with floor.maker() as session:
        order = making.order(session, "50.00", method="cod")
        making.start(floor.maker, making.opened(session, order))
        return order.number


def status(floor: Shop, number: str) -> str:
    with floor.maker() as session:
        return str(session.scalars(select(Order).where(Order.number == number)).one().payment_status)


def figures(answer: Any) -> tuple[Any, ...]:
    return tuple(answer.json[name] for name in ("state", "created", "updated", "same", "wrong"))


def test_a_settlement_from_upload_to_report(ask: Any, send: Any, floor: Shop) -> None:
    good, other = unpaid(floor), unpaid(floor)
    table = f"{HEAD}{good};50,00;EUR;S-9\n{other};49,00;EUR;S-9\nNOBODY;1,00;EUR;S-9\n"
    made = send(table)
    assert made.status_code == 201, made.text
    where = f"/{made.json['id']}"
    assert made.headers["Location"] == BASE + where
    assert (made.json["screen"], made.json["state"]) == ("settlement", "new")
    assert made.json["mapping"] == {"order_or_parcel": 0, "amount": 1, "currency": 2, "reference": 3}
    early = ask("POST", f"{where}/take")
    assert (early.status_code, early.json["code"]) == (409, "not_checked")
    checking = ask("POST", f"{where}/check", {})
    assert (checking.status_code, checking.json["state"], checking.json["job"]["state"]) == (
        202,
        "checking",
        "queued",
    )
    busy = ask("POST", f"{where}/check", {})
    assert (busy.status_code, busy.json["code"]) == (409, "import_is_running")
    work(floor, made.json["id"])
    assert figures(ask("GET", where)) == ("checked", 1, 0, 0, 2) and status(floor, good) == "due"
    assert ask("POST", f"{where}/take").status_code == 202
    work(floor, made.json["id"])
    assert figures(ask("GET", where)) == ("taken", 1, 0, 0, 2)
    assert (status(floor, good), status(floor, other)) == ("paid", "due")
    wrong = ask("GET", f"{where}/wrong?limit=1")
    assert (wrong.json["total"], [row["line"] for row in wrong.json["items"]]) == (2, [3])
    assert wrong.json["items"][0]["cells"][0] == other and wrong.json["items"][0]["problems"][0]["message"]
    following = ask("GET", f"{where}/wrong?cursor={wrong.json['next']}").json
    assert [row["line"] for row in following["items"]] == [4] and following["next"] is None
    again = send(table).json["id"]
    ask("POST", f"/{again}/check", {})
    work(floor, again)
    assert figures(ask("GET", f"/{again}")) == ("checked", 0, 0, 1, 2), "the same line counts once"
    assert {row["entity"] for row in ask("GET", "").json["items"]} == {"settlement"}


def test_columns_are_told_when_no_heading_does(ask: Any, send: Any, floor: Shop) -> None:
    number = unpaid(floor)
    made = send(f"a|b\n{number}|50.00\n").json
    assert made["mapping"] == {}
    said = {"mapping": {"order_or_parcel": 0, "amount": 1}, "fixed": {"currency": "EUR"}, "separator": "|"}
    assert ask("POST", f"/{made['id']}/check", said).json["fixed"] == {"currency": "EUR"}
    work(floor, made["id"])
    assert figures(ask("GET", f"/{made['id']}")) == ("checked", 1, 0, 0, 0)


def test_a_job_is_stopped(ask: Any, send: Any) -> None:
    made = send(f"{HEAD}x;1;EUR;\n").json["id"]
    ask("POST", f"/{made}/check", {})
    stopped = ask("POST", f"/{made}/cancel")
    assert (stopped.status_code, stopped.json["state"]) == (202, "new")
    assert ask("POST", f"/{made}/cancel").status_code == 409


def test_an_upload_is_kept_once_a_key(ask: Any, send: Any, floor: Shop) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first, second = send(f"{HEAD}x;1;EUR;\n", **key), send(f"{HEAD}x;1;EUR;\n", **key)
    assert (first.status_code, second.status_code) == (201, 201) and first.json == second.json
    assert ask("GET", "").json["total"] == 1
    assert send(f"{HEAD}y;1;EUR;\n", **key).json["code"] == "idempotency_mismatch"


@pytest.mark.parametrize(
    "table", [b"", b"\x00" * 50, b"PK\x03\x04" + b"\x00" * 200, b"\xff\xfe", b"a" * 300_000]
)
def test_what_is_no_table_is_refused(ask: Any, send: Any, table: bytes) -> None:
    answer = send(table)
    assert answer.status_code in (201, 422), answer.text  # one long heading is a table, if a poor one
    if answer.status_code == 422:
        assert answer.content_type == PROBLEM and answer.json["errors"][0]["field"] == "file"
        assert ask("GET", "").json["total"] == 0


def test_screens_and_columns_that_are_none(ask: Any, send: Any, client: Any, floor: Shop) -> None:
    for screen in ("", "nothing", "product", "audit"):
        answer = send(f"{HEAD}x;1;EUR;\n", screen=screen)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "screen")
    bare = client.post(BASE, data={"screen": "settlement"}, headers=floor.headers("manager"))
    assert (bare.status_code, bare.json["errors"][0]["field"]) == (422, "file")
    where = f"/{send(f'{HEAD}x;1;EUR;' + chr(10)).json['id']}"
    for body, field in (
        ({"mapping": []}, "mapping"), ({"mapping": {"amount": 4}}, "mapping.amount"), ({"mapping": {"amount": -1}}, "mapping.amount"),
        ({"mapping": {"amount": True}}, "mapping.amount"), ({"mapping": {"payment_id": 0}}, "mapping.payment_id"),
        ({"fixed": {"currency": 5}}, "fixed.currency"), ({"fixed": {"currency": "\x00"}}, "fixed.currency"),
        ({"encoding": "ebcdic"}, "encoding"), ({"separator": "x"}, "separator"), ({"separator": []}, "separator"), ({"more": 1}, "more"),
    ):  # fmt: skip
        answer = ask("POST", f"{where}/check", body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), answer.text
    assert ask("GET", where).json["state"] == "new"
    for query in ("limit=x", "cursor=-1", "cursor=" + "9" * 30):
        assert ask("GET", f"{where}/wrong?{query}").status_code == 422
    for name in ("999999999", "x", "%00"):
        assert ask("GET", f"/{name}").status_code == ask("POST", f"/{name}/take").status_code == 404
    assert ask("PATCH", where, {}).status_code == 405 and ask("DELETE", where).status_code == 405


def test_who_may(ask: Any, send: Any, floor: Shop) -> None:
    """Whoever may not write to the screen takes no table there; the imports of others are not there."""
    number = unpaid(floor)
    table = f"{HEAD}{number};50;EUR;\n"
    assert [send(table, who=who).status_code for who in ("", "customer", "seller", "support")] == [
        401,
        403,
        403,
        403,
    ]
    made = send(table).json["id"]
    for who in ("seller", "support"):
        assert ask("GET", f"/{made}", who=who).status_code == 404
        assert [
            ask("POST", f"/{made}/{verb}", {}, who=who).status_code for verb in ("check", "take", "cancel")
        ] == [404] * 3
        assert (
            ask("GET", f"/{made}/wrong", who=who).status_code == 404
            and ask("GET", "", who=who).json["total"] == 0
        )
    for who, code in (("", 401), ("customer", 403)):
        assert ask("POST", f"/{made}/check", {}, who=who).status_code == code
    assert ask("GET", f"/{made}", who="admin").json["state"] == "new" and status(floor, number) == "due"
    with floor.maker() as session:
        assert (
            session.scalar(
                select(func.count()).select_from(Capture).where(Capture.reference.contains(number))
            )
            == 0
        )
