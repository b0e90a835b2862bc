"""Datasets: which there are, and the contract of each."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from junheng.apps.foundation.shown import language
from junheng.apps.hub.framework import operation
from junheng.apps.hub.parameters import DatasetId
from junheng.apps.registry.api import all_targets
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
