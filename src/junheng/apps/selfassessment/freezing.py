"""A copy of everything that a signature rests on, and the digest that tells it from any other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from junheng.apps.selfassessment.models import SignedStep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.selfassessment.models import Course, ItemEntry
    from junheng.apps.selfassessment.selectors import Board, Row

Frozen = dict[str, Any]


def frozen_of(board: Board, answers: Mapping[int, str], overall: str) -> Frozen:
    """Return everything on the board and what schools said, as plain JSON."""
    basis = board.basis
    return {
        "bureau": board.bureau.code,
        "school_year": str(board.school_year),
        "rules": {
            "id": board.rules.id,
            "version": board.rules.version,
            "digest": board.rules.digest,
        },
        "assessment": None
        if basis is None
        else {
            "id": basis.assessment.pk,
            "source_sha256": basis.assessment.source_sha256,
            "definition_sha256": basis.assessment.definition_sha256,
            "verdict": basis.assessment.verdict,
        },
        "overall": overall,
        "items": [_item(row) for row in board.rows],
        "schools": {str(school): said for school, said in sorted(answers.items())},
    }


def digest_of(frozen: Frozen, before: str) -> str:
    """Return the SHA-256 of a copy together with the digest of the step before."""
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def broken_steps(course: Course) -> list[int]:
    """Return the positions of steps whose copy is not what was signed; none is how it has to be."""
    before, found = "", []
    for step in SignedStep.objects.filter(course=course).order_by("position"):
        if digest_of(step.frozen, before) != step.digest:
            found.append(step.position)
        before = step.digest
    return found


@dataclass(frozen=True)
class Changes:
    """What differs today from a signed copy, which itself stays as it is.

    `items`: numbers of the items whose figures, terms or entries differ.
    """

    assessment: bool
    rules: bool
    items: Sequence[str]

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return self.assessment or self.rules or bool(self.items)


def changes_since(frozen: Frozen, board: Board) -> Changes:
    """Return what differs between a signed copy and the board of today."""
    return changes_between(frozen, json.loads(json.dumps(frozen_of(board, {}, ""))))


def changes_between(frozen: Frozen, today: Frozen) -> Changes:
    """Return what differs between two copies, whatever language each was made in."""
    signed = {item["id"]: _figures_of(item) for item in frozen["items"]}
    now = {item["id"]: _figures_of(item) for item in today["items"]}
    ids = [*now, *(one for one in signed if one not in now)]
    return Changes(
        assessment=_data_of(frozen) != _data_of(today),
        rules=frozen["rules"] != today["rules"],
        items=[one for one in ids if signed.get(one) != now.get(one)],
    )


def _data_of(frozen: Frozen) -> list[str] | None:
    found = frozen["assessment"]
    return found and [found["source_sha256"], found["definition_sha256"]]


def _figures_of(item: Frozen) -> Frozen:
    """Return what of an item is signed: not who leads it, nor a name in the signer's language."""
    figures = [{k: v for k, v in one.items() if k != "name"} for one in item["figures"]]
    return {name: item[name] for name in ("state", "terms", "entry", "beside")} | {
        "figures": figures
    }


def _item(row: Row) -> Frozen:
    return {
        "id": row.id,
        "state": row.state,
        "department": row.department,
        "figures": [
            {
                "name": str(one.name),
                "value": None if one.value is None else str(one.value),
                "limit": str(one.limit),
                "status": one.status,
            }
            for one in (row.result.figures if row.result else ())
        ],
        "terms": dict(row.terms),
        "entry": _entry(row.entry) if row.entry else None,
        "beside": {name: _entry(one) for name, one in row.others.items()},
    }


def _entry(entry: ItemEntry) -> Frozen:
    return {
        "id": entry.pk,
        "data": entry.data,
        "document": entry.document,
        "by": entry.entered_by_id,
        "role": entry.role,
        "at": entry.entered_at.isoformat(),
    }
