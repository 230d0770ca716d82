"""Manifest of `media`."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Every, Feature
from app.core.i18n import _l
from app.media import admin, jobs, models, rules, storage, storefront
from app.media.settings import MediaSettings


def setup(app: Any) -> None:
    """Say where files lie and under which address browsers find them: ours, or a delivery network's."""
    storage.configure(app.config["MEDIA_FOLDER"])
    address = str(app.config["MEDIA_URL"])
    is_own = address.startswith("/")
    rules.serve_from(f"{app.config.get('CDN_URL') or ''}{address}" if is_own else address)
    app.register_blueprint(storefront.blueprint, url_prefix=address if is_own else "/media")


FEATURE = Feature(
    name="media",
    models=models,
    admin=(Admin(admin.ImageView, _l("Media library"), "Catalogue", "image", 80),),
    jobs={"media.add_avif": jobs.add_avif, "media.remove_orphans": jobs.remove_orphans},
    schedules=(
        Every(seconds=60, job="media.add_avif"),
        Every(seconds=86_400, job="media.remove_orphans"),
    ),
    settings=MediaSettings,
    setup=setup,
)
