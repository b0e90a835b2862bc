"""What people enter: filters, an appointment, the last day of a post."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from junheng.apps.accounts.api import Place, Role
from junheng.apps.it import places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.accounts.models import User

Choices = list[tuple[str, str]]


def _select(label: Any, *, required: bool = True) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "select"})
    return forms.ChoiceField(label=label, widget=widget, required=required)


@dataclass(frozen=True)
class Chosen:
    """What a reader looks for among posts."""

    day: date
    name: str
    school: int | None
    page: int


class FilterForm(forms.Form):
    """Which posts are shown."""

    name = forms.CharField(label=_("Name of the person"), max_length=64, required=False)
    day = forms.DateField(label=_("On the day"), required=False)
    school = _select(_("School"), required=False)

    @classmethod
    def chosen(cls, data: Mapping[str, str], *, today: date) -> Chosen:
        """Return what an address asks for; what makes no sense counts as not asked."""
        form = cls(data)
        del form.fields["school"]
        form.is_valid()
        told = form.cleaned_data
        school, page = data.get("school", ""), data.get("page", "")
        return Chosen(
            day=told.get("day") or today,
            name=told.get("name", "").strip(),
            school=int(school) if school.isdecimal() else None,
            page=max(1, int(page)) if page.isdecimal() else 1,
        )

    @classmethod
    def of(cls, reader: Reader, chosen: Chosen) -> FilterForm:
        """Return the form as it stands above the list."""
        form = cls(
            initial={"name": chosen.name, "day": chosen.day.isoformat(), "school": chosen.school}
        )
        schools = [(str(one.pk), one.name) for one in places.schools(reader)]
        set_choices(form, "school", [("", gettext("All")), *schools])
        return form


class EndForm(forms.Form):
    """The last day of a post."""

    last_day = forms.DateField()


class AppointForm(forms.Form):
    """Who, where, from when to when; the fields of the place follow from the role."""

    search = forms.CharField(
        label=_("Person"),
        help_text=_("Part of the name; the exact account name for people new to you."),
        max_length=64,
    )
    person = forms.ChoiceField(label=_("Person found"), widget=forms.RadioSelect)
    place = _select(_("Organisation"))
    grade = forms.IntegerField(label=_("Grade"), min_value=1, max_value=12)
    subject = _select(_("Subject"))
    department = _select(_("Department"))
    pupil = forms.CharField(label=_("Number of the pupil"), max_length=64)
    valid_from = forms.DateField(label=_("First day"))
    valid_to = forms.DateField(
        label=_("Last day"), help_text=_("Leave blank when it is not known."), required=False
    )

    def __init__(
        self, reader: Reader, role: Role, *args: Any, people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.people = {str(one.pk): one for one in people}
        set_choices(self, "person", [(key, one.display_name) for key, one in self.people.items()])
        kinds = set(role.rule.places)
        if kinds == {Place.PUPIL}:
            del self.fields["place"]
        else:
            del self.fields["pupil"]
            self.places = places.places(reader, role)
            set_choices(self, "place", [(one.key, one.label) for one in self.places])
        if Place.GRADE not in kinds:
            del self.fields["grade"]
        if Place.SUBJECT in kinds:
            set_choices(self, "subject", places.subjects())
        else:
            del self.fields["subject"]
        if role is Role.LIAISON_OFFICER:
            set_choices(self, "department", places.departments())
        else:
            del self.fields["department"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "pupil" in self.fields and told.get("pupil"):
            told["where"] = places.at_pupil(self.reader, told["pupil"].strip())
            if told["where"] is None:
                self.add_error("pupil", gettext("There is no such pupil at your school."))
        return told

    def appointment(self) -> dict[str, Any]:
        """Return what `appoint` takes: the person, the place, the days."""
        told = self.cleaned_data
        where = told.get("where")
        if where is None:
            chosen = next(one for one in self.places if one.key == told["place"])
            where = replace(
                chosen.where,
                grade=told.get("grade"),
                subject_code=told.get("subject", ""),
                department=told.get("department", ""),
            )
        return {
            "user": self.people[told["person"]],
            "where": where,
            "valid_from": told["valid_from"],
            "valid_to": told["valid_to"],
        }


def set_choices(form: forms.Form, name: str, choices: Choices) -> None:
    """Fill in what one may choose in a field."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
