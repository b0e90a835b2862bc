"""Writing a dataset so that reading the file again gives the same canonical rows."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from junheng.engine.contracts.checks import formula_safe
from junheng.engine.contracts.template import shown
from junheng.engine.store.replace import replaced
from junheng.engine.store.workbook import SheetData, write_workbook
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.engine.contracts.records import Contract, Field
    from junheng.engine.store.session import Session
    from junheng.engine.store.watermark import Watermark

ENDINGS = (".xlsx", ".csv", ".parquet")

DIGITS_KEPT = 15
"""Significant digits of a number in a spreadsheet."""


def write_dataset(
    path: Path,
    session: Session,
    relation: str,
    contract: Contract,
    *,
    language: str = "zh",
    watermark: Watermark | None = None,
) -> None:
    """Write the rows of `relation` as .xlsx, .csv or .parquet, by the ending of `path`.

    Workbooks and CSV are for people: headers and labels of codes in `language` (zh or en). Parquet
    is for programs: ids of fields and canonical values, all text. The file appears whole or not at
    all. `watermark` marks a workbook; the other forms have no place for it. Raises `DataError` for
    another ending.
    """
    if path.suffix == ".xlsx":
        headers = [field.header.of(language) for field in contract.fields]
        rows = (
            [_cell(field, value) for field, value in zip(contract.fields, row, strict=True)]
            for row in _labelled(session, relation, contract, language)
        )
        sheets = {contract.name.of(language): SheetData(headers, rows)}
        write_workbook(path, sheets, watermark=watermark)
    elif path.suffix == ".csv":
        _write_csv(path, session, relation, contract, language)
    elif path.suffix == ".parquet":
        name = session.fresh_name("export")
        session.create(name, _select(relation, contract))
        session.export_parquet(name, path)
    else:
        raise DataError(
            say(
                "{file}: datasets are written as {endings}. Choose one of these endings.",
                file=path.name,
                endings=", ".join(ENDINGS),
            )
        )


def _select(relation: str, contract: Contract) -> str:
    columns = ", ".join(f"{field.id}::VARCHAR AS {field.id}" for field in contract.fields)
    key = ", ".join(contract.key)
    return f"SELECT {columns} FROM {relation} ORDER BY {key}"


def _write_csv(
    path: Path, session: Session, relation: str, contract: Contract, language: str
) -> None:
    # The mark at the beginning tells Excel that the text is UTF-8.
    with replaced(path) as new, new.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.header.of(language) for field in contract.fields])
        for row in _labelled(session, relation, contract, language):
            writer.writerow(_safe(contract, row))


def _safe(contract: Contract, row: list[str | None]) -> list[str | None]:
    """Return a row in which no text is taken for a formula; patterns leave no room for one."""
    return [
        formula_safe(value) if value and field.kind == "text" and not field.pattern else value
        for field, value in zip(contract.fields, row, strict=True)
    ]


def _labelled(
    session: Session, relation: str, contract: Contract, language: str
) -> Iterator[list[str | None]]:
    for row in session.rows(_select(relation, contract)):
        pairs = zip(contract.fields, row, strict=True)
        yield [_label(field, value, language) for field, value in pairs]


def _label(field: Field, value: object, language: str) -> str | None:
    return None if value is None else shown(field, str(value), language)


def _cell(field: Field, value: str | None) -> object:
    """Return a number where the spreadsheet keeps every digit of it, the text otherwise."""
    if value is None or field.kind not in {"whole", "decimal"}:
        return value
    number = float(value)
    return number if f"{number:.{DIGITS_KEPT}g}" == value else value
