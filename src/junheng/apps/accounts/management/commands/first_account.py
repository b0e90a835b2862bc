"""Make the first account of a bureau: its security administrator, who appoints the others.

    junheng manage first_account 530102 li_xf 李某

Prints a password for one time. Refused once the bureau has had a security administrator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import transaction

from junheng.apps.accounts.account_services import password_renew
from junheng.apps.accounts.models import Post, Role
from junheng.apps.accounts.services import post_give, user_create
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.errors import DataError, NotFound
from junheng.i18n import say, translator

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Make a bureau's first account, its security administrator; prints a one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bureau", help="code of the bureau, such as 530102")
        parser.add_argument("username")
        parser.add_argument("display_name")

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        bureau_id = _bureau_without_administrator(options["bureau"])
        user = user_create(username=options["username"], display_name=options["display_name"])
        post_give(
            user=user,
            role=Role.SECURITY_ADMINISTRATOR,
            bureau_id=bureau_id,
            valid_from=clock.today(),
        )
        password = password_renew(user=user, by=user.pk)
        message = say(
            "{name}, password for one time: {password}", name=user.username, password=password
        )
        self.stdout.write(message.render(translator("zh")))


def _bureau_without_administrator(code: str) -> int:
    """Return the bureau's id; NotFound for no such bureau, DataError when it has had one."""
    from junheng.apps.registry.api import Bureau

    with everything(reason="the first account of a bureau, made by whoever runs the machine"):
        bureau = Bureau.objects.filter(code=code).first()
    if bureau is None:
        raise NotFound(say("There is no bureau “{code}”.", code=code))
    if Post.objects.filter(role=Role.SECURITY_ADMINISTRATOR, bureau=bureau).exists():
        raise DataError(
            say("This bureau has a security administrator already; they give out what is needed.")
        )
    return int(bureau.pk)
