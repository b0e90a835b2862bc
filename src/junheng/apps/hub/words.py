"""What kinds of data and datasets are called where people and programs read of tokens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.apps.accounts.api import Kind
from junheng.apps.foundation.shown import language
from junheng.engine import contracts

KIND_WORDS = {
    Kind.DIRECTORY: _("Organisations and classes"),
    Kind.PREMISES: _("Premises and equipment"),
    Kind.FINANCES: _("Money"),
    Kind.FIGURES: _("Figures and verdicts"),
}


def kind_word(kind: Kind) -> str:
    """Return the name of a kind of data in the language of the page; of people as its id."""
    return str(KIND_WORDS.get(kind, kind.value))


def dataset_word(dataset: str) -> str:
    """Return the name of a dataset in the language of the page."""
    return contracts.contract(dataset).name.of(language())
