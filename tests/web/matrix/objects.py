"""What addresses name: for every kind of object one at each relation to the readers' place."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.web.matrix.two_districts import (
    ABROAD,
    FIRST_YEAR,
    FROM,
    OTHER,
    OWN,
    SISTER,
    build,
    checked,
    mark,
    published,
)

from junheng.apps.accounts.address_policy import Relation
from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.audit.api import record
from junheng.apps.balance.models import AssessedUnit
from junheng.apps.evidence.items import item_of
from junheng.apps.evidence.services import Place, Sent, evidence_add
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.hub.models import ApiToken
from junheng.apps.intake.models import Import, ImportPart, State
from junheng.apps.jobs.models import Job
from junheng.apps.privacy.models import (
    Channel,
    Consent,
    ExportRequest,
    GivenBy,
    People,
    SubjectAct,
    SubjectRequest,
)
from junheng.apps.registry.api import SchoolSuccession, SuccessionKind, school_year_ensure
from junheng.apps.reports.models import Paper
from junheng.apps.selfassessment.models import Course, SignedStep
from junheng.apps.survey.services import Planned, survey_begin
from junheng.engine.standard.rulebook import DEFAULT_RULESET_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.web.matrix.two_districts import TwoDistricts

    from junheng.apps.accounts.models import User
    from junheng.apps.balance.models import Assessment, Upload
    from junheng.apps.registry.models import School

Values = dict[str, Any]
QUERY = "?"
"""Among values: what is asked after the path."""
FORM = "="
"""Among values: what a form sends."""

RELATION_OF_PLACE = {
    OWN: Relation.OWN_SCHOOL,
    SISTER: Relation.SAME_CLUSTER,
    OTHER: Relation.OTHER_SCHOOL,
    ABROAD: Relation.OTHER_DISTRICT,
}

# Values of addresses that name no object of anybody.
FIXED: Values = {
    "dataset": "pupils",
    "indicator": "R4",
    "item_id": "R4",
    "stage": "primary",
    "ruleset_id": "cn-2017-quality",
    "version": "2026.1",
    "kind": "csv",
    "mapping_id": "pupil-register",
    "role": "head",
    "pk": "1",
    "form": "csv",
    "app": "balance",
    "model": "assessment",
    "paper": "confirmation",
}
# Addresses of which the usual value is not the telling one.
FIXED_AT: Mapping[str, Values] = {
    **{f"selfassessment:{name}": {"item_id": "G8"} for name in ("item", "enter", "plan")},
    "catalogue:own_rows": {"dataset": "classes"},
    "api:rows": {QUERY: {"purpose": "inspection", "limit": "3"}},
}


@dataclass(frozen=True)
class MatrixWorld:
    """The districts and, by kind of object and relation, the values that name one."""

    districts: TwoDistricts
    objects: Mapping[str, Mapping[Relation, Values]]
    own_jobs: Mapping[str, Job]

    def values(self, subject: str, relation: Relation, reader: str) -> Values:
        """Return the values that name an object of a kind at a relation to a reader."""
        if subject == "job" and relation is Relation.SELF:
            return {"job_id": self.own_jobs[reader].pk}
        return self.objects[subject][relation]

    def relations(self, subject: str) -> tuple[Relation, ...]:
        """Return the relations at which there is an object; KeyError for an unknown kind."""
        return tuple(self.objects[subject])


def make() -> MatrixWorld:
    """Build the districts and their objects."""
    districts = build()
    officer, abroad = districts.readers["supervision_officer"], districts.stranger_abroad
    assessments = {
        Relation.OWN_BUREAU: published(districts.bureau, officer),
        Relation.OTHER_DISTRICT: published(districts.neighbour, abroad),
    }
    uploads = {
        Relation.OWN_BUREAU: checked(districts.bureau, officer),
        Relation.OTHER_DISTRICT: checked(districts.neighbour, abroad),
    }
    with everything(reason="test"):
        objects: dict[str, Mapping[Relation, Values]] = {
            "": {Relation.NONE: {}},
            "assessment": {
                r: {"assessment_id": a.pk, "key": str(a.pk), FORM: _decision(a)}
                for r, a in assessments.items()
            },
            "recorded_act": _recorded_acts(districts),
            "signed_step": {
                relation: {"step_id": _signed(assessment, districts.colleague).pk}
                for relation, assessment in assessments.items()
            },
            "upload": {r: {"upload_id": u.pk, FORM: _decision(u)} for r, u in uploads.items()},
            "school": _schools(districts, assessments),
            "unit": _units(districts),
            "import": _imports(districts),
            "evidence": _evidence(districts),
            "pupil_row": {
                relation: {QUERY: {"key": [districts.places[place].pupils[0].code, str(FROM)]}}
                for place, relation in RELATION_OF_PLACE.items()
            },
            "export_request": _export_requests(districts),
            "subject_request": _subject_requests(districts),
            "paper": {r: {"paper_id": _paper(a, officer).pk} for r, a in assessments.items()},
            "consent": _consents(districts),
            "survey": _surveys(districts),
            "post": _posts(districts),
            "token": _tokens(districts),
            "job": {
                Relation.SELF: {},
                Relation.OWN_BUREAU: {"job_id": _job(districts.colleague).pk},
                Relation.OTHER_DISTRICT: {"job_id": _job(abroad).pk},
            },
        }
    own_jobs = {name: _job(user) for name, user in districts.readers.items()}
    return MatrixWorld(districts, objects, own_jobs | {"stranger": _job(abroad)})


def _signed(assessment: Assessment, by: User) -> SignedStep:
    course = Course.objects.create(
        bureau=assessment.bureau,
        school_year=assessment.school_year,
        ruleset_id=assessment.ruleset.ruleset_id,
    )
    rules = {"id": "x", "version": "1", "digest": "0"}
    return SignedStep.objects.create(
        course=course,
        position=1,
        kind="forward",
        from_stage="collecting",
        to_stage="school_confirmed",
        signed_by=by,
        role="supervision_officer",
        signed_at=clock.now(),
        ruleset=assessment.ruleset,
        frozen={"items": [], "rules": rules, "assessment": None},
        digest="0" * 64,
    )


def _decision(about: Assessment | Upload) -> Values:
    """Return the form that accepts the first suspicious figure."""
    return {"key": about.findings[0]["key"], "kind": "accepted", "reason": "test"}


def _schools(
    districts: TwoDistricts, assessments: Mapping[Relation, Assessment]
) -> Mapping[Relation, Values]:
    found: dict[Relation, Values] = {}
    for place, relation in RELATION_OF_PLACE.items():
        is_abroad = relation is Relation.OTHER_DISTRICT
        there = assessments[relation if is_abroad else Relation.OWN_BUREAU]
        found[relation] = {
            "school_id": districts.places[place].school.pk,
            "assessment_id": there.pk,
            "event_id": _renaming(districts.places[place].school).pk,
        }
    return found


def _renaming(school: School) -> SchoolSuccession:
    return SchoolSuccession.objects.create(
        bureau=school.bureau,
        school=school,
        kind=SuccessionKind.RENAMED,
        on_date=FROM,
        former_name=f"{school.name_zh} before",
    )


def _units(districts: TwoDistricts) -> Mapping[Relation, Values]:
    found: dict[Relation, Values] = {}
    for place, relation in RELATION_OF_PLACE.items():
        unit = AssessedUnit.objects.get(school=districts.places[place].school)
        found[relation] = {"assessment_id": unit.assessment_id, "unit_key": unit.pk}
    return found


def _imports(districts: TwoDistricts) -> Mapping[Relation, Values]:
    found: dict[Relation, Values] = {
        relation: {"import_id": _import(districts, place, districts.places[place].school).pk}
        for place, relation in RELATION_OF_PLACE.items()
    }
    return found | {Relation.OWN_BUREAU: {"import_id": _import(districts, OWN, None).pk}}


def _import(districts: TwoDistricts, place: str, school: School | None) -> Import:
    made = Import.objects.create(
        bureau=districts.bureau_of(place),
        school=school,
        school_year=school_year_ensure(first_year=FIRST_YEAR),
        sent_by=districts.colleague,
        file_name=f"{place}.csv",
        file_sha256="0" * 64,
        n_bytes=1,
        state=State.CHECKED,
    )
    ImportPart.objects.create(source=made, position=0, dataset="pupils")
    return made


def _evidence(districts: TwoDistricts) -> Mapping[Relation, Values]:
    found = {
        relation: _filed(districts, place, districts.places[place].school)
        for place, relation in RELATION_OF_PLACE.items()
    }
    return found | {Relation.OWN_BUREAU: _filed(districts, OWN, None)}


def _filed(districts: TwoDistricts, place: str, school: School | None) -> Values:
    year = school_year_ensure(first_year=FIRST_YEAR)
    item = item_of("R1" if school else "G1")
    where = Place(districts.bureau_of(place), school, year, DEFAULT_RULESET_ID, item)
    content = b"%PDF-1.4\n" + mark(place).encode() + b"\n%%EOF\n"
    sent = Sent(f"{mark(place)}.pdf", BytesIO(content), len(content))
    made = evidence_add(place=where, sent=sent, by=districts.colleague.pk)
    return {"evidence_id": made.pk, "version_id": made.versions.get().pk}


def _export_requests(districts: TwoDistricts) -> Mapping[Relation, Values]:
    return {
        relation: {
            "request_id": ExportRequest.objects.create(
                bureau=districts.bureau_of(place),
                school=districts.places[place].school,
                dataset="pupils",
                first_year=FIRST_YEAR,
                purpose="correct",
                n_rows=1,
                asked_by=districts.colleague,
                asked_at=clock.now(),
            ).pk
        }
        for place, relation in RELATION_OF_PLACE.items()
    }


def _subject_requests(districts: TwoDistricts) -> Mapping[Relation, Values]:
    return {
        relation: {
            "request_id": SubjectRequest.objects.create(
                bureau=districts.bureau_of(place),
                school=districts.places[place].school,
                people=People.PUPILS,
                number=districts.places[place].pupils[1].code,
                act=SubjectAct.DELETE,
                asker="Guardian",
                asked_on=FROM,
                due_on=FROM,
                recorded_by=districts.colleague,
                recorded_at=clock.now(),
            ).pk
        }
        for place, relation in RELATION_OF_PLACE.items()
    }


def _paper(assessment: Assessment, by: User) -> Paper:
    return Paper.objects.create(
        bureau=assessment.bureau,
        assessment=assessment,
        kind="notice",
        form="zip",
        language="zh-hans",
        file_name="notices.zip",
        content=b"",
        n_bytes=0,
        sha256="0" * 64,
        data_digest="0" * 64,
        made_by=by,
        made_at=clock.now(),
    )


def _surveys(districts: TwoDistricts) -> Mapping[Relation, Values]:
    planned = Planned(400_000, "bulletin", FROM, FROM)
    year, by = school_year_ensure(first_year=FIRST_YEAR), districts.colleague.pk
    bureaus = {
        Relation.OWN_BUREAU: districts.bureau,
        Relation.OTHER_DISTRICT: districts.neighbour,
    }
    return {
        relation: {"survey_id": survey_begin(bureau, year, planned, ruleset="x@1", by=by).pk}
        for relation, bureau in bureaus.items()
    }


def _consents(districts: TwoDistricts) -> Mapping[Relation, Values]:
    return {
        relation: {
            "consent_id": Consent.objects.create(
                bureau=districts.bureau_of(place),
                pupil=districts.places[place].pupils[1],
                purpose="questionnaire",
                version="2026.1",
                given_by=GivenBy.GUARDIAN,
                guardian="Guardian",
                channel=Channel.PAPER,
                from_date=FROM,
                recorded_at=clock.now(),
            ).pk
        }
        for place, relation in RELATION_OF_PLACE.items()
    }


def _posts(districts: TwoDistricts) -> Mapping[Relation, Values]:
    """Make somebody school doctor at each school."""
    return {
        relation: {
            "post_id": post_give(
                user=districts.colleague,
                role=Role.SCHOOL_DOCTOR,
                school_id=districts.places[place].school.pk,
                valid_from=FROM,
            ).pk
        }
        for place, relation in RELATION_OF_PLACE.items()
    }


def _tokens(districts: TwoDistricts) -> Mapping[Relation, Values]:
    places = {Relation.OWN_BUREAU: OWN, Relation.OTHER_DISTRICT: ABROAD}
    return {
        relation: {
            "token_id": ApiToken.objects.create(
                bureau=districts.bureau_of(place),
                account=user_create(username=f"api-{place}", display_name=place),
                name=place,
                kinds="figures",
                digest=place,
                made_by=districts.colleague,
                made_at=clock.now(),
                last_day=clock.today(),
            ).pk
        }
        for relation, place in places.items()
    }


def _recorded_acts(districts: TwoDistricts) -> Mapping[Relation, Values]:
    places = {Relation.OWN_BUREAU: OWN, Relation.OTHER_DISTRICT: ABROAD}
    batches = {relation: uuid4() for relation in places}
    for relation, place in places.items():
        bureau_ids = [districts.bureau_of(place).pk]
        record("decide", reader=None, bureau_ids=bureau_ids, batch=batches[relation])
    return {relation: {"batch": batch} for relation, batch in batches.items()}


def _job(user: User) -> Job:
    key = uuid4().hex
    return Job.objects.create(
        task_path="test", arguments='{"args": [], "kwargs": {}}', idempotency_key=key, owner=user
    )
