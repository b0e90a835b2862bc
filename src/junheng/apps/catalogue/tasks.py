"""Work longer than a request: counting every dataset of a bureau."""

from __future__ import annotations

from django.urls import reverse
from django_tasks import task

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.catalogue.policies import may_decide
from junheng.apps.catalogue.services import dataset_count, unit_table_count
from junheng.apps.foundation import clock, scoping
from junheng.apps.jobs.api import progress
from junheng.apps.registry.api import Bureau, all_targets
from junheng.errors import NotAllowed
from junheng.i18n import say


@task()
def count_datasets(bureau_id: int, first_year: int, user_id: int) -> dict[str, str]:
    """Count the rows and filled cells of every dataset, with the rights its asker has now."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    if not may_decide(reader, bureau_id):
        raise NotAllowed(say("Your posts of today do not give this right."))
    with scoping.within(reader.scope):
        bureau = Bureau.objects.get(pk=bureau_id)
        datasets = [target.contract.id for target in all_targets()]
        for at, dataset in enumerate(datasets):
            progress(at / len(datasets), say("Counting {dataset} ...", dataset=dataset))
            dataset_count(bureau=bureau, first_year=first_year, dataset=dataset, now=clock.now())
        unit_table_count(bureau_id=bureau_id, first_year=first_year, now=clock.now())
        progress(1.0, say("Counted."))
    return {"url": f"{reverse('catalogue:home')}?year={first_year}"}
