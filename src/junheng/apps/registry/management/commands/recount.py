"""Compare the summaries of every bureau with their rows, and put right what differs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from junheng.apps.foundation import scoping
from junheng.apps.registry.models import Bureau
from junheng.apps.registry.summaries import recount
from junheng.engine import standard


class Command(BaseCommand):
    help = (
        "Count the summaries of every bureau anew, put right what differs from its rows, and list "
        "it. Exits with 1 when there was any difference."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        rules = standard.load(standard.DEFAULT_RULESET_ID)
        with scoping.everything(reason="recount of all bureaus"):
            found = [
                (bureau.code, one)
                for bureau in Bureau.objects.all()
                for one in recount(bureau.pk, ruleset=rules)
            ]
        for code, one in found:
            place = f"{code} {one.on} {one.summary} {one.number} {one.figure}"
            self.stdout.write(f"{place}: {one.kept} -> {one.found}")
        if found:
            message = f"{len(found)} differences"
            raise CommandError(message)
