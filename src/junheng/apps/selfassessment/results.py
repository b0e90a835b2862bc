"""Results of items as JSON: figures exact, reasons in any language, obstacles counted by school."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from junheng.apps.jobs.messages import from_json, to_json

if TYPE_CHECKING:
    from junheng.engine.standard.itemtypes import ItemResult, ItemStatus
    from junheng.i18n import Message

Stored = dict[str, Any]


@dataclass(frozen=True)
class FigureKept:
    """One figure against its limit; `value` None when it cannot be known."""

    name: Message
    value: Fraction | None
    limit: Fraction
    status: str


@dataclass(frozen=True)
class ObstacleKept:
    """What stands in the way at one school (its key, "" for the county), and how often."""

    school: str
    status: str
    reason: Message
    n: int


@dataclass(frozen=True)
class Kept:
    """The result of an item as it is stored and shown. `n_reliefs`: subjects met by a relief."""

    status: ItemStatus
    figures: tuple[FigureKept, ...]
    obstacles: tuple[ObstacleKept, ...]
    n_reliefs: int


def stored(result: ItemResult) -> Stored:
    """Return a result as JSON; equal obstacles of a school stand there once, with their number."""
    counted: Counter[tuple[str, str, str]] = Counter()
    reasons: dict[tuple[str, str, str], Stored] = {}
    for obstacle in result.obstacles:
        key = (obstacle.subject, obstacle.status, str(obstacle.reason))
        counted[key] += 1
        reasons.setdefault(key, to_json(obstacle.reason))
    return {
        "status": result.status,
        "figures": [
            {
                "name": to_json(figure.name),
                "value": None if figure.value is None else str(figure.value),
                "limit": str(figure.limit),
                "status": figure.status,
            }
            for figure in result.figures
        ],
        "obstacles": [
            {"school": key[0], "status": key[1], "reason": reasons[key], "n": n}
            for key, n in counted.items()
        ],
        "n_reliefs": len(result.reliefs),
    }


def opened(found: Stored) -> Kept:
    """Return the result that `stored` wrote."""
    return Kept(
        status=found["status"],
        figures=tuple(
            FigureKept(
                from_json(figure["name"]),
                None if figure["value"] is None else Fraction(figure["value"]),
                Fraction(figure["limit"]),
                figure["status"],
            )
            for figure in found["figures"]
        ),
        obstacles=tuple(
            ObstacleKept(row["school"], row["status"], from_json(row["reason"]), row["n"])
            for row in found["obstacles"]
        ),
        n_reliefs=found["n_reliefs"],
    )
