"""Hypothesis strategies for unit tables: many figures on and next to thresholds, floors, limits."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from tests.oracle import PEOPLE_AND_ROOMS, THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit_tables import Row

KINDS = ("", "", "", "", "ordinary", "teaching_point", "special", "vocational")
COUNTIES = ("", "110101", "110102", "990001")
PUPILS = (0, 1, 2, 3, 20, 49, 50, 90, 99, 100, 101, 450, 997, 1000, 2000, 25_000)

# What is added to a figure on an edge: nothing, or the smallest step either way.
STEPS = ("0", "0", "0.01", "-0.01", "0.000001", "-0.000001")
WHOLE_STEPS = (0, 0, 1, -1)
# Shares of the threshold: on it, on the floor, far away on both sides.
SHARES = ("1", "1", "1", "0.85", "0.85", "0", "0.5", "1.3", "3", "0.9")

FACT_OF = {"R6": "equipment_yuan", **PEOPLE_AND_ROOMS}


def draw_rows(rng: random.Random, n: int, counties: Sequence[str] = COUNTIES) -> list[Row]:
    """Draw `n` units, nearly every figure on an edge or the smallest step beside it."""
    return [draw_row(rng, f"U{ix}", rng.choice(counties)) for ix in range(n)]


def draw_row(rng: random.Random, unit_id: str, county: str) -> Row:
    """Draw one unit."""
    stage = rng.choice(("primary", "junior"))
    pupils = rng.choice(PUPILS) if rng.random() < 0.7 else rng.randrange(1, 4000)
    row = {
        "unit_id": unit_id,
        "school_id": f"S{unit_id}",
        "school_name": "",
        "county_code": county,
        "stage": stage,
        "kind": rng.choice(KINDS),
        "pupils": str(pupils),
    }
    share = {r: Fraction(rng.choice(SHARES)) for r in THRESHOLDS[stage]}
    need = {r: Fraction(t) * pupils * share[r] for r, t in THRESHOLDS[stage].items()}
    for r, fact in PEOPLE_AND_ROOMS.items():
        row[fact] = _people(rng, need[r] / 100)
    row["equipment_yuan"] = _decimal(rng, need["R6"])
    indoor = Fraction(rng.choice((0, 0, 1, 200)), rng.choice((1, 8)))
    row["indoor_sport_area_m2"] = _written(indoor)
    row["teaching_area_m2"] = _decimal(rng, need["R4"] + indoor, least=indoor)
    row["sports_ground_area_m2"] = _decimal(rng, max(need["R5"] - indoor, Fraction(0)))
    for fact in [*FACT_OF.values(), "indoor_sport_area_m2", "sports_ground_area_m2"]:
        if rng.random() < 0.03:
            row[fact] = ""
    return row


def _people(rng: random.Random, amount: Fraction) -> str:
    """A count next to an amount; now and then the amount itself, for teachers shared by days."""
    if rng.random() < 0.2:
        return _decimal(rng, amount)
    return str(max(0, int(amount) + rng.choice(WHOLE_STEPS)))


def _decimal(rng: random.Random, amount: Fraction, least: Fraction = Fraction(0)) -> str:
    return _written(max(least, amount + Fraction(rng.choice(STEPS))))


def _written(amount: Fraction) -> str:
    """Write a fraction with at most nine decimals, rounded down."""
    return f"{Decimal(int(amount * 10**9)).scaleb(-9):f}"


@st.composite
def unit_tables(draw: st.DrawFn, *, most: int = 12) -> list[Row]:
    """Tables of 1 to `most` units in up to four counties.

    Drawn from a seed: a choice of Hypothesis for each of the hundreds of figures would take ten
    times as long as assessing them.
    """
    n, seed = draw(st.integers(1, most)), draw(st.integers(0, 2**32))
    return draw_rows(random.Random(seed), n)
