"""Work of the night: what is due to go."""

from __future__ import annotations

from django_tasks import task

from junheng.apps.foundation import clock
from junheng.apps.jobs.api import progress
from junheng.apps.privacy.retention import retention_run
from junheng.i18n import say


@task()
def run_retention() -> dict[str, int]:
    """Remove what is due; running it twice removes nothing more."""
    outcomes = retention_run(clock.now())
    progress(1.0, say("Removed."))
    return {one.rule.id: one.n_rows for one in outcomes}
