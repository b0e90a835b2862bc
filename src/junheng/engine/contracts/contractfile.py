"""From TOML to one contract, one code list or the purposes: every fault noted at its key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.contracts.records import (
    FIELD_KINDS,
    NO_TEXT,
    SENSITIVITIES,
    Age,
    CodeList,
    CodeValue,
    Contract,
    Differs,
    Field,
    FieldKind,
    IdentityAgrees,
    NoOverlap,
    OneOwner,
    OneValue,
    Order,
    Purpose,
    Reference,
    RequiredWhen,
    RowCheck,
    Succession,
    TouchesYear,
    Unique,
)
from junheng.engine.standard.ruleset import Confirmation, Text
from junheng.engine.store.grid import folded
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from junheng.engine.standard.rulefile import Reader
    from junheng.i18n import Message

CONFIRMATIONS: tuple[Confirmation, ...] = ("C", "C-form", "C-sys", "C-tab", "L", "M", "D")
NUMBERS: frozenset[FieldKind] = frozenset({"whole", "decimal"})

_UNKNOWN_PURPOSE = Purpose("", NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXT)


@dataclass(frozen=True)
class Known:
    """What a contract may refer to, by id: purposes and code lists."""

    purposes: Mapping[str, Purpose]
    code_lists: Mapping[str, CodeList]


def code_list_from(top: Reader) -> CodeList:
    """Return the code list of one file."""
    codes = CodeList(
        id=top.identifier("id"),
        name=top.name("name"),
        standard=top.text("standard"),
        confirmation=top.choice("confirmation", CONFIRMATIONS),
        values=tuple(_code_value(row) for row in top.rows("values", "code")),
        note=_note(top),
    )
    top.finish()
    _check_code_list(codes, top)
    return codes


def purposes_from(top: Reader) -> tuple[Purpose, ...]:
    """Return the purposes of their file."""
    purposes = tuple(_purpose(row) for row in top.rows("purposes", "id"))
    top.finish()
    return purposes


def contract_from(top: Reader, known: Known, digest: str) -> Contract:
    """Return the contract of one file; references to other datasets are not looked up here."""
    contract = Contract(
        id=top.identifier("id"),
        version=top.text("version"),
        name=top.name("name"),
        domain=top.whole("domain"),
        owner=top.text("owner"),
        key=top.texts("key"),
        fields=tuple(_field(row, known) for row in top.rows("fields", "id")),
        checks=tuple(_check(row) for row in top.rows("checks", "kind")),
        references=tuple(_reference(row) for row in top.rows("references", "dataset")),
        succession=_succession(top.inner("succession")) if top.has("succession") else None,
        note=_note(top),
        digest=digest,
    )
    top.finish()
    _check_whole(contract, top, known)
    return contract


# --- rows of a file -------------------------------------------------------------------------------


def _note(row: Reader) -> Text:
    return row.name_or_none("note") or NO_TEXT


def _code_value(row: Reader) -> CodeValue:
    name = Text(row.text("zh"), row.text("en"))
    value = CodeValue(row.text("code"), name, row.texts("synonyms"))
    row.finish()
    return value


def _purpose(row: Reader) -> Purpose:
    texts = [row.name(key) for key in ("name", "basis", "retention", "audience")]
    purpose = Purpose(row.identifier("id"), *texts)
    row.finish()
    return purpose


def _field(row: Reader, known: Known) -> Field:
    field = Field(
        id=row.identifier("id"),
        header=row.name("header"),
        kind=row.choice("kind", FIELD_KINDS),
        purpose=_purpose_named(row, known),
        sensitivity=row.choice("sensitivity", SENSITIVITIES),
        is_required=row.flag("required", default=False),
        code_list=_code_list_named(row, known),
        kind_field=row.text("kind_field", ""),
        national_code=row.text("national_code", ""),
        synonyms=row.texts("synonyms"),
        at_least=_bound(row, "at_least"),
        at_most=_bound(row, "at_most"),
        pattern=_pattern(row),
        used_by=row.texts("used_by"),
        note=_note(row),
        sample=row.text("sample", ""),
    )
    row.finish()
    _check_field(field, row)
    return field


def _purpose_named(row: Reader, known: Known) -> Purpose:
    purpose_id = row.text("purpose")
    purpose = known.purposes.get(purpose_id, _UNKNOWN_PURPOSE)
    if purpose_id and purpose is _UNKNOWN_PURPOSE:
        found = say("There is no purpose “{purpose}”.", purpose=purpose_id)
        row.fault("purpose", found, _one_of(known.purposes))
    return purpose


def _code_list_named(row: Reader, known: Known) -> CodeList | None:
    list_id = row.text("code_list", "")
    codes = known.code_lists.get(list_id)
    if list_id and codes is None:
        found = say("There is no code list “{codes}”.", codes=list_id)
        row.fault("code_list", found, _one_of(known.code_lists))
    return codes


def _bound(row: Reader, key: str) -> Fraction | None:
    return row.decimal(key) if row.has(key) else None


def _pattern(row: Reader) -> str:
    pattern = row.text("pattern", "")
    try:
        re.compile(pattern)
    except re.error as error:
        found = say("This is no regular expression: {reason}.", reason=str(error))
        row.fault("pattern", found, say("Correct it."))
    return pattern


def _reference(row: Reader) -> Reference:
    fields = row.texts("fields")
    to = row.texts("to") or fields
    reference = Reference(fields, row.text("dataset"), to)
    if len(fields) != len(to) or not fields:
        found = say("{n} fields refer to {m} fields.", n=len(fields), m=len(to))
        row.fault("to", found, say("Name as many fields there as here, at least one."))
    row.finish()
    return reference


def _succession(row: Reader) -> Succession:
    succession = Succession(
        row.texts("same"), row.text("earlier"), row.text("later"), _when(row, "only")
    )
    row.finish()
    return succession


# --- checks ---------------------------------------------------------------------------------------


def _check(row: Reader) -> RowCheck:
    kind = row.choice("kind", tuple(_CHECK_READERS))
    check = _CHECK_READERS[kind](row)
    row.finish()
    return check


def _when(row: Reader, key: str) -> dict[str, tuple[str, ...]]:
    if not row.has(key):
        return {}
    inner = row.inner(key)
    return {name: inner.texts(name) for name in inner.names()}


_CHECK_READERS: dict[str, Callable[[Reader], RowCheck]] = {
    "order": lambda row: Order(row.text("earlier"), row.text("later")),
    "touches_year": lambda row: TouchesYear(row.text("earlier"), row.text("later", "")),
    "age": lambda row: Age(row.text("field"), row.whole("at_least"), row.whole("at_most")),
    "required_when": lambda row: RequiredWhen(row.text("field"), _when(row, "when")),
    "differs": lambda row: Differs(row.text("field"), row.text("other")),
    "unique": lambda row: Unique(row.texts("fields")),
    "identity_agrees": lambda row: IdentityAgrees(
        row.text("field"), row.text("birth_date"), row.text("sex"), row.text("kind_field", "")
    ),
    "one_owner": lambda row: OneOwner(row.text("field"), row.text("owner")),
    "one_value": lambda row: OneValue(row.text("owner"), row.texts("fields")),
    "no_overlap": lambda row: NoOverlap(
        row.texts("same"), row.text("earlier"), row.text("later"), _when(row, "only")
    ),
}


# --- what is wrong between rows -------------------------------------------------------------------


def _check_code_list(codes: CodeList, top: Reader) -> None:
    """Note words that could mean two codes."""
    owner: dict[str, str] = {}
    for value in codes.values:
        for word in {value.code, value.name.zh, value.name.en, *value.synonyms}:
            other = owner.setdefault(word.casefold(), value.code)
            if other != value.code:
                found = say("“{word}” also means the code {code}.", word=word, code=other)
                top.fault(f"values[{value.code}]", found, say("Keep it at one code."))
    if not codes.values:
        top.fault("values", say("There is no code."), say("Add at least one."))


def _check_field(field: Field, row: Reader) -> None:
    if field.kind == "code" and not row.has("code_list"):
        row.fault("code_list", say("This key is missing."), say("Name the list of its codes."))
    if field.kind != "code" and field.code_list is not None:
        found = say("A field of the kind “{kind}” has no codes.", kind=field.kind)
        row.fault("code_list", found, say("Remove it, or write kind = “code”."))
    if field.kind not in NUMBERS and (row.has("at_least") or row.has("at_most")):
        found = say("A field of the kind “{kind}” has no bounds.", kind=field.kind)
        row.fault("at_least", found, say("Remove them."))
    low, high = field.at_least, field.at_most
    if low is not None and high is not None and low > high:
        row.fault("at_least", say("This is above at_most."), say("Exchange the two."))


def _check_whole(contract: Contract, top: Reader, known: Known) -> None:
    _check_catalogue_place(contract, top, known)
    _check_headers(contract, top)
    ids = [field.id for field in contract.fields]
    named = {"key": contract.key}
    named |= {f"checks[{n}]": c.named for n, c in enumerate(contract.checks, start=1)}
    named |= {f"references[{r.dataset}]": r.fields for r in contract.references}
    if contract.succession is not None:
        named["succession"] = contract.succession.named
    named |= {f"fields[{f.id}].kind_field": (f.kind_field,) for f in contract.fields}
    for place, fields in named.items():
        for field_id in fields:
            if field_id and field_id not in ids:
                found = say("There is no field “{field}”.", field=field_id)
                top.fault(place, found, say("Known here: {keys}.", keys=", ".join(ids)))
    if not contract.key:
        top.fault("key", say("There is no key."), say("Name the fields that tell rows apart."))


def _check_catalogue_place(contract: Contract, top: Reader, known: Known) -> None:
    for key, list_id in (("domain", "data_domain"), ("owner", "bureau_section")):
        codes = known.code_lists.get(list_id)
        value = str(getattr(contract, key))
        if codes is not None and value not in {v.code for v in codes.values}:
            found = say("“{value}” is no code of the list {codes}.", value=value, codes=list_id)
            top.fault(key, found, _one_of({v.code: v for v in codes.values}))


def _check_headers(contract: Contract, top: Reader) -> None:
    """Note headers under which a column could be either of two fields, and doubled fields."""
    owner: dict[str, str] = {}
    for n, field in enumerate(contract.fields):
        if field.id in {f.id for f in contract.fields[:n]}:
            top.fault(f"fields[{field.id}]", say("This field stands twice."), say("Keep one."))
        for name in field.names:
            other = owner.setdefault(folded(name), field.id)
            if other != field.id:
                found = say("Header “{header}” also names {fact}.", header=name, fact=other)
                top.fault(f"fields[{field.id}]", found, say("Keep it at one field."))


def _one_of(known: Mapping[str, object]) -> Message:
    return say("Write one of: {options}.", options=", ".join(sorted(known)))
