"""What else refers to a row: nothing that is still used goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps

from junheng.apps.foundation import bulk
from junheng.engine import contracts
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from django.db import models

    from junheng.apps.registry.targets.records import Key
    from junheng.engine.contracts import Contract


def refuse_used(model: type[models.Model], keys: Mapping[int, Key]) -> None:
    """Raise DataError when a row of any table refers to one of the ids."""
    for row_id, label in used(model, keys):
        raise DataError(
            say(
                "“{key}” is still referred to ({table}). Remove what refers to it first.",
                key=" / ".join(keys[row_id]),
                table=_shown(label),
            )
        )


def used(model: type[models.Model], ids: Collection[int]) -> Iterator[tuple[int, str]]:
    """Yield each id that something refers to, with the label of the model that does."""
    for relation in related(model):
        kept = relation.related_model._meta
        column = relation.field.column
        sql = f'SELECT DISTINCT "{column}" FROM "{kept.db_table}" WHERE "{column}" IN ({{values}})'
        for (row_id,) in bulk.rows_where_in(sql, [], ids):
            yield row_id, kept.label


def related(model: type[models.Model]) -> list[Any]:
    """Return the relations through which rows of other tables refer to a model."""
    return [r for r in model._meta.related_objects if not r.many_to_many]


OF_DATASETS = {
    "registry.AssetLine": "equipment",
    "registry.Campus": "campuses",
    "registry.ClassYear": "classes",
    "registry.CountyFact": "county_facts",
    "registry.Document": "documents",
    "registry.Employment": "staff",
    "registry.Enrolment": "pupils",
    "registry.FundingLine": "funding",
    "registry.Room": "rooms",
    "registry.SchoolClass": "classes",
    "registry.SchoolProfile": "schools",
    "registry.SportsGround": "grounds",
    "registry.Teaching": "teaching",
    "registry.Term": "terms",
    "registry.TrainingRecord": "training",
}
"""Models that keep rows of datasets alone. A unit may also come from a unit table."""


def refuse_rows(contract: Contract, labels: Iterable[str]) -> None:
    """Raise DataError when one of the models keeps rows of a dataset."""
    for label in sorted(OF_DATASETS.keys() & set(labels)):
        raise DataError(
            say(
                "{dataset}: a row is still referred to ({table}). Remove what refers to it first.",
                dataset=contract.name.zh,
                table=_shown(label),
            )
        )


def _shown(label: str) -> str:
    """Return the name of the dataset that a model keeps, or else that of the model."""
    if label in OF_DATASETS:
        return contracts.contract(OF_DATASETS[label]).name.zh
    return str(apps.get_model(label)._meta.verbose_name)
