"""Writes the catalogue as our own table, one row a variant, and knows when a row says nothing new."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.importing import links
from app.catalog.importing.formats.generic import COLUMNS, record_of, safe
from app.catalog.importing.models import ImportImage
from app.catalog.importing.records import Record, VariantRecord
from app.catalog.models import Brand, Category, Product, ProductCategory, ProductType, Variant
from app.catalog.queries import Book, load_book
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES

BATCH = 300
OTHERS = tuple(lang for lang in LANGUAGES if lang != DEFAULT_LANGUAGE)
# The catalogue stands below prices and stock and may not import them; it reads what they keep by SKU.
_PRICES = text(
    """SELECT variant_id, amount, compare_at FROM pricing_price
        WHERE variant_id = ANY(CAST(:ids AS bigint[])) AND currency = :currency"""
)
_STOCK = text(
    """SELECT variant_id, sum(on_hand) AS on_hand FROM inventory_stock
        WHERE variant_id = ANY(CAST(:ids AS bigint[])) GROUP BY variant_id"""
)


def columns(book: Book) -> list[str]:
    """All columns of an export: the fixed ones, texts in other languages, options, attributes."""
    varied = sorted({code for kind in book.types.values() for code in kind.variant_attributes})
    said = sorted({code for kind in book.types.values() for code in kind.attributes})
    texts = [f"{name}:{lang}" for lang in OTHERS for name in ("name", "description")]
    return [*COLUMNS, *texts, *(f"option:{c}" for c in varied), *(f"attribute:{c}" for c in said)]


def rows(session: Session, product_ids: Sequence[int], currency: str = "EUR") -> Iterator[dict[str, str]]:
    """Rows of these products: variants in their order, products in the order given."""
    ids = list(product_ids)
    query = (
        select(Product, Brand.name.label("brand"), ProductType.code.label("type"))
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .join(ProductType, ProductType.id == Product.type_id)
        .where(Product.id.in_(ids))
    )
    products = {row.Product.id: row for row in session.execute(query)}
    variants: dict[int, list[Variant]] = {}
    found = select(Variant).where(Variant.product_id.in_(ids)).order_by(Variant.position, Variant.id)
    for variant in session.scalars(found):
        variants.setdefault(variant.product_id, []).append(variant)
    paths = _paths(session, ids)
    images: dict[int, list[str]] = {}
    urls = select(ImportImage.product_id, ImportImage.url).where(ImportImage.product_id.in_(ids))
    for row in session.execute(urls.order_by(ImportImage.source, ImportImage.position)):
        images.setdefault(row.product_id, []).append(row.url)
    keys = [variant.id for each in variants.values() for variant in each]
    prices = {r.variant_id: r for r in session.execute(_PRICES, {"ids": keys, "currency": currency})}
    beside = links.cells_of(session, ids)
    stock = {r.variant_id: int(r.on_hand) for r in session.execute(_STOCK, {"ids": keys})}
    for product_id in ids:
        if product_id in products:
            shared = _product_cells(
                products[product_id], paths.get(product_id, []), images.get(product_id, [])
            ) | beside.get(product_id, {})
            for variant in variants.get(product_id, ()):
                yield shared | _variant_cells(variant, prices.get(variant.id), stock.get(variant.id))


def _paths(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    names = {
        row.id: (row.name, row.lineage)
        for row in session.execute(select(Category.id, Category.name, Category.lineage))
    }
    links = select(
        ProductCategory.product_id, ProductCategory.category_id, Product.category_id.label("primary")
    ).join(Product, Product.id == ProductCategory.product_id)
    links = links.where(ProductCategory.product_id.in_(ids)).order_by(
        ProductCategory.product_id,
        ProductCategory.category_id != Product.category_id,
        ProductCategory.category_id,
    )
    found: dict[int, list[str]] = {}
    for row in session.execute(links):
        path = " > ".join(names[above][0] for above in names[row.category_id][1])
        found.setdefault(row.product_id, []).append(path)
    return found


def _product_cells(row: Any, paths: Sequence[str], images: Sequence[str]) -> dict[str, str]:
    product: Product = row.Product
    cells = {
        "product": product.slug, "name": product.name, "brand": row.brand or "", "categories": " | ".join(paths),
        "type": row.type, "description": product.description, "tax_class": product.tax_class,
        "published": "yes" if product.state == "published" else "no",
        "available": "yes" if product.is_available else "no", "images": " ".join(images),
    }  # fmt: skip
    for lang in OTHERS:
        texts = product.translations.get(lang) or {}
        for name in ("name", "description"):
            cells[f"{name}:{lang}"] = texts.get(name) or ""
    for code, value in product.specifications.items():
        cells[f"attribute:{code}"] = _said(value)
    return cells


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _variant_cells(variant: Variant, price: Any, stock: int | None) -> dict[str, str]:
    cells = {
        "sku": variant.sku, "ean": variant.ean or "", "variant_name": variant.name,
        "weight_g": str(variant.weight_g), "active": "yes" if variant.is_active else "no",
        "price": f"{price.amount:.2f}" if price else "", "stock": "" if stock is None else str(stock),
        "compare_at": f"{price.compare_at:.2f}" if price and price.compare_at is not None else "",
    }  # fmt: skip
    return cells | {f"option:{code}": value for code, value in variant.options.items()}


def export(session: Session, file: TextIO, currency: str = "EUR") -> tuple[int, int]:
    """Write all products that are not archived; returns (products, rows)."""
    names = columns(load_book(session))
    writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
    writer.writeheader()
    after, products, written = 0, 0, 0
    while True:
        query = select(Product.id).where(Product.id > after, Product.state != "archived")
        ids = list(session.scalars(query.order_by(Product.id).limit(BATCH)))
        if not ids:
            return products, written
        for row in rows(session, ids, currency):
            writer.writerow({name: safe(value) for name, value in row.items()})
            written += 1
        after, products = ids[-1], products + len(ids)
        session.expunge_all()


def write_xlsx(session: Session, path: Path, currency: str = "EUR") -> tuple[int, int]:
    """The same as a spreadsheet: every cell is text, so that leading zeros stay."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    names = columns(load_book(session))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("catalogue")
    sheet.append(names)
    ids = list(session.scalars(select(Product.id).where(Product.state != "archived").order_by(Product.id)))
    written = 0
    for start in range(0, len(ids), BATCH):
        for row in rows(session, ids[start : start + BATCH], currency):
            cells = []
            for name in names:
                cell = WriteOnlyCell(sheet, value=safe(row.get(name, ""))[:32_000])
                cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
            written += 1
    book.save(path)
    return len(ids), written


def unchanged_keys(session: Session, records: Sequence[Record]) -> set[str]:
    """Keys of those records whose product says the same already."""
    skus = {v.sku: record.key for record in records for v in record.variants if v.sku and "\x00" not in v.sku}
    query = select(Variant.sku, Variant.product_id).where(Variant.sku.in_(list(skus)))
    products: dict[str, set[int]] = {}
    for row in session.execute(query):
        products.setdefault(skus[row.sku], set()).add(row.product_id)
    by_product = {next(iter(ids)): key for key, ids in products.items() if len(ids) == 1}
    held: dict[int, list[tuple[int, dict[str, str]]]] = {}
    by_sku = {row["sku"]: row for row in rows(session, list(by_product))}
    owner = {row.sku: row.product_id for row in session.execute(query)}
    for sku, row in by_sku.items():
        if owner.get(sku) in by_product:
            held.setdefault(owner[sku], []).append((0, row))
    wanted = {record.key: record for record in records}
    same = set()
    for product_id, key in by_product.items():
        mine = record_of(held[product_id]) if product_id in held else None
        if isinstance(mine, Record) and _alike(wanted[key], mine):
            same.add(key)
    return same


def _alike(given: Record, held: Record) -> bool:
    """True when what is given says nothing that is not so already; columns left out say nothing."""
    mine = {variant.sku: variant for variant in held.variants}
    if any(variant.sku not in mine for variant in given.variants):
        return False
    return (
        (given.name, given.description, given.brand, given.type_code, given.tax_class, given.translations)
        == (held.name, held.description, held.brand, held.type_code, held.tax_class, held.translations)
        and [list(p) for p in given.categories] == [list(p) for p in held.categories]
        and given.is_available == held.is_available
        and {c: v.value for c, v in given.attributes.items()}
        == {c: v.value for c, v in held.attributes.items()}
        and list(given.images) == list(held.images)
        and all(_same_variant(variant, mine[variant.sku]) for variant in given.variants)
    )


def _same_variant(given: VariantRecord, held: VariantRecord) -> bool:
    fixed = ("options", "ean", "name", "weight_g", "is_active")
    said = ("price", "compare_at", "stock")
    return all(getattr(given, name) == getattr(held, name) for name in fixed) and all(
        getattr(given, name) is None or getattr(given, name) == getattr(held, name) for name in said
    )
