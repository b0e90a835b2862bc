"""Work longer than a request: computing items from the registry."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django_tasks import task

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock, scoping
from junheng.apps.jobs.api import once, progress
from junheng.apps.registry.api import bureau_visible_to, school_year_ensure
from junheng.apps.selfassessment.computing import items_compute
from junheng.apps.selfassessment.policies import keeps
from junheng.errors import NotAllowed
from junheng.i18n import say


@task()
def compute_items(bureau_id: int, first_year: int, user_id: int) -> dict[str, str]:
    """Compute items with the rights their asker has now; return where the board is."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    with scoping.within(reader.scope):
        if not keeps(reader, bureau_id):
            raise NotAllowed(say("Your posts of today do not give this right."))
        with once("compute"):
            items_compute(
                bureau=bureau_visible_to(reader, bureau_id),
                school_year=school_year_ensure(first_year=first_year),
                day=date(first_year, 9, 1),
                by=user_id,
                now=clock.now(),
            )
        progress(1.0, say("Computed."))
        return {"url": f"{reverse('selfassessment:board')}?year={first_year}"}
