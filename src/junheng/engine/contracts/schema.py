"""A contract as JSON Schema (2020-12), and rows in the JSON form that it describes.

In JSON a whole number is an integer, a decimal a number, yes and no are true and false; days and
months, codes and every number that names somebody stay text. A blank field is left out. What is
checked between fields or rows cannot be said in a schema and stays with the contract.

Source: JSON Schema, draft 2020-12 (json-schema.org/draft/2020-12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.engine.contracts import checks, identifiers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from junheng.engine.contracts.records import CodeList, Contract, Field, FieldKind

Schema = dict[str, Any]
JsonRow = dict[str, str | int | float | bool]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:junheng:dataset:{dataset}:{version}"

REGISTER_NUMBER = r"(?:[GJ][0-9]{17}[0-9X]|L[0-9]{18})"

_SHAPES: Mapping[FieldKind, Schema] = {
    "text": {"type": "string", "minLength": 1, "maxLength": checks.MAX_TEXT},
    "code": {"type": "string"},
    "whole": {"type": "integer"},
    "decimal": {"type": "number"},
    "date": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "month": {"type": "string", "pattern": "^[0-9]{4}-(?:0[1-9]|1[0-2])$"},
    "boolean": {"type": "boolean"},
    "identity_number": {"type": "string"},
    "register_number": {"type": "string", "pattern": f"^{REGISTER_NUMBER}$"},
    "school_id": {"type": "string", "pattern": f"^{identifiers.SCHOOL_ID}$"},
}


def json_schema(contract: Contract) -> Schema:
    """Return the schema of one row of a dataset.

    Titles are Chinese and English in one text; `x-title` has them apart, `x-labels` the names of
    codes, and further `x-` words say owner, key, sensitivity and purpose.
    """
    return {
        "$schema": DIALECT,
        "$id": ID.format(dataset=contract.id, version=contract.version),
        "title": f"{contract.name.zh} {contract.name.en}",
        "x-title": {"zh": contract.name.zh, "en": contract.name.en},
        "x-domain": contract.domain,
        "x-owner": contract.owner,
        "x-key": list(contract.key),
        "type": "object",
        "properties": {field.id: _property(field) for field in contract.fields},
        "required": [field.id for field in contract.fields if field.is_required],
        "additionalProperties": False,
    }


def to_json(contract: Contract, row: Mapping[str, str | None]) -> JsonRow:
    """Return a row of canonical texts as JSON; blank fields are left out.

    >>> from junheng.engine import contracts
    >>> to_json(contracts.contract("classes"), {"class_no": "3", "grade": None})
    {'class_no': 3}
    """
    return {
        field.id: _value(field, text)
        for field in contract.fields
        if (text := row.get(field.id)) is not None
    }


def _value(field: Field, text: str) -> str | int | float | bool:
    if field.kind == "whole":
        return int(text)
    if field.kind == "decimal":
        return float(text)
    return text == "1" if field.kind == "boolean" else text


def _property(field: Field) -> Schema:
    made: Schema = {"title": f"{field.header.zh} {field.header.en}"}
    made |= _SHAPES[field.kind] | _pattern(field) | _bounds(field)
    if field.code_list is not None:
        made |= _codes(field.code_list)
    if field.note.zh or field.note.en:
        made["description"] = f"{field.note.zh} {field.note.en}".strip()
    if field.sample:
        made["examples"] = [_value(field, field.sample)]
    return made | {
        "x-title": {"zh": field.header.zh, "en": field.header.en},
        "x-sensitivity": field.sensitivity,
        "x-purpose": field.purpose.id,
        "x-used-by": list(field.used_by),
    }


def _pattern(field: Field) -> Schema:
    if field.kind == "identity_number":
        # With a field that names the kind of document, a passport may stand here, too.
        shape = identifiers.DOCUMENT_SHAPE if field.kind_field else identifiers.IDENTITY_SHAPE
        return {"pattern": f"^{shape}$"}
    return {"pattern": f"^(?:{field.pattern})$"} if field.pattern else {}


def _bounds(field: Field) -> Schema:
    bounds = {"minimum": field.at_least, "maximum": field.at_most}
    return {name: _number(bound) for name, bound in bounds.items() if bound is not None}


def _number(bound: Fraction) -> int | float:
    return int(bound) if bound.denominator == 1 else float(bound)


def _codes(codes: CodeList) -> Schema:
    return {
        "enum": [value.code for value in codes.values],
        "x-code-list": codes.id,
        "x-labels": {v.code: {"zh": v.name.zh, "en": v.name.en} for v in codes.values},
    }
