"""Words that the pages of imports share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from junheng.apps.foundation import masking
from junheng.apps.foundation.shown import language
from junheng.engine import contracts
from junheng.engine.contracts.template import shown

if TYPE_CHECKING:
    from junheng.engine.contracts import Field
    from junheng.engine.standard.ruleset import Text


def step_urls(start_url: str) -> tuple[str, ...]:
    """Return the addresses of the four steps of an import; applying has none."""
    return (f"{start_url}#get", f"{start_url}#fill", f"{start_url}#check", "")


def of(text: Text) -> str:
    """Return a text of the contracts in the language of the page."""
    return text.of(language())


def dataset_name(dataset: str) -> str:
    """Return the name of a dataset in the language of the page."""
    return of(contracts.contract(dataset).name)


def year_label(first_year: int) -> str:
    """Return a school year as it is written.

    >>> year_label(2025)
    '2025-2026'
    """
    return f"{first_year}-{first_year + 1}"


def value(field: Field, text: str | None, *, hides_names: bool = False) -> str:
    """Return a stored value as a page shows it: codes by name, secrets masked, a dash for none."""
    if text is None:
        return "–"
    if masking.is_masked(field, hides_names=hides_names):
        return masking.masked(field, text)
    return shown(field, text, language())


def start_url(dataset: str, where: str = "") -> str:
    """Return the address of the first steps for a dataset at a place."""
    address = reverse("intake:start", args=[dataset])
    return f"{address}?at={where}" if where else address
