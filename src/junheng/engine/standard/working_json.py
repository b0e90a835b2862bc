"""Workings as JSON, for `junheng working --json` and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from junheng.engine.standard.working import CellWorking, DispersionWorking


def cell(w: CellWorking) -> dict[str, object]:
    """Return the working of one figure of a unit."""
    return {
        "ruleset": {"id": w.ruleset_id, "version": w.ruleset_version},
        "indicator": w.indicator.id,
        "stage": w.stage,
        "pupils": w.pupils,
        "per": w.indicator.per,
        "terms": [
            {"fact": t.fact.id, "weight": t.weight, "value": _number(t.value)} for t in w.terms
        ],
        "amount": _number(w.amount),
        "value": _number(w.value),
        "value_exact": None if w.value is None else str(w.value),
        "threshold": _number(w.threshold),
        "floor": _number(w.floor),
        "status": w.status,
        "gap": _number(w.gap),
        "source": {
            "document": w.source.document,
            "clause": w.source.clause,
            "confirmation": w.source.confirmation,
        },
    }


def coefficient(w: DispersionWorking) -> dict[str, object]:
    """Return the working of a coefficient with every unit behind it."""
    return {
        "ruleset": {"id": w.ruleset_id, "version": w.ruleset_version},
        "indicator": w.indicator.id,
        "stage": w.stage,
        "county_code": w.county_code,
        "per": w.indicator.per,
        "shares": [
            {
                "unit_id": s.unit_id,
                "amount": float(s.amount),
                "pupils": s.pupils,
                "value": float(s.value),
                "weight": float(s.weight),
                "difference": float(s.difference),
                "contribution": float(s.contribution),
            }
            for s in w.shares
        ],
        "left_out": list(w.left_out),
        "amount": float(w.amount),
        "pupils": w.pupils,
        "mean": _number(w.mean),
        "variance": _number(w.variance),
        "sd": w.sd,
        "cv": w.cv,
        "limit": _number(w.limit),
        "status": w.status,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
