"""Rates from files, by hand and by fetching; countries and currencies; what is stale is said."""

from __future__ import annotations

import http.server
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.core import caching, settings
from app.core.actor import SYSTEM
from app.core.clock import today, utcnow
from app.core.errors import Invalid
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.events.regions import RatesChanged, RegionsChanged
from app.pricing import handlers as pricing
from app.pricing.queries import conversion
from app.regions import checks, handlers, jobs, operations, queries, reference, rules
from app.regions.errors import BadRates, NoRate, UnknownCountry, UnknownCurrency
from app.regions.models import Country, Currency, ExchangeRate
from app.regions.settings import RegionSettings

HISTORY = Path(__file__).parents[3] / "shared/data/ecb-rates/currency_converter/eurofxref-hist.zip"
XML = (
    '<?xml version="1.0"?><e:Envelope xmlns:e="x" xmlns="y"><Cube><Cube time="{day}">'
    '<Cube currency="USD" rate="1.2000"/><Cube currency="GBP" rate="0.85"/><Cube currency="THB" rate="38.1"/>'
    "</Cube></Cube></e:Envelope>"
)
CSV = "Date, USD, JPY, \n09 May 2025, 1.1252, 163.36, \n"


@pytest.fixture(autouse=True)
def restored(session: Session) -> Iterator[None]:
    """Rates, countries and currencies are reference data: put back what a test has changed."""
    yield
    session.rollback()
    with unit_of_work(session):
        session.execute(delete(ExchangeRate))
        session.execute(update(Country).values(is_enabled=Country.code.in_(reference.SERVED)))
        session.execute(update(Currency).values(is_enabled=Currency.code.in_(reference.ENABLED)))
        session.execute(delete(Currency).where(Currency.code == "SEK", Currency.position == 7))
    reference.setup_data(session)


def xml(day: date | None = None) -> bytes:
    return XML.format(day=(day or today()).isoformat()).encode()


def test_a_file_of_the_bank_is_imported_twice(session: Session, deliver: Callable[[], int]) -> None:
    for _ in range(2):
        assert operations.import_rates(session, data=xml(), actor=SYSTEM) == 2  # THB is not ours
        deliver()
        info = queries.rate_info(session, "USD")
        assert (info.rate, info.is_stale, info.manual) == (Decimal("1.2"), False, False)
    assert session.query(ExchangeRate).filter_by(date=today()).count() == 2
    assert conversion(session).price(Decimal(10), "USD") == Money(Decimal(12), "USD")


def test_old_rates_are_flagged(session: Session) -> None:
    day = today() - timedelta(days=4)
    operations.import_rates(session, data=xml(day), actor=SYSTEM)
    assert {info.currency for info in queries.stale_currencies(session)} == {"USD", "GBP"}
    operations.import_rates(session, data=xml(today() - timedelta(days=3)), actor=SYSTEM)
    assert queries.stale_currencies(session) == []


def test_future_days_are_not_believed(session: Session) -> None:
    assert operations.import_rates(session, data=xml(today() + timedelta(days=1)), actor=SYSTEM) == 0


def test_daily_csv(session: Session) -> None:
    assert [(r.currency, r.on, str(r.rate)) for r in rules.read_rates(CSV.encode())] == [
        ("USD", date(2025, 5, 9), "1.1252"), ("JPY", date(2025, 5, 9), "163.36"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"", b"hello", b"<a>", b"<a/>", b"\xff\xfe\x00", b"Date,USD\n2025-01-01,abc\n", b"Date,USD\n2025-13-01,1\n",
        b"Date,USD\n2025-01-01,-1\n", b"Date,usd\n2025-01-01,1\n", b"Date,USD\n2025-01-01,NaN\n",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a time="2025-01-01"><b currency="USD" rate="1"/></a>', b" " * 5_000_001,
    ],
)  # fmt: skip
def test_other_files_are_refused(session: Session, data: bytes) -> None:
    before = session.query(ExchangeRate).count()
    with pytest.raises((BadRates, Invalid)):
        operations.import_rates(session, data=data, actor=SYSTEM)
    assert session.query(ExchangeRate).count() == before


@pytest.mark.skipif(not HISTORY.exists(), reason="the bank's history is not on this machine")
def test_the_whole_history(session: Session) -> None:
    with zipfile.ZipFile(HISTORY) as packed:
        data = packed.read(packed.namelist()[0])
    assert operations.import_rates(session, data=data, actor=SYSTEM) > 50_000
    assert queries.rate_info(session, "USD").on == date(2026, 4, 13)


def test_a_rate_by_hand_wins_until_it_is_removed(session: Session) -> None:
    operations.import_rates(session, data=xml(), actor=SYSTEM)
    row = operations.put_manual_rate(session, currency="USD", rate=Decimal("1.5"), actor=SYSTEM)
    assert queries.rate(session, "USD") == Decimal("1.5") and not queries.rate_info(session, "USD").is_stale
    imported = session.scalars(select(ExchangeRate).where(~ExchangeRate.manual).limit(1)).one()
    with pytest.raises(Invalid):
        operations.drop_manual_rate(session, rate_id=imported.id, actor=SYSTEM)
    operations.drop_manual_rate(session, rate_id=row.id, actor=SYSTEM)
    assert queries.rate(session, "USD") == Decimal("1.2")
    for currency, rate in (("EUR", Decimal(1)), ("XXX", Decimal(1))):
        with pytest.raises(UnknownCurrency):
            operations.set_manual_rate(session, currency=currency, rate=rate, actor=SYSTEM)
    for rate in (Decimal(0), Decimal("NaN"), Decimal("1e12"), None):
        with pytest.raises(Invalid):
            operations.put_manual_rate(session, currency="USD", rate=rate, actor=SYSTEM)


def test_currencies_and_countries(session: Session) -> None:
    assert queries.enabled_currencies(session) == ["EUR", "USD", "GBP"]
    operations.set_currency(session, code="JPY", is_enabled=True, position=1, actor=SYSTEM)
    assert queries.enabled_currencies(session)[0] == "EUR" or "JPY" in queries.enabled_currencies(session)
    operations.set_currency(session, code="BHD", is_enabled=True, actor=SYSTEM)
    assert "BHD" not in queries.enabled_currencies(session)  # no rate
    assert checks.enabled_currencies_have_rates(session) == ["BHD is switched on, but has no exchange rate"]
    with pytest.raises(NoRate):
        queries.rate(session, "BHD")
    with pytest.raises(Invalid):
        operations.set_currency(session, code="EUR", is_enabled=False, actor=SYSTEM)
    with pytest.raises(UnknownCurrency):
        operations.set_currency(session, code="XYZ", is_enabled=True, actor=SYSTEM)
    operations.set_country(session, code="US", is_enabled=False, actor=SYSTEM)
    assert not queries.is_served(session, "US") and queries.is_served(session, "BE")
    with pytest.raises(UnknownCountry):
        operations.set_country(session, code="ZZ", is_enabled=True, actor=SYSTEM)


def test_names_of_countries(session: Session) -> None:
    names = {
        lang: {c.code: c.name for c in queries.countries(session, lang)}["DE"]
        for lang in ("en", "fr", "nl", "de", "es")
    }
    assert names == {
        "en": "Germany",
        "fr": "Allemagne",
        "nl": "Duitsland",
        "de": "Deutschland",
        "es": "Alemania",
    }
    assert [c.name for c in queries.countries(session, "fr")] == sorted(
        (c.name for c in queries.countries(session, "fr")), key=rules.alphabetical
    )
    assert sum(c.in_eu for c in queries.countries(session)) == 27
    assert queries.is_eu(session, "BE") and not queries.is_eu(session, "GB")


@pytest.fixture
def bank() -> Iterator[SimpleNamespace]:
    """A stand-in of the bank's server."""
    served = SimpleNamespace(body=xml(), status=200, asked=0)

    class Bank(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked += 1
            self.send_response(served.status)
            self.end_headers()
            self.wfile.write(served.body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bank)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    served.port = server.server_port
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def test_rates_are_fetched_once_a_day_through_the_gate(
    session: Session, bank: SimpleNamespace, outside_world: Any
) -> None:
    progress = SimpleNamespace(step=lambda *args: None)
    assert jobs.fetch_rates(progress) == {"rates": 0} and bank.asked == 0  # switched off
    address = f"http://127.0.0.1:{bank.port}/daily.xml"
    settings.change(session, RegionSettings, fetch_rates=True, rates_address=address, actor=SYSTEM)
    outside_world.expect("127.0.0.1", bank.port)
    bank.status = 503
    assert jobs.fetch_rates(progress)["rates"] == 0
    bank.status = 200
    assert jobs.fetch_rates(progress) == {"rates": 2}
    assert jobs.fetch_rates(progress) == {"rates": 0} and bank.asked == 2


def test_handlers_purge_twice_in_a_row(session: Session) -> None:
    rates, offer = RatesChanged(("USD",), utcnow()), RegionsChanged(("US",))
    for handler, news, owner in (
        (handlers.forget_rates, rates, "regions"), (handlers.forget_choices, offer, "regions"),
        (pricing.forget_converted, rates, "pages"),
    ):  # fmt: skip
        numbers = [caching.generation(owner)]
        for _ in range(2):
            handler(session, news)  # type: ignore[operator]
            numbers.append(caching.generation(owner))
        assert len(set(numbers)) == 3


def test_the_command_imports_a_file(app: Any, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "rates.xml"
    file.write_bytes(xml())
    runner = app.test_cli_runner()
    assert "2 rates" in runner.invoke(args=["regions", "import-rates", str(file)]).output
    file.write_bytes(b"nothing")
    answer = runner.invoke(args=["regions", "import-rates", str(file)])
    assert answer.exit_code == 1 and "not a file of exchange rates" in answer.output
