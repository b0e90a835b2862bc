"""Results as files: a workbook for people, Parquet for programs.

Everything is written beside its final place first: a kill or a full disk leaves either all of it or
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.definition import RESULTS
from junheng.engine.standard.words import STAGE_WORDS, STATUS_WORDS
from junheng.engine.store.replace import filled
from junheng.engine.store.workbook import SheetData, write_workbook
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.engine.standard.assess import Assessment, UnitResult
    from junheng.i18n import Translate

WORKBOOK = "assessment.xlsx"

# More rows than a workbook can be read in; a nation's units are for programs, in Parquet.
MAX_WORKBOOK_UNITS = 50_000


def write(assessment: Assessment, folder: Path, *, language: str, translate: Translate) -> None:
    """Write `assessment.xlsx` and one Parquet file per relation into `folder`.

    Raises
    ------
    DataError
        The folder cannot be made or written to.
    """
    try:
        with filled(folder) as new:
            for relation, select in _relations(assessment).items():
                assessment.table.session.create(f"out_{relation}", select)
                target = new / f"{relation}.parquet"
                assessment.table.session.export_parquet(f"out_{relation}", target)
            if assessment.table.n_units <= MAX_WORKBOOK_UNITS:
                workbook = new / WORKBOOK
                write_workbook_of(assessment, workbook, language=language, translate=translate)
    except OSError as error:
        message = say(
            "{folder} cannot be written to: {reason}. Choose a folder with room and rights.",
            folder=folder,
            reason=error.strerror or str(error),
        )
        raise DataError(message) from error


def _relations(assessment: Assessment) -> dict[str, str]:
    cells = []
    for i in assessment.ruleset.indicators:
        cells += [f"value_{i.id}", f"status_{i.id}", f"gap_{i.id}"]
    units = (
        "SELECT unit_id, school_id, school_name, NULLIF(county, '') AS county_code, stage, kind, "
        f"pupils, verdict, n_met, {', '.join(cells)} FROM {RESULTS}"
    )
    dispersion = (
        "SELECT NULLIF(county, '') AS county_code, stage, indicator, mean, sd, cv, status, "
        "n_units, n_left_out FROM dispersion ORDER BY county, stage DESC, indicator_ix"
    )
    counties = "SELECT * RENAME (county AS county_code) FROM county_verdicts ORDER BY county"
    return {"units": units, "dispersion": dispersion, "counties": counties}


def write_workbook_of(
    assessment: Assessment, path: Path, *, language: str, translate: Translate
) -> None:
    """Write the workbook alone: units, coefficients, counties, the rule set it was judged by."""
    _ = translate
    sheets = {
        _("Stage units"): SheetData(
            _unit_headers(assessment, language, _), _unit_rows(assessment, _), _formats(assessment)
        ),
        _("Coefficients of variation"): SheetData(
            _dispersion_headers(_),
            _dispersion_rows(assessment, language, _),
            {4: "0.0000", 5: "0.0000", 6: "0.000000"},
        ),
        _("Verdict"): SheetData(
            [_("County"), _("Resource allocation"), _("Reasons")], _county_rows(assessment, _)
        ),
        _("Rules"): SheetData(
            [_("Indicator"), _("Name"), _("Stage"), _("Threshold"), _("Source"), _("Confirmation")],
            _rule_rows(assessment, language, _),
        ),
    }
    write_workbook(path, sheets)


def _unit_headers(assessment: Assessment, language: str, _: Translate) -> list[str]:
    headers = [_("Stage unit"), _("School code"), _("School"), _("County"), _("Stage"), _("Pupils")]
    headers += [_("Verdict"), _("Met")]
    for i in assessment.ruleset.indicators:
        name = i.name.of(language)
        headers += [f"{i.id} {name} ({i.unit.of(language)})", f"{i.id} {_('Status')}"]
        headers.append(f"{i.id} {_('Missing to the threshold')}")
    return headers


def _unit_rows(assessment: Assessment, _: Translate) -> Iterator[list[object]]:
    for unit in assessment.units:
        row: list[object] = [unit.unit_id, unit.school_id, unit.school_name, unit.county_code]
        row += [_(STAGE_WORDS[unit.stage]), unit.pupils, _(STATUS_WORDS[unit.verdict]), unit.n_met]
        yield row + _cell_columns(assessment, unit, _)


def _cell_columns(assessment: Assessment, unit: UnitResult, _: Translate) -> list[object]:
    columns: list[object] = []
    for i in assessment.ruleset.indicators:
        cell = unit.cells.get(i.id)
        columns += [cell.value, _(STATUS_WORDS[cell.status]), cell.gap] if cell else [None] * 3
    return columns


def _formats(assessment: Assessment) -> dict[int, str]:
    decimals = assessment.ruleset.presentation.school_decimals
    return {8 + 3 * ix: f"0.{'0' * decimals}" for ix in range(len(assessment.ruleset.indicators))}


def _dispersion_headers(_: Translate) -> list[str]:
    figures = [_("Mean"), "S", "CV", _("Limit"), _("Units"), _("Left out"), _("Status")]
    return [_("County"), _("Stage"), _("No."), _("Indicator"), *figures]


def _dispersion_rows(assessment: Assessment, language: str, _: Translate) -> Iterator[list[object]]:
    names = {i.id: i.name.of(language) for i in assessment.ruleset.indicators}
    for d in assessment.dispersion:
        name = names.get(d.indicator, _("Mean of the coefficients"))
        out = ", ".join(unit.unit_id for unit in d.left_out)
        figures = [d.mean, d.sd, d.cv, d.limit, d.n_units, out, _(STATUS_WORDS[d.status])]
        yield [d.county_code, _(STAGE_WORDS[d.stage]), d.indicator, name, *figures]


def _county_rows(assessment: Assessment, _: Translate) -> Iterator[list[object]]:
    for county in assessment.counties:
        reasons = " ".join(reason.render(_) for reason in county.reasons)
        yield [county.county_code, _(STATUS_WORDS[county.resource_allocation]), reasons]


def _rule_rows(assessment: Assessment, language: str, _: Translate) -> Iterator[list[object]]:
    rules = assessment.ruleset
    title = f"{rules.name.of(language)} {rules.id}@{rules.version}"
    yield [None, title, None, None, rules.document, None]
    for i in rules.indicators:
        for stage, threshold in i.thresholds.items():
            value = None if threshold is None else float(threshold)
            source = f"{i.source.document} {i.source.clause}".strip()
            yield [
                i.id,
                i.name.of(language),
                _(STAGE_WORDS[stage]),
                value,
                source,
                i.source.confirmation,
            ]
