"""What people enter on the pages of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from junheng.apps.catalogue.models import SourceKind
from junheng.apps.registry.api import SchoolKind

if TYPE_CHECKING:
    from collections.abc import Sequence

# The unit table is recorded when it is applied, the platform's own figures by the platform.
SENT = (SourceKind.SCHOOL_RETURN, SourceKind.ANNUAL_STATISTICS, SourceKind.PUPIL_REGISTER)


class SourceForm(forms.Form):
    """A table of figures from another source, in the columns of the unit table."""

    kind = forms.ChoiceField(
        label=_("Kind of source"), choices=[(kind.value, kind.label) for kind in SENT]
    )
    name = forms.CharField(
        label=_("Name, where there are several of this kind"), max_length=200, required=False
    )
    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int)
    file = forms.FileField(label=_("Table with the columns of the unit table"))

    def __init__(self, *args: Any, years: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.fields["school_year"]
        if isinstance(year, forms.ChoiceField):
            year.choices = years
        for name in ("kind", "school_year"):
            self.fields[name].widget.attrs["class"] = "select"


class NewForm(forms.Form):
    """A form that schools are to fill in: what it asks, of whom, until when."""

    name = forms.CharField(label=_("Name of the form"), max_length=100)
    labels = forms.CharField(
        label=_("Column headings, one a line"),
        widget=forms.Textarea(attrs={"rows": 8, "class": "textarea"}),
        max_length=5000,
    )
    school_kinds = forms.MultipleChoiceField(
        label=_("Kinds of schools asked (none chosen: all)"),
        choices=SchoolKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rows = forms.IntegerField(label=_("Rows of one school"), min_value=1, max_value=5000, initial=1)
    due = forms.DateField(label=_("Due on"))

    def clean_labels(self) -> list[str]:
        """Return the headings, blank lines left out."""
        lines = (line.strip() for line in self.cleaned_data["labels"].splitlines())
        return [line[:100] for line in lines if line]
