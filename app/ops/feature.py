"""What operations bring to the house: health, figures, and the commands that look after a shop."""

from __future__ import annotations

from typing import Any

from app.core.feature import Feature
from app.ops import cli, health
from app.ops.demo.settings import DemoState


def draw_further_pictures(progress: Any, *, products: int) -> dict[str, int]:
    """Draw the demo's further pictures. Loaded when it runs: the studio needs numpy, a web worker does not."""
    from app.ops.demo.jobs import draw_further_pictures as draw

    return draw(progress, products=products)


FEATURE = Feature(
    name="ops",
    blueprints=(health.blueprint,),
    cli=(cli.shop,),
    jobs={"ops.demo_pictures": draw_further_pictures},
    settings=DemoState,
    setup=health.init_app,
)
