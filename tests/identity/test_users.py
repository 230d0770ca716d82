"""Accounts as staff handle them: invite, suspend, restore, change, roles; the last administrator stays."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.audit import AuditRow
from app.identity import operations, passwords, queries, rules
from app.identity.errors import BadEmail, EmailTaken, LastAdmin, NotYourself, UnknownRole, WrongCredentials
from app.identity.models import LoginSession, User
from app.identity.sessions import still_holds
from tests.identity.people import OTHER, PASSWORD, link_in, mails, person, staff

BOSS = Actor("staff", 4711, "boss@example.com")


def logins(session: Session) -> int:
    session.expire_all()
    return len(session.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))).all())


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_a_suspended_account_is_closed_at_once(session: Session, deliver: Callable[[], int]) -> None:
    user = person(session)
    operations.open_login(session, user=user, kind="shop", ip="", agent="")
    for _ in range(2):
        operations.suspend_user(session, user_id=user.id, actor=BOSS)
    assert logins(session) == 0
    with pytest.raises(WrongCredentials):
        operations.authenticate(session, email=user.email, password=PASSWORD, ip="")
    for _ in range(2):
        operations.restore_user(session, user_id=user.id, actor=BOSS)
    assert operations.authenticate(session, email=user.email, password=PASSWORD, ip="1").id == user.id
    assert actions(session) == ["user.create", "user.suspend", "user.restore"]
    deliver()
    assert len(mails(session, "account-suspended")) == 1


def test_the_last_administrator_stays(session: Session) -> None:
    boss = staff(session)
    with pytest.raises(LastAdmin):
        operations.suspend_user(session, user_id=boss.id, actor=BOSS)
    with pytest.raises(LastAdmin):
        operations.set_roles(session, user_id=boss.id, roles=[rules.MANAGER], actor=BOSS)
    second = staff(session, email="second@example.com")
    operations.suspend_user(session, user_id=second.id, actor=BOSS)
    with pytest.raises(LastAdmin):
        operations.suspend_user(session, user_id=boss.id, actor=BOSS)
    session.expire_all()
    assert session.get_one(User, boss.id).is_active


def test_nobody_suspends_themselves(session: Session) -> None:
    staff(session)
    second = staff(session, email="second@example.com")
    with pytest.raises(NotYourself):
        operations.suspend_user(session, user_id=second.id, actor=Actor("staff", second.id, second.email))


def test_two_administrators_who_suspend_each_other(
    session: Session, session_maker: Callable[[], Session]
) -> None:
    ids = [staff(session, email=f"boss{n}@example.com").id for n in range(2)]
    refused: list[int] = []

    def suspend(me: int, other: int) -> None:
        with session_maker() as own:
            try:
                operations.suspend_user(own, user_id=other, actor=Actor("staff", me, "x"))
            except LastAdmin:
                refused.append(me)

    threads = [
        threading.Thread(target=suspend, args=(ids[0], ids[1])),
        threading.Thread(target=suspend, args=(ids[1], ids[0])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert len(refused) == 1 and queries.working_admins(session) == 1


def test_losing_the_last_role_of_the_house_ends_the_sessions(session: Session) -> None:
    staff(session)
    helper = staff(session, rules.SUPPORT, email="help@example.com")
    operations.open_login(session, user=helper, kind="staff", ip="", agent="")
    operations.set_roles(session, user_id=helper.id, roles=[rules.CUSTOMER], actor=BOSS)
    session.expire_all()
    assert not session.get_one(User, helper.id).is_staff and logins(session) == 0


def test_roles_must_exist(session: Session) -> None:
    user = person(session)
    with pytest.raises(UnknownRole):
        operations.set_roles(session, user_id=user.id, roles=["Emperor"], actor=BOSS)
    with pytest.raises(UnknownRole):
        operations.create_user(session, email="x@example.com", roles=["Emperor"], actor=BOSS)


def test_people_of_the_house_choose_their_own_password(session: Session, deliver: Callable[[], int]) -> None:
    user = operations.invite_staff(
        session, email="New@Example.com", roles=[rules.SELLER], first_name="Nora", actor=BOSS
    )
    deliver()
    deliver()
    letters = mails(session, "account-invitation")
    assert [letter.recipient for letter in letters] == ["new@example.com"]
    secret = link_in(letters[0]).rsplit("/", 1)[-1]
    assert operations.check_reset_link(session, token=secret) is True
    operations.reset_password(session, token=secret, password=OTHER)
    found = operations.authenticate(session, email="new@example.com", password=OTHER, ip="", staff=True)
    assert found.id == user.id and found.is_verified


def test_an_address_is_taken_once(session: Session) -> None:
    person(session)
    with pytest.raises(EmailTaken):
        person(session, "ANNA@example.com")
    with pytest.raises(BadEmail):
        person(session, "nobody")


def test_an_account_is_changed_whole_or_not_at_all(session: Session) -> None:
    staff(session)
    user, other = person(session), person(session, "bert@example.com")
    values = {"first_name": "Ann", "last_name": "J", "language": "fr", "roles": [rules.CUSTOMER]}
    with pytest.raises(EmailTaken):
        operations.change_account(session, user_id=user.id, email=other.email, actor=BOSS, **values)  # type: ignore[arg-type]
    session.expire_all()
    assert session.get_one(User, user.id).first_name == "Anna"
    operations.open_login(session, user=user, kind="shop", ip="", agent="")
    operations.change_account(session, user_id=user.id, email="new@example.com", actor=BOSS, **values)  # type: ignore[arg-type]
    session.expire_all()
    assert session.get_one(User, user.id).username == "new@example.com" and logins(session) == 0


def test_the_second_step_is_taken_off_for_a_lost_device(session: Session, deliver: Callable[[], int]) -> None:
    from tests.identity.people import two_factor

    user = person(session)
    two_factor(session, user)
    operations.open_login(session, user=user, kind="shop", ip="", agent="")
    operations.reset_two_factor(session, user_id=user.id, actor=BOSS)
    session.expire_all()
    assert not session.get_one(User, user.id).has_two_factor and logins(session) == 0
    assert "user.two_factor_off" in actions(session)
    deliver()
    assert len(mails(session, "account-two-factor")) == 2


def test_no_secret_stands_in_the_log_or_in_the_clear(session: Session, engine: object) -> None:
    from tests.identity.people import two_factor

    user = person(session)
    secret, codes = two_factor(session, user)
    from sqlalchemy import text

    dump = "".join(
        str(row)
        for table in ("ab_user", "core_audit", "core_outbox", "identity_session", "identity_token")
        for row in session.execute(text(f"SELECT * FROM {table}"))
    )
    for open_word in (PASSWORD, secret, *codes):
        assert open_word not in dump


def test_hashes_are_renewed_at_login(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person(session)
    assert user.password.startswith("scrypt:")
    before = user.password
    monkeypatch.setattr(passwords, "_method", ["scrypt:2048:8:1"])
    operations.authenticate(session, email=user.email, password=PASSWORD, ip="")
    session.expire_all()
    after = session.get_one(User, user.id).password
    assert after.startswith("scrypt:2048:8:1$") and after != before
    assert operations.authenticate(session, email=user.email, password=PASSWORD, ip="").id == user.id


def test_old_logins_links_and_tokens_are_forgotten(session: Session) -> None:
    from datetime import timedelta

    user = person(session)
    operations.open_login(session, user=user, kind="shop", ip="", agent="")
    operations.end_all_logins(session, user=user)
    operations.issue_tokens(session, user=user)
    assert operations.clean(session) == {"logins": 0, "links": 0, "tokens": 0}
    for _ in range(2):
        operations.clean(session, keep=timedelta(days=-60))
    assert session.scalars(select(LoginSession)).all() == []


@pytest.mark.parametrize("kind", ["shop", "staff"])
def test_who_only_listens_is_let_in_as_long_as_the_login_or_the_token(session: Session, kind: str) -> None:
    """As an open socket asks for it: by the secret of a login or the stamp of a token, at the same door."""
    helper = staff(session)
    login = operations.open_login(session, user=helper, kind=kind, ip="", agent="")
    other = operations.open_login(session, user=helper, kind=kind, ip="", agent="")

    def listens(
        login: str | None = None, stamp: str | None = None, door: bool = False, who: int = helper.id
    ) -> bool:
        session.expire_all()
        return still_holds(who, login=login, stamp=stamp, staff=door)

    assert listens(login) and listens(stamp=helper.session_stamp, door=True)
    assert listens(login, door=True) is (kind == "staff"), "a login of the shop does not open the desk"
    assert not listens() and not listens("nonsense") and not listens(stamp="nonsense")
    assert not listens(login, who=helper.id + 1)
    operations.end_login(session, token=login, user_id=helper.id)
    assert not listens(login) and listens(other)
    stamp = helper.session_stamp
    operations.end_sessions(session, user_id=helper.id, actor=BOSS)
    assert not listens(other) and not listens(stamp=stamp)
