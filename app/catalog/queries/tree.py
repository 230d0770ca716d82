"""The category tree, one copy a language, cached until a category changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.errors import NoSuchCategory
from app.catalog.models import Category, Slug
from app.core.caching import cached
from app.core.i18n import translated
from app.media.models import Image
from app.media.rules import ImageSet, image_set

OWNER = "catalog"
"""Owner of cached texts of the catalogue: tree, attributes, brands."""


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category in one language. `path` is what follows /c/; `lineage` runs from the root to itself."""

    id: int
    parent_id: int | None
    name: str
    path: str
    description: str
    lineage: tuple[int, ...]
    children: tuple[int, ...]
    is_visible: bool
    product_count: int
    image: ImageSet | None


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories of a language; `roots` are the departments, in order."""

    language: str
    nodes: dict[int, CategoryNode]
    roots: tuple[int, ...]

    def crumbs(self, category_id: int) -> list[CategoryNode]:
        """From the department down to the category itself."""
        node = self.nodes.get(category_id)
        return [self.nodes[i] for i in node.lineage if i in self.nodes] if node else []

    def full_name(self, category_id: int) -> str:
        """The name with those above it: "Lighting / Desk lamps"; nothing for a category that is not there."""
        return " / ".join(node.name for node in self.crumbs(category_id))

    def called(self, words: str) -> list[int]:
        """The categories whose full name contains the words."""
        wanted = words.casefold()
        return [i for i in self.nodes if wanted in self.full_name(i).casefold()]

    def children(self, category_id: int | None = None) -> list[CategoryNode]:
        """Visible children of a category, or the departments."""
        ids = self.roots if category_id is None else self.nodes[category_id].children
        return [self.nodes[i] for i in ids if self.nodes[i].is_visible]

    def is_shown(self, category_id: int) -> bool:
        """True when the category and everything above it is visible."""
        return all(node.is_visible for node in self.crumbs(category_id)) and category_id in self.nodes


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """A category found by an address. `is_moved`: the address is old, redirect to `node.path`."""

    node: CategoryNode
    crumbs: list[CategoryNode]
    children: list[CategoryNode]
    is_moved: bool


def category_tree(session: Session, lang: str) -> CategoryTree:
    """The tree in a language (cached; owner "catalog")."""
    return cached(OWNER, f"tree:{lang}", lambda: load_tree(session, lang))


def load_tree(session: Session, lang: str) -> CategoryTree:
    """The tree in a language, from the database: one statement."""
    query = (
        select(Category, Image.key, Image.width, Image.height, Image.renditions, Image.colour)
        .outerjoin(Image, Image.id == Category.image_id)
        .order_by(Category.position, Category.name, Category.id)
    )
    rows = session.execute(query).all()
    by_id = {row.Category.id: row.Category for row in rows}
    children: dict[int | None, list[int]] = {}
    for row in rows:
        children.setdefault(row.Category.parent_id, []).append(row.Category.id)
    nodes = {
        row.Category.id: _node(row, by_id, tuple(children.get(row.Category.id, ())), lang) for row in rows
    }
    return CategoryTree(lang, nodes, tuple(children.get(None, ())))


def _node(row: Any, by_id: dict[int, Category], children: tuple[int, ...], lang: str) -> CategoryNode:
    category: Category = row.Category
    name = translated(category, "name", lang)
    sizes = (row.key, row.width, row.height, row.renditions)
    picture = image_set(*sizes, name, row.colour) if row.key else None
    return CategoryNode(
        id=category.id,
        parent_id=category.parent_id,
        name=name,
        path="/".join(translated(by_id[i], "slug", lang) for i in category.lineage),
        description=translated(category, "description", lang),
        lineage=tuple(category.lineage),
        children=children,
        is_visible=category.is_visible,
        product_count=category.product_count,
        image=picture,
    )


def category_page(session: Session, path: str, lang: str, preview: bool = False) -> CategoryPage:
    """A category by its address, present or past, in whatever language it was.

    Raises:
        NoSuchCategory: when it never was one, or is hidden from customers.
    """
    tree = category_tree(session, lang)
    category_id = next((node.id for node in tree.nodes.values() if node.path == path), None)
    if category_id is None and len(path) < 1000 and "\x00" not in path and path.isprintable():
        query = select(Slug.target_id).where(Slug.kind == "category", Slug.slug == path)
        category_id = session.scalar(query.order_by(Slug.is_current.desc(), Slug.id.desc()).limit(1))
    if category_id is None or category_id not in tree.nodes or not (preview or tree.is_shown(category_id)):
        raise NoSuchCategory()
    node = tree.nodes[category_id]
    return CategoryPage(node, tree.crumbs(category_id), tree.children(category_id), node.path != path)
