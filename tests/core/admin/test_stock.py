"""What stock Flask-AppBuilder does on the same tables: the faults that the tests beside this one would find there.

If one of these stops failing after an update of Flask-AppBuilder, its cure in `app.core.admin` can go.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder import AppBuilder, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface

from app.core.db import db
from tests.core.admin import desk

pytestmark = pytest.mark.filterwarnings("ignore")


class StockThingView(ModelView):
    """The screen as it comes."""

    datamodel = SQLAInterface(desk.DeskThing)
    list_columns = ["name", "price"]
    search_columns = ["name", "price", "grade"]
    add_columns = edit_columns = ["name", "code", "details"]


@pytest.fixture(scope="module")
def stock(desk_app: Any) -> Iterator[Any]:
    """A browser at a stock application over the workshop's database, where strangers may do everything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Flask("stock")
        made.config.update(
            SECRET_KEY="x" * 40, SQLALCHEMY_DATABASE_URI=desk_app.config["SQLALCHEMY_DATABASE_URI"], WTF_CSRF_ENABLED=False,
            FAB_CREATE_DB=False, FAB_UPDATE_PERMS=False, AUTH_ROLE_PUBLIC="Admin", TESTING=False, FAB_ADD_SECURITY_VIEWS=False,
        )  # fmt: skip
        db.init_app(made)
        with made.app_context():
            builder = AppBuilder()
            builder.init_app(made, db.session)
            builder.sm.has_access = lambda *names: True
            builder.sm.is_item_public = lambda *names: True
            builder.add_view(StockThingView, "Things")
        yield made.test_client()
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "list/?_flt_1_price=50", "list/?_flt_0_grade=nope", "list/?page_StockThingView=-1", "edit/99999999999999999999",
    ],
)  # fmt: skip
def test_stock_answers_500(stock: Any, things: Any, address: str) -> None:
    assert stock.get(f"/stockthingview/{address}").status_code == 500


def test_stock_stores_json_as_a_quoted_text(stock: Any, desk_session: Any) -> None:
    data = {"name": "Vase", "code": "V1", "details": '{"a": 1}'}
    assert stock.post("/stockthingview/add", data=data).status_code == 302
    assert isinstance(desk_session.query(desk.DeskThing).one().details, str)


def test_stock_loads_the_whole_related_table(stock: Any, desk_session: Any, things: Any) -> None:
    from flask_appbuilder.fields import QuerySelectField
    from flask_appbuilder.forms import GeneralModelConverter

    field = GeneralModelConverter(SQLAInterface(desk.DeskThing)).create_form({}, ["maker"], {}, {}).maker
    assert field.field_class is QuerySelectField  # one <option> for each of 600,000 makers


def test_stock_has_no_field_for_lists_and_uuids(stock: Any) -> None:
    from flask_appbuilder.forms import GeneralModelConverter

    form = GeneralModelConverter(SQLAInterface(desk.DeskThing)).create_form({}, ["words", "mark"], {}, {})
    assert form.words is None and form.mark is None  # rendering it ends in an error 500


def test_stock_overwrites_blindly(stock: Any, desk_session: Any, things: Any) -> None:
    for name in ("Theirs", "Mine"):
        answer = stock.post(
            "/stockthingview/edit/1", data={"name": name, "code": "L1", "details": "", "_token": "v1"}
        )
        assert answer.status_code == 302
    desk_session.expire_all()
    assert desk_session.get(desk.DeskThing, 1).name == "Mine"
