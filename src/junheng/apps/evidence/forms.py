"""What people enter: filters of the binder, files with a note, a reason."""

from __future__ import annotations

from typing import Any

from django import forms

STATES = ("gaps", "filed")


class FilterForm(forms.Form):
    """What of the binder is looked at; what is not understood is left out."""

    state = forms.ChoiceField(choices=[(state, state) for state in STATES], required=False)
    school = forms.IntegerField(min_value=1, required=False)
    text = forms.CharField(max_length=60, required=False)

    @classmethod
    def chosen(cls, query: Any) -> dict[str, Any]:
        """Return what an address asks for, by name."""
        form = cls(query)
        form.is_valid()
        return {name: value for name, value in form.cleaned_data.items() if value}


class SentForm(forms.Form):
    """What goes with files: for whom they are, and a note."""

    school = forms.IntegerField(min_value=1, required=False)
    note = forms.CharField(max_length=1000, required=False)


class VersionForm(forms.Form):
    """A newer version: the number of the newest that the sender knew, and a note."""

    after = forms.IntegerField(min_value=1)
    note = forms.CharField(max_length=1000, required=False)
