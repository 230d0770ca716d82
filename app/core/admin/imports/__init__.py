"""Tables taken into any screen of the back office: upload, columns, check, taking, report.

Promises: each row goes through the screen's own form and operation with the rights and the ownership of
the person who asked, in a unit of work of its own; a check writes nothing; the same table again changes
nothing; a stopped or killed import goes on behind its last row. Refuses files that are no tables.
"""

from app.core.admin.imports.declaring import Imports, ImportsMixin, by
from app.core.admin.imports.errors import AlreadySo

__all__ = ["AlreadySo", "Imports", "ImportsMixin", "by"]
