"""Work longer than a request: applying a checked upload."""

from __future__ import annotations

from django.urls import reverse
from django_tasks import task

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.balance import services
from junheng.apps.balance.models import Upload
from junheng.apps.balance.policies import APPLY
from junheng.apps.foundation import clock, policies, scoping
from junheng.apps.jobs.api import once, progress
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
