"""Draws the demo's pictures beside the loader: other processes draw, this one encodes and stores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from PIL import Image
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.media.operations import Drawn, store_drawn
from app.ops.demo.art.spec import PictureSpec

SIZE = 960
WIDTHS = (320, 640, 960)
BATCH = 40


def draw_raw(spec: PictureSpec) -> tuple[str, bytes]:
    """Draw one picture; its pixels travel between processes as they are."""
    from app.ops.demo.art.studio import draw

    return spec.key, draw(spec, SIZE).tobytes()


def store_pictures(
    session: Session,
    specs: Iterable[PictureSpec],
    *,
    actor: Actor,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, int]:
    """Draw and store every picture once. Returns the stored picture's id by `PictureSpec.key`."""
    wanted = list({spec.key: spec for spec in specs}.values())
    ids: dict[str, int] = {}
    drawers = max(1, (os.cpu_count() or 2) - 1)
    with ProcessPoolExecutor(drawers, mp_context=get_context("spawn")) as pool:
        for part in _parts(wanted, BATCH):
            drawn = list(pool.map(draw_raw, part, chunksize=4))
            ids |= _store(session, drawn, actor)
            report(len(ids), len(wanted))
    return ids


def _parts(specs: Sequence[PictureSpec], size: int) -> Iterator[Sequence[PictureSpec]]:
    for start in range(0, len(specs), size):
        yield specs[start : start + size]


def _store(session: Session, drawn: Sequence[tuple[str, bytes]], actor: Actor) -> dict[str, int]:
    images = [Drawn(Image.frombytes("RGB", (SIZE, SIZE), raw), filename=f"{key}.webp") for key, raw in drawn]
    rows = store_drawn(session, images, actor=actor, widths=WIDTHS)
    return {key: row.id for (key, _raw), row in zip(drawn, rows, strict=True)}
