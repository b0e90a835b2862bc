"""What is asked to begin a survey, to make codes and to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from junheng.apps.survey.present.words import of
from junheng.apps.survey.rules import survey_rules
from junheng.apps.survey.services import Planned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.registry.api import School
    from junheng.apps.survey.rules import Questionnaire

INPUT, SELECT = {"class": "input"}, {"class": "select"}
MOST_RESIDENTS = 20_000_000
EVERY_SCHOOL = "all"


class DayInput(forms.DateInput):
    """A day, chosen in the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs=INPUT)


class BeginForm(forms.Form):
    """A new survey."""

    residents = forms.IntegerField(
        label=_("Permanent population"),
        help_text=_("The sample follows from it: 1.5 per mille, at least half of them parents."),
        min_value=1,
        max_value=MOST_RESIDENTS,
        widget=forms.NumberInput(attrs=INPUT),
    )
    residents_source = forms.CharField(
        label=_("Where the population is from"),
        help_text=_("For example the statistical bulletin of the year."),
        max_length=200,
        widget=forms.TextInput(attrs=INPUT),
    )
    opens_on = forms.DateField(label=_("First day"), widget=DayInput())
    closes_on = forms.DateField(label=_("Last day"), widget=DayInput())

    def clean(self) -> dict[str, Any]:
        """Return the values; a last day before the first is a fault of it."""
        told = super().clean() or {}
        first, last = told.get("opens_on"), told.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", ValidationError(_("It lies before the first day.")))
        return told

    @property
    def planned(self) -> Planned:
        """What a survey is begun with."""
        return Planned(**self.cleaned_data)


class CodesForm(forms.Form):
    """Codes for a role: for one school or all of them, or for the district."""

    def __init__(self, schools: Sequence[School], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = survey_rules()
        self.schools = {str(school.pk): school for school in schools}
        self.fields["role"] = forms.ChoiceField(
            label=_("Who answers"),
            choices=[(one.id, of(one.name)) for one in rules.roles.values()],
            widget=forms.Select(attrs=SELECT),
        )
        self.fields["school"] = forms.ChoiceField(
            label=_("School"),
            help_text=_("For parents, pupils and teachers; the others are asked district-wide."),
            choices=[
                (EVERY_SCHOOL, _("Every school")),
                *((key, one.name) for key, one in self.schools.items()),
            ],
            required=False,
            widget=forms.Select(attrs=SELECT),
        )
        self.fields["each"] = forms.IntegerField(
            label=_("How many codes"),
            help_text=_("For each school. More than the answers wanted: some do not answer."),
            min_value=1,
            max_value=rules.slips,
            widget=forms.NumberInput(attrs=INPUT),
        )

    @property
    def chosen(self) -> list[School]:
        """The schools that codes are made for."""
        asked = self.cleaned_data["school"] or EVERY_SCHOOL
        return list(self.schools.values()) if asked == EVERY_SCHOOL else [self.schools[asked]]


class AnswersForm(forms.Form):
    """One questionnaire: every question with its answers to choose from."""

    def __init__(self, questionnaire: Questionnaire, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = survey_rules()
        for question in questionnaire.questions:
            self.fields[question.id] = forms.ChoiceField(
                label=of(question.text),
                choices=[(one.id, of(one.name)) for one in rules.offered(question)],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one of the answers.")},
            )
