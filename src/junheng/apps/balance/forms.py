"""What people enter: filters, an upload, a reason."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from junheng.apps.balance import mappings
from junheng.apps.balance.present.unit_list import Filter
from junheng.apps.balance.what_if import Figures, shown
from junheng.engine.standard import rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from junheng.apps.registry.api import Bureau

FIRST_YEAR = 2010
INDOOR, TEACHING = "indoor_sport_area_m2", "teaching_area_m2"
ENDINGS = ".csv,.xlsx,.xls,.zip,.html,.htm,.parquet,.gz"


class FilterForm(forms.Form):
    """Which units the district page lists; what is not understood is left at its default."""

    show = forms.ChoiceField(
        choices=[(key, key) for key in ("missed", "below", "pass", "excluded", "all")],
        required=False,
    )
    stage = forms.ChoiceField(
        choices=[("", ""), ("primary", "primary"), ("junior", "junior")], required=False
    )
    text = forms.CharField(max_length=60, required=False)
    sort = forms.ChoiceField(choices=[(key, key) for key in Filter.SORTS], required=False)

    @classmethod
    def chosen(cls, query: QueryDict) -> Filter:
        """Return the filter that an address asks for."""
        form = cls(query)
        form.is_valid()
        return Filter(**{name: value for name, value in form.cleaned_data.items() if value})


class WithdrawForm(forms.Form):
    """Why an assessment is taken back."""

    why = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept with the assessment and in the journal."),
    )


class AssessForm(forms.Form):
    """A school year, the day its figures hold, and what to measure them by."""

    bureau = forms.TypedChoiceField(label=_("Bureau"), coerce=int)
    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int)
    statistics_date = forms.DateField(label=_("Statistics date"))
    ruleset = forms.ChoiceField(label=_("Rule set"))

    def __init__(
        self, *args: Any, bureaus: Iterable[Bureau], day: date, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        year = day.year if day.month >= 9 else day.year - 1
        years = range(year, FIRST_YEAR - 1, -1)
        newest = rulebook.load(rulebook.DEFAULT_RULESET_ID)
        choices: dict[str, list[Any]] = {
            "bureau": [(b.pk, b.name) for b in bureaus],
            "school_year": [(y, f"{y}-{y + 1}") for y in years],
            "ruleset": self.refs(language),
        }
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.choices = choices[name]
                field.widget.attrs["class"] = "select"
        self.initial = {
            "school_year": year,
            "statistics_date": f"{year}-09-01",
            "ruleset": f"{newest.id}@{newest.version}",
        }

    def refs(self, language: str) -> list[Any]:
        """Return what can be measured by, as choices in groups."""
        return [
            (_("Rule sets"), _shipped(language)),
            (_("Mappings of foreign tables (compared, not judged)"), _foreign(language)),
        ]


class UploadForm(AssessForm):
    """A table with its school year, the day its figures hold, and what to measure it by."""

    file = forms.FileField(label=_("Unit table"), allow_empty_file=True)


class RegistryForm(AssessForm):
    """What to assess of the rows that the registry holds. `token`: the same form is one job."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["token"] = uuid4()

    def refs(self, language: str) -> list[Any]:
        """Return the rule sets that say how people, rooms and things are counted."""
        return [ref for ref in _shipped(language) if rulebook.load(*ref[0].split("@")).person_level]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        day, year = found.get("statistics_date"), found.get("school_year")
        if day and year and not date(year, 9, 1) <= day <= date(year + 1, 8, 31):
            self.add_error("statistics_date", _("The day lies outside the school year."))
        return found


def _shipped(language: str) -> list[tuple[str, str]]:
    return [
        (f"{ref.id}@{ref.version}", f"{ref.name.of(language)} · {ref.document} · {ref.version}")
        for ref in rulebook.available()
    ]


def _foreign(language: str) -> list[tuple[str, str]]:
    return [
        (rules.id, f"{rules.name.of(language)} · {rules.document}")
        for rules in mappings.shipped_measures()
    ]


class WhatIfForm(forms.Form):
    """Figures to try on a unit; what an address does not name stays as it was assessed."""

    MOST_DIGITS = 14

    def __init__(self, query: QueryDict, *, stored: Figures) -> None:
        super().__init__(query)
        self.stored = stored
        self.fields["pupils"] = forms.IntegerField(min_value=0, max_value=10**6, required=False)
        for name in stored.facts:
            self.fields[name] = forms.DecimalField(
                min_value=0, max_digits=self.MOST_DIGITS, decimal_places=2, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        inner, outer = (self._tried(name) for name in (INDOOR, TEACHING))
        if inner is not None and outer is not None and inner > outer:
            self.add_error(
                "indoor_sport_area_m2"
                if "indoor_sport_area_m2" in self.data
                else "teaching_area_m2",
                _("The teaching area contains the indoor area; it cannot be smaller."),
            )
        return cleaned

    @property
    def is_other(self) -> bool:
        """Whether anything is tried that differs from what was assessed."""
        return self.is_valid() and self.figures != self.stored

    @property
    def figures(self) -> Figures:
        """The figures to measure: those entered, all others as assessed."""
        pupils = self.cleaned_data.get("pupils")
        return Figures(
            self.stored.pupils if pupils is None else pupils,
            {name: self._tried(name) for name in self.stored.facts},
        )

    def text_of(self, name: str, stored: str) -> str:
        """Return what stands in a field: what was entered, else what was assessed."""
        return str(self.data.get(name, "")).strip() or stored

    def _tried(self, name: str) -> Fraction | None:
        entered, stored = self.cleaned_data.get(name), self.stored.facts.get(name)
        if entered is None or (stored is not None and Fraction(entered) == Fraction(shown(stored))):
            return stored
        return Fraction(entered)
