"""Tables and screens of a made-up workshop, on which the base layer is tried; no feature of the shop."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    Enum,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.orm import Mapped, mapped_column, relationship
from wtforms import Form, IntegerField, StringField
from wtforms.validators import NumberRange

from app.core.admin import (
    Interface,
    ModelView,
    OperationView,
    Panel,
    ReadOnlyView,
    Step,
    Tile,
    action,
    by,
    related,
)
from app.core.db import NAMING, Base, JsonB, Stamped, Timestamp, Versioned, pk
from app.core.errors import Conflict, Invalid
from app.core.feature import Admin, Feature, Slot
from app.core.unit_of_work import unit_of_work


class DeskBase(Base):
    """Tables of their own metadata: migrations and other tests never see them."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


class Grade(enum.Enum):
    """How good a thing is."""

    fine = "fine"
    rough = "rough"
    broken = "broken"


class DeskMaker(Stamped, DeskBase):
    """Who makes things."""

    __tablename__ = "desk_maker"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text, unique=True)
    town: Mapped[str | None] = mapped_column(Text)


links = Table(
    "desk_thing_tag",
    DeskBase.metadata,
    SqlColumn("thing_id", BigInteger, ForeignKey("desk_thing.id", ondelete="CASCADE"), primary_key=True),
    SqlColumn("tag_id", BigInteger, ForeignKey("desk_tag.id", ondelete="CASCADE"), primary_key=True),
)


class DeskTag(DeskBase):
    """A word on a thing."""

    __tablename__ = "desk_tag"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text)


class DeskThing(Stamped, Versioned, DeskBase):
    """A thing with a column of every type."""

    __tablename__ = "desk_thing"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(Text, unique=True)
    grade: Mapped[Grade] = mapped_column(Enum(Grade, name="desk_grade"), server_default="fine")
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default="0")
    weight: Mapped[float | None] = mapped_column(Float)
    stock: Mapped[int] = mapped_column(Integer, server_default="0")
    details: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    words: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    mark: Mapped[UUID | None] = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
    made_on: Mapped[date | None] = mapped_column(Date)
    seen_at: Mapped[datetime | None] = mapped_column(Timestamp)
    is_listed: Mapped[bool] = mapped_column(Boolean, server_default="false")
    owner_id: Mapped[int | None] = mapped_column(Integer)
    maker_id: Mapped[int | None] = mapped_column(ForeignKey(DeskMaker.__table__.c.id))
    maker: Mapped[DeskMaker | None] = relationship()
    tags: Mapped[list[DeskTag]] = relationship(secondary=links)
    description: Mapped[str | None] = mapped_column(Text)


class DeskBatch(DeskBase):
    """A batch that only operations may touch."""

    __tablename__ = "desk_batch"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer, server_default="1")
    thing_id: Mapped[int | None] = mapped_column(ForeignKey(DeskThing.__table__.c.id))
    thing: Mapped[DeskThing | None] = relationship()


class TooLarge(Invalid):
    """More than fits in the kiln."""

    code, field = "too_large", "size"
    message = _l("At most %(most)s fit.")


class FiredAlready(Conflict):
    """A fired batch stays."""

    code = "fired"
    message = _l("This batch was fired and stays.")


def add_batch(session: Any, *, name: str, size: int, thing_id: int | None = None, actor: Any) -> DeskBatch:
    """Add a batch and refuse after the first write, as an operation with a late rule would."""
    with unit_of_work(session):
        batch = DeskBatch(name=name, size=size, thing_id=thing_id)
        session.add(batch)
        session.flush()
        if size > 100:
            raise TooLarge(most=100)
    return batch


def change_batch(
    session: Any, *, batch_id: int, name: str, size: int, thing_id: int | None = None, actor: Any
) -> None:
    """Change a batch."""
    with unit_of_work(session):
        batch = session.get_one(DeskBatch, batch_id)
        batch.name, batch.size, batch.thing_id = f"{name}", size, thing_id
        session.flush()
        if size > 100:
            raise TooLarge(most=100)


def remove_batch(session: Any, *, batch_id: int, actor: Any) -> None:
    """Remove a batch that was not fired."""
    with unit_of_work(session):
        batch = session.get_one(DeskBatch, batch_id)
        if batch.name == "fired":
            raise FiredAlready()
        session.delete(batch)


class MakerView(ModelView):
    """Makers: a plain table."""

    datamodel = Interface(DeskMaker)
    imports = by("name")
    entity = "maker"
    title, singular = "Makers", "Maker"
    list_columns = ["name", "town", "created_at"]
    search_columns = ["name", "town"]
    grants = {"Support": ("can_list", "can_show")}


class FireForm(Form):
    """What firing needs to know."""

    degrees = IntegerField("Degrees", validators=[NumberRange(600, 1300)])
    note = StringField("Note", description="Shown in the book of the kiln.")


class ThingView(ModelView):
    """Things: every type of column, actions, owners, panels."""

    datamodel = Interface(DeskThing)
    imports = by("code")
    entity = "thing"
    title, singular, icon = "Things", "Thing", "box"
    list_columns = ["name", "code", "state", "price", "stock", "maker", "created_at"]
    show_columns = [
        "name", "code", "grade", "state", "price", "weight", "stock", "maker", "tags", "is_listed", "made_on", "seen_at",
        "mark", "words", "details", "description", "created_at", "updated_at",
    ]  # fmt: skip
    add_fieldsets = edit_fieldsets = [
        ("The thing", {"fields": ["name", "code", "grade", "state", "maker", "tags", "description"]}),
        ("Figures", {"fields": ["price", "stock", "weight", "made_on", "seen_at", "is_listed"]}),
        ("Data", {"fields": ["mark", "words", "details"]}),
    ]
    search_columns = [
        "name", "code", "grade", "state", "price", "weight", "stock", "maker", "tags", "is_listed", "made_on", "seen_at",
        "mark", "words", "details", "maker.town", "created_at",
    ]  # fmt: skip
    quick_search_columns = ("name", "code", "maker.name")
    base_order = ("created_at", "desc")
    choices = {"state": [("draft", "Draft"), ("active", "Active"), ("archived", "Archived")]}
    relations = {"maker": related("name", "town")}
    column_help = {"code": "Printed on the bottom. Never changes.", "price": "In euro, VAT included."}
    global_search = True
    grants = {"Seller": ("can_list", "can_show", "can_edit", "can_add", "activate")}

    @staticmethod
    def owner_filter(model: Any, user_id: int) -> Any:
        """A seller sees own things."""
        return model.owner_id == user_id

    @action("activate", "Activate", icon="check")
    def activate(self, items: Any) -> str:
        """Put things on the shelf."""
        with unit_of_work(self.datamodel.session):
            for item in items:
                item.state = "active"
        return f"{len(items)} active"

    @action(
        "scrap",
        "Scrap",
        "Scrap these things?",
        icon="trash",
        danger=True,
        ask="Reason",
        takes="ids",
        single=False,
    )
    def scrap(self, ids: Any, answer: str) -> str:
        """Answer with what was asked."""
        return f"{len(ids)} scrapped: {answer}"

    @action("fire", "Fire", icon="spark", form=FireForm, multiple=False)
    def fire(self, items: Any, degrees: int, note: str) -> str:
        """Fire a thing, unless that is too hot."""
        if degrees > 1200:
            raise Invalid("The kiln ends at 1200.", field="degrees")
        return f"Fired at {degrees}"

    def panels(self, item: Any) -> list[Panel]:
        """A panel beside."""
        return [Panel("Kiln", Markup("<p>{}</p>").format(f"Shelf of {item.name}"), where="side", id="kiln")]


class TagView(ModelView):
    """Tags, without a menu entry."""

    datamodel = Interface(DeskTag)
    entity = "tag"


class BatchView(OperationView):
    """Batches: written by operations only."""

    datamodel = Interface(DeskBatch)
    imports = by("name")
    entity = "batch"
    title, singular, icon = "Batches", "Batch", "boxes"
    list_columns = ["name", "size", "thing"]
    search_columns = ["name", "size", "thing"]
    add_columns = edit_columns = ["name", "size", "thing"]
    id_argument = "batch_id"
    add_operation = staticmethod(add_batch)
    edit_operation = staticmethod(change_batch)
    delete_operation = staticmethod(remove_batch)


class ThingReportView(ReadOnlyView):
    """Things, to look at."""

    datamodel = Interface(DeskThing)
    entity = "deskreport"
    title = "Report"
    list_columns = ["name", "stock"]
    search_columns = ["stock"]


ThingView.related_views = [BatchView]


def things_made(session: Any) -> Tile:
    """How many things there are."""
    return Tile(
        "Things made",
        session.query(DeskThing).count(),
        url="/admin/thing/list/",
        trend=0.125,
        icon="box",
        note="vs. yesterday",
        view="ThingView",
    )


def broken_tile(session: Any) -> Tile:
    """A figure that fails in the database."""
    return Tile("Broken", session.execute(text("SELECT nonsense")).scalar())


def first_step(session: Any) -> Step | None:
    """A step until there is a maker."""
    found = session.query(DeskMaker).first()
    return None if found else Step("Add a maker", "/admin/maker/add", "user", view="MakerView")


FEATURE = Feature(
    name="desk",
    admin=(
        Admin(ThingView, "Things", category="Workshop", icon="box"),
        Admin(MakerView, "Makers", category="Workshop", icon="user"),
        Admin(BatchView, "Batches", category="Workshop", icon="boxes"),
        Admin(ThingReportView, "Report", category="System", icon="chart"),
        Admin(TagView, "Tags", in_menu=False),
    ),
    slots=(
        Slot("admin.home", things_made),
        Slot("admin.home", broken_tile),
        Slot("admin.home.steps", first_step),
    ),
)
