"""Where a site keeps its data: a database and a folder of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from junheng.apps.operation.backup.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.apps.operation.backup.contents import Store


@dataclass(frozen=True)
class Place:
    """A store and the folder of uploaded and produced files."""

    store: Store
    files: Path


def site_place() -> Place:
    """Return where this site keeps its data."""
    return Place(store_of(connection.settings_dict), Path(settings.MEDIA_ROOT))


def store_of(database: Mapping[str, Any]) -> Store:
    """Return the store that an entry of Django's DATABASES names."""
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return SqliteStore(Path(database["NAME"]))
    from junheng.apps.operation.backup.postgresql import PostgresqlStore

    return PostgresqlStore(database)
