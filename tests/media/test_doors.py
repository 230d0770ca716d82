"""The address of pictures, and the background jobs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.media import jobs, operations, storage
from app.media.models import Image

from .pictures import as_bytes, picture

pytestmark = pytest.mark.usefixtures("media_folder")


class Steps:
    """A progress that only listens."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def step(self, done: int, total: int | None = None, message: str | None = None) -> None:
        self.seen.append(done)


@pytest.fixture
def image(session: Session) -> Image:
    return operations.store_image(session, data=as_bytes(picture(500, 300)), actor=SYSTEM)


def test_a_picture_is_served_for_ever(client: Any, image: Image) -> None:
    answer = client.get(image.image_set().src)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    again = client.get(image.image_set().src, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    part = client.get(image.image_set().src, headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.data)) == (206, 10)


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fsecret_key", "%00", "a" * 24 + "-160.webp", "a" * 24 + "-160.svg", "A" * 24 + "-160.webp", "é", "a" * 5000])  # fmt: skip
def test_anything_else_is_not_found(client: Any, session: Session, name: str) -> None:
    assert client.get(f"/media/{name}").status_code == 404


def test_other_methods_are_refused(client: Any, image: Image) -> None:
    assert client.post(image.image_set().src).status_code == 405


def test_avif_is_made_by_the_job_and_only_once(session: Session, image: Image) -> None:
    assert jobs.add_avif(Steps()) == {"encoded": 1}
    assert jobs.add_avif(Steps()) == {"encoded": 0}
    session.refresh(image)
    assert image.renditions["avif"] == [160, 320, 500]


def test_a_picture_whose_files_are_lost_does_not_stop_the_job(session: Session, image: Image) -> None:
    storage.remove(image.key)
    assert jobs.add_avif(Steps()) == {"encoded": 0}


def test_sweeping_twice(session: Session, image: Image) -> None:
    assert jobs.remove_orphans(Steps()) == {"images": 0, "files": 0}
    assert jobs.remove_orphans(Steps()) == {"images": 0, "files": 0}
