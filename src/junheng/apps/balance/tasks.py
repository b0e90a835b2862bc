"""Work longer than a request: applying a checked upload, assessing what the registry holds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from django.urls import reverse
from django_tasks import task

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.balance import registry, services
from junheng.apps.balance.models import Upload
from junheng.apps.balance.policies import APPLY, may_upload, recount_bureaus
from junheng.apps.foundation import clock, policies, scoping
from junheng.apps.jobs.api import once, progress
from junheng.apps.registry.api import bureau_visible_to, recount, school_year_ensure
from junheng.engine.standard import rulebook
from junheng.errors import NotAllowed
from junheng.i18n import say


@task()
def apply_upload(upload_id: str, user_id: int) -> dict[str, str]:
    """Apply a checked upload with the rights its giver has now; return where its result is."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    with scoping.within(reader.scope):
        upload = Upload.objects.select_related("bureau", "school_year").get(pk=upload_id)
        policies.require(reader, APPLY, upload)
        progress(0.1, say("Measuring the table ..."))
        with once("publish"):
            services.upload_apply(upload_id=upload_id, by=user_id)
        progress(1.0, say("Published."))
        return {"url": reverse("balance:upload_show", args=[upload_id])}


@task()
def assess_registry(
    bureau_id: int, first_year: int, day: str, ruleset_ref: str, user_id: int
) -> dict[str, str]:
    """Assess stored rows with the rights their giver has now; return where the result is."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    with scoping.within(reader.scope):
        if not may_upload(reader, bureau_id):
            raise NotAllowed(say("Your posts of today do not assess this bureau."))
        wanted = registry.Wanted(
            bureau=bureau_visible_to(reader, bureau_id),
            school_year=school_year_ensure(first_year=first_year),
            day=date.fromisoformat(day),
            ruleset_ref=ruleset_ref,
        )
        measured = registry.registry_measure(wanted)
        progress(0.9, say("Publishing ..."))
        with once("publish") as is_first:
            if is_first:
                made = registry.registry_publish(wanted, measured, by=user_id)
                progress(1.0, say("Published."))
                return {"url": reverse("balance:district", args=[made.pk])}
        return {"url": reverse("balance:assessments")}


@task()
def recount_summaries(bureau_ids: list[int], user_id: int) -> dict[str, object]:
    """Compare the summaries behind live figures with their rows; return what was put right."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    if not set(bureau_ids) <= set(recount_bureaus(reader)):
        raise NotAllowed(say("Your posts of today do not give this right."))
    rules = rulebook.load(rulebook.DEFAULT_RULESET_ID)
    found = []
    for at, bureau_id in enumerate(bureau_ids):
        progress(at / len(bureau_ids), say("Counting anew ..."))
        found += [
            {**asdict(one), "on": one.on.isoformat()} for one in recount(bureau_id, ruleset=rules)
        ]
    progress(1.0, say("Counted."))
    return {"url": reverse("balance:recount"), "differences": found}
