"""Tell or remove what is due to go, and name what the law keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from junheng.apps.foundation import clock
from junheng.apps.privacy.retention import retention_preview, retention_run
from junheng.apps.privacy.rules import retaining

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = (
        "Remove personal data whose retention period is over (rules/privacy/retention.toml). "
        "With --preview only counts what is due. Statutory records stay and are listed. "
        "Run it every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--preview", action="store_true", help="count, change nothing")
        what.add_argument("--run", action="store_true", help="remove what is due")

    def handle(self, *_args: Any, **options: Any) -> None:
        act = retention_run if options["run"] else retention_preview
        for one in act(clock.now()):
            days = f"{one.rule.days} days from {one.rule.since.en}"
            self.stdout.write(f"{one.n_rows:>8}  {one.rule.name.en} ({days})")
        for kept in retaining().kept:
            self.stdout.write(f"    kept  {kept.name.en}: {kept.why.en}")
