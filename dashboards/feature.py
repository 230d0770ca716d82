"""Manifest of the dashboards. A new page is one more name in `PAGES`."""

from __future__ import annotations

from app.core.feature import Admin, Every, Feature
from app.core.i18n import _l
from app.core.slots import Slot
from dashboards import (
    behaviour,
    behind,
    board_screens,
    customers,
    finance,
    home,
    inventory,
    mailing,
    models,
    overview,
    report_screens,
    reports,
    sales,
)
from dashboards.screen import screens

PAGES = (
    overview.PAGE,
    sales.PAGE,
    customers.PAGE,
    finance.PAGE,
    inventory.PAGE,
    behaviour.PAGE,
)

FEATURE = Feature(
    name="dashboards",
    models=models,
    admin=(
        *screens(PAGES),
        Admin(behind.RowsDashboard, _l("Orders behind a figure"), in_menu=False),
        Admin(board_screens.BoardView, _l("Boards"), category="Dashboards", icon="layout-grid", position=60),
        Admin(board_screens.BoardTileView, _l("Figures of boards"), in_menu=False),
        Admin(
            board_screens.MailingView, _l("Regular mails"), category="Dashboards", icon="send", position=61
        ),
        Admin(
            report_screens.ReportView,
            _l("Reports"),
            category="Dashboards",
            icon="file-spreadsheet",
            position=62,
        ),
    ),
    slots=(Slot("admin.home.figures", home.today, position=10),),
    jobs={
        "dashboards.make_report": reports.make,
        "dashboards.forget_reports": reports.forget_old,
        "dashboards.start_mailings": mailing.start_due,
        "dashboards.send_mailing": mailing.send,
    },
    slow_jobs=("dashboards.make_report",),
    schedules=(
        Every(seconds=60, job="dashboards.start_mailings"),
        Every(seconds=6 * 3600, job="dashboards.forget_reports"),
    ),
)
