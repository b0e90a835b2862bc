"""The workbook that a clerk fills in, made from contracts, and what it says when it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from junheng.engine.contracts.reading import NOTE_MARKS, SAMPLE_MARKS
from junheng.engine.store.template_book import TemplateColumn, read_identity, write_template_book
from junheng.errors import Fault
from junheng.i18n import N_, say, translator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from junheng.engine.contracts.cells import Context
    from junheng.engine.contracts.records import Contract, Field
    from junheng.engine.store.session import Session
    from junheng.engine.store.watermark import Watermark
    from junheng.i18n import Translate

TEMPLATE_ID = "junheng-template"
VERSION_OF = "version."

YES_NO = {"zh": {"1": "是", "0": "否"}, "en": {"1": "yes", "0": "no"}}

_WANTED = {
    "code": N_("Choose from the list."),
    "boolean": N_("Choose yes or no."),
    "date": N_("A day, for example 2025-09-01."),
    "month": N_("A month, for example 2015-03."),
    "whole": N_("A whole number."),
    "decimal": N_("A number without unit."),
}


def write_template(
    path: Path,
    contracts: Sequence[Contract],
    *,
    school_year: int,
    language: str = "zh",
    county_code: str = "",
    sample: bool = True,
    filled: Mapping[str, Iterable[Sequence[str | None]]] | None = None,
    watermark: Watermark | None = None,
) -> None:
    """Write a workbook with a sheet for each contract, headers in `language` (zh or en).

    Row 1 holds headers, row 2 notes, row 3 a sample that says so; data begin in row 4. A hidden
    sheet keeps school year, bureau and versions, which `check_template` compares on return.
    `filled` gives rows that are known already, by dataset: canonical values in the contract's
    order; `watermark` says who took them out.
    """
    translate = translator(language)
    spoken = "en" if language.startswith("en") else "zh"
    sheets = {
        contract.name.of(spoken): template_columns(contract, spoken, translate, sample=sample)
        for contract in contracts
    }
    known = {
        contract.name.of(spoken): _labelled(contract, (filled or {}).get(contract.id, ()), spoken)
        for contract in contracts
    }
    identity = template_identity(contracts, school_year, county_code)
    write_template_book(path, sheets, identity, filled=known, watermark=watermark)


def _labelled(
    contract: Contract, rows: Iterable[Sequence[str | None]], language: str
) -> Iterator[list[str | None]]:
    for row in rows:
        pairs = zip(contract.fields, row, strict=True)
        yield [None if value is None else shown(field, value, language) for field, value in pairs]


def template_identity(
    contracts: Sequence[Contract], school_year: int, county_code: str
) -> dict[str, str]:
    """Return what the hidden sheet of a template says of itself; see `check_template`."""
    return {
        "template": TEMPLATE_ID,
        "school_year": str(school_year),
        "county_code": county_code,
        **{f"{VERSION_OF}{contract.id}": contract.version for contract in contracts},
    }


def check_template(
    session: Session, path: Path, contracts: Sequence[Contract], *, context: Context
) -> tuple[Fault, ...]:
    """Return what keeps a returned workbook from being read: another year, bureau or version.

    A workbook that did not come from `write_template` has nothing to compare.
    """
    identity = read_identity(session, path)
    if identity is None or identity.get("template") != TEMPLATE_ID:
        return ()
    remedy = say("Fetch this year's template of this bureau and copy the rows into it.")
    faults = []
    if (year := identity.get("school_year", "")) != str(context.school_year):
        found = say(
            "The template is of the school year {found}, not {wanted}.",
            found=_year_name(year),
            wanted=_year_name(str(context.school_year)),
        )
        faults.append(Fault(found, remedy, path.name))
    county = identity.get("county_code", "")
    if county and context.county_code and county != context.county_code:
        found = say(
            "The file belongs to the bureau {found}, not {wanted}.",
            found=county,
            wanted=context.county_code,
        )
        faults.append(Fault(found, remedy, path.name))
    for contract in contracts:
        version = identity.get(f"{VERSION_OF}{contract.id}", contract.version)
        if version != contract.version:
            found = say(
                "The template is of version {found}, today's is {wanted}.",
                found=version,
                wanted=contract.version,
            )
            faults.append(Fault(found, remedy, path.name, contract.name.zh))
    return tuple(faults)


def sheet_of(contract: Contract, sheets: Sequence[str]) -> str | None:
    """Return which of the named sheets holds a dataset: the one with its name or id, or None."""
    names = (contract.name.zh, contract.name.en, contract.id)
    return next((sheet for sheet in sheets if sheet.strip() in names), None)


def shown(field: Field, value: str, language: str) -> str:
    """Return a canonical value as people read it: the label of a code, yes or no."""
    if field.code_list is not None and value:
        return field.code_list.name_of(value, language)
    if field.kind == "boolean" and value:
        return YES_NO[language][value]
    return value


def template_columns(
    contract: Contract, language: str, translate: Translate, *, sample: bool
) -> tuple[TemplateColumn, ...]:
    """Return the columns of a template, with drop-downs, notes and sample."""
    note_marks = (NOTE_MARKS[language], *[""] * len(contract.fields))
    sample_marks = (SAMPLE_MARKS[language], *[""] * len(contract.fields))
    return tuple(
        TemplateColumn(
            header=field.header.of(language),
            note=note_mark + _note(field, language, translate),
            sample=sample_mark + shown(field, field.sample, language) if sample else "",
            form=_form(field),
            options=_options(field, language),
            is_required=field.is_required,
        )
        for field, note_mark, sample_mark in zip(
            contract.fields, note_marks, sample_marks, strict=False
        )
    )


def _note(field: Field, language: str, translate: Translate) -> str:
    must = translate("Required. ") if field.is_required else ""
    own = field.note.of(language)
    wanted = translate(_WANTED[field.kind]) if field.kind in _WANTED else ""
    return must + (own or wanted)


def _options(field: Field, language: str) -> tuple[str, ...]:
    if field.code_list is not None:
        return tuple(value.name.of(language) for value in field.code_list.values)
    return tuple(YES_NO[language].values()) if field.kind == "boolean" else ()


def _form(field: Field) -> Literal["text", "date", "number"]:
    if field.kind == "date":
        return "date"
    return "number" if field.kind in {"whole", "decimal"} else "text"


def _year_name(year: str) -> str:
    return f"{year}-{int(year) + 1}" if year.isdigit() else year
