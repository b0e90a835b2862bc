"""Datasets: which there are, the contract of each, and stored rows."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from junheng.apps.accounts.api import reader_of, require_fresh_factor
from junheng.apps.foundation import clock
from junheng.apps.foundation.shown import language
from junheng.apps.hub.framework import operation
from junheng.apps.hub.parameters import After, DatasetId, FirstYear, Limit, Purpose
from junheng.apps.hub.rows import Wanted, row_page
from junheng.apps.intake.api import places_of, tells_of_people
from junheng.apps.registry.api import all_targets, school_year_on
from junheng.engine import contracts
from junheng.engine.contracts.schema import json_schema
from junheng.i18n import N_

router = Router(tags=[N_("Datasets")])


class DatasetLine(Schema):
    """A dataset as it is listed. `is_kept`: its rows are stored one by one."""

    id: str
    version: str
    name: str
    domain: int
    owner: str
    key: list[str]
    fields: list[str]
    is_kept: bool


class Datasets(Schema):
    """The datasets that contracts describe, each after those that it refers to."""

    datasets: list[DatasetLine]


class Rows(Schema):
    """Rows of a dataset in the JSON form of its contract. `next`: what to send as `after`."""

    dataset: str
    first_year: int
    rows: list[dict[str, Any]]
    next: str | None


@operation(
    router,
    "GET",
    "datasets",
    name="datasets",
    says=N_("List the datasets"),
    shape=Datasets,
)
def datasets(request: HttpRequest) -> Datasets:
    kept = {one.contract.id for one in all_targets()}
    return Datasets(
        datasets=[
            DatasetLine(
                id=one.id,
                version=one.version,
                name=one.name.of(language()),
                domain=one.domain,
                owner=one.owner,
                key=list(one.key),
                fields=[field.id for field in one.fields],
                is_kept=one.id in kept,
            )
            for one in contracts.contracts()
        ]
    )


@operation(
    router,
    "GET",
    "datasets/{dataset}",
    name="dataset",
    says=N_("Read the contract of a dataset as JSON Schema: fields, types, codes, bounds"),
    shape=dict[str, Any],
    refusals=(404, 422),
)
def dataset(request: HttpRequest, dataset: DatasetId) -> dict[str, Any]:
    return json_schema(contracts.contract(dataset))


@operation(
    router,
    "GET",
    "datasets/{dataset}/rows",
    name="rows",
    says=N_("Read stored rows in reach, page by page; of people masked, for a purpose, few a day"),
    shape=Rows,
    refusals=(403, 404, 422),
)
def rows(
    request: HttpRequest,
    dataset: DatasetId,
    *,
    first_year: FirstYear = None,
    after: After = "",
    limit: Limit = 100,
    purpose: Purpose = "",
) -> Rows:
    reader = reader_of(request)
    if tells_of_people(contracts.contract(dataset)) and places_of(reader):
        require_fresh_factor(request)
    year = first_year or school_year_on(clock.today())
    page = row_page(reader, Wanted(dataset, year, after, limit, purpose), clock.now())
    return Rows(dataset=dataset, first_year=year, rows=list(page.rows), next=page.next)
