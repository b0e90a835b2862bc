"""What people enter about a school: the day it ends and who follows, another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from junheng.apps.registry.targets.newest_profile import NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.registry.models import School

MAX_NOTE = 200
SUCCESSORS = ("into", "second", "third")
"""Fields of successors: a school is divided among three at most."""


class _EventForm(forms.Form):
    """A day, and on what ground."""

    on = forms.DateField(label=_("From which day"))
    note = forms.CharField(
        label=_("Document it rests on"),
        help_text=_("Number and title of the bureau's decision. It is kept with the record."),
        max_length=MAX_NOTE,
        required=False,
    )

    @property
    def note_told(self) -> str:
        """The ground, without blanks around it."""
        return str(self.cleaned_data["note"]).strip()


class EndForm(_EventForm):
    """The first day on which a school is no more, and which schools follow it."""

    def __init__(self, *args: Any, successors: Sequence[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {str(one.pk): one for one in successors}
        labels = (_("Successor"), _("Second successor"), _("Third successor"))
        named = [(key, f"{one.name} {one.identifier}") for key, one in self._by_id.items()]
        for name, label in zip(SUCCESSORS, labels, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _("None: the school is closed") if name == "into" else "–"), *named],
                widget=forms.Select(attrs={"class": "select"}),
                required=False,
            )

    @property
    def into(self) -> list[School]:
        """The schools chosen as successors."""
        chosen = (self.cleaned_data[name] for name in SUCCESSORS)
        return [self._by_id[key] for key in chosen if key]


class RenameForm(_EventForm):
    """The new name of a school."""

    name = forms.CharField(label=_("New name"), max_length=NAME_LENGTH)
