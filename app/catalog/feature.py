"""Manifest of `catalog`."""

from __future__ import annotations

from app.catalog import admin, checks, cli, handlers, import_jobs, jobs, models
from app.catalog.importing import models as import_models
from app.catalog.importing.screen import ImportView
from app.core.feature import Admin, Check, Every, Feature, Handler
from app.core.i18n import _l
from app.events.catalog import (
    AttributesChanged,
    BrandChanged,
    CategoryChanged,
    ProductArchived,
    ProductChanged,
    ProductPublished,
    ProductsChanged,
)
from app.events.media import ImagesChanged

FEATURE = Feature(
    name="catalog",
    models=models,
    admin=(
        Admin(admin.VariantView, _l("Variants"), "Catalogue", "boxes", 20),
        Admin(admin.ProductView, _l("Products"), "Catalogue", "box", 10),
        Admin(admin.CategoryView, _l("Categories"), "Catalogue", "folder", 30),
        Admin(admin.BrandView, _l("Brands"), "Catalogue", "tag", 40),
        Admin(admin.ProductTypeView, _l("Product types"), "Catalogue", "layers", 50),
        Admin(admin.AttributeView, _l("Attributes"), "Catalogue", "list", 60),
        Admin(admin.AttributeOptionView, _l("Options"), "Catalogue", "palette", 70),
        Admin(ImportView, _l("Imports"), "Catalogue", "upload", 80),
    ),
    handlers=(
        Handler(ProductChanged, handlers.forget_product, inline=True),
        Handler(ProductsChanged, handlers.forget_products, inline=True),
        Handler(CategoryChanged, handlers.forget_category, inline=True),
        Handler(BrandChanged, handlers.forget_brand, inline=True),
        Handler(AttributesChanged, handlers.forget_attributes, inline=True),
        Handler(ImagesChanged, handlers.forget_images, inline=True),
        Handler(ProductPublished, handlers.count_published),
        Handler(ProductArchived, handlers.count_archived),
        Handler(CategoryChanged, handlers.count_moved),
    ),
    jobs={
        "catalog.cross_windows": jobs.cross_windows,
        "catalog.recount": jobs.recount,
        "catalog.change_state": jobs.change_state,
        "catalog.import": import_jobs.run_import,
    },
    schedules=(
        Every(seconds=30, job="catalog.cross_windows"),
        Every(seconds=60, job="catalog.recount"),
    ),
    checks=(
        Check("a published product can be bought", checks.published_can_be_bought),
        Check("a product's address leads to it", checks.products_have_their_address),
        Check("a product stands in its category", checks.primary_category_shows_product),
        Check("categories form a tree", checks.tree_is_a_tree),
    ),
    cli=(cli.commands,),
)
assert import_models.ImportImage.__table__ is not None  # its table is part of the schema
