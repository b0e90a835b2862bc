"""The page of the first steps for one dataset at one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.foundation import masking
from junheng.apps.foundation.shown import Link, Step, steps
from junheng.apps.intake.layouts import shipped
from junheng.apps.intake.places import EVERYTHING
from junheng.apps.intake.present import words
from junheng.apps.intake.rules import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.intake.places import Where

REQUIRED_SHOWN = 12


class StartShown:
    """Everything the page of the first steps shows."""

    def __init__(self, where: Where, dataset: str, year: int, places: Sequence[Where]) -> None:
        self.where = where
        self.dataset = dataset
        self.year = year
        self._places = [one for one in places if one.has(dataset)]
        self.chosen = where.chosen(dataset)

    @property
    def is_several(self) -> bool:
        return self.dataset == EVERYTHING

    @property
    def name(self) -> str:
        return gettext("Several datasets") if self.is_several else words.of(self.chosen[0].name)

    @property
    def title(self) -> str:
        return gettext("Import: %(name)s") % {"name": self.name}

    @property
    def answer(self) -> str:
        text = gettext(
            "Four steps for “%(place)s”. Checking changes nothing; only “Apply” writes, and that "
            "can be undone."
        )
        return text % {"place": self.where.name}

    @property
    def steps(self) -> list[Step]:
        return steps(0, words.step_urls(words.start_url(self.dataset, self.where.key)))

    @property
    def places(self) -> list[Link]:
        """The places to choose from, none when there is but one."""
        found = [
            Link(one.name, words.start_url(self.dataset, one.key), one.key == self.where.key)
            for one in self._places
        ]
        return found if len(found) > 1 else []

    @property
    def template_url(self) -> str:
        address = reverse("intake:template", args=[self.dataset])
        return f"{address}?at={self.where.key}&year={self.year}"

    @property
    def form_url(self) -> str:
        return f"{words.start_url(self.dataset, self.where.key)}&year={self.year}"

    @property
    def dictionaries(self) -> list[Link]:
        return [
            Link(words.of(c.name), reverse("catalogue:dataset", args=[c.id])) for c in self.chosen
        ]

    @property
    def layouts(self) -> list[Link]:
        """Layouts by which the bureau may send an export in place of the template."""
        if self.where.school or self.is_several:
            return []
        return [
            Link(
                words.of(mapping.name),
                f"{reverse('intake:mapping', args=[mapping.id])}?at={self.where.key}",
            )
            for mapping in shipped({self.dataset})
        ]

    @property
    def required(self) -> list[str]:
        """Names of the columns that must be filled in, of a single dataset."""
        if self.is_several:
            return []
        fields = [words.of(f.header) for f in self.chosen[0].fields if f.is_required]
        return fields[:REQUIRED_SHOWN]

    @property
    def secrets(self) -> list[str]:
        """Names of the columns that hold what is to be kept secret."""
        found = {
            words.of(f.header): None for c in self.chosen for f in c.fields if masking.is_masked(f)
        }
        return list(found)

    @property
    def lost_percent(self) -> int:
        """The share of rows, in percent, whose removal has to be confirmed."""
        return int(guard().lost_share * 100)
