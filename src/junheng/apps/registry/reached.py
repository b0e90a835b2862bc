"""Of which place a reader reaches the rows of a dataset, by the kind of data that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.registry.policies import KINDS
from junheng.apps.registry.selectors import schools_visible_to
from junheng.apps.registry.targets import Place, main_model

if TYPE_CHECKING:
    from junheng.apps.accounts.api import Kind, Reader
    from junheng.apps.registry.models import School


def kind_of(dataset: str) -> Kind:
    """Return what kind of data the rows of a dataset are, for the reach of roles."""
    return KINDS[main_model(dataset)]


def place_reached(reader: Reader, dataset: str, first_year: int) -> Place | None:
    """Return the bureau, or the schools of one, whose rows the reader reaches; None for neither.

    For datasets that tell of no person: what people's rows may go out for is asked elsewhere.
    NotFound for a dataset that is not kept row by row.
    """
    scope = reader.scope_of(kind_of(dataset))
    if scope.bureaus:
        return Place(min(scope.bureaus), first_year)
    own = schools_visible_to(reader).filter(pk__in=scope.schools)
    found: list[School] = list(own)
    if not found:
        return None
    bureau_id = found[0].bureau_id
    schools = frozenset(one.identifier for one in found if one.bureau_id == bureau_id)
    return Place(bureau_id, first_year, schools)
