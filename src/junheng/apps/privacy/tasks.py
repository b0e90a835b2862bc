"""Work of the night, what is due to go; and requests of a person, carried out."""

from __future__ import annotations

from django_tasks import task

from junheng.apps.foundation import clock, scoping
from junheng.apps.jobs.api import progress
from junheng.apps.privacy.retention import retention_run
from junheng.apps.privacy.subject_requests import subject_request_carry_out
from junheng.i18n import say


@task()
def run_retention() -> dict[str, int]:
    """Remove what is due; running it twice removes nothing more."""
    outcomes = retention_run(clock.now())
    progress(1.0, say("Removed."))
    return {one.rule.id: one.n_rows for one in outcomes}


@task()
def carry_out_request(request_id: str) -> dict[str, str]:
    """Make a copy for a person, or forget them; running it twice does it once."""
    with scoping.everything(reason="a request of a person reaches everything held about them"):
        done = subject_request_carry_out(request_id, now=clock.now())
    progress(1.0, say("Answered."))
    return {"request": request_id, "state": done.state}
