"""A small shop of one process for hostile texts: no real pictures, the demo's rows, and a list of its text fields.

Started by `test_stored_payloads.py`; prints one line of JSON when it answers: its port and its screens.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from PIL import Image
from werkzeug.serving import make_server

from app.bootstrap import create_app
from app.core.admin.settings_screen import form_of, groups
from app.core.db import db, session_maker
from app.core.dispatch import run_dispatcher
from app.media.operations import Drawn, store_drawn
from app.ops import preparing
from app.ops.demo import loader, pictures

TEXT_KINDS = {"TextField", "StringField", "TextAreaField"}
SHORTEST_UNKNOWN = 120
"""Room that is assumed where a field does not say how much it has."""


def one_colour(session: Any, specs: Any, *, actor: Any, report: Any = None) -> dict[str, int]:
    """In the place of the studio: small pictures of one colour."""
    wanted = list({spec.key: spec for spec in specs}.values())
    images = [Drawn(Image.new("RGB", (64, 64), (n % 256, 90, 200 - n % 150)), filename=f"{spec.key}.webp")
              for n, spec in enumerate(wanted)]  # fmt: skip
    rows = store_drawn(session, images, actor=actor, widths=(64,))
    return {spec.key: row.id for spec, row in zip(wanted, rows, strict=True)}


def text_fields(form: Any) -> list[dict[str, Any]]:
    """The fields of a form that hold free text, with the room each has."""
    found = []
    for field in form:
        if field.type not in TEXT_KINDS or field.name == "csrf_token":
            continue
        most = [getattr(v, "max", None) for v in field.validators]
        room = min((m for m in most if isinstance(m, int) and m > 0), default=SHORTEST_UNKNOWN)
        lines = "Area" in type(field.widget).__name__ or field.type == "TextAreaField"
        found.append({"name": field.name, "room": room, "lines": lines})
    return found


def screens(app: Any) -> list[dict[str, Any]]:
    """Every screen of the back office with its address and its text fields."""
    found = []
    with app.test_request_context():
        for view in app.appbuilder.baseviews:
            if not hasattr(view, "datamodel"):
                continue
            can = [m for m in ("add", "edit", "show", "list") if view.can_ever(m)]
            fields = text_fields(view.edit_form(None, meta={"csrf": False})) if "edit" in can else []
            found.append({"name": type(view).__name__, "entity": view.entity, "base": view.route_base, "can": can,
                          "rest": view.rest, "fields": fields})  # fmt: skip
        settings = [
            {"key": g.key, "fields": text_fields(form_of(g)(None, meta={"csrf": False}))} for g in groups()
        ]
    return [*found, {"name": "settings", "groups": settings}]


def main() -> None:
    """Prepare, fill, answer until the input ends."""
    app = create_app({"SERVE_SOCKETS": False, "MEDIA_URL": "/media"})
    pictures.store_pictures = one_colour
    loader.pictures.store_pictures = one_colour
    with app.app_context():
        preparing.migrate()
        preparing.prepare(app)
        loader.load(db.session, products=int(sys.argv[1]), orders_wanted=3, report=lambda *_: None)
        db.session.remove()

    def deliver() -> None:
        with app.app_context():
            run_dispatcher(session_maker(app), threading.Event(), 0.3)

    threading.Thread(target=deliver, daemon=True).start()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("READY " + json.dumps({"port": server.server_port, "screens": screens(app)}), flush=True)
    sys.stdin.read()
    os._exit(0)  # whatever is still to be told: its database goes now


if __name__ == "__main__":
    main()
