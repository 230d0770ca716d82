"""A browser of the back office for the screens of prices, tax, shipping, promotions and regions."""

from __future__ import annotations

import html
import re
from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.identity import operations

PASSWORD = "a-long-demo-password-7"
MOST_STATEMENTS = 12


class Desk:
    """What somebody of the shop sees and does."""

    def __init__(self, app: Any, session: Session, role: str = "Admin"):
        email = f"{role.lower()}@desk.example"
        operations.create_staff(
            session,
            email=email,
            password=PASSWORD,
            roles=(role,),
            first_name=role,
            last_name="Desk",
            actor=SYSTEM,
        )
        session.commit()
        self.browser = app.test_client()
        answer = self.browser.post("/admin/login/", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text[:500]

    def get(self, address: str) -> str:
        """The words of a page that has to be there."""
        answer = self.browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[:800])
        return words(answer.text)

    def post(self, address: str, **values: Any) -> Any:
        """Send a form."""
        return self.browser.post(address, data=values)

    def accepted(self, address: str, **values: Any) -> None:
        """Send a form that has to be taken."""
        answer = self.post(address, **values)
        said = re.findall(r'id="([a-z_]+)-error"', answer.text)
        assert answer.status_code == 302, (address, said, words(answer.text)[-1500:])

    def refused(self, address: str, field: str, **values: Any) -> str:
        """Send a form that has to come back with a message beside this field; what it says."""
        answer = self.post(address, **values)
        assert answer.status_code == 200, (address, answer.status_code)
        return message_of(answer.text, field)


def words(page: str) -> str:
    """A page without its tags."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def message_of(page: str, field: str) -> str:
    """The message that stands with a field of a form."""
    at = page.find(f'id="{field}-error"')
    said = [
        words(page[found.start() : found.start() + 300]) for found in re.finditer(r'id="[a-z_]+-error"', page)
    ]
    assert at >= 0, f"no message beside {field}, but: {said}"
    return words(page[at : at + 400])
