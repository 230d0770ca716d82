"""Every field of every form of the back office says in a few plain words what it is for.

Complete by construction: the forms come from the screens of the running application, so that a new field
without a help text fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import HiddenField

from app.catalog import operations as catalog
from app.catalog.models import ProductType
from app.core.actor import SYSTEM
from app.core.admin import settings_screen
from app.core.admin.context import database
from app.core.admin.settings_screen import SettingsView
from app.identity import operations, rules, sessions

LONGEST = 240
"""Letters of a help text; what needs more belongs on a page of the documentation."""


@pytest.fixture
def desk(app: Any, session: Session) -> Iterator[ProductType]:
    """A request of an administrator, and a product type with one attribute of each kind."""
    who = operations.create_user(
        session, email="boss@example.com", password="correct horse", roles=[rules.ADMIN], actor=SYSTEM
    )
    for kind in ("text", "number", "boolean", "option"):
        catalog.create_attribute(
            session,
            code=f"a_{kind}",
            name=kind,
            kind=kind,
            actor=SYSTEM,
            options=[{"value": "red"}] if kind == "option" else (),
        )
    made = catalog.create_product_type(
        session, code="thing", name="Thing", variant_attributes=["a_option"], required=["a_number"],
        attributes=["a_text", "a_number", "a_boolean", "a_option"], actor=SYSTEM,
    )  # fmt: skip
    shelf = catalog.create_category(session, name="Things", actor=SYSTEM)
    catalog.create_product(
        session, type_id=made.id, name="Thing", category_id=shelf.id, specifications={"a_number": "1"},
        variants=[{"sku": "T-1", "options": {"a_option": "red"}}], actor=SYSTEM,
    )  # fmt: skip
    with app.test_request_context(f"/admin/?type={made.id}"):
        sessions.login(who)
        yield made


def forms(app: Any, kind: ProductType) -> Iterator[tuple[str, Any]]:
    """Each form of each screen, as a person gets it: to add, to edit, and those of actions."""
    for view in app.appbuilder.baseviews:
        if not hasattr(view, "datamodel"):
            continue
        name = type(view).__name__
        if view.can_ever("add"):
            yield f"{name}.add", view.new_form()
        if view.can_ever("edit") and not isinstance(view, SettingsView):
            item = database().scalars(select(view.datamodel.obj).limit(1)).first()
            yield f"{name}.edit", view.form_of(item) if item is not None else view.edit_form()
        for action in getattr(view, "actions", {}).values():
            form = view._manner(action.name).form
            if form is not None:
                yield f"{name}.{action.name}", form()
    for group in settings_screen.groups():
        yield f"settings.{group.key}", settings_screen.form_of(group)(meta={"csrf": False})


def words(text: Any) -> str:
    """A text for comparing: letters only, small."""
    return "".join(letter for letter in str(text or "").lower() if letter.isalnum())


def test_every_field_of_every_form_has_a_help_text(app: Any, desk: ProductType) -> None:
    found = [(where, f) for where, form in forms(app, desk) for f in form if not isinstance(f, HiddenField)]
    assert len(found) > 200, "the forms were not found"
    missing = {f"{where}: {field.name}" for where, field in found if not words(field.description)}
    assert not missing, "say under `column_help` or `description` what each is for:\n" + "\n".join(
        sorted(missing)
    )


def test_help_texts_say_more_than_their_labels_and_are_short(app: Any, desk: ProductType) -> None:
    for where, form in forms(app, desk):
        for field in form:
            told, label = words(field.description), words(getattr(field.label, "text", ""))
            assert told != label, f"{where}: {field.name} repeats its label"
            assert len(str(field.description)) <= LONGEST, f"{where}: {field.name} is a page, not a help text"
