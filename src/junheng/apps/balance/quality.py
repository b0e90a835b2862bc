"""Decisions about findings: made, ended, carried over to later tables of the same year."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import transaction

from junheng.apps.balance import exporting
from junheng.apps.balance.findings import figure_key
from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.models import (
    AssessedUnit,
    Assessment,
    DecisionKind,
    QualityDecision,
    State,
)
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.engine import standard
from junheng.errors import DataError, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from junheng.apps.balance.findings import Stored
    from junheng.apps.balance.live_quality import LiveFindings
    from junheng.apps.balance.models import Upload
    from junheng.apps.registry.api import SchoolYear
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session

    About: TypeAlias = Upload | Assessment | LiveFindings

MAX_DECIMALS, MAX_FIGURE = 18, Decimal(10) ** 15
WITHOUT_END = {"ended_at__isnull": True}


@transaction.atomic
def finding_decide(
    *,
    about: About,
    key: str,
    kind: str,
    value: str = "",
    reason: str = "",
    by: int,
    now: datetime,
) -> QualityDecision:
    """Decide about one finding of an upload, assessment or registry; an earlier decision ends.

    `value` is the right figure of a correction, "" for missing. Figures of an assessment that was
    published cannot be corrected there: it stays what it was.

    Raises
    ------
    NotFound
        There is no such finding.
    DataError
        Accepted without a reason, no number, or nothing that can be corrected.
    """
    finding = next((f for f in about.findings if f["key"] == key), None)
    if finding is None or kind not in DecisionKind.values:
        raise NotFound(say("There is no such finding."))
    reason = reason.strip()[:200]
    if kind == DecisionKind.ACCEPTED and not reason:
        raise DataError(say("Write why the figure is right; without a reason it stays open."))
    if kind == DecisionKind.CORRECTED:
        _check_correctable(about, finding)
    _end(about, finding, by=by, now=now)
    decision = QualityDecision.objects.create(
        **_place(about, finding),
        rule_id=finding["rule_id"],
        kind=kind,
        was=finding["value"],
        value=_figure(value) if kind == DecisionKind.CORRECTED else None,
        reason=reason,
        decided_by_id=by,
        decided_at=now,
    )
    journal.record([Changed(decision, None, journal.fields_of(decision))], by=by, why="decided")
    return decision


def decisions_for(bureau_id: int, school_year_id: int, ruleset_id: str) -> list[Stored]:
    """Return the decisions in force about tables of a bureau, year and rule set, as stored."""
    rows = QualityDecision.objects.filter(
        bureau=bureau_id, school_year=school_year_id, ruleset_id=ruleset_id, **WITHOUT_END
    ).exclude(kind=DecisionKind.OPEN)
    return [_as_stored(row) for row in rows.select_related("decided_by").order_by("pk")]


def findings_now(assessment: Assessment) -> list[Stored]:
    """Return the findings of an assessment with what was accepted since it was published.

    One query.
    """
    rows = decisions_for(
        assessment.bureau_id, assessment.school_year_id, assessment.ruleset.ruleset_id
    )
    return with_decisions(assessment.findings, rows)


def with_decisions(
    findings: Iterable[Mapping[str, Any]], decisions: Iterable[Stored]
) -> list[Stored]:
    """Return findings of a measured table with the decisions that need no measuring.

    What was corrected before the table was measured stays; later corrections do not count here.
    """
    accepted = {
        (figure_key(d["unit_id"], d["field"]), d["was"]): d
        for d in decisions
        if d["kind"] == DecisionKind.ACCEPTED
    }
    return [
        dict(f)
        if f["decision"] is not None and f["decision"]["kind"] == DecisionKind.CORRECTED
        else {**f, "decision": accepted.get((f["key"], f["value"]))}
        for f in findings
    ]


def table_of_the_year_before(
    bureau_id: int, school_year: SchoolYear, ruleset_id: str
) -> Callable[[Session], UnitTable] | None:
    """Return what puts the newest table of an earlier year into a session; None without one."""
    before = (
        Assessment.objects.filter(
            bureau=bureau_id,
            state=State.PUBLISHED,
            ruleset__ruleset_id=ruleset_id,
            school_year__starts_on__lt=school_year.starts_on,
        )
        .select_related("ruleset")
        .order_by("-school_year__starts_on", "-created_at", "-pk")
        .first()
    )
    if before is None:
        return None
    rows = AssessedUnit.objects.filter(assessment=before).select_related("school")
    units = list(rows.order_by("row_no"))
    rules = open_kept(before.ruleset)
    return lambda session: standard.read(exporting.stored_table(session, before, units), rules)


def _check_correctable(about: About, finding: Mapping[str, Any]) -> None:
    if isinstance(about, Assessment):
        raise DataError(
            say("A published figure stays as it is. Upload the table again and correct it there.")
        )
    if not finding["is_correctable"]:
        raise DataError(
            say("This figure is not corrected here. Correct it where it comes from, or accept it.")
        )


def _figure(text: str) -> str | None:
    """Return a typed figure as a plain decimal, None for a blank one; DataError for no number."""
    plain = text.strip().replace(",", "").replace(" ", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < MAX_FIGURE:
        raise DataError(say("“{text}” is no figure. Write digits, for example 7382.11.", text=text))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise DataError(say("“{text}” is no figure. Write digits, for example 7382.11.", text=text))
    return format(number, "f")


def _end(about: About, finding: Mapping[str, Any], *, by: int, now: datetime) -> None:
    for old in QualityDecision.objects.filter(**_place(about, finding), **WITHOUT_END):
        old.ended_at = now
        old.save(update_fields=["ended_at"])
        changed = Changed(old, {"ended_at": None}, {"ended_at": now})
        journal.record([changed], by=by, why="decided again")


def _place(about: About, finding: Mapping[str, Any]) -> dict[str, Any]:
    ruleset_id = about.ruleset.ruleset_id if isinstance(about, Assessment) else about.ruleset_id
    return {
        "bureau_id": about.bureau_id,
        "school_year_id": about.school_year_id,
        "ruleset_id": ruleset_id,
        "unit_id": finding["unit_id"],
        "field": finding["field"],
    }


def _as_stored(row: QualityDecision) -> Stored:
    return {
        "id": row.pk,
        "unit_id": row.unit_id,
        "field": row.field,
        "rule_id": row.rule_id,
        "kind": row.kind,
        "was": row.was,
        "value": row.value,
        "reason": row.reason,
        "by": row.decided_by_id,
        "by_name": row.decided_by.display_name,
        "at": row.decided_at.isoformat(),
    }
