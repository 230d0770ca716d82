"""The category tree: made, renamed, moved, removed. Every address it ever had keeps leading to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from app.catalog import rules
from app.catalog.errors import CategoryCycle, CategoryNotEmpty, NoSuchCategory
from app.catalog.models import Category, Product, ProductCategory, Slug
from app.catalog.operations import slugs
from app.catalog.operations.checking import plausible_id
from app.catalog.rules import Errors
from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l, translated
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import CategoryChanged
from app.media.models import Image

DEEPEST = 8
SEEN = (
    "parent_id",
    "name",
    "slug",
    "path",
    "position",
    "description",
    "translations",
    "image_id",
    "is_visible",
)
CHANGEABLE = ("name", "slug", "position", "description", "translations", "image_id", "is_visible")


def _lock_tree(session: Session) -> None:
    """One change of the tree's shape at a time: two moves could otherwise make a circle together."""
    locks.advisory(session, "catalog.tree")


def _check(session: Session, values: Mapping[str, Any]) -> Errors:
    errors: Errors = {}
    for name, longest in (("name", rules.LONGEST_NAME), ("description", rules.LONGEST_TEXT)):
        if name in values and (problem := rules.text_problem(values[name], longest, required=name == "name")):
            errors[name] = problem
    if values.get("slug") is not None and (problem := rules.text_problem(values["slug"], rules.LONGEST_NAME)):
        errors["slug"] = problem
    errors |= rules.translation_problems(values.get("translations", {}))
    position = values.get("position", 0)
    if not isinstance(position, int) or not 0 <= position < 2**31:
        errors["position"] = _l("Please enter a whole number.")
    image_id = values.get("image_id")
    if image_id is not None and (not plausible_id(image_id) or session.get(Image, image_id) is None):
        errors["image_id"] = _l("There is no such picture.")
    return errors


def _parent(session: Session, parent_id: int | None) -> Category | None:
    if parent_id is None:
        return None
    parent = session.get(Category, parent_id) if plausible_id(parent_id) else None
    if parent is None:
        raise InvalidFields({"parent_id": _l("There is no such category.")})
    if len(parent.lineage) >= DEEPEST:
        raise InvalidFields({"parent_id": _l("Categories can be at most 8 levels deep.")})
    return parent


def create_category(
    session: Session,
    *,
    actor: Actor,
    name: str,
    parent_id: int | None = None,
    slug: str | None = None,
    position: int = 0,
    description: str = "",
    translations: Mapping[str, Any] | None = None,
    image_id: int | None = None,
    is_visible: bool = True,
) -> Category:
    """Make a category below `parent_id`, or a department.

    Raises:
        InvalidFields: with every wrong field at once.
    """
    values: dict[str, Any] = {
        "name": name, "slug": slug, "position": position, "description": description,
        "translations": translations or {}, "image_id": image_id, "is_visible": bool(is_visible),
    }  # fmt: skip
    with unit_of_work(session):
        errors = _check(session, values)
        if errors:
            raise InvalidFields(errors)
        _lock_tree(session)
        parent = _parent(session, parent_id)
        own = slugs.slug_bases(name, slug, rules.clean_translations(values["translations"]), "category")
        category = Category(
            **{**values, "slug": own[DEFAULT_LANGUAGE], "name": name.strip()},
            parent_id=parent_id, path=f"?{name}", lineage=[],
        )  # fmt: skip
        category.translations = slugs_into(rules.clean_translations(values["translations"]), own)
        session.add(category)
        session.flush()
        category.lineage = [*(parent.lineage if parent else ()), category.id]
        _readdress(session, [category])
        audit.record(
            session, actor=actor, action="category.create", entity="catalog_category",
            entity_id=category.id, after=_snapshot(category),
        )  # fmt: skip
        publish(session, CategoryChanged(category.id))
    return category


def slugs_into(translations: dict[str, dict[str, str]], own: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Translations with the category's own part of the address in each language."""
    return {
        language: {**texts, "slug": own.get(language, own[DEFAULT_LANGUAGE])}
        for language, texts in translations.items()
    }


def _snapshot(category: Category) -> dict[str, Any]:
    return {name: getattr(category, name) for name in SEEN}


def _locked(session: Session, category_id: int) -> Category:
    category = session.get(Category, category_id, with_for_update=True, populate_existing=True)
    if category is None:
        raise NoSuchCategory()
    return category


def _subtree(session: Session, category_id: int) -> list[Category]:
    """The category and all below it, parents first (index ix_catalog_category_lineage)."""
    query = select(Category).where(Category.lineage.contains([category_id]))
    found = session.scalars(query.order_by(func.cardinality(Category.lineage), Category.id))
    return list(found.unique())


def _readdress(session: Session, categories: list[Category]) -> None:
    """Compute paths of these categories in every language; parents must come before children."""
    ancestors = {i for category in categories for i in category.lineage}
    by_id = {row.id: row for row in session.scalars(select(Category).where(Category.id.in_(ancestors)))}
    changed = {category.id for category in categories}
    languages = [
        code for code in LANGUAGES
        if code == DEFAULT_LANGUAGE or any((row.translations or {}).get(code, {}).get("slug") for row in by_id.values())
    ]  # fmt: skip

    def wished(category: Category, language: str) -> str:
        return "/".join(translated(by_id[i], "slug", language) for i in category.lineage)

    maker = slugs.SlugMaker(session, "category", (wished(c, code) for c in categories for code in languages))
    for category in categories:
        paths: dict[str, str] = {}
        taken: dict[str, str] = {}
        for code in languages:
            wish = wished(category, code)
            paths[code] = taken.setdefault(wish, maker.take(wish, category.id))
            _keep_own_part(category, code, paths[code].rsplit("/", 1)[-1])
        category.path = paths[DEFAULT_LANGUAGE]
        slugs.change(session, "category", category.id, paths)
    session.flush()
    assert changed <= set(by_id)


def _keep_own_part(category: Category, language: str, slug: str) -> None:
    """A path that had to be numbered numbers the category's own part of it."""
    if language == DEFAULT_LANGUAGE:
        category.slug = slug
    elif translated(category, "slug", language) != slug:
        texts = dict(category.translations or {})
        texts[language] = {**texts.get(language, {}), "slug": slug}
        category.translations = texts


def update_category(session: Session, *, category_id: int, actor: Actor, **changes: Any) -> Category:
    """Change name, texts, place among its siblings, picture or visibility; `parent_id` also moves it.

    Raises:
        NoSuchCategory, CategoryCycle, InvalidFields.
    """
    parent_given = "parent_id" in changes
    parent_id = changes.pop("parent_id", None)
    strangers = set(changes) - set(CHANGEABLE)
    if strangers:
        raise InvalidFields({sorted(strangers)[0]: _l("A category does not have such a field.")})
    with unit_of_work(session):
        errors = _check(session, changes)
        if errors:
            raise InvalidFields(errors)
        _lock_tree(session)
        category = _locked(session, category_id)
        before = _snapshot(category)
        for name, value in changes.items():
            if name not in ("slug", "translations"):
                setattr(category, name, value.strip() if isinstance(value, str) else value)
        if {"name", "slug", "translations"} & set(changes):
            texts = rules.clean_translations(changes.get("translations", category.translations or {}))
            if "name" in changes and "slug" not in changes and changes["name"] == before["name"]:
                changes["slug"] = category.slug
            own = slugs.slug_bases(category.name, changes.get("slug"), texts, "category")
            category.slug, category.translations = own[DEFAULT_LANGUAGE], slugs_into(texts, own)
            session.flush()
            _readdress(session, _subtree(session, category_id))
        if parent_given and parent_id != category.parent_id:
            move_category(session, category_id=category_id, parent_id=parent_id, actor=actor)
        session.flush()
        audit.record(
            session, actor=actor, action="category.update", entity="catalog_category",
            entity_id=category_id, before=before, after=_snapshot(category),
        )  # fmt: skip
        publish(session, CategoryChanged(category_id))
    return category


def move_category(
    session: Session, *, category_id: int, parent_id: int | None, actor: Actor, position: int | None = None
) -> Category:
    """Hang a category, with all below it and all its products, below another parent.

    Old addresses of the whole branch redirect to the new ones.

    Raises:
        NoSuchCategory: when there is none.
        CategoryCycle: when the new parent is the category itself or stands below it.
    """
    with unit_of_work(session):
        _lock_tree(session)
        category = _locked(session, category_id)
        before = _snapshot(category)
        parent = _parent(session, parent_id)
        if parent is not None and category_id in parent.lineage:
            raise CategoryCycle()
        branch = _subtree(session, category_id)
        above = list(parent.lineage) if parent else []
        depth = len(category.lineage) - 1
        if len(above) + max(len(row.lineage) - depth for row in branch) > DEEPEST:
            raise InvalidFields({"parent_id": _l("Categories can be at most 8 levels deep.")})
        category.parent_id = parent_id
        if position is not None:
            category.position = position
        for row in branch:
            row.lineage = above + list(row.lineage[depth:])
            row.path = f"?{row.id}"
        session.flush()
        _readdress(session, branch)
        audit.record(
            session, actor=actor, action="category.move", entity="catalog_category",
            entity_id=category_id, before=before, after=_snapshot(category),
        )  # fmt: skip
        publish(session, CategoryChanged(category_id, moved=True))
    return category


def delete_category(session: Session, *, category_id: int, actor: Actor) -> None:
    """Remove a category nothing hangs on.

    Raises:
        NoSuchCategory, CategoryNotEmpty.
    """
    with unit_of_work(session):
        _lock_tree(session)
        category = _locked(session, category_id)
        full = session.scalar(
            select(
                exists().where(Category.parent_id == category_id)
                | exists().where(Product.category_id == category_id)
                | exists().where(ProductCategory.category_id == category_id)
            )
        )
        if full:
            raise CategoryNotEmpty()
        audit.record(
            session, actor=actor, action="category.delete", entity="catalog_category",
            entity_id=category_id, before=_snapshot(category),
        )  # fmt: skip
        session.execute(delete(Slug).where(Slug.kind == "category", Slug.target_id == category_id))
        session.delete(category)
        publish(session, CategoryChanged(category_id))


def refresh_product_counts(session: Session) -> int:
    """Count the products on show below every category again. Returns how many counts were wrong."""
    with unit_of_work(session):
        counts = (
            text("""
            SELECT node AS id, count(DISTINCT pc.product_id)::int AS n
              FROM catalog_product_category pc
              JOIN catalog_product p ON p.id = pc.product_id AND p.state = 'published'
                   AND coalesce(p.published_from <= now(), TRUE) AND coalesce(p.published_until > now(), TRUE)
              JOIN catalog_category c ON c.id = pc.category_id, unnest(c.lineage) AS node
             GROUP BY node""")
            .columns(id=Category.id.type, n=Category.product_count.type)
            .subquery("counts")
        )
        number = func.coalesce(select(counts.c.n).where(counts.c.id == Category.id).scalar_subquery(), 0)
        done = session.execute(
            update(Category).where(Category.product_count != number).values(product_count=number)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        wrong = int(getattr(done, "rowcount", 0))
        if wrong:
            publish(session, CategoryChanged(0))
    return wrong
