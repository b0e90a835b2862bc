"""Words that the pages of the catalogue share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.foundation.shown import Link, language
from junheng.engine import contracts, standard

if TYPE_CHECKING:
    from junheng.engine.contracts import Contract, Field
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.ruleset import Text

KINDS = {
    "text": gettext_noop("Text"),
    "code": gettext_noop("Code"),
    "whole": gettext_noop("Whole number"),
    "decimal": gettext_noop("Decimal number"),
    "date": gettext_noop("Date"),
    "month": gettext_noop("Month"),
    "boolean": gettext_noop("Yes or no"),
    "identity_number": gettext_noop("Identity number"),
    "register_number": gettext_noop("Register number"),
    "school_id": gettext_noop("School identifier"),
}
LEVELS = {
    "L1": gettext_noop("public"),
    "L2": gettext_noop("internal"),
    "L3": gettext_noop("tells of one person"),
    "L4": gettext_noop("sensitive, kept encrypted"),
}


def of(text: Text) -> str:
    """Return a text of the rules in the language of the page."""
    return text.of(language())


def other(text: Text) -> str:
    """Return a text of the rules in the language that the page is not in."""
    return text.of("zh" if language() == "en" else "en")


def level(sensitivity: str) -> str:
    """Return a level of sensitivity with its meaning."""
    return f"{sensitivity} {gettext(LEVELS[sensitivity])}"


def owner(contract: Contract) -> str:
    """Return the section of the bureau that answers for a dataset."""
    return contracts.load().code_lists["bureau_section"].name_of(contract.owner, language())


def allowed(field: Field) -> str:
    """Return the bounds of a number, "" where a field has none."""
    low, high = ("" if b is None else f"{float(b):.15g}" for b in (field.at_least, field.at_most))
    if low and high:
        return f"{low} – {high}"
    if low or high:
        return f"≥ {low}" if low else f"≤ {high}"
    return ""


def rules() -> RuleSet:
    """Return the rule set whose indicators the fields of the contracts name."""
    return standard.load(standard.DEFAULT_RULESET_ID)


def indicator_names() -> dict[str, str]:
    """Return the official names of indicators and items by id, in the order of the standard."""
    found = rules()
    indicators = {indicator.id: of(indicator.name) for indicator in found.indicators}
    return indicators | {item.id: of(item.name) for item in found.items}


def indicator_links(ids: tuple[str, ...]) -> list[Link]:
    """Return links from indicators to the pages that say which fields they need."""
    names = indicator_names()
    return [Link(i, indicator_url(i), title=names.get(i, i)) for i in ids]


def indicator_url(indicator: str) -> str:
    """Return the address of the page of the fields that an indicator needs."""
    return reverse("catalogue:indicator", args=[indicator])


def rule_url(indicator: str) -> str:
    """Return the address of an indicator's row on the page of its rule set."""
    found = rules()
    page = reverse("balance:ruleset", args=[found.id, found.version])
    return f"{page}#row-{indicator.lower()}"


def dataset_url(dataset: str, field: str = "") -> str:
    """Return the address of a dataset, or of one of its fields there."""
    page = reverse("catalogue:dataset", args=[dataset])
    return f"{page}#field-{field}" if field else page
