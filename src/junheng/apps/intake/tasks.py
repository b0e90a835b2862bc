"""Work longer than a request: checking, applying and undoing an import.

Each runs with the rights that whoever asked for it has on the day it runs.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.urls import reverse
from django_tasks import task

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock, policies, scoping
from junheng.apps.intake import services
from junheng.apps.intake.effects import noted
from junheng.apps.intake.models import Import
from junheng.apps.intake.policies import APPLY, bureau_datasets, school_datasets
from junheng.apps.jobs.api import once, progress
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator


@task()
def check_import(import_id: str, user_id: int, language: str = "zh") -> dict[str, str]:
    """Check a received file and keep its preview; what is wrong is marked in `language`."""
    with _allowed(import_id, user_id) as datasets:
        services.import_check(import_id=import_id, allowed=datasets, language=language)
        progress(1.0, say("Checked."))
        return _done(import_id)


@task()
def apply_import(import_id: str, user_id: int) -> dict[str, str]:
    """Apply a checked file; when its preview has aged, check it anew and say so."""
    with _allowed(import_id, user_id) as datasets:
        try:
            with once("apply") as is_first, noted(import_id, wanted=is_first):
                services.import_apply(import_id=import_id, by=user_id)
        except services.Aged:
            services.import_check(import_id=import_id, allowed=datasets, is_aged=True)
            raise
        progress(1.0, say("Applied."))
        return _done(import_id)


@task()
def undo_import(import_id: str, user_id: int) -> dict[str, str]:
    """Take an applied import back."""
    with _allowed(import_id, user_id):
        with once("undo"):
            services.import_undo(import_id=import_id, by=user_id)
        progress(1.0, say("Undone."))
        return _done(import_id)


def _done(import_id: str) -> dict[str, str]:
    """Return which import it was, and the page that shows what came of it."""
    return {"import": import_id, "url": reverse("intake:show", args=[import_id])}


@contextmanager
def _allowed(import_id: str, user_id: int) -> Iterator[frozenset[str]]:
    """Read within the scope of the person; give the datasets they may import there."""
    reader = reader_on(User.objects.get(pk=user_id), clock.today())
    with scoping.within(reader.scope):
        source = Import.objects.get(pk=import_id)
        policies.require(reader, APPLY, source)
        datasets = bureau_datasets(reader, source.bureau_id)
        if source.school_id is not None:
            datasets |= school_datasets(reader, source.bureau_id, source.school_id)
        yield datasets
