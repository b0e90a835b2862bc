"""`junheng import` and `junheng export` on a store of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.world import drawn_rows, settled, stored

from junheng.apps.foundation.scoping import everything
from junheng.apps.intake.models import Import, State
from junheng.apps.registry.api import bureau_ensure
from junheng.engine import contracts
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
FOR = ("--purpose", "migration")
CODE = "990101"
WHERE = ("--bureau", CODE, "--year", "2025")


@pytest.fixture(autouse=True)
def _exports_need_no_second_person(settings: Settings) -> None:
    settings.EXPORT_ROWS_ALONE = 100_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Parquet file for each dataset of the village."""
    path = tmp_path_factory.mktemp("village")
    write_persons(draw_persons(draw_district("village", years=1), 2025), path)
    return path


def test_a_folder_is_looked_at_applied_and_undone(folder: Path) -> None:
    bureau = bureau_ensure(code=CODE, name_zh="样例区教育局", is_simulated=True)
    looked = call("import", "all", folder, *WHERE, "--json")
    assert (looked.code, looked.json["import"]) == (0, None)
    assert looked.json["datasets"]["pupils"]["new"] == len(drawn_rows("pupils"))
    with everything(reason="test"):
        assert not Import.objects.exists(), "looking writes nothing, not even history"

    applied = call("import", "all", folder, *WHERE, "--apply", "--json")
    assert applied.code == 0
    again = call("import", "all", folder, *WHERE, "--json")
    counts = again.json["datasets"].values()
    assert {c["new"] + c["changed"] + c["removed"] for c in counts} == {0}

    undone = call("import", "--undo", applied.json["import"])
    assert undone.code == 0
    with everything(reason="test"):
        (source,) = Import.objects.all()
        assert (source.state, source.bureau) == (State.UNDONE, bureau)
    assert (
        call("import", "all", folder, *WHERE, "--json").json["datasets"] == looked.json["datasets"]
    )


@pytest.mark.parametrize("form", ["xlsx", "csv", "parquet"])
def test_what_was_exported_changes_nothing(form: str, tmp_path: Path) -> None:
    place = settled(CODE)
    before = {c.id: stored(place, c.id) for c in contracts.contracts() if c.id != "unit_table"}
    written = call("export", "all", *WHERE, "--out", tmp_path / "out", "--format", form, *FOR)
    assert written.code == 0, written.err
    filled = {dataset for dataset, rows in before.items() if rows}
    assert {path.stem for path in (tmp_path / "out").iterdir()} == filled
    back = call("import", "all", tmp_path / "out", *WHERE, "--whole", "--apply", "--json")
    assert back.code == 0, back.out + back.err
    for dataset, counts in back.json["datasets"].items():
        assert (counts["new"], counts["changed"], counts["removed"]) == (0, 0, 0), dataset
        assert counts["unchanged"] == len(before[dataset]), dataset


def test_one_dataset_goes_out_and_comes_back(tmp_path: Path) -> None:
    settled(CODE)
    path = tmp_path / "pupils.xlsx"
    assert call("export", "pupils", *WHERE, "--out", path, *FOR).code == 0
    back = call("import", "pupils", path, *WHERE, "--json")
    assert back.json["datasets"]["pupils"]["unchanged"] == len(drawn_rows("pupils"))


def test_faults_are_told_with_their_place_and_nothing_is_written(tmp_path: Path) -> None:
    settled(CODE)
    path = tmp_path / "bad.csv"
    path.write_text("用房编号,学校标识码,用房类型\nR1,2153000001,x\n", encoding="utf-8")
    told = call("--lang", "en", "import", "rooms", path, *WHERE, "--apply")
    assert told.code == 2
    assert "bad.csv, row 2" in told.err
    machine = call("import", "rooms", path, *WHERE, "--apply", "--json")
    assert (machine.code, machine.json["import"]) == (2, None)
    assert machine.json["n_faults"] == len(machine.json["faults"]) > 0


def test_conflicts_are_told_apart_with_both_rows(tmp_path: Path) -> None:
    place = settled(CODE)
    path = tmp_path / "staff.csv"
    staff = [r for r in stored(place, "staff") if r["identity_number"] and not r["to_date"]]
    one, other = staff[0], next(r for r in staff if r["staff_id"] != staff[0]["staff_id"])
    same = {name: one[name] for name in ("identity_number", "birth_date", "sex_code")}
    path.write_text(_csv([other | same]), encoding="utf-8")
    machine = call("import", "staff", path, *WHERE, "--json")
    assert (machine.code, machine.json["n_conflicts"]) == (2, len(machine.json["conflicts"]))
    found = next(c for c in machine.json["conflicts"] if c["field"] == "identity_number")
    assert (found["dataset"], found["row"]) == ("staff", 2)
    assert found["stored"]["staff_id"] == one["staff_id"]
    assert found["incoming"]["staff_id"] == other["staff_id"]
    told = call("--lang", "en", "import", "staff", path, *WHERE)
    assert told.code == 2
    assert "conflicts with stored rows" in told.out
    assert str(one["staff_id"]) in told.out


def test_an_import_that_loses_many_rows_stops_until_confirmed(tmp_path: Path) -> None:
    place = settled(CODE)
    rooms = stored(place, "rooms")
    path = tmp_path / "rooms.csv"
    path.write_text(_csv(rooms[:10]), encoding="utf-8")
    stopped = call("--lang", "en", "import", "rooms", path, *WHERE, "--whole", "--apply")
    assert stopped.code == 2
    assert f"{len(rooms) - 10} of {len(rooms)} rows" in stopped.err
    assert len(stored(place, "rooms")) == len(rooms)
    confirm = ("--confirm", "两校合并")
    done = call("import", "rooms", path, *WHERE, "--whole", "--apply", "--json", *confirm)
    assert done.code == 0
    assert len(stored(place, "rooms")) == 10


def _csv(rows: list[dict[str, str | None]]) -> str:
    lines = [",".join(rows[0]), *(",".join(v or "" for v in row.values()) for row in rows)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", "rooms", "absent.csv", *WHERE), "absent.csv does not exist"),
        (("import", "rooms"), "Name a dataset"),
        (("import", "rooms", "pyproject.toml", "--bureau", "110101"), "There is no bureau 110101"),
        (("import", "--undo", "7"), "There is no import 7"),
        (("export", "rooms", "--out", "x.csv"), "No bureau is named"),
        (("export", "nothing", *WHERE, "--out", "x.csv"), "nothing"),
    ],
)
def test_wrong_arguments_are_refused(arguments: tuple[str, ...], told: str) -> None:
    bureau_ensure(code=CODE, name_zh="样例区教育局", is_simulated=True)
    outcome = call("--lang", "en", *arguments)
    assert outcome.code == 2
    assert told in outcome.err
