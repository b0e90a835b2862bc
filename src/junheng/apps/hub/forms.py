"""What the IT office enters to make a token."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from junheng.apps.hub.tokenrules import token_rules
from junheng.apps.hub.words import dataset_word, kind_word


class TokenForm(forms.Form):
    """A token: for which system, what it opens, for how long."""

    name = forms.CharField(label=_("Connected system"), max_length=64)
    kinds = forms.MultipleChoiceField(label=_("Opens"), widget=forms.CheckboxSelectMultiple)
    imports = forms.MultipleChoiceField(
        label=_("May send for import"), widget=forms.CheckboxSelectMultiple, required=False
    )
    days = forms.IntegerField(label=_("Days of validity"), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = token_rules()
        kinds, days = self.fields["kinds"], self.fields["days"]
        if isinstance(kinds, forms.MultipleChoiceField):
            kinds.choices = [(kind.value, kind_word(kind)) for kind in rules.kinds]
        imports = self.fields["imports"]
        if isinstance(imports, forms.MultipleChoiceField):
            imports.choices = [(one, dataset_word(one)) for one in rules.imports]
        days.initial = rules.usual_days
        days.help_text = _("At most %(most)d.") % {"most": rules.most_days}
