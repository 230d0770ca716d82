"""The media library: sent, described, refused, kept from others."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.media.models import Image
from tests.catalog.conftest import staff  # noqa: F401 - a fixture

from .pictures import SVG, as_bytes, picture

pytestmark = pytest.mark.usefixtures("media_folder")


def upload(browser: Any, data: bytes, **more: Any) -> Any:
    return browser.post(
        "/admin/image/add", data={"data": (BytesIO(data), "lamp.png"), "alt": "A lamp", **more}
    )


def test_a_picture_is_sent_and_described(staff: Callable[..., Any], session: Session) -> None:  # noqa: F811
    admin = staff()
    assert admin.get("/admin/image/add").status_code == 200
    assert upload(admin, as_bytes(picture()), alt_fr="Une lampe", is_kept="y").status_code == 302
    image = session.scalars(select(Image)).one()
    assert (image.alt, image.translations, image.is_kept) == ("A lamp", {"fr": {"alt": "Une lampe"}}, True)
    assert image.key in admin.get("/admin/image/list/").text
    assert image.key in admin.get(f"/admin/image/show/{image.id}").text
    assert 'value="Une lampe"' in admin.get(f"/admin/image/edit/{image.id}").text
    assert admin.post(f"/admin/image/edit/{image.id}", data={"alt": "Other", "alt_fr": ""}).status_code == 302
    session.refresh(image)
    assert (image.alt, image.translations, image.is_kept) == ("Other", {}, False)
    admin.post(f"/admin/image/delete/{image.id}")
    assert session.scalar(select(func.count()).select_from(Image)) == 0


@pytest.mark.parametrize("data", [SVG, b"", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_comes_back_with_a_message(
    staff: Callable[..., Any],  # noqa: F811
    session: Session,
    data: bytes,
) -> None:
    answer = upload(staff(), data)
    assert answer.status_code == 200
    assert "has-error" in answer.text
    assert 'value="A lamp"' in answer.text
    assert session.scalar(select(func.count()).select_from(Image)) == 0


def test_a_seller_sees_only_what_he_sent(staff: Callable[..., Any], session: Session) -> None:  # noqa: F811
    upload(staff(), as_bytes(picture()))
    theirs = session.scalars(select(Image.id)).one()
    seller = staff("Seller")
    answer = upload(seller, as_bytes(picture(seed=5)))
    assert answer.status_code == 302, answer.text
    assert session.scalar(select(func.count()).where(Image.created_by == seller.user_id)) == 1
    assert seller.get(f"/admin/image/show/{theirs}").status_code == 404
    seller.post(f"/admin/image/delete/{theirs}")
    assert session.scalar(select(func.count()).select_from(Image)) == 2
