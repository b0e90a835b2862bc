"""`junheng manage add_bureau`: a bureau of one's own with its first supervision officer."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock
from junheng.apps.registry.api import Bureau, bureau_ensure

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Make a real bureau and a person who may upload its unit tables."""

    help = "Make a bureau with its first supervision officer, who uploads its unit tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="six digits of the county (GB/T 2260)")
        parser.add_argument("name", help="official name of the bureau")
        parser.add_argument("--name-en", default="", help="English name")
        parser.add_argument("--officer", required=True, help="user name to sign in with")
        parser.add_argument(
            "--password-file", type=Path, help="file that holds the password; else it is asked for"
        )

    def handle(self, *_: object, **options: Any) -> None:
        username = options["officer"]
        if User.objects.filter(username=username).exists():
            raise CommandError(gettext("There is a user “%(name)s” already.") % {"name": username})
        password = _password(options["password_file"])
        with transaction.atomic():
            bureau = bureau_ensure(
                code=_checked_code(options["code"]),
                name_zh=options["name"],
                name_en=options["name_en"],
                is_simulated=False,
            )
            user = user_create(username=username, display_name=username, password=password)
            post_give(
                user=user,
                role=Role.SUPERVISION_OFFICER,
                valid_from=clock.today(),
                bureau_id=bureau.pk,
            )
        self.stdout.write(
            gettext("%(bureau)s is there; sign in as %(name)s.")
            % {"bureau": bureau.name, "name": username}
        )


def _checked_code(code: str) -> str:
    try:
        Bureau._meta.get_field("code").run_validators(code)
    except ValidationError as error:
        text = gettext("“%(code)s” is not a county code: write its six digits.")
        raise CommandError(text % {"code": code}) from error
    return code


def _password(path: Path | None) -> str:
    """Return the password from a file or the keyboard, if it is good enough."""
    password = path.read_text(encoding="utf-8").strip() if path else getpass.getpass()
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password
