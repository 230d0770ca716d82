"""Actions on one row or on many: always POST, always with the ownership rule, never half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.actions import ActionItem
from flask_appbuilder.actions import action as _stock_action
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.core.admin import conflicts
from app.core.admin.context import current_person, database
from app.core.admin.listing import narrowed, read_state
from app.core.admin.writing import attempt, show_refusal
from app.core.errors import Conflict, ShopError

MOST_ITEMS = 2_000
"""Rows that an action receives as objects at once; one that takes ids may receive MOST_IDS."""
MOST_IDS = 200_000


@dataclass(frozen=True, slots=True)
class Manner:
    """What our actions know beyond Flask-AppBuilder's."""

    takes: str = "items"
    danger: bool = False
    ask: str = ""
    form: type[Form] | None = None
    guarded: bool = False


class ReadAnew(Conflict):
    """A row that an action is for is no longer what its page showed."""

    code = "read_anew"
    message = _l(
        "Somebody changed this meanwhile, and nothing was done. This is how it stands now; please decide again."
    )


def action(
    name: str,
    text: Any,
    confirmation: Any = None,
    icon: str = "",
    multiple: bool = True,
    single: bool = True,
    takes: str = "items",
    danger: bool = False,
    ask: str = "",
    form: type[Form] | None = None,
    guarded: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method of a view as an action: `def publish(self, items): …`.

    The method receives a list, also from a show page: rows, or only their keys with `takes="ids"` (use
    that for work handed to a job, so that "select all 80,000" is possible). It may return a response,
    a text to show, or nothing. A ShopError is shown to the person. `confirmation` is asked before;
    `ask` names a value to be typed ("Reason"), handed over as the keyword `answer`. `form` is a WTForms
    class: the person fills it on a page of its own, its values arrive as keywords, and a refusal comes
    back beside its field with everything typed kept. `guarded`: done only with rows that are still as the
    page showed them; the others are left alone, which is said.
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        marked = _stock_action(name, text, confirmation, icon, multiple, single)(method)
        marked._manner_of_action = Manner(takes, danger, ask, form, guarded)
        return marked

    return mark


_offered: dict[str, list[Callable[..., Any]]] = {}


def offer(entity: str, function: Callable[..., Any]) -> None:
    """Give a screen of a lower floor one more action: `offer("product", change_prices)`.

    `function` is marked with `action` and takes no view. Called while features are imported.
    """
    known = _offered.setdefault(entity, [])
    if function not in known:
        known.append(function)


class ActionsMixin:
    """The two routes of actions, and which of them a person sees."""

    def add_offered_actions(self) -> None:
        """Take over the actions that features above offer, with a right of their own each."""
        for function in _offered.get(self.entity, ()):
            item = ActionItem(*function._action, func=function)
            self.actions[item.name] = item
            right = self.get_action_permission_name(item.name)
            if right not in self.base_permissions:
                self.base_permissions.append(right)

    def allowed_actions(self, where: str) -> list[dict[str, Any]]:
        """The actions for "list" or "show" that this person may use, as the templates want them."""
        found = []
        for item in self.actions.values():
            if not (item.multiple if where == "list" else item.single) or not self.may_act(item.name):
                continue
            extra = self._manner(item.name)
            found.append(
                {
                    "name": item.name, "text": item.text, "confirmation": item.confirmation or "",
                    "icon": item.icon, "danger": extra.danger, "ask": extra.ask, "has_form": extra.form is not None,
                    "guarded": extra.guarded,
                }
            )  # fmt: skip
        return found

    def may_act(self, name: str) -> bool:
        """True when this person may use the action."""
        if name not in self.actions:
            return False
        permission = self.get_action_permission_name(name)
        return self.appbuilder.sm.has_access(permission, self.class_permission_name)

    def action_values(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """What the form of an action holds when it is opened. Override."""
        return {}

    def shown_actions(self, item: Any) -> list[dict[str, Any]]:
        """The actions of a show page. Override to leave out what this row's state does not allow."""
        return self.allowed_actions("show")

    @expose("/action/<string:name>/<pk>", methods=["GET", "POST"])
    def action(self, name: str, pk: str) -> ResponseReturnValue:
        """Use an action on one row; where it has a form, GET shows it."""
        self._require(name)
        item, extra = self.item_or_404(pk), self._manner(name)
        rows = [item] if extra.takes == "items" else [self.key_of(item)]
        back = self.url("show", pk=pk) if self.can("show") else self.url("list")
        if extra.form is not None:
            return self._act_with_form(name, rows, back, request.method == "POST")
        if request.method == "GET":
            return redirect(back)
        if extra.guarded and not self._is_as_shown(item, request.form.get(conflicts.TOKEN)):
            flash(ReadAnew().text, "danger")
            return redirect(back)
        return self._act(name, rows, back, {})

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> ResponseReturnValue:
        """Use an action on the chosen rows of a list, or on all that match its filters."""
        name = request.form.get("action", "")
        self._require(name)
        extra = self._manner(name)
        back = f"{self.url('list')}?{request.form.get('_query', '')}".rstrip("?")
        try:
            rows = self._chosen(extra.takes)
        except ShopError as refusal:
            flash(refusal.text, "danger")
            return redirect(back)
        if not rows:
            flash(_("Nothing was selected."), "warning")
            return redirect(back)
        if extra.form is not None:
            return self._act_with_form(name, rows, back, "_filled" in request.form)
        if extra.guarded and request.form.get("_all") != "1":
            rows = self._as_shown(rows)
            if not rows:
                return redirect(back)
        return self._act(name, rows, back, {})

    def guards_rows(self) -> bool:
        """True when the list says how it showed each row, because an action asks for it."""
        return any(self._manner(name).guarded for name in self.actions)

    def token_of(self, item: Any) -> str:
        """What a page says of a row for actions that are `guarded`."""
        return conflicts.token_of(item)

    @staticmethod
    def _is_as_shown(item: Any, token: str | None) -> bool:
        return token is None or token == conflicts.token_of(item)

    def _as_shown(self, rows: list[Any]) -> list[Any]:
        """The rows that are as the list showed them; how many are not is said."""
        tokens = request.form
        same = [r for r in rows if self._is_as_shown(r, tokens.get(f"{conflicts.TOKEN}.{self.key_text(r)}"))]
        if left := len(rows) - len(same):
            words = ngettext(
                "%(num)s row was changed meanwhile and is left as it is. Look at it again.",
                "%(num)s rows were changed meanwhile and are left as they are. Look at them again.", left,
            )  # fmt: skip
            flash(words, "warning")
        return same

    def _require(self, name: str) -> None:
        if name not in self.actions:
            abort(404)
        if current_person() is None:
            abort(redirect(self.appbuilder.get_url_for_login_with(request.path)))
        if not self.may_act(name):
            abort(403)

    def _chosen(self, takes: str) -> list[Any]:
        most = MOST_ITEMS if takes == "items" else MOST_IDS
        model, session = self.datamodel.obj, database()
        key = model.__mapper__.primary_key[0]
        if request.form.get("_all") == "1":
            state = read_state(self, MultiDict(parse_qsl(request.form.get("_query", "")[:20_000])))
            if state.problems or any(active.problem for active in state.filters):
                raise ShopError(_("The filters are not valid, so nothing was done."))
            statement = narrowed(self, self.visible(), state)
        else:
            keys = [
                self.datamodel.parse_pk(self.split_key(raw)) for raw in request.form.getlist("rowid")[:most]
            ]
            wanted = [k[0] if isinstance(k, tuple) else k for k in keys if k is not None]
            statement = self.visible().where(key.in_(wanted))
        statement = statement.order_by(key).limit(most + 1)
        columns = (
            statement if takes == "items" else statement.with_only_columns(key, maintain_column_froms=True)
        )
        rows = list(session.scalars(columns).unique() if takes == "items" else session.scalars(columns))
        if len(rows) > most:
            raise ShopError(_("This action takes at most %(count)s rows at once.", count=most))
        return rows

    def _act(
        self, name: str, rows: list[Any], back: str, values: dict[str, Any], form: Any = None
    ) -> ResponseReturnValue:
        item, extra = self.actions[name], self._manner(name)
        if extra.ask:
            values = values | {"answer": request.form.get("answer", "")[:2000]}
        try:
            outcome = attempt(database(), lambda: item.func(rows, **values), self.datamodel.obj)
        except ShopError as refusal:
            if form is not None:
                show_refusal(refusal, form, {})
                return self._action_page(name, form, back)
            flash(refusal.text, "danger")
            return redirect(back)
        if outcome is None or isinstance(outcome, str) or not isinstance(outcome, Response | tuple):
            done = ngettext("Done for %(num)s row.", "Done for %(num)s rows.", len(rows))
            flash(outcome or done, "success")
            return redirect(back)
        return outcome

    def _act_with_form(self, name: str, rows: list[Any], back: str, posted: bool) -> ResponseReturnValue:
        data = CombinedMultiDict([request.files, request.form]) if posted else None
        form = self._manner(name).form(data, data=self.action_values(name, rows))
        if not posted or not form.validate():
            return self._action_page(name, form, back)
        values = {key: value for key, value in form.data.items() if key != "csrf_token"}
        return self._act(name, rows, back, values, form)

    def _action_page(self, name: str, form: Any, back: str) -> ResponseReturnValue:
        action = self.actions[name]
        kept = ("action", "_query", "_all", "rowid")
        hidden = [(k, v) for k, v in request.form.items(multi=True) if k in kept]
        fields = [field for field in form if field.name != "csrf_token"]
        page = self.render_template(
            "admin/action.html", view=self, form=form, sections=[("", fields)], title=action.text, back=back,
            back_title=_("Back"), target=request.path, hidden=[*hidden, ("_filled", "1")],
            action={"text": action.text, "confirmation": action.confirmation or "", "danger": self._manner(name).danger},
            has_files=any("File" in field.type for field in form), errors=[(f, list(f.errors)) for f in form if f.errors],
        )  # fmt: skip
        return page

    def _manner(self, name: str) -> Manner:
        return getattr(self.actions[name].func, "_manner_of_action", Manner())
