"""What operations bring to the house: health, figures, backups, and the commands that look after a shop."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Every, Feature, Slot
from app.core.i18n import _l
from app.ops import cli, health
from app.ops.backup import admin as backup_admin
from app.ops.backup import cli as backup_cli
from app.ops.backup import jobs as backup_jobs
from app.ops.backup.settings import BackupSettings
from app.ops.history import cli as history_cli
from app.ops.history import jobs as history_jobs
from app.ops.history.screen import OrderImportView
from app.ops.status import admin as status_admin


def draw_further_pictures(progress: Any, *, products: int) -> dict[str, int]:
    """Draw the demo's further pictures. Loaded when it runs: the studio needs numpy, a web worker does not."""
    from app.ops.demo.jobs import draw_further_pictures as draw

    return draw(progress, products=products)


FEATURE = Feature(
    name="ops",
    blueprints=(health.blueprint,),
    admin=(
        Admin(backup_admin.BackupView, _l("Backups"), category="System", icon="archive", position=905),
        Admin(status_admin.StatusView, _l("How it runs"), category="System", icon="server", position=895),
        Admin(OrderImportView, _l("Imports of orders"), category="Sales", icon="upload", position=190),
    ),
    cli=(cli.shop, backup_cli.backup, history_cli.orders),
    jobs={
        "ops.demo_pictures": draw_further_pictures,
        history_jobs.NAME: history_jobs.import_orders,
        "ops.backup": backup_jobs.make_backup,
        "ops.check_backup": backup_jobs.check_backup,
        "ops.backup_when_due": backup_jobs.backup_when_due,
    },
    slow_jobs=("ops.demo_pictures", history_jobs.NAME, "ops.backup", "ops.check_backup"),
    schedules=(Every(seconds=900, job="ops.backup_when_due"),),
    settings=BackupSettings,
    slots=(Slot("admin.home", backup_admin.old_backup, position=91),),
    setup=health.init_app,
)
