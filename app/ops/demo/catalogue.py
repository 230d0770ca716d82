"""Builds the demo catalogue through the operations of the catalogue; doing it again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from zlib import crc32

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import Attribute, Brand, Category, ProductType, Variant
from app.catalog.rules import NewImage, NewProduct, NewVariant
from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.inventory import operations as inventory
from app.ops.demo.art.spec import PictureSpec
from app.ops.demo.content.attributes import ATTRIBUTES, TYPES
from app.ops.demo.content.brands import BRANDS
from app.ops.demo.content.categories import DEPARTMENTS, GROUPS
from app.ops.demo.content.language import Text
from app.ops.demo.content.lines import LINES
from app.ops.demo.content.products import PLAIN_LIMIT, products
from app.ops.demo.content.values import AttributeSpec, ProductPicture, ProductSpec

SOURCE = "demo"
BATCH = 250
YEAR = 366
VAT = Decimal("1.21")
"""Demo prices include this much VAT."""
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Places:
    """Ids that products refer to: categories by path of codes, brands by name."""

    categories: Mapping[str, int]
    brands: Mapping[str, int]


def others(column: str, text: Text, **more: Text) -> dict[str, dict[str, str]]:
    """A text's other languages as the catalogue keeps translations."""
    columns = {column: text, **more}
    return {lang: {name: words[lang] for name, words in columns.items()} for lang in text if lang != "en"}


def set_up(session: Session, actor: Actor, images: Mapping[str, int]) -> Places:
    """Make attributes, types, the tree and the makers. `images` gives categories their pictures."""
    _attributes(session, actor)
    known = set(session.scalars(select(ProductType.code)))
    for kind in TYPES.values():
        if kind.code not in known:
            catalog.create_product_type(
                session, actor=actor, code=kind.code, name=kind.names["en"], attributes=kind.attributes,
                variant_attributes=kind.variant_attributes,
            )  # fmt: skip
    names = sorted({name for group in BRANDS.values() for name in group})
    for name in names:
        catalog.ensure_brand(session, name=name, actor=actor)
    brands = dict(session.execute(select(Brand.name, Brand.id).where(Brand.name.in_(names))).all())
    return Places(_categories(session, actor, images), brands)  # type: ignore[arg-type]


def _attributes(session: Session, actor: Actor) -> None:
    known = set(session.scalars(select(Attribute.code)))
    for position, spec in enumerate(ATTRIBUTES):
        if spec.code not in known:
            catalog.create_attribute(
                session, actor=actor, code=spec.code, name=spec.names["en"], kind=spec.kind, unit=spec.unit,
                is_filter=spec.is_filter, is_variant=spec.is_variant, position=position,
                translations=others("name", spec.names), options=_options(spec),
            )  # fmt: skip


def _options(spec: AttributeSpec) -> list[dict[str, Any]]:
    return [
        {
            "value": option.value,
            "label": option.labels["en"],
            "swatch": option.swatch,
            "translations": others("label", option.labels),
        }
        for option in spec.options
    ]


def category_picture(path: str) -> PictureSpec:
    """A picture for a department, a group or a kind of things."""
    line = next(line for line in LINES.values() if line.path.startswith(path))
    tones = ("linen", "sage", "mist", "blush", "clay", "butter", "sky", "oat")
    colours = ("#b4623f", "#5b6a48", "#50698a", "#cf9a45", "#944a30", "#4d7f82", "#8c3a47", "#33322f")
    place = sum(map(ord, path)) % len(tones)
    finish = "knit" if line.type_code == "clothing" else "matte"
    return PictureSpec(line.kind, colours[place], "#b98d5c", finish, len(path) * 17, 2, tones[place])


def category_paths() -> list[str]:
    """Every path of the tree, parents first."""
    return [*DEPARTMENTS, *GROUPS, *(line.path for line in LINES.values())]


def _categories(session: Session, actor: Actor, images: Mapping[str, int]) -> dict[str, int]:
    ids: dict[str, int] = {}
    known = {(row.parent_id, row.name): row.id for row in session.execute(select(Category.parent_id, Category.name, Category.id))}  # fmt: skip
    leaves = {line.path: line.plural for line in LINES.values()}
    for position, path in enumerate(category_paths()):
        names = leaves.get(path) or GROUPS.get(path) or DEPARTMENTS[path][0]
        words = DEPARTMENTS[path][1] if path in DEPARTMENTS else None
        parent = ids.get(path.rpartition("/")[0])
        found = known.get((parent, names["en"]))
        if found is None:
            texts = others("name", names, **({"description": words} if words else {}))
            found = catalog.create_category(
                session, actor=actor, name=names["en"], parent_id=parent, position=position,
                description=words["en"] if words else "", translations=texts,
                image_id=images.get(category_picture(path).key),
            ).id  # fmt: skip
        ids[path] = found
    return ids


EAGER = 360
"""So many products have their picture when the shop opens; the job draws the others."""


def eager_pictures(count: int) -> Iterator[PictureSpec]:
    """The pictures a shop cannot open without: of the tree, and of what stands first in its lists."""
    for path in category_paths():
        yield category_picture(path)
    if count > PLAIN_LIMIT:  # few pictures, shared by all
        for spec in products(count):
            yield spec.pictures[0].spec
        return
    newest = sorted(products(count), key=lambda spec: spec.days_old)[: EAGER // 6]
    liked = sorted(products(count), key=lambda spec: -spec.popularity)[:EAGER]
    for spec in (*newest, *liked):
        yield spec.pictures[0].spec


def came_out(since: date, days_old: int) -> datetime:
    """When a product came out: with the first moment of its day, so that a demo made at night can sell all of it."""
    return datetime.combine(since, time(), UTC) - timedelta(days=days_old)


def build(
    session: Session,
    count: int,
    places: Places,
    images: Mapping[str, int],
    *,
    seller_id: int | None,
    since: date,
    actor: Actor,
    report: Report,
) -> int:
    """Make `count` products with variants, prices and stock, new in the year before `since`.

    Returns how many are there.
    """
    done = 0
    for part in _parts(products(count), BATCH):
        incoming = [
            catalog.Incoming(
                spec.code,
                replace(
                    _product(spec, places, images),
                    seller_id=seller_id if _is_sellers(spec) else None,
                    published_from=came_out(since, spec.days_old),
                ),
            )
            for spec in part
        ]
        results = catalog.upsert_products_bulk(session, SOURCE, incoming, actor)
        wrong = [result for result in results if result.errors]
        if wrong:
            raise RuntimeError(f"the demo is refused: {part[wrong[0].position].code} {wrong[0].errors}")
        with unit_of_work(session):
            _costs(session, part, since - timedelta(days=YEAR), actor)
            session.execute(
                _CAME, {"skus": [v.sku for spec in part for v in spec.variants], "age": timedelta(days=YEAR)}
            )
        done += len(part)
        session.expunge_all()
        report(done, count)
    return done


# the goods came before the year of orders began
_CAME = text(
    """UPDATE inventory_movement m SET at = m.at - :age
         FROM inventory_stock s JOIN catalog_variant v ON v.id = s.variant_id
        WHERE m.stock_id = s.id AND v.sku = ANY(CAST(:skus AS text[])) AND m.reason = 'product'
          AND m.at > now() - interval '1 day'"""
)


def _costs(session: Session, part: list[ProductSpec], valid_from: date, actor: Actor) -> None:
    """Say what pieces cost the shop: between 35 and 64 % of the price without VAT, the same on every run."""
    cost = {v.sku: _cost(spec) for spec in part for v in spec.variants}
    ids = session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(cost)))
    amounts = {variant_id: cost[sku] for sku, variant_id in ids}
    inventory.set_costs(session, amounts=amounts, valid_from=valid_from, actor=actor)


def _cost(spec: ProductSpec) -> Decimal:
    share = Decimal(35 + crc32(spec.code.encode()) % 30) / 100
    return ((spec.compare_at or spec.price) / VAT * share).quantize(Decimal("0.01"))


def _is_sellers(spec: ProductSpec) -> bool:
    return spec.brand == "Terre Brune"


def _parts(specs: Iterable[ProductSpec], size: int) -> Iterator[list[ProductSpec]]:
    rest = iter(specs)
    while part := list(islice(rest, size)):
        yield part


def _product(spec: ProductSpec, places: Places, images: Mapping[str, int]) -> NewProduct:
    return NewProduct(
        name=spec.names["en"],
        category_id=places.categories[spec.category],
        type_code=spec.type_code,
        brand_id=places.brands[spec.brand],
        description=spec.descriptions["en"],
        translations=others("name", spec.names, description=spec.descriptions),
        tax_class=spec.tax_class,
        specifications={k: str(v) if isinstance(v, Decimal) else v for k, v in spec.specifications.items()},
        variants=[
            NewVariant(sku=v.sku, options=v.options, ean=v.ean, weight_g=v.weight_g) for v in spec.variants
        ],
        images=new_images(spec, images),
        parts={
            "prices": {v.sku: _price(spec) for v in spec.variants},
            "stock": {v.sku: v.stock for v in spec.variants},
        },
        popularity=spec.popularity,
        publish=spec.published,
    )


def _price(spec: ProductSpec) -> dict[str, Any]:
    price: dict[str, Any] = {"EUR": str(spec.price)}
    if spec.compare_at is not None:
        price["compare_at"] = {"EUR": str(spec.compare_at)}
    return price


def new_images(spec: ProductSpec, images: Mapping[str, int]) -> list[NewImage]:
    """The product's pictures that have been drawn; that of a colour hangs on each variant in it."""
    made = []
    for picture in spec.pictures:
        image_id = images.get(picture.spec.key)
        if image_id is None:
            continue
        for sku in _skus(spec, picture):
            made.append(
                NewImage(
                    image_id=image_id, alt=picture.alts["en"], translations=others("alt", picture.alts), sku=sku
                )
            )  # fmt: skip
    return made


def _skus(spec: ProductSpec, picture: ProductPicture) -> list[str | None]:
    if not picture.options:
        return [None]
    return [v.sku for v in spec.variants if all(v.options.get(k) == x for k, x in picture.options.items())]
