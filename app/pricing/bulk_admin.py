"""Raising or lowering many prices from the back office: the form, the check before, the job, its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from wtforms import BooleanField, Form
from wtforms.validators import InputRequired, Length, Optional

from app.core import jobs
from app.core.admin import Panel, action, current_actor, offer, panel
from app.core.admin.context import database
from app.core.admin.fields import TextField, decimal_field
from app.core.admin.imports.declaring import all_screens
from app.core.admin.widgets import SwitchWidget
from app.core.errors import InvalidFields
from app.core.jobs import JobRow
from app.pricing import operations, queries
from app.pricing.models import PriceChange
from app.pricing.percent import REASONS, PercentWish

JOB = "pricing.change_by_percent"
SHOWN = 8
NAMED = 30


class PercentForm(Form):
    """A change of many prices."""

    percent = decimal_field(
        _l("Percent"),
        validators=[InputRequired()],
        description=_l("5 raises prices by 5 %, -10 lowers them."),
    )
    rounding = TextField(
        _l("Rounding"), validators=[Optional()], default="none",
        description=_l("none, step:0.05 (nearest multiple) or ending:0.99 (nearest price ending so)."),
    )  # fmt: skip
    as_sale = BooleanField(
        _l("As a sale"),
        widget=SwitchWidget(),
        description=_l("Show the price of before crossed out beside it."),
    )
    only_look = BooleanField(
        _l("Only show what would happen"), widget=SwitchWidget(), default=True,
        description=_l("Switch this off to change the prices. A change can be undone."),
    )  # fmt: skip
    leave_out = BooleanField(
        _l("Leave out what cannot be changed"), widget=SwitchWidget(),
        description=_l("Without this nothing is changed as long as one of the chosen articles cannot be."),
    )  # fmt: skip


class ProductPercentForm(PercentForm):
    """The same for chosen products, in one currency."""

    currency = TextField(
        _l("Currency"), validators=[InputRequired(), Length(min=3, max=3)], default=lambda: _base_currency(),
        description=_l("Three capitals: EUR, USD, GBP."),
    )  # fmt: skip


def _base_currency() -> str:
    return queries.conversion(database()).base


def change(
    *, percent: Decimal, currency: str, rounding: str | None = None, as_sale: bool = False, only_look: bool = False,
    leave_out: bool = False, **scope: Any,
) -> Any:  # fmt: skip
    """Change prices as a job, or only tell what would happen; what cannot be changed is named first.

    Raises:
        InvalidFields: the wish makes no sense, or something cannot be changed and nobody said to leave it out.
    """
    session, actor = database(), current_actor()
    wish = PercentWish(
        percent, currency.strip().upper(), rounding=rounding or "none", as_sale=as_sale, **scope
    )
    look = operations.preview_change(session, wish=wish, limit=SHOWN)
    if only_look:
        return _told(look)
    if look.unfit and not leave_out:
        raise InvalidFields({"leave_out": f"{_unfit_words(look)} " + _("Nothing was changed.")})
    if not look.total:
        raise InvalidFields({"percent": _("None of the chosen articles has a price that would change.")})
    job_id = jobs.start(
        session, JOB, actor=actor, wish=wish.as_dict(), user_id=actor.user_id, label=actor.label
    )
    flash(
        _("%(count)s prices are being changed. Bulk changes show how far it is.", count=look.total), "success"
    )
    page = next((v for v in all_screens() if type(v).__name__ == "JobView"), None)
    return redirect(page.url("show", pk=job_id)) if page is not None and page.can("show") else ""


def _told(look: operations.Preview) -> str:
    examples = "; ".join(f"{e.sku} {e.before:.2f} → {e.after:.2f}" for e in look.examples)
    words = _("%(count)s prices would change: %(examples)s", count=look.total, examples=examples)
    return f"{_unfit_words(look)} {words}" if look.unfit else words


def _unfit_words(look: operations.Preview) -> str:
    """What cannot be changed, by name."""
    named = "; ".join(f"{row.sku} {REASONS[row.reason]}" for row in look.unfit[:NAMED])
    more = len(look.unfit) - NAMED
    rest = " " + _("and %(count)s more", count=more) if more > 0 else ""
    head = ngettext(
        "%(num)s article cannot be changed:", "%(num)s articles cannot be changed:", len(look.unfit)
    )
    return f"{head} {named}{rest}."


@action(
    "change_prices", _l("Change prices"), icon="percent", single=False, takes="ids", form=ProductPercentForm
)
def change_prices(ids: list[int], **wished: Any) -> Any:
    """Change the prices of the chosen products."""
    return change(product_ids=tuple(ids), **wished)


def job_panel(job: JobRow) -> Panel | None:
    """On the page of a job that changes prices: what was left out, what it did, and the way back."""
    if job.name != JOB:
        return None
    found = database().scalar(select(PriceChange).where(PriceChange.run == f"job:{job.id}"))
    rows = queries.change_lines(database(), found.id) if found is not None else []
    screen = next(v for v in all_screens() if type(v).__name__ == "PriceChangeView")
    left = [(sku, REASONS.get(reason, reason)) for sku, reason in (job.result or {}).get("named", ())]
    return panel(
        _l("Prices"), "pricing/admin/job.html", where="top", change=found, rows=rows, left=left, job=job, view=screen,
        left_out=(job.result or {}).get("left_out", 0), may_undo=screen.may_act("undo"),
        every=screen.url("lines", pk=found.id) if found is not None else "",
    )  # fmt: skip


offer("product", change_prices)
