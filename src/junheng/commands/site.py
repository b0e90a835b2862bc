"""What the commands on stored data share: the site's settings, a bureau, a school year."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from junheng.apps.registry.api import Bureau
    from junheng.i18n import Translate

FIRST_MONTH = 9
"""A school year begins in September."""

ALL = "all"


def add_place(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments that say whose data are meant."""
    parser.add_argument("--bureau", metavar="CODE", help=_("six digits of the bureau's county"))
    parser.add_argument(
        "--year", type=int, help=_("year in which the school year begins; the present one if none")
    )


@contextmanager
def reading_everything(reason: str) -> Iterator[None]:
    """Make the site's data readable, without limit, until the block ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.web.settings")
    import django

    django.setup()
    from junheng.apps.foundation.scoping import everything

    with everything(reason=reason):
        yield


def bureau_of(arguments: argparse.Namespace) -> Bureau:
    """Return the bureau that the arguments name; NotFound when there is none of that code."""
    from junheng.apps.registry.api import Bureau

    if not arguments.bureau:
        raise NotFound(say("No bureau is named. Add --bureau CODE."))
    found = Bureau.objects.filter(code=arguments.bureau).first()
    if found is None:
        raise NotFound(say("There is no bureau {code}.", code=arguments.bureau))
    return found


def year_of(arguments: argparse.Namespace) -> int:
    """Return the year in which the school year begins."""
    if arguments.year:
        return int(arguments.year)
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    return today.year if today.month >= FIRST_MONTH else today.year - 1
