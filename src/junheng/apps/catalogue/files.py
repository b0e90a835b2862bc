"""Files: template, sample, schema and dictionary of a dataset; the sizes of classes."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue.present.classes import stage_word
from junheng.apps.foundation.shown import language
from junheng.apps.registry.api import target as target_of
from junheng.engine.contracts.export import write_dataset
from junheng.engine.contracts.schema import json_schema
from junheng.engine.contracts.template import shown, write_template
from junheng.engine.store.session import Session
from junheng.engine.store.workbook import SheetData, write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.catalogue.classes import ClassSize
    from junheng.apps.registry.api import Place, School
    from junheng.engine.contracts import Contract, Field

KEPT = "kept"
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/schema+json",
}
# The mark at the beginning tells spreadsheets that the text is UTF-8.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

DICTIONARY_HEADERS = (
    "dataset", "dataset_zh", "dataset_en", "field", "header_zh", "header_en", "kind", "required",
    "key", "code_list", "pattern", "at_least", "at_most", "sensitivity", "purpose_zh",
    "purpose_en", "used_by", "national_code", "synonyms", "version",
)  # fmt: skip


def template(chosen: Sequence[Contract], *, first_year: int, county_code: str) -> bytes:
    """Return the workbook to fill in, of a school year and bureau, headers as on the page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(
            path,
            chosen,
            school_year=first_year,
            language=language(),
            county_code=county_code,
        )
        return path.read_bytes()


def own_rows(contract: Contract, *, place: Place) -> bytes:
    """Return what the registry holds of a dataset in a place as a workbook that reads back."""
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        target_of(contract.id).load(session, KEPT, place)
        path = Path(folder) / "rows.xlsx"
        write_dataset(path, session, KEPT, contract, language=language())
        return path.read_bytes()


def sample(contract: Contract) -> bytes:
    """Return a filled table of one row as CSV, in the words that people write."""
    spoken = language()
    headers = [field.header.of(spoken) for field in contract.fields]
    row = [shown(field, field.sample, spoken) for field in contract.fields]
    return _csv([headers, row])


def schema(contract: Contract) -> bytes:
    """Return the JSON Schema of a dataset's rows."""
    return (json.dumps(json_schema(contract), ensure_ascii=False, indent=2) + "\n").encode()


def dictionary(chosen: Sequence[Contract]) -> bytes:
    """Return the dictionary of datasets as CSV, both languages side by side."""
    rows = [_dictionary_row(contract, field) for contract in chosen for field in contract.fields]
    return _csv([list(DICTIONARY_HEADERS), *rows])


def class_sizes(sizes: Sequence[ClassSize], schools: Mapping[int, School]) -> bytes:
    """Return classes with their sizes and limits as a workbook, one row each."""
    headers = [
        gettext("School"),
        gettext("School identifier"),
        gettext("Stage"),
        gettext("Grade"),
        gettext("Class number"),
        gettext("Class"),
        gettext("Pupils"),
        gettext("Limit"),
        gettext("Over by"),
    ]
    rows = [
        [
            schools[size.school_id].name,
            schools[size.school_id].identifier,
            stage_word(size.stage),
            size.grade,
            size.class_no,
            size.code,
            size.n_pupils,
            size.limit,
            max(size.n_pupils - size.limit, 0),
        ]
        for size in sizes
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "classes.xlsx"
        write_workbook(path, {gettext("Class sizes"): SheetData(headers, rows)})
        return path.read_bytes()


def _dictionary_row(contract: Contract, field: Field) -> list[str]:
    bounds = ["" if b is None else f"{float(b):.15g}" for b in (field.at_least, field.at_most)]
    return [
        contract.id,
        contract.name.zh,
        contract.name.en,
        field.id,
        field.header.zh,
        field.header.en,
        field.kind,
        "1" if field.is_required else "0",
        "1" if field.id in contract.key else "0",
        field.code_list.id if field.code_list else "",
        field.pattern,
        *bounds,
        field.sensitivity,
        field.purpose.name.zh,
        field.purpose.name.en,
        " ".join(field.used_by),
        field.national_code,
        "、".join(field.synonyms),
        contract.version,
    ]


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    text.write(MARK)
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
