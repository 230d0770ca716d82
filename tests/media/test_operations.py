"""Pictures: what is kept, and what is refused without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import SYSTEM
from app.core.audit import AuditRow
from app.core.errors import InvalidFields, ShopError
from app.media import operations, processing, storage
from app.media.errors import (
    BrokenPicture,
    ImageInUse,
    NoSuchImage,
    NotAPicture,
    PictureMoves,
    PictureTooHeavy,
    PictureTooLarge,
    PictureTooSmall,
)
from app.media.models import Image
from app.media.operations import Drawn
from app.media.settings import MediaSettings

from .pictures import SVG, as_bytes, picture, png_that_claims, png_with_text_bomb, turned_photo


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    before = storage.root() if storage._folder else tmp_path
    storage.configure(tmp_path)
    yield tmp_path
    storage.configure(before)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def store(session: Session, data: bytes, **more: Any) -> Image:
    return operations.store_image(session, data=data, actor=SYSTEM, **more)


def test_a_picture_is_kept_in_widths_up_to_its_own(session: Session, folder: Path) -> None:
    image = store(session, as_bytes(picture(1400, 1050)), filename="../../etc/lamp.png", alt="A lamp")
    assert (image.width, image.height, image.kind, image.filename, image.alt) == (1400, 1050, "png", "lamp.png", "A lamp")  # fmt: skip
    assert image.renditions == {"webp": [160, 320, 640, 1000, 1400], "jpg": [640]}
    assert len(files(folder)) == 6
    for path in folder.rglob("*.webp"):
        with Pillow.open(path) as made:
            assert made.format == "WEBP"
            assert made.width == int(path.stem.rsplit("-", 1)[1])
    assert storage.has(image.key, image.renditions)
    shown = image.image_set("Words")
    assert shown.src.endswith(f"{image.key}-640.jpg")
    assert "1400w" in shown.webp
    assert (shown.alt, shown.avif) == ("Words", "")
    assert shown.colour.startswith("#")


def test_the_same_bytes_are_one_picture(session: Session, folder: Path) -> None:
    data = as_bytes(picture())
    first, second = store(session, data), store(session, data, filename="other.png")
    assert first.id == second.id
    assert session.scalar(select(func.count()).select_from(Image)) == 1
    assert session.scalar(select(func.count()).where(AuditRow.action == "image.create")) == 1


def test_lost_files_come_back_when_it_is_sent_again(session: Session, folder: Path) -> None:
    data = as_bytes(picture())
    image = store(session, data)
    storage.remove(image.key)
    assert store(session, data).id == image.id
    assert storage.has(image.key, image.renditions)


def test_a_photo_is_turned_and_loses_its_metadata(session: Session, folder: Path) -> None:
    image = store(session, turned_photo())
    assert (image.width, image.height) == (400, 800)
    for path in folder.rglob("*.*"):
        assert b"Secret" not in path.read_bytes()
        with Pillow.open(path) as made:
            assert not made.getexif()
            assert made.height > made.width


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "AVIF"), ("RGBA", "WEBP")])  # fmt: skip
def test_every_kind_of_colour_is_read(session: Session, mode: str, kind: str) -> None:
    image = store(session, as_bytes(picture(100, 90, mode), kind))
    assert image.renditions == {"webp": [100], "jpg": [100]}


def hostile() -> dict[str, tuple[bytes, type[ShopError]]]:
    good = as_bytes(picture(64, 64))
    frames = [picture(64, 64, seed=n) for n in range(3)]
    return {
        "svg with a script": (SVG, NotAPicture),
        "html": (b"<!doctype html><script>alert(1)</script>", NotAPicture),
        "a program": (b"MZ\x90\x00" + b"\x00" * 200, NotAPicture),
        "gif": (as_bytes(picture(64, 64), "GIF"), NotAPicture),
        "tiff": (as_bytes(picture(64, 64), "TIFF"), NotAPicture),
        "pdf": (b"%PDF-1.7\n" + b"\x00" * 100, NotAPicture),
        "nothing": (b"", NotAPicture),
        "only a beginning": (good[:60], BrokenPicture),
        "cut in the middle": (as_bytes(picture(800, 600), "JPEG")[:2000], BrokenPicture),
        "png magic and noise": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, BrokenPicture),
        "jpeg magic and noise": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4, BrokenPicture),
        "webp magic and noise": (b"RIFF\xff\xff\x00\x00WEBPVP8 " + b"\x00" * 90, BrokenPicture),
        "avif magic and noise": (b"\x00\x00\x00\x20ftypavif" + b"\x00" * 90, BrokenPicture),
        "a bomb": (png_that_claims(60_000, 60_000), PictureTooLarge),
        "a wide bomb": (png_that_claims(2**31 - 1, 1), PictureTooLarge),
        "a bomb in the comment": (png_with_text_bomb(), BrokenPicture),
        "one pixel": (as_bytes(picture(1, 1)), PictureTooSmall),
        "a strip": (as_bytes(picture(4000, 20)), PictureTooSmall),
        "an animated webp": (as_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:]), PictureMoves),
        "an animated png": (as_bytes(frames[0], "PNG", save_all=True, append_images=frames[1:]), PictureMoves),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(hostile()))
def test_cat_05_hostile_files_are_refused_and_leave_nothing(
    session: Session, folder: Path, name: str
) -> None:
    data, refusal = hostile()[name]
    with pytest.raises(refusal) as raised:
        store(session, data, filename="innocent.png")
    assert raised.value.field == "data"
    assert str(raised.value)
    assert files(folder) == []
    assert session.scalar(select(func.count()).select_from(Image)) == 0


def test_a_heavy_file_is_refused_before_it_is_opened(session: Session) -> None:
    settings.change(session, MediaSettings, actor=SYSTEM, most_megabytes=1)
    with pytest.raises(PictureTooHeavy) as raised:
        store(session, b"\x89PNG\r\n\x1a\n" + b"\x00" * 1_000_001)
    assert "1 MB" in str(raised.value)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_are_refused_or_read_never_worse(data: Any) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "AVIF"]))
    whole = bytearray(as_bytes(picture(48, 40), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        processing.read(bytes(whole), MediaSettings())
    except ShopError as refusal:
        assert refusal.field == "data"


def test_texts_that_cannot_be_kept_are_refused(session: Session) -> None:
    with pytest.raises(InvalidFields) as raised:
        store(session, as_bytes(picture()), alt="x" * 501, translations={"xx": {"alt": "?"}})
    assert set(raised.value.errors) == {"alt", "translations.xx"}
    with pytest.raises(InvalidFields):
        store(session, as_bytes(picture()), alt="\x00")


def test_a_picture_is_described_in_languages(session: Session) -> None:
    image = store(session, as_bytes(picture()))
    operations.describe_image(
        session, image_id=image.id, actor=SYSTEM, alt=" A lamp ", translations={"fr": {"alt": "Une lampe"}, "nl": {"alt": " "}}
    )  # fmt: skip
    assert image.translations == {"fr": {"alt": "Une lampe"}}
    assert (image.image_set().alt, image.image_set(language="fr").alt) == ("A lamp", "Une lampe")
    with pytest.raises(NoSuchImage):
        operations.describe_image(session, image_id=999, actor=SYSTEM, alt="")


def test_drawn_pictures_are_kept_quickly(session: Session, folder: Path) -> None:
    drawn = [Drawn(picture(800, 800, seed=n), f"{n}.png", f"Picture {n}") for n in range(3)]
    drawn.append(Drawn(as_bytes(picture(800, 800, seed=9)), "bytes.png"))
    drawn.append(drawn[0])
    images = operations.store_drawn(session, drawn, actor=SYSTEM, widths=(320, 640))
    assert [image.filename for image in images] == ["0.png", "1.png", "2.png", "bytes.png", "0.png"]
    assert images[0].id == images[4].id
    assert images[0].renditions == {"webp": [320, 640]}
    assert images[0].image_set().src.endswith("-640.webp")
    assert operations.store_drawn(session, drawn, actor=SYSTEM, widths=(320, 640))[1].id == images[1].id
    assert operations.store_drawn(session, [], actor=SYSTEM) == []


def test_avif_follows_and_is_made_once(session: Session, folder: Path) -> None:
    image = store(session, as_bytes(picture(500, 300)))
    assert operations.without_avif(session, 5) == [image.id]
    assert operations.add_formats(session, image_ids=[image.id]) == 1
    assert operations.add_formats(session, image_ids=[image.id]) == 0
    session.refresh(image)
    assert image.renditions == {"webp": [160, 320, 500], "jpg": [500], "avif": [160, 320, 500]}
    assert storage.has(image.key, image.renditions)
    with Pillow.open(BytesIO(storage.path_of(image.key, 320, "avif").read_bytes())) as made:
        assert (made.format, made.width) == ("AVIF", 320)
    assert operations.without_avif(session, 5) == []


def test_a_used_picture_stays(session: Session, folder: Path) -> None:
    image = store(session, as_bytes(picture()))
    session.execute(
        text("INSERT INTO catalog_category (name, slug, path, lineage, image_id) VALUES ('a','a','a','{1}',:i)"),
        {"i": image.id},
    )  # fmt: skip
    session.commit()
    with pytest.raises(ImageInUse):
        operations.remove_image(session, image_id=image.id, actor=SYSTEM)
    assert files(folder)
    session.execute(text("DELETE FROM catalog_category"))
    session.commit()
    operations.remove_image(session, image_id=image.id, actor=SYSTEM)
    assert files(folder) == []
    with pytest.raises(NoSuchImage):
        operations.remove_image(session, image_id=image.id, actor=SYSTEM)


def test_orphans_are_swept_up_twice(session: Session, folder: Path) -> None:
    used, unused, kept, fresh = (store(session, as_bytes(picture(seed=n))) for n in range(4))
    session.execute(
        text("INSERT INTO catalog_category (name, slug, path, lineage, image_id) VALUES ('a','a','a','{1}',:i)"),
        {"i": used.id},
    )  # fmt: skip
    old = update(Image).where(Image.id.in_([used.id, unused.id, kept.id]))
    session.execute(old.values(created_at=text("now() - interval '40 days'")))
    session.execute(update(Image).where(Image.id == kept.id).values(is_kept=True))
    session.commit()
    stray = storage.path_of("f" * 24, 160, "webp")
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    import os

    os.utime(stray, (0, 0))
    assert operations.remove_orphans(session) == {"images": 1, "files": 1}
    assert operations.remove_orphans(session) == {"images": 0, "files": 0}
    assert set(session.scalars(select(Image.id))) == {used.id, kept.id, fresh.id}
    assert not any(name.startswith(unused.key) for name in files(folder))


def test_two_people_send_the_same_picture_at_once(
    session: Session, session_maker: Callable[[], Session], app: Any
) -> None:
    data, ids = as_bytes(picture(300, 300)), []

    def send() -> None:
        own = session_maker()
        ids.append(operations.store_image(own, data=data, actor=SYSTEM).id)
        own.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1
