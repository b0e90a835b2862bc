"""People, rooms and things of a province or a nation for benchmarks, piece by piece to Parquet.

Not calibrated to any place. Schools are drawn with NumPy; what belongs to a school (classes,
pupils, staff, rooms) is unfolded from it by SQL and goes straight to the file, so that memory does
not grow with the number of people. Repeats with the locked versions of NumPy and DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.standard.person_level.datasets import BY_NAME
from junheng.engine.store.replace import replaced
from junheng.engine.store.session import Session, literal
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """How much to draw: schools, pupils (about, to one in a thousand) and counties."""

    schools: int
    pupils: int
    counties: int


SIZES: Mapping[str, Size] = {
    "district": Size(50, 80_000, 1),
    "province": Size(10_000, 7_000_000, 160),
    "nation": Size(190_000, 160_000_000, 2_900),
}
SCHOOLS_A_PIECE = 5_000
YEAR = 2025
SPREAD = 1.0
"""Standard deviation of the logarithm of a school's pupils: many small schools, few large ones."""
MOST_PUPILS = 6_000
KIND_SHARES = (0.72, 0.19, 0.09)
KIND_CODES = ("211", "311", "312")
LOCALITIES = ("111", "121", "220")
LOCALITY_SHARES = (0.35, 0.3, 0.35)
JUNIOR_SHARE = 0.4
"""Part of a nine-year school's pupils who are in its junior part."""


def persons_nation(
    folder: Path, size: Size, *, seed: int = 2025, schools_a_piece: int = SCHOOLS_A_PIECE
) -> Iterator[int]:
    """Write all datasets that are measured as pieces `<dataset>.001.parquet`; yield schools done.

    Each piece holds whole schools, in the order of their ids.

    Raises
    ------
    DataError
        More counties than schools, or no pupils.
    """
    if not (1 <= size.counties <= size.schools and size.pupils > 0):
        raise DataError(
            say(
                "{schools} schools cannot fill {counties} counties with {pupils} pupils.",
                schools=size.schools,
                counties=size.counties,
                pupils=size.pupils,
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    schools = _draw_schools(size, seed)
    with Session() as session:
        for piece, first in enumerate(range(0, size.schools, schools_a_piece), start=1):
            last = min(first + schools_a_piece, size.schools)
            session.load("drawn", {name: c[first:last].tolist() for name, c in schools.items()})
            _write_piece(session, folder, piece)
            yield last


def _draw_schools(size: Size, seed: int) -> dict[str, Ints]:
    """Draw the schools: number, county, kind, locality (positions in the lists above), pupils."""
    import numpy as np

    rng = np.random.default_rng(seed)
    n = size.schools
    weights = rng.lognormal(0.0, 0.7, size.counties)
    # Every county has a school; the rest fall by lot, weighted by the size of the county.
    further = rng.choice(size.counties, n - size.counties, p=weights / weights.sum())
    kind = rng.choice(len(KIND_CODES), n, p=KIND_SHARES)
    drawn = rng.lognormal(0.0, SPREAD, n) * np.array([1.0, 1.6, 1.8])[kind]
    pupils = np.ceil(drawn * size.pupils / drawn.sum())
    for _ in range(4):
        # Schools at the limit leave pupils over, who go to the others.
        pupils = np.clip(np.ceil(pupils * size.pupils / pupils.sum()), 12, MOST_PUPILS)
    return {
        "n": np.arange(1, n + 1),
        "county": np.sort(np.concatenate([np.arange(size.counties), further])),
        "kind": kind,
        "locality": rng.choice(len(LOCALITIES), n, p=LOCALITY_SHARES),
        "pupils": pupils.astype(np.int64),
        "lot": rng.integers(0, 2**40, n),
    }


def _write_piece(session: Session, folder: Path, piece: int) -> None:
    session.create("drawn_schools", _schools())
    session.create("drawn_units", _units())
    session.create("drawn_classes", _classes())
    for dataset, select in SELECTS.items():
        types = BY_NAME[dataset].columns
        with replaced(folder / f"{dataset}.{piece:03d}.parquet") as new:
            described = session.rows(f"DESCRIBE {select}")
            columns = ", ".join(f"CAST({row[0]} AS {types[str(row[0])]}) AS {row[0]}"
                                for row in described)  # fmt: skip
            session.run(
                f"COPY (SELECT {columns} FROM ({select})) TO {literal(str(new))} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )


def _schools() -> str:
    kinds = ", ".join(f"'{code}'" for code in KIND_CODES)
    places = ", ".join(f"'{code}'" for code in LOCALITIES)
    return (
        "SELECT n, lot, pupils, kind, lpad(CAST(n AS VARCHAR), 7, '0') AS number, "
        f"CAST(990001 + county AS VARCHAR) AS county_code, [{kinds}][kind + 1] AS kind_code, "
        f"[{places}][locality + 1] AS locality_code FROM drawn"
    )


def _units() -> str:
    """Two rows for a nine-year school, one for any other."""
    junior = f"CAST(pupils * {JUNIOR_SHARE} AS BIGINT)"
    return (
        "SELECT n, lot, number, 'primary' AS stage, 'N' || number || '-P' AS unit_id, "
        f"CASE WHEN kind = 2 THEN pupils - {junior} ELSE pupils END AS pupils, "
        "6 AS n_grades, 1 AS first_grade, 45 AS most FROM drawn_schools WHERE kind <> 1 "
        "UNION ALL "
        "SELECT n, lot, number, 'junior', 'N' || number || '-J', "
        f"CASE WHEN kind = 2 THEN {junior} ELSE pupils END, 3, 7, 50 "
        "FROM drawn_schools WHERE kind <> 0 ORDER BY n, stage DESC"
    )


def _classes() -> str:
    """Grades and classes as even as they come; a class has now and then a few pupils more."""
    grades = "SELECT *, unnest(range(n_grades)) AS g FROM drawn_units"
    sized = (
        "SELECT *, pupils // n_grades + CASE WHEN g < pupils % n_grades THEN 1 ELSE 0 END AS size "
        f"FROM ({grades})"
    )
    divided = (
        "SELECT *, unnest(range((size + most - 1) // most)) AS c, (size + most - 1) // most AS k "
        f"FROM ({sized}) WHERE size > 0"
    )
    return (
        "SELECT n, number, unit_id, lot, g + first_grade AS grade, "
        f"{YEAR} - g AS entry_year, c + 1 AS class_no, "
        f"unit_id || '-' || CAST({YEAR} - g AS VARCHAR) || '-' || CAST(c + 1 AS VARCHAR) "
        "AS class_id, "
        "size // k + CASE WHEN c < size % k THEN 1 ELSE 0 END AS pupils "
        f"FROM ({divided}) ORDER BY n, unit_id DESC, g, c"
    )


def _lot(*parts: str) -> str:
    """SQL of a whole number from 0 to 99 that depends on some columns."""
    return f"CAST(hash({', '.join(parts)}) % 100 AS BIGINT)"


_STAFF = (
    "SELECT n, unit_id, stage, lot, i, "
    "replace(unit_id, '-', '') || CAST(i AS VARCHAR) AS staff_id, "
    f"{_lot('lot', 'stage', 'i')} AS r, {_lot('i', 'lot', 'stage')} AS q "
    "FROM (SELECT *, unnest(range(pupils * 7 // 100 + 2)) AS i FROM drawn_units)"
)
SELECTS: Mapping[str, str] = {
    "schools": "SELECT 'N' || number AS school_id, '样例学校' || number AS school_name, "
    "county_code, kind_code, locality_code, '7' AS sponsor_code, 0 AS is_boarding, "
    "1 AS is_counted, NULL AS parent_school_id, 2000 AS planned_year FROM drawn_schools",
    "campuses": "SELECT 'N' || number || '-01' AS campus_id, 'N' || number AS school_id, "
    "NULL AS stage_only FROM drawn_schools",
    "units": "SELECT unit_id, 'N' || number AS school_id, stage FROM drawn_units",
    "classes": "SELECT class_id, 'N' || number AS school_id, unit_id, "
    "'N' || number || '-01' AS campus_id, entry_year, class_no, grade FROM drawn_classes",
    "pupils": "SELECT class_id || '-' || CAST(i AS VARCHAR) AS pupil_id, class_id, "
    "make_date(entry_year, 9, 1) AS from_date, "
    f"CASE WHEN {_lot('lot', 'i', 'class_no')} < 1 THEN DATE '{YEAR}-07-10' END AS to_date, "
    f"CASE WHEN {_lot('i', 'lot')} < 12 THEN 1 ELSE 0 END AS is_migrant_child, "
    f"CASE WHEN {_lot('i', 'lot', 'grade')} < 98 THEN 1 ELSE 0 END AS is_home_in_zone "
    "FROM (SELECT *, unnest(range(pupils)) AS i FROM drawn_classes)",
    "staff": "SELECT staff_id, split_part(unit_id, '-', 1) AS school_id, "
    "make_date(2005 + i % 20, 9, 1) AS from_date, NULL AS to_date, "
    "CASE WHEN r < 90 THEN '1' ELSE '3' END AS category_code, "
    "CASE WHEN q < 70 THEN '21' WHEN q < 76 THEN '14' WHEN q < 90 THEN '31' ELSE '41' END "
    "AS education_code, CASE WHEN r < 20 THEN 'county' END AS backbone_level, "
    f"CASE WHEN r < 20 THEN DATE '{YEAR - 2}-09-01' END AS backbone_from, "
    f"CASE WHEN r < 20 THEN DATE '{YEAR + 3}-08-31' END AS backbone_to, "
    f"'2' AS certificate_stage_code, stage AS main_stage FROM ({_STAFF})",
    "teaching": "SELECT staff_id, unit_id, "
    "CASE WHEN q % 7 = 0 THEN '22' WHEN q % 7 = 1 THEN '24' ELSE '13' END AS subject_code, "
    f"12 AS periods, 'own' AS form, DATE '{YEAR}-09-01' AS from_date, NULL AS to_date "
    f"FROM ({_STAFF}) WHERE r < 90",
    "rooms": "SELECT 'N' || number AS school_id, 'N' || number || '-01' AS campus_id, "
    "CASE WHEN i % 40 = 39 THEN 'indoor_sport' WHEN i % 3 = 0 THEN 'lab' ELSE 'classroom' END "
    f"AS room_kind, 58 + {_lot('lot', 'i')} * 0.87 AS area_m2, "
    f"CASE WHEN {_lot('i', 'lot')} < 60 THEN 1 ELSE 0 END AS is_multimedia, 1 AS is_networked "
    "FROM (SELECT *, unnest(range(pupils // 20 + 3)) AS i FROM drawn_schools)",
    "grounds": "SELECT 'N' || number AS school_id, 'N' || number || '-01' AS campus_id, "
    f"'outdoor' AS ground_kind, 100 + pupils * (7 + {_lot('lot')} * 0.08) AS area_m2, "
    "NULL AS contract_end, NULL AS walk_minutes FROM drawn_schools",
    "equipment": "SELECT 'N' || number AS school_id, 'teaching_equipment' AS asset_kind, "
    f"pupils * (1800 + 20 * {_lot('lot', 'number')}) AS amount FROM drawn_schools",
}
"""The datasets that are measured, each as a SELECT over one piece."""
