"""Work longer than a request: papers of the whole district."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django_tasks import task

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock, scoping
from junheng.apps.jobs.api import once, progress
from junheng.apps.reports import services
from junheng.apps.reports.basis import district_basis
from junheng.apps.reports.printing import print_district
from junheng.apps.reports.rules import paper_kind
from junheng.i18n import say


@task()
def make_paper(
    assessment_id: int, kind: str, form: str, language: str, user_id: int
) -> dict[str, str]:
    """Make a paper with the rights its asker has now; return where it is to be found."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    with scoping.within(reader.scope), translation.override(language):
        progress(0.0, say("Reading the figures ..."))
        basis, wanted, now = district_basis(reader, assessment_id), paper_kind(kind), clock.now()
        # Printed before anything is written: progress shows, and nobody waits for the store.
        printed = print_district(basis, wanted, form, made_at=now)
        with once("keep") as is_first:
            if is_first:
                services.paper_keep(basis, wanted, printed, by=user_id, now=now)
        progress(1.0, say("Made."))
        return {"url": reverse("reports:assessment", args=[assessment_id]) + "#made"}
