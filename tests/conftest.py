"""What every test shares: the store under test, the walls around it, the small world."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis
from tests import stores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django.plugin import DjangoDbBlocker
    from tests.world import World

STORE = os.environ.get(stores.STORE_VARIABLE, "sqlite")
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "world"})


def _choose_store() -> None:
    """Point the settings at the store under test, before Django reads them."""
    folder = Path(tempfile.mkdtemp(prefix="junheng-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["JUNHENG_VAR"] = str(folder)
    if STORE == "sqlite":
        os.environ["JUNHENG_DATABASE_URL"] = f"sqlite:///{folder / 'junheng.sqlite3'}"
        return
    if stores.URL_VARIABLE not in os.environ:
        cluster = stores.start()
        atexit.register(cluster.stop)
        # Workers of pytest-xdist inherit the address and start no cluster of their own.
        os.environ[stores.URL_VARIABLE] = cluster.url
    os.environ["JUNHENG_DATABASE_URL"] = os.environ[stores.URL_VARIABLE]


# Java that runs for seconds gains nothing by compiling thoroughly.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
os.environ["JUNHENG_MODE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.web.settings"
_choose_store()
django.setup()

# The same examples in every run: what a commit passes here it passes elsewhere. New ones are drawn
# with --hypothesis-profile=fresh.
hypothesis.register_profile("same", derandomize=True, deadline=None)
hypothesis.register_profile("fresh", derandomize=False, deadline=None)
hypothesis.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "store: touches the database; runs on both stores")


def pytest_report_header() -> str:
    return f"store: {STORE}"


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Make the test database; at the end, name and end what is still connected to it.

    PostgreSQL drops no database that is in use. Once a session was left, by whom is not known, and
    the run failed after its last test. What is ended here is told, so that it can be traced.
    """
    from tests import migrated

    name_before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        migrated.make()
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            capture = request.config.pluginmanager.getplugin("capturemanager")
            # Pytest keeps what a passing test writes to itself; this line is to be seen.
            with capture.global_and_fixture_disabled():
                _end_other_sessions()
        migrated.drop(name_before)


def _end_other_sessions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT backend_type, state, now() - backend_start, left(query, 200), "
            "pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for session in cursor.fetchall():
            sys.stderr.write(f"\nSESSION LEFT ON THE TEST DATABASE, ended: {session}\n")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that touches the database, so that it can be run on the other store too."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.add_marker("store")


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later search for reference cycles.

    Measured: a quarter of the processor time of tests of imports and pages went into walking over
    modules and tests again and again, which never go.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _flush_reaches_the_journal() -> Iterator[None]:
    """Let Django empty append-only tables after a test that committed; nothing else may.

    Rows are deleted: PostgreSQL would make the files of every table and index anew to truncate it.
    What migrations made stays, which Django would make again.
    """
    from django.db.backends.base.operations import BaseDatabaseOperations
    from tests.prepared import FIXED

    flush = BaseDatabaseOperations.execute_sql_flush

    def lowered(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        tables = self.connection.introspection.django_table_names(only_existing=True)
        with _walls_lowered(self.connection):
            flush(self, [f'DELETE FROM "{table}"' for table in tables if table not in FIXED])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", lowered)
        yield


@contextmanager
def _walls_lowered(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """Leave no test in the language of the last page that another test asked for."""
    translation.deactivate()


@pytest.fixture
def world(db: None) -> World:
    """The small shared world: see `tests/world.py`."""
    from tests.prepared import prepared
    from tests.world import build

    return prepared("world", build)
