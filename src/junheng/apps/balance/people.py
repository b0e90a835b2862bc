"""Measuring what the registry holds: rows of people, rooms and things into what is stored."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from math import prod
from typing import TYPE_CHECKING

from junheng.apps.balance import findings
from junheng.apps.balance.measuring import measured_of
from junheng.engine.standard.person_level import measure_persons, terms
from junheng.engine.standard.person_level.rules import person_rules
from junheng.engine.standard.person_level.staffing import LESSON_TOTALS
from junheng.engine.standard.split import relief_in_force
from junheng.engine.store.session import Session
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from junheng.apps.balance.measuring import Figures, Measured
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.unit_table import UnitTable


def measure_folder(
    folder: Path,
    *,
    ruleset: RuleSet,
    day: date,
    decisions: Iterable[findings.Stored] = (),
    last_year: Callable[[Session], UnitTable] | None = None,
) -> Measured:
    """Measure a folder of datasets as of a day, and look for suspicious figures in it.

    Parameters
    ----------
    decisions
        What was decided about findings. Corrections are left aside: a figure of the registry is
        corrected in its row.
    last_year
        Gives the table of a year before in a session of its own.

    Raises
    ------
    DataError
        There are no units, or the rows cannot be measured; see `measure_persons`.
    """
    accepted = [d for d in decisions if d["kind"] != "corrected"]
    with Session() as session, Session() as before:
        table = measure_persons(session, folder, ruleset, statistics_date=day)
        if not table.n_units:
            raise DataError(say("The registry holds no stage units of this school year."))
        figures = exact_figures(table, day)
        inspected = findings.inspect(
            table, None, decisions=accepted, last_year=last_year and last_year(before)
        )
        return measured_of(inspected, figures)


def exact_figures(table: UnitTable, day: date) -> Figures:
    """Return the exact facts of every unit of a table that was measured from people, by its id."""
    rules = table.ruleset
    ((parts,),) = table.session.rows(f"SELECT MAX(k) FROM {LESSON_TOTALS}")
    relief = relief_in_force(rules, "R3", day)
    sources = terms.fact_sources(rules, person_rules(rules), relief, int(str(parts)))
    columns = [
        f"CAST({part} AS VARCHAR)"
        for source in sources.values()
        for part in (source.numerator, *source.denominators)
    ]
    rows = table.session.rows(f"SELECT unit_id, {', '.join(columns)} FROM person_facts")
    return {str(unit_id): _facts(sources, [*values]) for unit_id, *values in rows}


def _facts(
    sources: dict[str, terms.FactSource], values: Sequence[object]
) -> dict[str, Fraction | None]:
    """Return the facts of one unit: numerators, each followed by the factors below it."""
    left = iter(values)
    found: dict[str, Fraction | None] = {}
    for fact, source in sources.items():
        above, *below = [next(left) for _ in range(1 + len(source.denominators))]
        whole = prod(int(str(factor)) for factor in below if factor is not None)
        found[fact] = None if above is None else Fraction(int(str(above)), whole)
    return found


def digest_of(folder: Path) -> str:
    """Return the SHA-256 over the files of a folder and their names."""
    digest = sha256()
    for path in sorted(folder.iterdir()):
        digest.update(f"{path.name} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
