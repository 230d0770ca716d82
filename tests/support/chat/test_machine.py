"""Whatever both sides do in whatever order: numbers without gaps, unread counts that are true; also when many write at once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from app.core.actor import GUEST, SYSTEM
from app.core.errors import ShopError
from app.support.chat import operations, queries
from app.support.chat.models import Conversation
from tests.support.chat import talking

names = st.sampled_from(["a", "b", "c", "d", "e", "f"])
kinds = st.sampled_from(["customer", "agent", "bot"])
sides = st.sampled_from(["customer", "staff"])


class TalkMachine(RuleBasedStateMachine):
    """One conversation; the machine keeps its own book of what was said and read."""

    session: Session
    anna: Any

    @initialize()
    def begin(self) -> None:
        self.row = talking.conversation(self.session)
        self.said: list[tuple[str, str, str]] = []
        self.read = {"customer": 0, "staff": 0}
        self.is_closed = False

    @rule(
        name=names,
        kind=kinds,
        text=st.sampled_from(["One", "Two\nlines", "Ünïcödé 🙂", "\x00", "", "x" * 4001]),
    )
    def say(self, name: str, kind: str, text: str) -> None:
        """Say something; a name that is known is the same message, whatever state the conversation is in."""
        known = next((one for one in self.said if one[0] == name), None)
        is_bad = text in ("", "\x00") or len(text) > 4000
        try:
            made = operations.post(
                self.session, conversation_id=self.row.id, client_id=name, text=text, author_kind=kind,
                actor=talking.actor(self.anna) if kind == "agent" else GUEST,
            )  # fmt: skip
        except ShopError as refused:
            assert is_bad or self.is_closed or (known and known[1] != kind), refused.code
            return
        assert not is_bad
        if known:
            assert (made.text, made.seq) == (known[2], self.said.index(known) + 1)
        else:
            assert not self.is_closed
            self.said.append((name, kind, made.text))
            assert made.seq == len(self.said)

    @rule(side=sides, seq=st.integers(-1, 9))
    def reads(self, side: str, seq: int) -> None:
        """Read up to a number: never back, never beyond the end."""
        wanted = max(self.read[side], min(max(seq, 0), len(self.said)))
        assert operations.mark_read(self.session, conversation_id=self.row.id, side=side, seq=seq) == wanted
        self.read[side] = wanted

    @rule()
    def close(self) -> None:
        """End it; again changes nothing."""
        operations.close(self.session, conversation_id=self.row.id, actor=SYSTEM)
        self.is_closed = True

    @rule()
    def reopen(self) -> None:
        """Take it up again, if it was closed."""
        try:
            operations.reopen(self.session, conversation_id=self.row.id, actor=SYSTEM)
        except ShopError:
            assert not self.is_closed
        self.is_closed = False

    @invariant()
    def the_books_agree(self) -> None:
        """Numbers and counts are what the book says."""
        if not hasattr(self, "row"):
            return
        row = talking.fresh(self.session, self.row)
        assert row.last_seq == len(self.said)
        theirs = sum(
            1 for n, one in enumerate(self.said, 1) if one[1] != "customer" and n > self.read["customer"]
        )
        ours = sum(1 for n, one in enumerate(self.said, 1) if one[1] == "customer" and n > self.read["staff"])
        assert (row.customer_unread, row.staff_unread) == (theirs, ours)
        assert [m.seq for m in queries.messages(self.session, row.id)] == list(range(1, len(self.said) + 1))


def test_numbers_and_unread_counts(session: Session) -> None:
    TalkMachine.session = session
    TalkMachine.anna = talking.agent(session)
    run_state_machine_as_test(
        TalkMachine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert queries.with_gaps(session) == [] and queries.miscounted(session) == []


def test_many_at_once(session: Session, session_maker: Callable[[], Session]) -> None:
    """Eight writers, each message sent twice: every one once, numbers 1 to 40."""
    row = talking.conversation(session)
    row_id = row.id
    gate = threading.Barrier(8)

    def write(writer: int) -> None:
        gate.wait()
        for n in range(10):
            with session_maker() as own:
                talking.asks(
                    own, own.get_one(Conversation, row_id), f"{writer % 4} {n}", key=f"{writer % 4}-{n}"
                )

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(write, range(8)))
    found = queries.messages(session, row_id)
    assert [m.seq for m in found] == list(range(1, 41))
    assert len({m.client_id for m in found}) == 40
    assert queries.with_gaps(session) == [] and queries.miscounted(session) == []


def test_two_tabs_begin_one_conversation(session: Session, session_maker: Callable[[], Session]) -> None:
    owner, gate = talking.guest(), threading.Barrier(6)

    def begin(_: int) -> uuid.UUID:
        gate.wait()
        with session_maker() as own:
            return talking.conversation(own, owner).public_id

    with ThreadPoolExecutor(6) as crowd:
        assert len(set(crowd.map(begin, range(6)))) == 1
