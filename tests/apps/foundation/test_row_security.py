"""The second wall: PostgreSQL shows the rows of the scope in force, whatever the code forgets."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from tests.web.matrix.two_districts import ABROAD, OWN, PLACES, build, published
from tests.world import DAY

from junheng.apps.accounts.api import reader_on
from junheng.apps.foundation import bulk, row_security, row_security_sql, row_security_state
from junheng.apps.foundation.scoping import Scope, everything, reach_of, within
from junheng.apps.registry.models import Person, Pupil, Staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model
    from pytest_django import Settings
    from pytest_django.plugin import DjangoDbBlocker
    from tests.web.matrix.two_districts import TwoDistricts

LOGIN = f"web_of_test_{os.getpid()}"


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[TwoDistricts]:
    """Make the districts once, in a transaction around the tests of this file."""
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("row-level security is PostgreSQL's; SQLite has none")
        with transaction.atomic():
            made = build()
            published(made.bureau, made.readers["supervision_officer"])
            published(made.neighbour, made.stranger_abroad)
            run(f"CREATE ROLE {LOGIN}")
            # What is checked at the end of a transaction would keep its tables from being altered.
            run("SET CONSTRAINTS ALL IMMEDIATE")
            yield made
            transaction.set_rollback(True)


@pytest.fixture
def districts(built: TwoDistricts, db: None) -> TwoDistricts:
    return built


@pytest.fixture
def wall(districts: TwoDistricts, settings: Settings) -> Iterator[TwoDistricts]:
    """Raise the wall in the transaction of the test, which takes it away again."""
    settings.ROW_SECURITY = True
    row_security_sql.raise_wall(LOGIN)
    with connection.execute_wrapper(row_security.telling):
        yield districts


@contextmanager
def as_web() -> Iterator[None]:
    """Be the web login until the block ends."""
    run(f"SET LOCAL ROLE {LOGIN}")
    yield
    run("RESET ROLE")


def run(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def ids(model: type[Model]) -> set[int]:
    """Return what a statement without any filter finds."""
    pk = model._meta.pk
    assert pk is not None
    return {row[0] for row in run(f'SELECT "{pk.column}" FROM "{model._meta.db_table}"')}


def school_scope(districts: TwoDistricts, place: str = OWN) -> Scope:
    school = districts.places[place].school
    return Scope(schools=frozenset({school.pk}), homes=frozenset({school.bureau_id}))


def n_pupils() -> int:
    return int(run("SELECT count(*) FROM registry_pupil")[0][0])


def test_it_works(wall: TwoDistricts) -> None:
    own = {pupil.pk for pupil in wall.places[OWN].pupils}
    with as_web(), within(school_scope(wall)):
        assert ids(Pupil) == own
    with as_web(), everything(reason="test"):
        assert n_pupils() == 2 * len(PLACES)


def test_without_a_scope_there_is_no_row(wall: TwoDistricts) -> None:
    with as_web():
        assert {model for model in row_security_sql.scoped_models() if ids(model)} == set()


def test_statements_without_filters_find_what_the_managers_find(wall: TwoDistricts) -> None:
    """For every role and every table; more only where pages follow a key from a row in reach."""
    differences = []
    for name, user in wall.readers.items():
        scope = reader_on(user, DAY).scope
        for model in row_security_sql.scoped_models():
            if model._meta.label in {"registry.Person", "registry.StageUnit"}:
                continue
            if model._meta.label == "balance.Assessment":
                continue
            with everything(reason="test"):
                rows = model._base_manager.filter(reach_of(model).condition(scope))
                expected = set(rows.values_list("pk", flat=True))
            with as_web(), within(scope):
                if ids(model) != expected:
                    differences.append(f"{name}: {model._meta.label}")
    assert differences == []


def test_a_person_is_seen_with_their_role(wall: TwoDistricts) -> None:
    here = wall.places[OWN]
    with as_web(), within(school_scope(wall)):
        assert ids(Person) == {one.person_id for one in (*here.pupils, here.staff)}
    with as_web(), within(Scope(pupils=frozenset({here.pupils[0].pk}))):
        assert ids(Person) == {here.pupils[0].person_id}
        assert ids(Staff) == set()


def test_a_school_knows_the_assessment_of_its_units_and_no_other(wall: TwoDistricts) -> None:
    assessment = apps.get_model("balance", "Assessment")
    with everything(reason="test"):
        mine = assessment._base_manager.get(bureau=wall.bureau)
    with as_web(), within(school_scope(wall)):
        assert ids(assessment) == {mine.pk}


def test_a_row_of_another_school_cannot_be_written(wall: TwoDistricts) -> None:
    abroad = wall.places[ABROAD].pupils[0]
    with as_web(), within(Scope(bureaus=frozenset({wall.bureau.pk}))):
        run("UPDATE registry_pupil SET ethnicity_code = '01' WHERE id = %s", abroad.pk)
        run("DELETE FROM registry_enrolment WHERE pupil_id = %s", abroad.pk)
        insert = (
            "INSERT INTO registry_person (bureau_id, name, sex_code, birth_date, "
            "identity_number, identity_index) VALUES (%s, 'x', '1', '2016-01-01', '', '')"
        )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            run(insert, wall.neighbour.pk)
    with everything(reason="test"):
        kept = Pupil.objects.get(pk=abroad.pk)
        assert kept.ethnicity_code == ""
        assert kept.enrolments.count() == 1


class TestScopesChange:
    """The scope of the database follows the scope of the code, wherever that changes."""

    def test_it_works(self, wall: TwoDistricts) -> None:
        with as_web(), within(school_scope(wall)):
            with everything(reason="test"):
                assert n_pupils() == 8
            assert n_pupils() == 2
        with as_web():
            assert n_pupils() == 0

    def test_a_savepoint_that_is_rolled_back_takes_no_scope_with_it(
        self, wall: TwoDistricts
    ) -> None:
        sid = ""
        with as_web(), everything(reason="test"):
            assert n_pupils() == 8
            sid = transaction.savepoint()
        with as_web(), within(school_scope(wall)):
            assert n_pupils() == 2
            transaction.savepoint_rollback(sid)
            assert n_pupils() == 2

    def test_an_error_within_leaves_the_scope_standing(self, wall: TwoDistricts) -> None:
        with as_web(), within(school_scope(wall)):
            with pytest.raises(DatabaseError), transaction.atomic():
                run("SELECT nothing FROM registry_pupil")
            assert n_pupils() == 2


class TestTraps:
    """What row-level security is known to let through, each closed or told by `status`."""

    def told(self) -> str:
        with connection.execute_wrapper(row_security.telling):
            return "\n".join(gap.render() for gap in row_security_state.gaps(LOGIN))

    def test_it_works(self, wall: TwoDistricts) -> None:
        assert row_security_state.gaps(LOGIN) == []

    def test_a_superuser_passes(self, wall: TwoDistricts) -> None:
        run(f"ALTER ROLE {LOGIN} SUPERUSER")
        assert "superuser" in self.told()

    def test_bypassing_passes(self, wall: TwoDistricts) -> None:
        run(f"ALTER ROLE {LOGIN} BYPASSRLS")
        assert "BYPASSRLS" in self.told()

    def test_the_owner_is_held_too(self, wall: TwoDistricts) -> None:
        run(f"ALTER TABLE registry_pupil OWNER TO {LOGIN}")
        assert "owns tables" in self.told()
        with as_web():
            assert n_pupils() == 0
        run("ALTER TABLE registry_pupil NO FORCE ROW LEVEL SECURITY")
        assert "registry_pupil stands open" in self.told()
        with as_web():
            assert n_pupils() == 8

    def test_a_view_reads_with_the_rights_of_its_owner(self, wall: TwoDistricts) -> None:
        run("CREATE VIEW all_pupils AS SELECT * FROM registry_pupil")
        run(f"GRANT SELECT ON all_pupils TO {LOGIN}")
        with as_web():
            assert len(run("SELECT id FROM all_pupils")) == 8
        assert "all_pupils" in self.told()
        run("ALTER VIEW all_pupils SET (security_invoker = true)")
        with as_web():
            assert run("SELECT id FROM all_pupils") == []
        assert self.told() == ""

    def test_a_table_made_later_is_told(self, wall: TwoDistricts) -> None:
        run("DROP POLICY junheng_scope ON registry_room")
        assert "registry_room stands open" in self.told()

    def test_another_key_is_told(self, wall: TwoDistricts, settings: Settings) -> None:
        settings.INDEX_KEY = b"9" * 32
        assert "another key" in self.told()

    def test_a_setting_left_blank_is_no_error(self, wall: TwoDistricts) -> None:
        run("SELECT set_config('junheng.scope', '', false)")
        with as_web():
            assert n_pupils() == 0

    def test_an_export_without_the_wall_fails_and_is_never_partial(
        self, wall: TwoDistricts
    ) -> None:
        """What pg_dump sets: a login that may not pass the wall gets an error and no rows."""
        with as_web():
            run("SET LOCAL row_security = off")
            refused = pytest.raises(DatabaseError, match="affected by row-level security")
            with refused, transaction.atomic():
                n_pupils()

    def test_copy_is_refused_and_bulk_goes_round(self, wall: TwoDistricts) -> None:
        columns = ["bureau_id", "name", "sex_code", "birth_date", "identity_number"]
        row = (wall.bureau.pk, "x", "1", date(2016, 1, 1), "")
        with as_web(), within(Scope(bureaus=frozenset({wall.bureau.pk}))):
            before = len(ids(Person))
            refused = pytest.raises(DatabaseError, match="COPY FROM not supported")
            with refused, transaction.atomic(), connection.cursor() as cursor:
                copying = cursor.copy("COPY registry_person (name) FROM STDIN")
                with connection.wrap_database_errors, copying:
                    pass
            bulk.insert(Person, [*columns, "identity_index"], [(*row, "")])
            assert len(ids(Person)) == before + 1
            foreign = (wall.neighbour.pk, *row[1:], "")
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                bulk.insert(Person, [*columns, "identity_index"], [foreign])


class TestForgery:
    """Whoever can run statements as the web login widens nothing without the key."""

    EVERYTHING = '{"everything": true}'

    def set(self, words: str, seal: str) -> None:
        # Past Django, as an injected statement would run.
        raw = connection.connection
        raw.execute("SELECT set_config('junheng.scope', %s, true)", [words])
        raw.execute("SELECT set_config('junheng.seal', %s, true)", [seal])

    def count(self) -> int:
        return int(
            connection.connection.execute("SELECT count(*) FROM registry_pupil").fetchone()[0]
        )

    def test_it_works(self, wall: TwoDistricts) -> None:
        process_id = connection.connection.info.backend_pid
        with as_web():
            self.set(self.EVERYTHING, row_security.seal(self.EVERYTHING, process_id))
            assert self.count() == 8

    @pytest.mark.parametrize("seal", ["", "0" * 64])
    def test_a_scope_without_its_seal_is_none(self, wall: TwoDistricts, seal: str) -> None:
        with as_web():
            self.set(self.EVERYTHING, seal)
            assert self.count() == 0

    def test_a_seal_of_another_connection_is_none(self, wall: TwoDistricts) -> None:
        process_id = connection.connection.info.backend_pid
        with as_web():
            self.set(self.EVERYTHING, row_security.seal(self.EVERYTHING, process_id + 1))
            assert self.count() == 0

    def test_a_seal_fits_one_scope(self, wall: TwoDistricts) -> None:
        own = row_security.words_of(school_scope(wall))
        process_id = connection.connection.info.backend_pid
        with as_web():
            self.set(self.EVERYTHING, row_security.seal(own, process_id))
            assert self.count() == 0

    def test_the_key_is_not_to_be_read(self, wall: TwoDistricts) -> None:
        refused = pytest.raises(DatabaseError, match="permission denied")
        with as_web(), refused, transaction.atomic():
            run("SELECT * FROM junheng_wall.key")


def test_the_command_raises_tells_and_lowers(
    districts: TwoDistricts, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ROW_SECURITY = True
    with connection.execute_wrapper(row_security.telling):
        call_command("row_security", "on", login=LOGIN)
        assert "The wall stands" in capsys.readouterr().out
        call_command("row_security", "status", login=LOGIN)
        call_command("row_security", "off", login=LOGIN)
    assert run("SELECT count(*) FROM pg_policy")[0][0] == 0
    with pytest.raises(CommandError, match="gaps"):
        call_command("row_security", "status", login=LOGIN)


@pytest.mark.django_db
def test_other_stores_have_none() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL has it")
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("row_security", "status")


def test_a_scope_is_told_whole_and_in_order() -> None:
    scope = Scope(bureaus=frozenset({3, 1}), pupils=frozenset({7}))
    assert row_security.words_of(scope) == '{"bureaus": [1, 3], "pupils": [7]}'
    assert row_security.words_of(None) == ""


def test_a_seal_is_hmac(settings: Settings) -> None:
    """Against RFC 4231, test case 2: the pads are those of HMAC-SHA256."""
    import hashlib

    key, data = b"Jefe", b"what do ya want for nothing?"
    inner, outer = row_security_sql.pads(key)
    found = hashlib.sha256(outer + hashlib.sha256(inner + data).digest()).hexdigest()
    assert found == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
