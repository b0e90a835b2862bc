"""What imports put on the first page: files that wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from junheng.apps.intake.models import State
from junheng.apps.intake.places import places_of
from junheng.apps.intake.selectors import imports_visible_to
from junheng.apps.workspace.api import NOTHING, Share, Todo

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.models import Import

LISTED = 5
WAITING = (State.CHECKED, State.FAULTY)


def desk(reader: Reader, today: date) -> Share:
    """Return the files that wait for the reader; none for whoever looks at imports alone."""
    if not places_of(reader):
        return NOTHING
    rows = imports_visible_to(reader).filter(state__in=WAITING)
    todos = [_todo(one) for one in rows[:LISTED]]
    n_more = rows.count() - len(todos) if len(todos) == LISTED else 0
    if n_more:
        text = ngettext("%(n)d more file waits", "%(n)d more files wait", n_more)
        todos.append(Todo(text % {"n": n_more}, reverse("intake:home"), gettext("See which")))
    return Share(todos)


def _todo(one: Import) -> Todo:
    is_faulty = one.state == State.FAULTY
    title = gettext("The file “%(file)s” has faults") if is_faulty else gettext(
        "The file “%(file)s” is checked and waits"
    )  # fmt: skip
    return Todo(
        title % {"file": one.file_name},
        reverse("intake:show", args=[one.pk]),
        gettext("See the faults") if is_faulty else gettext("Look and apply"),
        detail=one.sent_by.display_name if one.sent_by else "",
    )
