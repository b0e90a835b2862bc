"""The demonstration: a simulated district with ten years of assessments, one click for each role.

The data are made through the same services as anyone's uploads and kept in `var/demo`: a second run
finds them there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from junheng.apps.accounts.models import User
    from junheng.apps.registry.api import Bureau, SchoolRow
    from junheng.engine.simulation import District
    from junheng.engine.simulation.district import School

SINCE = date(2016, 9, 1)


def run(host: str, port: int) -> int:
    """Make the demonstration if need be, then serve it."""
    os.environ["JUNHENG_MODE"] = "demo"
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.web.settings"
    django.setup()
    prepare(_tell)

    from junheng.web import run as site

    return site.serve(host, port)


def prepare(tell: Callable[[str], None]) -> None:
    """Bring the store up to date and put the sample district into it, unless it is there."""
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    load_sample(tell)


def load_sample(tell: Callable[[str], None]) -> None:
    """Put the sample district into the store: bureau, schools, people, ten assessments."""
    from junheng.apps.foundation.scoping import everything
    from junheng.engine.simulation import draw_district

    with everything(reason="the sample district of the demonstration"):
        district = draw_district()
        bureau = _bureau(district)
        known = _years_there(bureau)
        missing = [year for year in district.years if year not in known]
        if not missing:
            return
        officer = _people(bureau, district)
        for year in missing:
            tell(f"{district.bureau.name.zh} {year}-{year + 1}")
            _assess(bureau, district, year, officer)


def _bureau(district: District) -> Bureau:
    from junheng.apps.registry.api import bureau_ensure

    name = district.bureau.name
    return bureau_ensure(
        code=district.bureau.code, name_zh=name.zh, name_en=name.en, is_simulated=True
    )


def _years_there(bureau: Bureau) -> set[int]:
    from junheng.apps.balance.api import years_assessed

    return years_assessed(bureau.pk)


def _people(bureau: Bureau, district: District) -> User:
    """Make schools and people; return the supervision officer, in whose name tables come."""
    from junheng.apps.accounts.api import Role, demo_people_ensure
    from junheng.apps.registry.api import school_sync

    schools = school_sync(
        bureau_id=bureau.pk,
        rows=[_school_row(district, school) for school in district.schools],
        by=None,
        why="sample district",
    ).schools
    people = demo_people_ensure(
        bureau_id=bureau.pk, school_id=schools[_school_of_the_head(district)], day=SINCE
    )
    return people[list(Role).index(Role.SUPERVISION_OFFICER)]


def _school_of_the_head(district: District) -> str:
    """Return a school with two stages that has something left to do."""
    from junheng.apps.balance.measuring import measure
    from junheng.engine import standard

    table = _table(district, district.years[-1])
    rules = standard.load(standard.DEFAULT_RULESET_ID)
    measured = measure(table, name="sample.csv", ruleset=rules, county_code=district.bureau.code)
    kinds = {school.id: school.kind for school in district.schools}
    return next(
        unit.school_identifier
        for unit in measured.units
        if unit.verdict == "fail" and kinds[unit.school_identifier] == "nine_year"
    )


def _school_row(district: District, school: School) -> SchoolRow:
    from junheng.apps.registry.api import Locality, SchoolKind, SchoolRow, Stage

    localities = {"city": Locality.URBAN, "town": Locality.TOWN, "rural": Locality.RURAL}
    stages = [Stage(unit.stage) for unit in district.units if unit.school_id == school.id]
    return SchoolRow(
        identifier=school.id,
        name_zh=school.name.zh,
        name_en=school.name.en,
        kind=SchoolKind(school.kind),
        stages=tuple(stages),
        locality=localities[school.location],
        x_m=float(school.x_m),
        y_m=float(school.y_m),
    )


def _table(district: District, year: int) -> bytes:
    from junheng.engine.simulation import write_unit_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_unit_table(district, year, path)
        return path.read_bytes()


def _assess(bureau: Bureau, district: District, year: int, officer: User) -> None:
    from junheng.apps.balance.api import Source, upload_apply, upload_check
    from junheng.apps.registry.api import school_year_ensure
    from junheng.engine import standard

    rules = standard.load(standard.DEFAULT_RULESET_ID)
    name = f"{district.bureau.name.zh}校段表{year}.csv"
    upload = upload_check(
        bureau=bureau,
        school_year=school_year_ensure(first_year=year),
        statistics_date=date(year, 9, 1),
        ruleset_ref=f"{rules.id}@{rules.version}",
        source=Source(name, _table(district, year), officer.pk),
    )
    upload_apply(upload_id=str(upload.pk), by=officer.pk)


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


__all__: Sequence[str] = ["load_sample", "prepare", "run"]
