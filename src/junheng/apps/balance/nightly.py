"""The night's upkeep of summaries: put into the queue by the worker, once a day."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django_tasks import task

from junheng.apps.foundation import clock, scoping
from junheng.apps.jobs.api import enqueue, newest_of_site, progress
from junheng.apps.jobs.messages import to_json
from junheng.apps.registry.api import Bureau, clear_days, recount, upkeep
from junheng.engine.standard import rulebook
from junheng.errors import JunhengError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from junheng.apps.jobs.models import Job

LATER = -10
"""Priority: whatever people wait for goes first."""

DIFFERENCES_KEPT = 200


def nightly_due(now: datetime | None = None) -> bool:
    """Put the upkeep of a day into the queue once its hour has come; tell whether it has.

    A duty of the worker. Costs one look-up; several workers put it there once.
    """
    moment = timezone.localtime(now or clock.now())
    if moment.hour < upkeep().hour:
        return False
    enqueue(keep_summaries, by=None, key=f"summaries:{moment.date().isoformat()}")
    return True


@task(priority=LATER)
def keep_summaries() -> dict[str, Any]:
    """Drop the counts of old days and recount the others, bureau by bureau; return what came of it.

    By id of the bureau: `n_cleared` days, `n_differences` that were put right with the first of
    them in `differences`, or `fault` where its rows cannot be measured.
    """
    found: dict[str, Any] = {}
    with scoping.everything(reason="nightly upkeep of all bureaus"):
        bureaus = list(Bureau.objects.values_list("pk", flat=True))
        for at, bureau_id in enumerate(bureaus):
            progress(at / len(bureaus), say("Counting anew ..."))
            found[str(bureau_id)] = _kept(bureau_id)
    progress(1.0, say("Counted."))
    return {"bureaus": found}


def _kept(bureau_id: int) -> dict[str, Any]:
    n_cleared = clear_days(bureau_id, today=clock.today())
    try:
        differences = recount(bureau_id, ruleset=rulebook.load(rulebook.DEFAULT_RULESET_ID))
    except JunhengError as error:
        # The rows of one bureau are no reason to leave those of the others uncounted.
        return {"n_cleared": n_cleared, "fault": to_json(error.message)}
    return {
        "n_cleared": n_cleared,
        "n_differences": len(differences),
        "differences": [
            {**asdict(one), "on": one.on.isoformat()} for one in differences[:DIFFERENCES_KEPT]
        ],
    }


def last_night(bureaus: Collection[int]) -> tuple[Job, list[dict[str, Any]]] | None:
    """Return the newest upkeep that ended, with what came of it for some bureaus."""
    job = newest_of_site(keep_summaries)
    if job is None or not isinstance(job.result, dict):
        return None
    told = job.result["bureaus"]
    return job, [told[str(pk)] for pk in bureaus if str(pk) in told]
