"""Raise, lower or examine the second wall of a PostgreSQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from junheng.apps.foundation import row_security_sql, row_security_state

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Row-level security of PostgreSQL as a second wall behind the site's own scoping. "
        "Run by the owner of the database; the site signs in as another login."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["on", "off", "status"])
        parser.add_argument(
            "--login", default="junheng_web", help="the site's login (default: junheng_web)"
        )

    def handle(self, *_args: Any, act: str, login: str, **_options: Any) -> None:
        if connection.vendor != "postgresql":
            message = "Row-level security needs PostgreSQL; SQLite has none."
            raise CommandError(message)
        if act == "on":
            with transaction.atomic():
                row_security_sql.raise_wall(login)
        elif act == "off":
            with transaction.atomic():
                row_security_sql.lower_wall()
            self.stdout.write("The wall is down.")
            return
        self._tell(login)

    def _tell(self, login: str) -> None:
        found = row_security_state.gaps(login)
        for gap in found:
            self.stdout.write(gap.render())
        if found:
            message = f"The wall does not hold: {len(found)} gaps."
            raise CommandError(message)
        n_tables = len(row_security_sql.scoped_models())
        self.stdout.write(f"The wall stands: {n_tables} tables, web login {login}.")
