"""Targets of rooms, grounds, equipment, funding, county figures and documents."""

from __future__ import annotations

from junheng.apps.registry.models import (
    AssetLine,
    CountyFact,
    Document,
    FundingLine,
    Room,
    SportsGround,
)
from junheng.apps.registry.targets.organisations import CAMPUS, OWN_SCHOOL, SCHOOL
from junheng.apps.registry.targets.spec import Link, Part, Spec

ROOMS = Spec(
    "rooms",
    Part(
        Room,
        {
            "room_id": "code",
            "room_kind": "kind",
            "area_m2": "area_m2",
            "is_multimedia": "is_multimedia",
            "is_networked": "is_networked",
        },
        links=(SCHOOL, CAMPUS),
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
)
GROUNDS = Spec(
    "grounds",
    Part(
        SportsGround,
        {
            "ground_id": "code",
            "ground_kind": "kind",
            "area_m2": "area_m2",
            "contract_end": "contract_end",
            "walk_minutes": "walk_minutes",
        },
        links=(SCHOOL, CAMPUS),
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
)
EQUIPMENT = Spec(
    "equipment",
    Part(
        AssetLine,
        {"asset_kind": "kind", "amount": "amount", "acquired_year": "acquired_year"},
        links=(SCHOOL,),
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
)
FUNDING = Spec(
    "funding",
    Part(
        FundingLine,
        {"year": "year", "kind": "kind", "amount_yuan": "amount_yuan"},
        links=(SCHOOL,),
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
)
COUNTY_FACTS = Spec(
    "county_facts",
    Part(
        CountyFact,
        {"year": "year", "key": "key", "value": "value"},
        links=(Link("document", "document_id", Document),),
    ),
)
DOCUMENTS = Spec(
    "documents",
    Part(
        Document,
        {
            "document_id": "code",
            "title": "title",
            "document_kind": "kind",
            "number": "number",
            "issued_on": "issued_on",
            "item": "item",
            "content_sha256": "content_sha256",
        },
        links=(SCHOOL,),
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
)

SPECS = (ROOMS, GROUNDS, EQUIPMENT, FUNDING, COUNTY_FACTS, DOCUMENTS)
