"""Suspicious figures of the registry as it is now: the same rules as for a table, decided here.

A figure is corrected in its row. What is accepted here counts for the next assessment of the
registry's rows in the same school year, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from junheng.apps.balance import findings, quality
from junheng.apps.balance.live import live_district, live_table
from junheng.apps.registry.api import school_year_ensure, school_year_on
from junheng.engine.standard.definition import TERMS
from junheng.engine.standard.unit_table import UNITS
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Bureau
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.unit_table import UnitTable


@dataclass(frozen=True)
class LiveFindings:
    """What looks suspicious in the registry as of a day, with what was decided about it."""

    bureau: Bureau
    day: date
    rules: RuleSet
    school_year_id: int
    findings: tuple[findings.Stored, ...]

    @property
    def bureau_id(self) -> int:
        return self.bureau.pk

    @property
    def ruleset_id(self) -> str:
        return self.rules.id


def live_findings_visible_to(reader: Reader, today: date) -> LiveFindings:
    """Measure what the registry of the reader's bureau holds now and look for suspicious figures.

    Raises as `live_visible_to`.
    """
    district = live_district(reader, today)
    bureau, rules = district.bureau, district.rules
    year = school_year_ensure(first_year=school_year_on(district.day))
    decisions = quality.decisions_for(bureau.pk, year.pk, rules.id)
    last_year = quality.table_of_the_year_before(bureau.pk, year, rules.id)
    with Session() as session, Session() as before:
        with live_table(bureau.pk, district.day, rules) as warm:
            table = _copied(warm, session)
        inspected = findings.inspect(
            table,
            None,
            # A correction was made to a file once; here the row itself says what is right.
            decisions=[d for d in decisions if d["kind"] != "corrected"],
            last_year=last_year and last_year(before),
        )
    found = tuple({**one, "is_correctable": False} for one in inspected.findings)
    return LiveFindings(bureau, district.day, rules, year.pk, found)


def _copied(table: UnitTable, session: Session) -> UnitTable:
    """Copy a table into a session of its own.

    The session that fresh units come from keeps what it made by text: nothing else may make
    relations there.
    """
    for relation in (UNITS, TERMS):
        told = table.session.rows(f"DESCRIBE {relation}")
        types = {str(name): str(kind) for name, kind, *_ in told}
        listed = ", ".join(f"CAST({name} AS VARCHAR)" for name in types)
        rows = table.session.rows(f"SELECT {listed} FROM {relation} ORDER BY unit_ix")
        columns: dict[str, list[object]] = {name: [] for name in types}
        for values in rows:
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
        session.load(relation, columns, types)
    return replace(table, session=session)
