"""How much a file may hold: generous for a nation's table, far below what harms a server."""

from __future__ import annotations

MIB = 1024 * 1024

MAX_FILE_BYTES = 512 * MIB
"""A nation's unit table as CSV has 22 MiB; the whole national staff table about 400 MiB."""

MAX_UNPACKED_BYTES = 768 * MIB
"""What a packed file may unpack to; a sheet of 1,048,576 rows x 12 columns needs 600 MiB."""

MAX_PACKING = 300
"""Unpacked bytes per packed byte. Real workbooks stay below 60; a bomb of zeros reaches 1,000."""

PACKING_FREE_BYTES = 16 * MIB
"""Below this unpacked size the packing does not matter: nothing so small can do harm."""

MAX_ROWS = 2_000_000
"""Data rows of a table: ten times the units of the nation."""

MAX_COLUMNS = 700
"""Columns of a table: the widest public school census has 370."""

MAX_SHEET_CELLS = 60_000_000
"""Cells in the rectangle around a sheet's values; all of it is held in memory while reading."""

MAX_FAULTS = 100
"""Faults listed for one table; the rest are counted."""
