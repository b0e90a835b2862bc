"""Exports on the command line by whoever runs the machine: the same purposes, marks, records."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from django.conf import settings

from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.audit.api import record
from junheng.apps.foundation import clock
from junheng.apps.privacy.disclosures import purpose_checked
from junheng.apps.privacy.rules import disclosing
from junheng.apps.privacy.watermarks import watermark_of
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.store.watermark import Watermark


def operator_export(
    bureau_id: int, dataset: str, *, purpose: str, approver: str, n_rows: int
) -> Watermark:
    """Put an export of rows of people on record and return its mark.

    `approver` is the user name of who approved it, who has to hold such a post at the bureau today:
    needed for many rows. Whoever has the shell has the keys as well, so this is a rule on record
    and no wall. DataError where purpose or approval is missing; it lists what there is.
    """
    if purpose not in disclosing().purposes:
        known = ", ".join(disclosing().purposes)
        raise DataError(
            say("Rows of people need a purpose: add --purpose with one of {known}.", known=known)
        )
    if n_rows > settings.EXPORT_ROWS_ALONE:
        _require_approver(bureau_id, approver, n_rows)
    name = operator_name()
    detail = f"{name}; {approver}" if approver else name
    record(
        "export",
        reader=None,
        kind=f"dataset:{dataset}",
        purpose=purpose_checked(purpose),
        n_rows=n_rows,
        detail=detail,
    )
    return watermark_of(name, purpose=purpose, now=clock.now(), language="zh")


def operator_name() -> str:
    """Return the name under which the machine knows who gives the command."""
    try:
        return getpass.getuser()
    except OSError:  # an account without a name, as in some containers
        return "operator"


def _require_approver(bureau_id: int, approver: str, n_rows: int) -> None:
    user = User.objects.filter(username=approver, is_active=True).first() if approver else None
    if user is None or not reader_on(user, clock.today()).holds(
        disclosing().approvers, bureau_id=bureau_id
    ):
        raise DataError(
            say(
                "{n} rows of people need a second person: add --approved-by with the user name of "
                "somebody who approves exports of this bureau.",
                n=n_rows,
            )
        )
