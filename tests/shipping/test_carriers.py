"""What carriers send: the contract that every format keeps, and UPS's published answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shipping.carriers import FORMATS
from app.shipping.carriers.port import STEPS, CarrierNews, UnreadableNews
from app.shipping.carriers.signing import is_genuine, sign

PLAIN = {
    "events": [
        {
            "id": "e1", "tracking_number": "3232 1074", "status": "out", "at": "2026-11-21T10:00:00+01:00", "code": "7",
            "text": "In the van", "place": "Gent", "order_number": "2026-000001",
        }
    ]
}  # fmt: skip
UPS: dict[str, Any] = {
    "trackResponse": {
        "shipment": [
            {
                "inquiryNumber": "1Z1442YY7229014688",
                "package": [
                    {
                        "trackingNumber": "1Z1442YY7229014688",
                        "referenceNumber": [{"type": "SHIPMENT", "number": "2026-000001"}],
                        "activity": [
                            {
                                "location": {"address": {"city": "PARAMUS", "countryCode": "US"}, "slic": "0761"},
                                "status": {"type": "D", "description": "DELIVERED ", "code": "F4", "statusCode": "011"},
                                "date": "20220126", "time": "163000", "gmtDate": "20220126", "gmtTime": "213000",
                            },
                            {
                                "location": {"address": {"countryCode": "US", "country": "US"}},
                                "status": {
                                    "type": "M", "code": "MP", "statusCode": "003",
                                    "description": "Shipper created a label, UPS has not received the package yet. ",
                                },
                                "date": "20220126", "time": "71641", "gmtOffset": "-05:00",
                            },
                        ],
                    }
                ],
            }
        ]
    }
}  # fmt: skip
GOOD = {"plain": PLAIN, "ups": UPS}
EVERY = pytest.mark.parametrize("told", FORMATS.values(), ids=FORMATS)


@EVERY
def test_a_good_notice_gives_events(told: CarrierNews) -> None:
    assert isinstance(told, CarrierNews) and str(told.label)
    events = told.read(json.dumps(GOOD[told.key]).encode())
    assert events and told.read(json.dumps(GOOD[told.key]).encode()) == events, "the same ids every time"
    assert len({event.event_id for event in events}) == len(events)
    for event in events:
        assert event.step in STEPS and event.at.tzinfo is UTC
        assert event.tracking_number == event.tracking_number.upper().replace(" ", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["events", "trackResponse", "shipment", "package", "activity", "status", "at", "id"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@EVERY
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_refused_in_one_way(told: CarrierNews, body: bytes) -> None:
    try:
        assert all(event.tracking_number for event in told.read(body))
    except UnreadableNews as refusal:
        assert str(refusal)


@EVERY
@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b"[" * 5000, b'{"events": 3, "trackResponse": 3}'])
def test_hostile_bodies(told: CarrierNews, wrong: bytes) -> None:
    with pytest.raises(UnreadableNews):
        told.read(wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""}, {"id": None}, {"status": "sold"}, {"status": ["out"]}, {"at": "soon"}, {"at": "2026-11-21T10:00:00"},
        {"tracking_number": "1"}, {"tracking_number": {}}, {"at": "0001-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_what_an_event_needs(change: dict[str, Any]) -> None:
    body = {"events": [PLAIN["events"][0] | change]}
    with pytest.raises(UnreadableNews):
        FORMATS["plain"].read(json.dumps(body).encode())


def test_the_answer_that_ups_publishes() -> None:
    label, arrived = FORMATS["ups"].read(json.dumps(UPS).encode())
    assert (label.step, arrived.step) == ("announced", "delivered"), "oldest first"
    assert arrived.at == datetime(2022, 1, 26, 21, 30, tzinfo=UTC)
    assert label.at == datetime(2022, 1, 26, 12, 16, 41, tzinfo=UTC), (
        "five hours behind, and six digits from five"
    )
    assert (arrived.place, arrived.text, arrived.code) == ("Paramus, US", "DELIVERED", "011")
    assert {label.order_number, arrived.order_number} == {"2026-000001"}


def test_signatures() -> None:
    body = b'{"events": []}'
    header = sign("a-secret-of-the-carrier", body)
    assert is_genuine("a-secret-of-the-carrier", body, header)
    assert is_genuine("a-secret-of-the-carrier", body, f"sha256=00, {header}"), (
        "while a secret is being changed"
    )
    for secret, text, given_header in [
        ("another", body, header), ("a-secret-of-the-carrier", body + b" ", header), ("", body, sign("", body)),
        ("a-secret-of-the-carrier", body, ""), ("a-secret-of-the-carrier", body, "sha256=\u00e9"),
    ]:  # fmt: skip
        assert not is_genuine(secret, text, given_header)
