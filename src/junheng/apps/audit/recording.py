"""Putting an act into the log: what an entry holds, and what it never holds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from junheng.apps.audit.models import AuditEntry
from junheng.apps.audit.requests import origin
from junheng.apps.audit.rules import rules
from junheng.apps.foundation.clock import now
from junheng.apps.foundation.encryption import blind_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from junheng.apps.accounts.api import Reader

KEYS_KEPT = 1_000
PURPOSE = "audit.AuditEntry.keys"

# Identity numbers, pupil numbers (a letter before them) and mobile phones.
_PERSONAL = re.compile(r"(?<!\d)(?:[A-Za-z]?\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


def record(
    act: str,
    *,
    reader: Reader | None,
    kind: str = "",
    keys: Sequence[str] = (),
    purpose: str = "",
    n_rows: int = 1,
    address: str = "",
    detail: str = "",
    user_id: int | None = None,
    bureau_ids: Sequence[int] = (),
    batch: UUID | None = None,
) -> None:
    """Put one act into the log, without waiting for the chain; it commits with the caller.

    `act` is one of `rules/audit/acts.toml`, else ValueError. `reader` is who acted: None for the
    system or a stranger, with `user_id` and `bureau_ids` where these are known all the same. `kind`
    is the label of a model or "dataset:<id>", `keys` the ids of what was touched, of which the
    first `KEYS_KEPT` are kept while `n_rows` counts all. `batch` is that of the journal of changes.
    The address is that of the request unless given.

    Never a name or an identity number: what looks like a number of a person becomes its blind
    index in `keys` (see `key_of`) and stars in `purpose` and `detail`.
    """
    if act not in rules().acts:
        message = f"rules/audit/acts.toml knows no act “{act}”."
        raise ValueError(message)
    came_from = origin()
    AuditEntry.objects.create(
        at=now(),
        user_id=reader.user_id if reader else user_id,
        posts=_posts(reader)[:400],
        bureaus=_bureaus(reader, bureau_ids)[:100],
        act=act,
        kind=kind[:64],
        keys=json.dumps([key_of(key) for key in keys[:KEYS_KEPT]], ensure_ascii=False),
        purpose=_PERSONAL.sub("***", purpose)[:200],
        address=address or came_from.address,
        request_id=came_from.request_id,
        n_rows=n_rows,
        detail=_PERSONAL.sub("***", detail)[:200],
        batch=batch,
    )


def key_of(key: str) -> str:
    """Return a key as the log holds it: the number of a person becomes its blind index.

    >>> key_of("530102/2025/P00001/2024-09-01")
    '530102/2025/P00001/2024-09-01'
    """
    return _PERSONAL.sub(lambda found: "#" + blind_index(found[0], purpose=PURPOSE)[:24], key)


def _posts(reader: Reader | None) -> str:
    return " ".join(f"{post.id}:{post.role.value}" for post in reader.posts) if reader else ""


def _bureaus(reader: Reader | None, bureau_ids: Sequence[int]) -> str:
    homes = {*bureau_ids, *(post.home_id for post in reader.posts)} if reader else {*bureau_ids}
    return f",{','.join(map(str, sorted(homes)))}," if homes else ""
