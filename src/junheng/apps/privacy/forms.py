"""What people enter: a purpose, a consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from junheng.apps.privacy import words
from junheng.apps.privacy.models import Channel, GivenBy, People, SubjectAct

if TYPE_CHECKING:
    from collections.abc import Iterable


class PurposeForm(forms.Form):
    """For what personal data are needed."""

    purpose = forms.ChoiceField(
        label=_("Purpose"), widget=forms.Select(attrs={"class": "select", "required": True})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purpose = self.fields["purpose"]
        if isinstance(purpose, forms.ChoiceField):
            purpose.choices = words.purpose_choices()


class ConsentForm(forms.Form):
    """A consent that was given."""

    pupil = forms.CharField(label=_("Pupil id"), max_length=64)
    purpose = forms.ChoiceField(
        label=_("What is agreed to"), widget=forms.Select(attrs={"class": "select"})
    )
    given_by = forms.ChoiceField(
        label=_("Given by"),
        choices=GivenBy.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    guardian = forms.CharField(
        label=_("Name of the guardian"),
        help_text=_("Under fourteen a guardian has to agree."),
        max_length=64,
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("How it was given"),
        choices=Channel.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    from_date = forms.DateField(label=_("Given on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purpose = self.fields["purpose"]
        if isinstance(purpose, forms.ChoiceField):
            purpose.choices = words.agreement_choices()


class SubjectRequestForm(forms.Form):
    """A request of a person about their own data."""

    people = forms.ChoiceField(
        label=_("Whose data"), widget=forms.Select(attrs={"class": "select"})
    )
    number = forms.CharField(
        label=_("Number"),
        help_text=_("Pupil id or staff id, as the imports have it."),
        max_length=64,
    )
    act = forms.ChoiceField(
        label=_("What is asked for"),
        choices=SubjectAct.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    asker = forms.CharField(
        label=_("Who asked"),
        help_text=_("The person, a guardian, or whom they sent. Check who they are first."),
        max_length=64,
    )
    asked_on = forms.DateField(label=_("Asked on"))

    def __init__(self, *args: Any, people: Iterable[People], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = self.fields["people"]
        if isinstance(whose, forms.ChoiceField):
            whose.choices = [(one.value, one.label) for one in people]
