"""What people enter: filters of the history, a file, a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from junheng.apps.intake.applying import MAX_REASON
from junheng.apps.intake.models import State

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDINGS = ".xlsx,.xls,.csv,.gz,.parquet"


class FilterForm(forms.Form):
    """Which imports the history lists; what is not understood is left out."""

    dataset = forms.SlugField(max_length=32, required=False)
    state = forms.ChoiceField(choices=State.choices, required=False)
    page = forms.IntegerField(min_value=1, required=False)

    @classmethod
    def chosen(cls, query: Any) -> dict[str, Any]:
        """Return what an address asks for, by name of the filter."""
        form = cls(query)
        form.is_valid()
        return {name: value for name, value in form.cleaned_data.items() if value}


class SampleForm(forms.Form):
    """A file with its school year."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    year = forms.TypedChoiceField(label=_("School year"), coerce=int)

    def __init__(
        self, *args: Any, years: Iterable[tuple[int, str]], first_year: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        year = self.fields["year"]
        if isinstance(year, forms.ChoiceField):
            year.choices = list(years)
        year.widget.attrs["class"] = "select"
        self.initial = {"year": first_year}


class UploadForm(SampleForm):
    """A file with its school year, and whether it holds the whole table."""

    is_whole = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """Why an import goes on in spite of what the guard found."""

    why = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("It is kept with the import and in the journal."),
    )


class WindowForm(forms.Form):
    """Which changes of an import are looked at; what is not understood is left out."""

    dataset = forms.SlugField(max_length=32, required=False)
    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in ("new", "changed", "removed")], required=False
    )
    field = forms.CharField(max_length=80, required=False)
    text = forms.CharField(max_length=60, required=False)
    page = forms.IntegerField(min_value=1, required=False)

    @classmethod
    def chosen(cls, query: Any) -> dict[str, Any]:
        """Return what an address asks for, by name."""
        form = cls(query)
        form.is_valid()
        return {name: value for name, value in form.cleaned_data.items() if value}
