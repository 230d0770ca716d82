"""Takes catalogues of other systems, and our own table, into the shop; writes our own table.

Promises: readers stream; what one row lacks is reported with line, field and reason while the others
are taken; the same file again changes nothing; a dry run writes nothing; pictures are not fetched
unless asked for. Everything is written through `catalog.operations`.
"""
