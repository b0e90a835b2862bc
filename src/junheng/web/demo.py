"""The demonstration: a simulated district with its people and ten years of assessments.

One click signs in as each role. The data are made through the same services as anyone's files and
kept in `var/demo`, those of another district in `var/demo-<name>`: a second run finds them there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import django

from junheng.errors import TableFaults
from junheng.i18n import Message, say, translator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from junheng.apps.accounts.models import User
    from junheng.apps.registry.api import Bureau, SchoolRow
    from junheng.engine.simulation import District
    from junheng.engine.simulation.district import School

    Tell = Callable[[Message], None]

SINCE = date(2016, 9, 1)
DISTRICT = "dongsheng"
"""The district that is shown when none is named."""
SMALLEST = "village"


def run(host: str, port: int, *, district: str = DISTRICT) -> int:
    """Make the demonstration of a district if need be, then serve it; DataError: no such one.

    SettingError when the address is taken or public.
    """
    from junheng.engine.simulation.presets import preset_named

    preset_named(district)
    os.environ["JUNHENG_MODE"] = "demo"
    os.environ["JUNHENG_DEMO_DISTRICT"] = "" if district == DISTRICT else district
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.web.settings"
    django.setup()
    from junheng.web import run as site

    # Before a minute of loading, not after it.
    site.check_address(host, port)
    prepare(_tell, district)
    return site.serve(host, port)


def prepare(tell: Tell, district: str = DISTRICT) -> None:
    """Bring the store up to date and put a sample district into it, unless it is there."""
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    load_sample(tell, district)


def load_sample(tell: Tell, preset: str = DISTRICT) -> None:
    """Put a sample district into the store, as far as it is not there yet.

    Bureau, schools and those who work in the bureau; a unit table for each of ten years, assessed;
    everybody and everything of the last year in one import, and the assessment that follows.
    """
    from junheng.apps.foundation.scoping import everything
    from junheng.engine.simulation import draw_district

    with everything(reason="the sample district of the demonstration"):
        district = draw_district(preset)
        bureau = _bureau(district)
        known = _years_there(bureau)
        missing = [year for year in district.years if year not in known]
        has_people = _has_people(bureau)
        if has_people and not missing:
            _people_within(bureau)
            return
        officer = _people(bureau, district)
        for year in missing:
            tell(say("School year {year}: assessing the unit table ...", year=f"{year}-{year + 1}"))
            _assess(bureau, district, year, officer)
        if not has_people:
            _register(bureau, district, officer, tell)
        _people_within(bureau)


def _has_people(bureau: Bureau) -> bool:
    from junheng.apps.registry.api import Pupil

    return Pupil.objects.filter(bureau=bureau).exists()


def _register(bureau: Bureau, district: District, officer: User, tell: Tell) -> None:
    """Import everybody and everything of the last year, and assess them: both or neither."""
    from django.db import transaction

    from junheng.apps.intake.api import import_now
    from junheng.engine.simulation.persons import draw_persons, write_persons

    year = district.years[-1]
    drawn = draw_persons(district, year)
    n_pupils, n_staff = drawn.n_rows("pupils"), drawn.n_rows("staff")
    tell(say("Importing {pupils} pupils and {staff} staff with rooms, grounds and equipment;"
             " this may take a minute ...", pupils=n_pupils, staff=n_staff))  # fmt: skip
    with tempfile.TemporaryDirectory() as name, transaction.atomic():
        folder = Path(name) / f"{district.bureau.name.zh}{year}学年"
        write_persons(drawn, folder)
        outcome = import_now(
            bureau=bureau, first_year=year, path=folder, applies=True, by=officer.pk
        )
        if outcome.n_faults:
            raise TableFaults(outcome.faults, outcome.n_faults)
        tell(say("Assessing what was imported ..."))
        _assess_people(bureau, year, officer)


def _assess_people(bureau: Bureau, year: int, officer: User) -> None:
    from junheng.apps.balance.api import Wanted, registry_assess
    from junheng.apps.registry.api import school_year_ensure
    from junheng.engine import standard

    rules = standard.load(standard.DEFAULT_RULESET_ID)
    wanted = Wanted(
        bureau=bureau,
        school_year=school_year_ensure(first_year=year),
        day=date(year, 9, 1),
        ruleset_ref=f"{rules.id}@{rules.version}",
    )
    registry_assess(wanted, by=officer.pk)


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
    return people[Role.SUPERVISION_OFFICER]


def _people_within(bureau: Bureau) -> None:
    """Make those who teach in, and belong to, a class of the head's school; nobody twice."""
    from junheng.apps.accounts.api import demo_people_ensure, demo_school_of
    from junheng.apps.registry.api import Enrolment

    school_id = demo_school_of(bureau.pk)
    enrolled = Enrolment.objects.filter(school_class__school=school_id, to_date__isnull=True)
    # The youngest class, which the demonstration keeps longest.
    one = enrolled.order_by("-school_class__entry_year", "school_class__class_no", "pupil").first()
    if school_id is None or one is None:
        return
    demo_people_ensure(
        bureau_id=bureau.pk,
        school_id=school_id,
        day=SINCE,
        school_class_id=one.school_class_id,
        pupil_id=one.pupil_id,
    )


def _school_of_the_head(district: District) -> str:
    """Return a school that has something left to do, one with two stages where there is one."""
    from junheng.apps.balance.measuring import measure
    from junheng.engine import standard

    table = _table(district, district.years[-1])
    rules = standard.load(standard.DEFAULT_RULESET_ID)
    measured = measure(table, name="sample.csv", ruleset=rules, county_code=district.bureau.code)
    kinds = {school.id: school.kind for school in district.schools}
    units = sorted(
        measured.units,
        key=lambda unit: (unit.verdict != "fail", kinds[unit.school_identifier] != "nine_year"),
    )
    return units[0].school_identifier


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


def _tell(told: Message) -> None:
    sys.stderr.write(f"{told.render(translator(os.environ.get('JUNHENG_LANG', 'zh')))}\n")
    sys.stderr.flush()


__all__: Sequence[str] = ["load_sample", "prepare", "run"]
