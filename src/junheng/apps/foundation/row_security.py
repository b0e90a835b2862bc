"""The second wall: PostgreSQL itself shows the rows of the scope in force and no others.

Every statement of a walled site goes out after the scope it is read in, as a setting of the
transaction: parts with ids as JSON, sealed with a key that the web login cannot read and bound to
its connection. Policies of the tables (see `row_security_sql`) check the seal and filter by it. No
scope shows no row. Decision 0015 says what this protects from and what not.
"""

from __future__ import annotations

import hmac
import json
from contextlib import ExitStack
from dataclasses import fields
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from psycopg.pq import TransactionStatus

from junheng.apps.foundation import scoping

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.foundation.scoping import Scope

SCOPE, SEAL = "junheng.scope", "junheng.seal"
EVERYTHING = "everything"
UNKNOWN = "?"

_told: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""What each open connection was told last within its transaction."""
_migrating = ExitStack()


def is_on() -> bool:
    """Whether this deployment raises the wall."""
    return bool(settings.ROW_SECURITY) and connection.vendor == "postgresql"


@lru_cache(maxsize=1_000)
def words_of(scope: Scope | None) -> str:
    """Return a scope as the database is told it; blank, which shows nothing, for none.

    >>> words_of(scoping.Scope(bureaus=frozenset({2, 1})))
    '{"bureaus": [1, 2]}'
    """
    if scope is None:
        return ""
    if scope.is_everything:
        return json.dumps({EVERYTHING: True})
    parts = {one.name: getattr(scope, one.name) for one in fields(scope)}
    return json.dumps({name: sorted(ids) for name, ids in parts.items() if ids})


def key() -> bytes:
    """Return the key of seals: from the index key, which never changes."""
    return hmac.digest(settings.INDEX_KEY, b"junheng row security", "sha256")


def seal(words: str, process_id: int) -> str:
    """Return the seal of a scope for the server process of one connection."""
    return hmac.new(key(), f"{process_id}:{words}".encode(), sha256).hexdigest()


def announce(wrapper: BaseDatabaseWrapper) -> None:
    """Tell the open transaction of a connection the scope in force, unless it knows it."""
    raw = wrapper.connection
    status = raw.info.transaction_status
    words = words_of(scoping.current())
    if status == TransactionStatus.IDLE:
        # Settings of a transaction end with it, whoever ended it.
        _told.pop(raw, None)
    if status == TransactionStatus.INERROR or _told.get(raw, "") == words:
        return
    raw.execute(
        "SELECT set_config(%s, %s, true), set_config(%s, %s, true)",
        [SCOPE, words, SEAL, seal(words, raw.info.backend_pid)],
    )
    _told[raw] = words


def telling(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Run a statement after the scope it is read in: a wrapper of Django's `execute`."""
    wrapper: BaseDatabaseWrapper = context["connection"]
    if wrapper.in_atomic_block:
        announce(wrapper)
        found = execute(sql, params, many, context)
        if sql.startswith("ROLLBACK TO"):
            # A savepoint that is rolled back takes the setting back to what it was before.
            _told[wrapper.connection] = UNKNOWN
        return found
    if scoping.current() is None:
        return execute(sql, params, many, context)
    with transaction.atomic(using=wrapper.alias):
        announce(wrapper)
        return execute(sql, params, many, context)


def tell_new_connection(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Put `telling` around a connection that was just opened, once."""
    if connection.vendor == "postgresql" and telling not in connection.execute_wrappers:
        connection.execute_wrappers.append(telling)


def stand_by() -> None:
    """Tell every connection of this process its scope; called once when Django is ready."""
    connection_created.connect(tell_new_connection)
    pre_migrate.connect(_see_everything)
    post_migrate.connect(_see_no_more)


def _see_everything(**_: object) -> None:
    """Let migrations, which belong to no reader, work on all rows."""
    _migrating.enter_context(scoping.everything(reason="migrations"))


def _see_no_more(**_: object) -> None:
    _migrating.close()


def one_transaction(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Open one transaction around each request where the wall stands, and none elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_on():
            return get_response(request)
        with transaction.atomic():
            return get_response(request)

    return middleware
