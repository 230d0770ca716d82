"""Templates share the names they all know, and keep those of their own to themselves."""

from __future__ import annotations

from typing import Any


def test_a_template_reads_the_names_of_all_where_they_stand(app: Any) -> None:
    assert app.jinja_env.from_string("{{ languages.fr }}").globals is app.jinja_env.globals
    assert app.jinja_env.get_template("admin/error.html").globals is app.jinja_env.globals


def test_a_name_of_one_template_stays_with_it(app: Any) -> None:
    own = app.jinja_env.from_string("{{ languages.fr }} {{ alone }}", globals={"alone": "here"})
    assert own.render() == "Français here"
    assert "alone" not in app.jinja_env.globals
    assert app.jinja_env.from_string("{{ alone is defined }}").render() == "False"
