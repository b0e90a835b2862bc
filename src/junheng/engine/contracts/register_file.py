"""Mapping files of register exports: from TOML and back, and where the shipped ones lie."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, cast

from junheng.engine.contracts.catalogue import load
from junheng.engine.contracts.contractfile import CONFIRMATIONS
from junheng.engine.contracts.register_mapping import (
    PARSES,
    Derived,
    Parse,
    RegisterMapping,
    RowKind,
    SourceColumn,
)
from junheng.engine.standard.ruleset import Confirmation, Text
from junheng.engine.store.mapping_file import SHIPPED, file_of, ids_in
from junheng.engine.store.sections import Section
from junheng.engine.toml_file import bytes_of, checked_table
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.contracts.records import Contract

REGISTERS = SHIPPED / "registers"


def shipped_register_mappings() -> tuple[str, ...]:
    """Return the ids of the mappings of registers that come with the product."""
    return ids_in(REGISTERS)


def load_register_mapping(name: str) -> RegisterMapping:
    """Return a shipped mapping by its id, or the one in a file whose path ends in .toml.

    Raises
    ------
    NotFound
        Nothing of that name is shipped.
    RuleSetError
        The file is wrong; the message names file, key and fault.
    """
    path = file_of(name, REGISTERS)
    return _mapping(bytes_of(path), path.name)


def register_mapping_from(text: str, source: str) -> RegisterMapping:
    """Return a mapping from its TOML text; `source` is its name in messages."""
    return _mapping(text.encode(), source)


def _mapping(content: bytes, source: str) -> RegisterMapping:
    top = Section(source, checked_table(content, source))
    confirmation = _confirmation(top, "M")
    kinds, row_columns = _rows(top, confirmation)
    columns = [_column(item, confirmation, "") for item in top.sections("column", at_least=1)]
    mapping = RegisterMapping(
        id=top.text("id"),
        dataset=top.choice("dataset", tuple(load().contracts)),
        name=_text(top.section("name")),
        system=_text(top.section("system")),
        note=_text(top.section("note")),
        confirmation=confirmation,
        columns=(*columns, *row_columns),
        derived=tuple(_derived(item, confirmation) for item in top.sections("derived")),
        rows=kinds,
        ignored=top.texts("ignored", ()),
        digest=hashlib.sha256(content).hexdigest(),
    )
    _check(top, mapping, load().contracts[mapping.dataset])
    top.done()
    return mapping


def register_mapping_text(mapping: RegisterMapping) -> str:
    """Return the TOML text of a mapping, which reads back as the same mapping."""
    lines = [
        f"id = {_quoted(mapping.id)}",
        f"dataset = {_quoted(mapping.dataset)}",
        f"confirmation = {_quoted(mapping.confirmation)}",
        *(
            f"{key} = {_table({'zh': text.zh, 'en': text.en})}"
            for key, text in (
                ("name", mapping.name),
                ("system", mapping.system),
                ("note", mapping.note),
            )
        ),
        f"ignored = {_list(mapping.ignored)}",
    ]
    for column in mapping.columns:
        if not column.row:
            lines += ["", "[[column]]", *_column_lines(column)]
    for derived in mapping.derived:
        lines += ["", "[[derived]]", *_derived_lines(derived)]
    for kind in mapping.rows:
        lines += ["", "[[row]]", f"id = {_quoted(kind.id)}"]
        lines += [f"constants = {_table(kind.constants)}"]
        for column in mapping.columns:
            if column.row == kind.id:
                lines += ["", "[[row.column]]", *_column_lines(column)]
    return "\n".join(lines) + "\n"


# --- reading --------------------------------------------------------------------------------------


def _text(section: Section) -> Text:
    text = Text(section.text("zh"), section.text("en"))
    section.done()
    return text


def _confirmation(section: Section, default: str) -> Confirmation:
    return cast("Confirmation", section.choice("confirmation", CONFIRMATIONS, default))


def _column(section: Section, confirmation: str, row: str) -> SourceColumn:
    column = SourceColumn(
        to=section.text("to"),
        headers=section.texts("headers"),
        confirmation=_confirmation(section, confirmation),
        parse=cast("Parse", section.choice("parse", PARSES, "text")),
        values=section.text_map("values"),
        missing=frozenset(section.texts("missing", ())),
        factor=section.decimal("factor", "") if "factor" in section else None,
        is_optional=section.flag("optional", default=False),
        row=row,
    )
    if not column.headers:
        section.fail("headers", say("a list of texts is wanted."))
    section.done()
    return column


def _derived(section: Section, confirmation: str) -> Derived:
    derived = Derived(
        field=section.text("field"),
        join=section.text("join"),
        confirmation=_confirmation(section, confirmation),
        is_pseudonym=section.flag("pseudonym", default=False),
        prefix=section.text("prefix", ""),
    )
    section.done()
    return derived


def _rows(top: Section, confirmation: str) -> tuple[tuple[RowKind, ...], list[SourceColumn]]:
    kinds = []
    columns = []
    for section in top.sections("row"):
        kind = RowKind(section.text("id"), section.text_map("constants"))
        columns += [_column(c, confirmation, kind.id) for c in section.sections("column")]
        section.done()
        kinds.append(kind)
    return tuple(kinds), columns


def _check(top: Section, mapping: RegisterMapping, contract: Contract) -> None:
    """Refuse names that lead nowhere, and a mapping that cannot fill what the contract requires."""
    fields = {field.id for field in contract.fields}
    parts = {part for derived in mapping.derived for part in derived.parts}
    given = {column.to for column in mapping.columns}
    keys = [column.key for column in mapping.columns]
    for column in mapping.columns:
        if column.to not in fields | parts or keys.count(column.key) > 1:
            top.fail("column", say("“{to}” is no field, or stands twice.", to=column.key))
    for derived in mapping.derived:
        if derived.field not in fields or not set(derived.parts) <= given:
            top.fail(
                "derived",
                say("“{field}” is no field, or made of unknown columns.", field=derived.field),
            )
    filled = given | {derived.field for derived in mapping.derived}
    constants = [set(kind.constants) for kind in mapping.rows]
    filled |= set.intersection(*constants) if constants else set()
    for field in contract.fields:
        if field.is_required and field.id not in filled:
            top.fail("column", say("the required field “{field}” is not filled.", field=field.id))


# --- writing --------------------------------------------------------------------------------------


def _column_lines(column: SourceColumn) -> list[str]:
    lines = [f"to = {_quoted(column.to)}", f"headers = {_list(column.headers)}"]
    if column.parse != "text":
        lines.append(f"parse = {_quoted(column.parse)}")
    if column.values:
        lines.append(f"values = {_table(column.values)}")
    if column.missing:
        lines.append(f"missing = {_list(sorted(column.missing))}")
    if column.factor is not None:
        lines.append(f"factor = {_quoted(str(column.factor))}")
    if column.is_optional:
        lines.append("optional = true")
    return [*lines, f"confirmation = {_quoted(column.confirmation)}"]


def _derived_lines(derived: Derived) -> list[str]:
    lines = [f"field = {_quoted(derived.field)}", f"join = {_quoted(derived.join)}"]
    if derived.is_pseudonym:
        lines.append("pseudonym = true")
    if derived.prefix:
        lines.append(f"prefix = {_quoted(derived.prefix)}")
    return [*lines, f"confirmation = {_quoted(derived.confirmation)}"]


def _quoted(text: str) -> str:
    """Return a basic string of TOML, whose escapes are those of JSON but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"


def _table(texts: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in texts.items()) + " }"
