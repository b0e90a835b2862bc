"""Faults and previews as they are kept: JSON, packed, for encrypted fields."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

from junheng.apps.jobs.messages import from_json, to_json
from junheng.engine.contracts.differences import Difference
from junheng.engine.contracts.findings import Conflict, FieldFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.differences import Kind, Values
    from junheng.errors import Fault

FAST = 1
"""Level of zlib: names and numbers of people shrink no further at higher ones."""


def pack(value: object) -> str:
    """Return JSON as packed text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), FAST)).decode()


def unpack(text: str) -> Any:
    """Return the JSON that `pack` kept."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """Return a fault with its place as plain JSON."""
    conflict = fault.conflict if isinstance(fault, FieldFault) else None
    return {
        "found": to_json(fault.found),
        "remedy": to_json(fault.remedy),
        "source": fault.source,
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "field_id": fault.field_id if isinstance(fault, FieldFault) else "",
        "value": fault.value if isinstance(fault, FieldFault) else "",
        "conflict": conflict and [conflict.dataset, conflict.stored, conflict.incoming],
    }


def fault_from_json(stored: dict[str, Any]) -> FieldFault:
    """Return the fault that `fault_to_json` kept."""
    told = {name: stored[name] for name in ("source", "sheet", "row", "column")}
    sides = stored.get("conflict")  # a file that was checked by an earlier version has none
    return FieldFault(
        from_json(stored["found"]),
        from_json(stored["remedy"]),
        **told,
        field_id=stored["field_id"],
        value=stored["value"],
        conflict=Conflict(*sides) if sides else None,
    )


def differences_to_json(contract: Contract, found: Sequence[Difference]) -> list[list[Any]]:
    """Return changes as JSON: because, row, old and new values in the contract's order."""
    names = [field.id for field in contract.fields]

    def listed(values: Values | None) -> list[str | None] | None:
        return None if values is None else [values[name] for name in names]

    return [[one.because, one.row_no, listed(one.old), listed(one.new)] for one in found]


def differences_from_json(
    contract: Contract, kind: Kind, stored: Sequence[Sequence[Any]]
) -> list[Difference]:
    """Return the changes that `differences_to_json` kept."""
    names = [field.id for field in contract.fields]
    found = []
    for because, row_no, *sides in stored:
        old, new = (None if v is None else dict(zip(names, v, strict=True)) for v in sides)
        told = old or new or {}
        changed = [f for f in names if old and new and old[f] != new[f]]
        key = tuple(told[field] for field in contract.key)
        found.append(Difference(kind, because, row_no, key, old, new, tuple(changed)))
    return found
