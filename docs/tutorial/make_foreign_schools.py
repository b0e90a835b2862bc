"""Write a table of invented schools in the shape of a Brazilian school census, for the tutorial.

    python docs/tutorial/make_foreign_schools.py schools.csv

The columns are named as in the real census; towns, schools and figures are invented. The same
seed gives the same file.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 2020
TOWNS = {"Vila Clara": 24, "Porto do Meio": 16, "Serra Baixa": 10}
ACTIVE, PAUSED = 1, 2
IMPLAUSIBLE = 88888

HEADERS = (
    "NU_ANO_CENSO",
    "NO_MUNICIPIO",
    "CO_ENTIDADE",
    "NO_ENTIDADE",
    "TP_SITUACAO_FUNCIONAMENTO",
    "QT_SALAS_UTILIZADAS",
    "QT_EQUIP_MULTIMIDIA",
    "QT_MAT_BAS",
    "QT_MAT_FUND_AI",
    "QT_MAT_FUND_AF",
    "QT_DOC_FUND_AI",
    "QT_DOC_FUND_AF",
)


def draws(seed: int) -> Iterator[float]:
    """Yield numbers between 0 and 1, the same everywhere (Park and Miller 1988)."""
    state = seed
    while True:
        state = state * 16807 % (2**31 - 1)
        yield state / (2**31 - 1)


def school_row(draw: Iterator[float], town: str, number: int) -> list[object]:
    """Return one school: most are small, one in three also has grades 6 to 9."""
    early = int(30 + 400 * next(draw) ** 2)
    late = int(early * (0.4 + 0.8 * next(draw))) if next(draw) < 0.35 else 0
    is_active = next(draw) > 0.06
    figures = [
        1 + (early + late) // 25,
        IMPLAUSIBLE if next(draw) < 0.04 else int(3 * next(draw) ** 2),
        early + late,
        early,
        late,
        1 + round(early / (14 + 16 * next(draw))),
        round(late / (10 + 14 * next(draw))),
    ]
    return [
        2020,
        town,
        99000000 + number,
        f"Escola Municipal {number:03d}",
        ACTIVE if is_active else PAUSED,
        *(figures if is_active else [0] * len(figures)),
    ]


def main(path: Path) -> None:
    """Write the table."""
    draw = draws(SEED)
    towns = [town for town, n_schools in TOWNS.items() for _ in range(n_schools)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(school_row(draw, town, n) for n, town in enumerate(towns, start=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
