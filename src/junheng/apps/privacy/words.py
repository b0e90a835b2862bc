"""Words that the pages and files of privacy share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext

from junheng.apps.privacy.rules import consenting, disclosing
from junheng.engine import contracts

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Text


def language() -> str:
    """Return the language of the page: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def of(text: Text) -> str:
    """Return a text of the rules in the language of the page."""
    return text.of(language())


def purpose_name(purpose: str) -> str:
    """Return the name of a purpose of showing or handing out."""
    return of(disclosing().purposes[purpose])


def purpose_choices() -> list[tuple[str, str]]:
    """Return the purposes to choose from, none chosen first."""
    named = [(purpose, of(name)) for purpose, name in disclosing().purposes.items()]
    return [("", gettext("Choose a purpose")), *named]


def agreement_name(purpose: str) -> str:
    """Return the name of something that needs consent."""
    return of(consenting().agreements[purpose].name)


def agreement_choices() -> list[tuple[str, str]]:
    """Return what needs consent, to choose from."""
    return [(one.id, of(one.name)) for one in consenting().agreements.values()]


def dataset_name(dataset: str) -> str:
    """Return the name of a dataset, or that there are several."""
    if dataset == "all":
        return gettext("Several datasets")
    return of(contracts.contract(dataset).name)
