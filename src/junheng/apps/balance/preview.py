"""What a checked table would bring: counts, and every unit against the last assessment."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from junheng.apps.balance.models import AssessedUnit, Assessment
from junheng.apps.balance.stored import decimal_text, message_to_json, notice_to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.balance.measuring import Measured, MeasuredUnit

Row = dict[str, Any]


def preview_of(measured: Measured, last: Assessment | None) -> dict[str, Any]:
    """Return the preview as JSON: `counts`, `verdict`, `reasons`, `warnings`, `rows`, `against`,
    and `before`: how many units passed in the assessment it is compared with.

    `rows` hold row_no, unit_id, name, stage, kind (new, changed, same, gone), verdicts, figures
    [old, new] of the columns in `columns`. `read_from`: for annual statistics the places of the
    figures, `n_workbooks` how many workbooks they came from.
    """
    before = _stored_units(last)
    columns = ["pupils", *(fact.id for fact in measured.ruleset.facts)]
    columns = [c for c in columns if c == "pupils" or any(c in u.facts for u in measured.units)]
    rows = [_row(unit, before.get(unit.unit_id), columns) for unit in measured.units]
    rows += _gone(measured.units, before, columns)
    return {
        "against": last and last.pk,
        "before": last and {"pass": last.n_pass, "in_scope": last.n_in_scope},
        "columns": columns,
        "rows": rows,
        "kinds": dict(Counter(row["kind"] for row in rows)),
        "counts": _counts(measured),
        "verdict": measured.county.resource_allocation,
        "reasons": [message_to_json(reason) for reason in measured.county.reasons],
        "warnings": [notice_to_json(warning) for warning in measured.warnings],
        "read_from": measured.read_from.places if measured.read_from else [],
        "n_workbooks": measured.read_from.n_workbooks if measured.read_from else 0,
    }


def _stored_units(last: Assessment | None) -> Mapping[str, AssessedUnit]:
    if last is None:
        return {}
    return {unit.unit_id: unit for unit in AssessedUnit.objects.filter(assessment=last)}


def _counts(measured: Measured) -> dict[str, int]:
    stages = Counter(unit.stage for unit in measured.units)
    used = {fact for i in measured.ruleset.indicators for fact, _ in i.terms}
    n_missing = sum(1 for unit in measured.units for fact in used if unit.facts.get(fact) is None)
    county = measured.county
    return {
        "units": county.n_units,
        "schools": len({unit.school_identifier for unit in measured.units}),
        "primary": stages["primary"],
        "junior": stages["junior"],
        "missing": n_missing,
        "pass": county.n_pass,
        "fail": county.n_fail,
        "undetermined": county.n_undetermined,
        "excluded": county.n_excluded,
        "beyond": county.n_beyond,
    }


def _row(unit: MeasuredUnit, old: AssessedUnit | None, columns: Sequence[str]) -> Row:
    new_figures = {"pupils": str(unit.pupils), **unit.facts}
    old_figures = {} if old is None else _stored_figures(old)
    figures = [[old_figures.get(c), new_figures.get(c)] for c in columns]
    is_same = all(_same(was, now) for was, now in figures)
    return {
        "row_no": unit.row_no,
        "unit_id": unit.unit_id,
        "name": unit.school_name,
        "stage": unit.stage,
        "kind": "new" if old is None else "same" if is_same else "changed",
        "verdict_before": old and old.verdict,
        "verdict": unit.verdict,
        "figures": figures,
    }


def _stored_figures(unit: AssessedUnit) -> dict[str, str | None]:
    facts = {name: None if v is None else decimal_text(v) for name, v in unit.facts.items()}
    return {"pupils": str(unit.pupils), **facts}


def _same(was: str | None, now: str | None) -> bool:
    """Whether two figures are equal; 12.50 and 12.5 are."""
    return was == now or (was is not None and now is not None and _plain(was) == _plain(now))


def _plain(figure: str) -> str:
    return figure.rstrip("0").rstrip(".") if "." in figure else figure


def _gone(
    units: Sequence[MeasuredUnit], before: Mapping[str, AssessedUnit], columns: Sequence[str]
) -> list[Row]:
    present = {unit.unit_id for unit in units}
    return [
        {
            "row_no": None,
            "unit_id": old.unit_id,
            "name": old.school_name,
            "stage": old.stage,
            "kind": "gone",
            "verdict_before": old.verdict,
            "verdict": None,
            "figures": [[_stored_figures(old).get(c), None] for c in columns],
        }
        for old in before.values()
        if old.unit_id not in present
    ]
