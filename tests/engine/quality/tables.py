"""Tables for tests of data quality: the sample district, with defects put in on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.unit_tables import source_table

from junheng.engine import quality, simulation, standard
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from tests.unit_tables import Row

    from junheng.engine.standard import UnitTable

MEASURED = ("teaching_area_m2", "sports_ground_area_m2", "equipment_yuan", "books")
COUNTED = ("teachers_above_degree", "teachers_pe_arts", "media_rooms", "computers", "teachers")


@cache
def district(preset: str, seed: int) -> simulation.District:
    """Return two years of a sample district, drawn once."""
    return simulation.draw_district(preset, seed=seed, years=2)


def sample(preset: str = "dongsheng", *, seed: int = 2025, ago: int = 0) -> list[Row]:
    """Return the rows of a district, `ago` years before its last one, free to be changed."""
    drawn = district(preset, seed)
    return simulation.unit_table(drawn, drawn.years[-1 - ago])


def read(session: Session, rows: Sequence[Row], rules: str) -> UnitTable:
    """Read rows against a shipped rule set."""
    return standard.read(source_table(session, rows), standard.load(rules))


def find(
    rows: Sequence[Row],
    *,
    rules: str = standard.DEFAULT_RULESET_ID,
    last_year: Sequence[Row] | None = None,
) -> tuple[quality.Finding, ...]:
    """Find by the shipped general rules, with the rows' own texts."""
    with Session() as session, Session() as earlier:
        source = source_table(session, rows)
        table = standard.read(source, standard.load(rules))
        raw = quality.of_contract(source, table.ruleset)
        last = None if last_year is None else read(earlier, last_year, rules)
        return quality.find(table, quality.load().rules, raw=raw, last_year=last)


@dataclass(frozen=True)
class Injected:
    """Where defects were put: pairs of unit and field."""

    rows: list[Row]
    places: frozenset[tuple[str, str]]


def inject(
    rows: list[Row], fields: Sequence[str], damage: Callable[[Row, str], str], chance: random.Random
) -> Injected:
    """Damage one figure of each field, each at another unit, chosen by lot."""
    ordinary = [row for row in rows if row["kind"] == "ordinary"]
    chosen = chance.sample(ordinary, len(fields))
    places = set()
    for row, field in zip(chosen, fields, strict=True):
        row[field] = damage(row, field)
        if field == "teaching_area_m2":
            # A teaching area below that of the sport rooms inside it is refused on reading.
            row["indoor_sport_area_m2"] = "0"
        places.add((row["unit_id"], field))
    return Injected(rows, frozenset(places))
