"""Which entries are asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from junheng.apps.audit.rules import rules


class FilterForm(forms.Form):
    """Filters of the log; what is not understood is left out."""

    who = forms.CharField(max_length=64, required=False)
    group = forms.ChoiceField(required=False)
    act = forms.ChoiceField(required=False)
    kind = forms.CharField(max_length=64, required=False)
    key = forms.CharField(max_length=200, required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    purpose = forms.CharField(max_length=64, required=False)
    minors = forms.BooleanField(required=False)
    page = forms.IntegerField(min_value=1, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = rules().acts.values()
        choices = {"group": sorted({act.group for act in acts}), "act": [act.id for act in acts]}
        for name, values in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [(value, value) for value in values]

    @classmethod
    def chosen(cls, query: Any) -> dict[str, Any]:
        """Return what an address asks for, by name of the filter."""
        form = cls(query)
        form.is_valid()
        return {name: value for name, value in form.cleaned_data.items() if value}
