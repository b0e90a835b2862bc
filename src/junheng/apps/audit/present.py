"""The log as it is shown and sent: words for acts and kinds, names looked up by id."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from junheng.apps.accounts.api import Role
from junheng.apps.audit.rules import rules
from junheng.apps.audit.selectors import names_of
from junheng.apps.foundation.shown import Link, Pager, language, pager
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from junheng.apps.audit.models import AuditEntry

A_PAGE = 100
KEYS_SHOWN = 3
GROUPS = {
    "sign_in": gettext_noop("Sign-in"),
    "read": gettext_noop("Reading"),
    "export": gettext_noop("Export"),
    "change": gettext_noop("Change"),
    "decide": gettext_noop("Decision"),
    "account": gettext_noop("Accounts and posts"),
    "refused": gettext_noop("Attempts refused"),
}


@dataclass(frozen=True)
class Line:
    """One entry in words; `changes_url` leads to what it changed."""

    number: int
    at: datetime
    who: str
    posts: str
    act: str
    kind: str
    keys: str
    n_rows: int
    purpose: str
    address: str
    detail: str
    changes_url: str


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """Return entries in words; one query for all names."""
    rows = list(entries)
    names = names_of(row.user_id for row in rows)
    return [_line(row, names) for row in rows]


def act_word(act: str) -> str:
    """Return the words of an act; one that is known no more by its id."""
    known = rules().acts.get(act)
    return known.name.of(language()) if known else act


def kind_word(kind: str) -> str:
    """Return the words of a kind: of a dataset, a page, a record; else as it is stored."""
    family, _, name = kind.partition(":")
    if family == "dataset":
        known = {contract.id: contract for contract in contracts.contracts()}
        return known[name].name.of(language()) if name in known else name
    if family == "page":
        return gettext("Page %(name)s") % {"name": name}
    words = rules().kinds.get(kind)
    return words.of(language()) if words else kind


class EntriesShown:
    """A page of entries with the filters in force; `chosen` is what `FilterForm` understood."""

    def __init__(self, rows: QuerySet[AuditEntry], chosen: Mapping[str, Any]) -> None:
        self.chosen = dict(chosen)
        self.page = self.chosen.pop("page", 1)
        self._rows = rows
        self.n_all = rows.count()
        start = (self.page - 1) * A_PAGE
        self.lines = lines(rows[start : start + A_PAGE])

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    @property
    def days(self) -> dict[str, str]:
        """The days asked for as the fields of a form hold them."""
        return {
            name: self.chosen[name].isoformat()
            for name in ("since", "until")
            if name in self.chosen
        }

    @property
    def chips(self) -> list[Link]:
        """Filters by group of acts, and the one for data of minors."""
        group = self.chosen.get("group", "")
        every = Link(gettext("All"), self._url(group=None), not group)
        found = [
            Link(gettext(word), self._url(group=name), group == name)
            for name, word in GROUPS.items()
        ]
        is_minors = "minors" in self.chosen
        minors = Link(
            gettext("Data of minors"), self._url(minors=None if is_minors else "1"), is_minors
        )
        return [every, *found, minors]

    @property
    def pager(self) -> Pager | None:
        return pager(self.page, A_PAGE, self.n_all, lambda page: self._url(page=str(page)))

    @property
    def query(self) -> str:
        """The filters as the query of an address."""
        return self._url().removeprefix("?")

    def _url(self, **other: str | None) -> str:
        told = {name: str(value) for name, value in self.chosen.items()}
        told |= {"minors": "1"} if "minors" in self.chosen else {}
        asked = {name: value for name, value in (told | other).items() if value is not None}
        return f"?{urlencode(asked)}"


def _line(row: AuditEntry, names: Mapping[int, str]) -> Line:
    keys = [str(key) for key in json.loads(row.keys)]
    more = gettext(" and %(n)d more") % {"n": len(keys) - KEYS_SHOWN}
    return Line(
        number=row.pk,
        at=timezone.localtime(row.at),
        who=_who(row.user_id, names),
        posts=_posts(row.posts),
        act=act_word(row.act),
        kind=kind_word(row.kind),
        keys=gettext(", ").join(keys[:KEYS_SHOWN]) + (more if len(keys) > KEYS_SHOWN else ""),
        n_rows=row.n_rows,
        purpose=row.purpose,
        address=row.address,
        detail=row.detail,
        changes_url=reverse("audit:batch", args=[row.batch]) if row.batch else "",
    )


def _who(user_id: int | None, names: Mapping[int, str]) -> str:
    if user_id is None:
        return "–"
    return names.get(user_id) or gettext("account %(id)d (removed)") % {"id": user_id}


def _posts(stored: str) -> str:
    roles = (post.partition(":")[2] for post in stored.split())
    labels = dict(Role.choices)
    return gettext(", ").join(
        str(labels.get(Role(role) if role in Role.values else role, role)) for role in roles
    )
