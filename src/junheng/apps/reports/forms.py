"""What people choose: a paper and its form."""

from __future__ import annotations

from django import forms

from junheng.apps.reports.rules import paper_kinds


class MakeForm(forms.Form):
    """One button of the list of papers. `token`: the same page sent twice is one job."""

    kind = forms.CharField(max_length=32)
    form = forms.CharField(max_length=8)
    token = forms.UUIDField()

    def clean(self) -> dict[str, str]:
        chosen: dict[str, str] = super().clean() or self.cleaned_data
        kind = paper_kinds().get(chosen.get("kind", ""))
        if kind is None or chosen.get("form") not in kind.forms_of_district:
            raise forms.ValidationError("unknown")
        return chosen
