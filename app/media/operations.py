"""The verbs of pictures: stored once whatever is sent twice, described, cleaned away.

Encoding takes long, so it happens before a transaction is opened. Files come before rows: a file
without a row is only waste, which `remove_orphans` sweeps up; a row without its files would be a hole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image as Pillow
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import audit, locks, settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import InvalidFields, NotFound
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l
from app.core.outbox import publish
from app.core.unit_of_work import after_commit, unit_of_work
from app.events.media import ImagesChanged, ImageStored
from app.media import processing, rules, storage
from app.media.errors import ImageInUse, NoSuchImage
from app.media.models import Image
from app.media.processing import Picture
from app.media.settings import MediaSettings

UPLOAD_FORMATS = ("webp", "jpg")
WASTE_AFTER = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that the shop drew itself: a PIL image, or the bytes of one."""

    picture: Pillow.Image | bytes
    filename: str = "drawn"
    alt: str = ""
    translations: Mapping[str, Any] = field(default_factory=dict)


def store_image(
    session: Session,
    *,
    data: bytes,
    actor: Actor,
    alt: str = "",
    filename: str | None = None,
    translations: Mapping[str, Any] | None = None,
    is_kept: bool = False,
) -> Image:
    """Check, strip, re-encode and keep a picture. The same bytes again give the same row.

    WebP in all widths and one JPEG are there on return; AVIF follows in the background.

    Raises:
        NotAPicture, BrokenPicture, PictureTooHeavy, PictureTooLarge, PictureTooSmall, PictureMoves.
        InvalidFields: for an alternative text that cannot be kept.
    """
    _check_texts(alt, translations or {})
    picture = processing.read(data, settings.get(session, MediaSettings))
    held = session.scalar(select(Image).where(Image.key == picture.key))
    if held is not None and storage.has(held.key, held.renditions):
        return held
    row = _row(picture, rules.safe_filename(filename), alt, translations or {}, actor)
    made = processing.render(picture.pixels, UPLOAD_FORMATS)
    storage.write(picture.key, made)
    with unit_of_work(session):
        (image_id,) = _keep(session, [{**row, "is_kept": is_kept, "renditions": processing.widths_of(made)}])
        audit.record(session, actor=actor, action="image.create", entity="media_image", entity_id=image_id,
                     after={"filename": row["filename"], "alt": row["alt"], "sha256": row["sha256"]})  # fmt: skip
        publish(session, ImageStored(image_id))
    return session.get_one(Image, image_id, populate_existing=True)


def store_drawn(
    session: Session,
    images: Sequence[Drawn],
    *,
    actor: Actor,
    formats: Sequence[str] = ("webp",),
    widths: Sequence[int] = rules.WIDTHS,
) -> list[Image]:
    """Keep pictures drawn by our own code, in the order given: the quick way, for demo data.

    One statement for all of them; AVIF follows in the background, as for uploads.
    """
    rows: list[dict[str, Any]] = []
    for given in images:
        picture = processing.drawn(given.picture)
        made = processing.render(picture.pixels, formats, quick=True, widths=widths)
        storage.write(picture.key, made)
        row = _row(picture, given.filename, given.alt, given.translations, actor)
        rows.append({**row, "is_kept": False, "renditions": processing.widths_of(made)})
    if not rows:
        return []
    with unit_of_work(session):
        ids = _keep(session, list({row["key"]: row for row in rows}.values()))
        found = {row.key: row for row in session.scalars(select(Image).where(Image.id.in_(ids)))}
    return [found[row["key"]] for row in rows]


def _row(
    picture: Picture, filename: str, alt: str, translations: Mapping[str, Any], actor: Actor
) -> dict[str, Any]:
    return {
        "key": picture.key, "filename": filename, "kind": picture.kind, "width": picture.pixels.width,
        "height": picture.pixels.height, "bytes": picture.size, "sha256": picture.sha256,
        "colour": picture.colour, "alt": alt.strip(), "translations": _clean(translations),
        "created_by": actor.user_id,
    }  # fmt: skip


def _keep(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows; one that exists takes note of the files that were made again."""
    statement = insert(Image)
    statement = statement.on_conflict_do_update(
        index_elements=["key"], set_={"renditions": Image.renditions.op("||")(statement.excluded.renditions)}
    )
    return list(session.scalars(statement.returning(Image.id), rows))


def _check_texts(alt: Any, translations: Any) -> None:
    errors: dict[str, Any] = {}
    if not _is_text(alt):
        errors["alt"] = _l("This text is too long or cannot be stored.")
    if not isinstance(translations, Mapping):
        errors["translations"] = _l("This must be a table of languages.")
    else:
        for language, texts in translations.items():
            known = language in LANGUAGES and language != DEFAULT_LANGUAGE and isinstance(texts, Mapping)
            if not known or not all(_is_text(text) for text in texts.values()):
                errors[f"translations.{str(language)[:8]}"] = _l("This text is too long or cannot be stored.")
    if errors:
        raise InvalidFields(errors)


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= rules.LONGEST_ALT
        and "\x00" not in value
        and not any("\ud800" <= letter <= "\udfff" for letter in value)
    )


def _clean(translations: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    texts = {code: {"alt": held.get("alt", "").strip()} for code, held in translations.items()}
    return {code: held for code, held in texts.items() if held["alt"]}


def describe_image(
    session: Session,
    *,
    image_id: int,
    actor: Actor,
    alt: str,
    translations: Mapping[str, Any] | None = None,
    is_kept: bool | None = None,
) -> Image:
    """Say what a picture shows, for people who cannot see it, in each language.

    Raises:
        NoSuchImage, InvalidFields.
    """
    _check_texts(alt, translations or {})
    with unit_of_work(session):
        image = _locked(session, image_id)
        before = {"alt": image.alt, "translations": image.translations, "is_kept": image.is_kept}
        image.alt = alt.strip()
        if translations is not None:
            image.translations = _clean(translations)
        if is_kept is not None:
            image.is_kept = is_kept
        after = {"alt": image.alt, "translations": image.translations, "is_kept": image.is_kept}
        audit.record(session, actor=actor, action="image.update", entity="media_image", entity_id=image_id,
                     before=before, after=after)  # fmt: skip
        publish(session, ImagesChanged((image_id,)))
    return image


def _locked(session: Session, image_id: int) -> Image:
    try:
        return locks.row(session, Image, image_id)
    except NotFound as missing:
        raise NoSuchImage() from missing


def remove_image(session: Session, *, image_id: int, actor: Actor) -> None:
    """Remove a picture nothing shows, with its files.

    Raises:
        NoSuchImage, ImageInUse.
    """
    with unit_of_work(session):
        image = _locked(session, image_id)
        key, before = image.key, {"filename": image.filename, "sha256": image.sha256}
        if image_id in _used(session, [image_id]):
            raise ImageInUse()
        try:
            with session.begin_nested():
                session.delete(image)
                session.flush()
        except IntegrityError as used:
            raise ImageInUse() from used
        audit.record(session, actor=actor, action="image.delete", entity="media_image", entity_id=image_id,
                     before=before)  # fmt: skip
        after_commit(session, lambda: _sweep(key))


def _sweep(key: str) -> None:
    storage.remove(key)


def add_formats(session: Session, *, image_ids: Sequence[int], formats: Sequence[str] = ("avif",)) -> int:
    """Encode more formats of stored pictures, from their largest WebP. Returns how many were encoded.

    Doing it again encodes nothing.
    """
    done: dict[int, tuple[str, dict[str, list[int]]]] = {}
    rows = session.execute(select(Image.id, Image.key, Image.renditions).where(Image.id.in_(image_ids))).all()
    for image_id, key, renditions in rows:
        wanted = [name for name in formats if not renditions.get(name)]
        made = _encode_again(key, renditions, wanted)
        if made:
            storage.write(key, made)
            done[image_id] = (key, processing.widths_of(made))
    with unit_of_work(session):
        for image_id, (_, more) in sorted(done.items()):
            image = session.get(Image, image_id, with_for_update=True, populate_existing=True)
            if image is not None:
                image.renditions = {**image.renditions, **more}
        if done:
            publish(session, ImagesChanged(tuple(sorted(done))))
    return len(done)


def _encode_again(
    key: str, renditions: Mapping[str, Sequence[int]], formats: Sequence[str]
) -> dict[str, dict[int, bytes]]:
    widths = sorted(renditions.get("webp") or ())
    path = storage.path_of(key, widths[-1], "webp") if widths else None
    if path is None or not formats or not path.exists():
        return {}
    with Pillow.open(BytesIO(path.read_bytes()), formats=("WEBP",)) as opened:
        pixels = processing.upright(opened)
    return processing.render(pixels, formats, widths=widths)


def without_avif(session: Session, limit: int) -> list[int]:
    """Pictures that still wait for their AVIF files, oldest first (index ix_media_image_without_avif)."""
    query = select(Image.id).where(~Image.renditions.has_key("avif")).order_by(Image.id).limit(limit)
    return list(session.scalars(query))


def remove_orphans(session: Session) -> dict[str, int]:
    """Sweep up: files without a row, and pictures that nothing has used for the time set.

    Pictures marked as kept stay. Returns how many {"files", "images"} are gone.
    """
    days = settings.get(session, MediaSettings).unused_days
    gone: list[str] = []
    if days:
        with unit_of_work(session):
            before = utcnow() - timedelta(days=days)
            old = select(Image.id).where(Image.created_at < before, ~Image.is_kept).order_by(Image.id)
            ids = list(session.scalars(old))
            unused = sorted(set(ids) - _used(session, ids))
            for image in locks.rows(session, Image, unused).values():
                gone.append(image.key)
                session.delete(image)
    for key in gone:
        storage.remove(key)
    return {"images": len(gone), "files": _remove_stray_files(session)}


def _remove_stray_files(session: Session) -> int:
    removed = 0
    keys = list(storage.keys_on_disk(WASTE_AFTER))
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        known = set(session.scalars(select(Image.key).where(Image.key.in_(part))))
        removed += sum(storage.remove(key) for key in part if key not in known)
    return removed


def _used(session: Session, image_ids: Sequence[int]) -> set[int]:
    """Which of these pictures any table refers to; tables are found by their foreign keys."""
    if not image_ids:
        return set()
    found: set[int] = set()
    links = session.execute(text(
        """SELECT c.conrelid::regclass::text, quote_ident(a.attname) FROM pg_constraint c
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype = 'f' AND c.confrelid = 'media_image'::regclass"""
    ))  # fmt: skip
    for table, column in links.all():
        rows = session.scalars(
            text(f"SELECT DISTINCT {column} FROM {table} WHERE {column} = ANY(:ids)"),
            {"ids": list(image_ids)},
        )
        found |= set(rows)
    return found
