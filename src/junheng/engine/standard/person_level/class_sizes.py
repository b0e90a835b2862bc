"""Class sizes in the bands of the annual statistics, counted in the pass over the classes."""

from __future__ import annotations

BANDS = (
    (1, 25),
    (26, 30),
    (31, 35),
    (36, 40),
    (41, 45),
    (46, 50),
    (51, 55),
    (56, 60),
    (61, 65),
    (66, None),
)
"""Class sizes as the annual statistics group them; the last band has no upper end."""

COLUMNS = tuple(f"classes_{low}" for low, _ in BANDS)
"""Columns with the number of classes of each band, by its lowest size."""


def counted(pupils: str) -> str:
    """SQL: the columns of the bands, from one row a class with its `pupils`."""
    conditions = (
        f"{pupils} >= {low}" if high is None else f"{pupils} BETWEEN {low} AND {high}"
        for low, high in BANDS
    )
    return ", ".join(
        f"COUNT(CASE WHEN {condition} THEN 1 END) AS {column}"
        for condition, column in zip(conditions, COLUMNS, strict=True)
    )


def added() -> str:
    """SQL: the columns of the bands, summed over rows that have them."""
    return ", ".join(f"CAST(SUM({column}) AS BIGINT) AS {column}" for column in COLUMNS)


def unfolded(relation: str, keys: str) -> str:
    """SQL: one row a band with classes, `low` and `n`, beside the columns `keys`."""
    return "\nUNION ALL\n".join(
        f"SELECT {keys}, {low} AS low, {column} AS n FROM {relation} WHERE {column} > 0"
        for (low, _), column in zip(BANDS, COLUMNS, strict=True)
    )
