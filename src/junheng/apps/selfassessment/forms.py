"""What people enter on the board: terms, answers, figures of others, plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.shown import language
from junheng.apps.selfassessment.models import TEXT_LENGTH, AnswerKind, Told
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.rules import departments
from junheng.apps.selfassessment.stages import DOCUMENT
from junheng.engine.standard.county_items import difference_rate
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.selfassessment.rules import ItemSpec, Term
    from junheng.apps.selfassessment.stages import Stage

EXACT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
SIGNED = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
LEVELS = ("1", "2", "3", "4")
SELECT = {"class": "select"}
OTHERS = tuple(told for told in Told if told != Told.COUNTY)


def replaces(told_by: str) -> str:
    """Return the field that carries the standing entry of somebody, as it was shown."""
    return f"replaces_{told_by}"


class ExactField(forms.CharField):
    """A plain decimal, kept as it is written."""

    def __init__(self, *, pattern: re.Pattern[str], **options: Any) -> None:
        super().__init__(max_length=20, required=False, **options)
        self.pattern = pattern

    def clean(self, value: Any) -> str:
        """Return the decimal without spaces; ValidationError when it is none."""
        text = str(super().clean(value)).replace(",", "").replace(" ", "")
        if text and not self.pattern.fullmatch(text):
            raise ValidationError(_("Write a plain number such as 12345 or 12.5."))
        return text


class RateField(forms.CharField):
    """A between-school difference rate, as 0.12 or 12 %; kept as a share."""

    def clean(self, value: Any) -> str:
        """Return the exact share as text; ValidationError when it is no rate."""
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        try:
            return str(difference_rate(text))
        except DataError as error:
            raise ValidationError(words.sentence(error.message)) from None


def styled(form: forms.Form) -> None:
    """Give each text field without a look that of the house."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.TextInput | forms.NumberInput):
            field.widget.attrs.setdefault("class", "input")
        if isinstance(field, forms.DateField):
            field.widget.input_type = "date"


class ProvenForm(forms.Form):
    """Something entered with the document it rests on."""

    document = forms.CharField(
        label=_("Document it rests on"),
        help_text=_("Title and number, such as a letter, a report or a table."),
        max_length=TEXT_LENGTH,
    )
    note = forms.CharField(label=_("Note"), max_length=TEXT_LENGTH, required=False)

    @property
    def whose(self) -> str:
        """Whose figure or answer it is: the county's own where the form does not ask."""
        return str(self.cleaned_data.get("told_by", Told.COUNTY))

    @property
    def replaced(self) -> int | None:
        """The entry that whoever enters was shown, None for none."""
        found: int | None = self.cleaned_data[replaces(self.whose)]
        return found

    def entered(self) -> dict[str, str]:
        """Return what was entered, without document and note."""
        beside = {"document", "note", "told_by", "form"}
        return {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if name not in beside and not name.startswith("replaces") and value not in (None, "")
        }


class OwnForm(ProvenForm):
    """What the county itself enters for an item."""

    replaces_county = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TermsForm(OwnForm):
    """The terms of an item that entered figures decide."""

    def __init__(self, spec: ItemSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for term in spec.terms:
            self.fields[term.id] = _field_of(term)
        for subject in spec.subjects:
            name = words.of(subject.name)
            self.fields[f"{subject.id}_level"] = forms.ChoiceField(
                label=words.level_label(name),
                choices=[("", "–"), *((n, words.level(n)) for n in LEVELS)],
                required=False,
                widget=forms.Select(attrs=SELECT),
            )
            self.fields[f"{subject.id}_rate"] = RateField(
                label=words.rate_label(name), required=False, max_length=12
            )
        self.order_fields([name for name in self.fields if name not in {"document", "note"}])
        styled(self)


class AnswerForm(OwnForm):
    """A yes/no or grade for the county as a whole."""

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"] = forms.ChoiceField(
            label=_("Answer"),
            choices=[("", "–"), *choices],
            widget=forms.Select(attrs=SELECT),
        )
        self.order_fields(["answer", "document", "note"])
        styled(self)


class OtherForm(ProvenForm):
    """A figure of the city or province, or an estimate of our own, beside the county's.

    It carries the standing entry of each of them, whichever is then chosen.
    """

    told_by = forms.ChoiceField(
        label=_("Whose figure"),
        choices=[(told.value, told.label) for told in OTHERS],
        widget=forms.Select(attrs=SELECT),
    )
    value = forms.CharField(
        label=_("Figure of the item"),
        help_text=_("As the document writes it, with its unit."),
        max_length=40,
    )

    field_order = ("told_by", "value", "document", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for told in OTHERS:
            self.fields[replaces(told)] = forms.IntegerField(
                widget=forms.HiddenInput, required=False
            )
        styled(self)


class PlanForm(forms.Form):
    """Who sees to an item, until when, and what is aimed at."""

    department = forms.ChoiceField(label=_("Lead department"), widget=forms.Select(attrs=SELECT))
    responsible = forms.TypedChoiceField(
        label=_("Person responsible"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs=SELECT),
    )
    deadline = forms.DateField(label=_("Deadline"), required=False)
    target = forms.CharField(label=_("Aimed at this year"), max_length=40, required=False)
    is_begun = forms.BooleanField(label=_("Work on it has begun"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, people: Mapping[int, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department, responsible = self.fields["department"], self.fields["responsible"]
        if isinstance(department, forms.ChoiceField):
            department.choices = departments(language())
        if isinstance(responsible, forms.ChoiceField):
            responsible.choices = [("", "–"), *people.items()]
        styled(self)


def _field_of(term: Term) -> forms.Field:
    label = words.of(term.name)
    if term.kind == "yes_no":
        return forms.ChoiceField(
            label=label,
            choices=[("", "–"), *words.yes_no()],
            required=False,
            widget=forms.Select(attrs=SELECT),
        )
    if term.kind == "whole":
        return forms.IntegerField(label=label, min_value=0, max_value=10**9, required=False)
    return ExactField(label=label, pattern=SIGNED if term.kind == "signed" else EXACT)


class SignForm(forms.Form):
    """The signature of a stage; `seen` is the number of steps that were shown.

    A letter is asked for only where the stage needs one: signing tells when it is missing.
    """

    document = forms.CharField(
        label=_("Letter or report of whoever reviewed"), max_length=500, required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, stage: Stage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if DOCUMENT not in stage.needs:
            del self.fields["document"]
        styled(self)


class ReturnForm(forms.Form):
    """To which stage it goes back, and why."""

    to_stage = forms.ChoiceField(label=_("Back to"), widget=forms.Select(attrs=SELECT))
    reason = forms.CharField(label=_("Reason"), max_length=500)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, earlier: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_stage = self.fields["to_stage"]
        if isinstance(to_stage, forms.ChoiceField):
            to_stage.choices = earlier
        styled(self)


class DeadlinesForm(forms.Form):
    """Until when schools answer and the stage is signed; the year aimed at."""

    school_deadline = forms.DateField(label=_("Schools answer by"), required=False)
    deadline = forms.DateField(label=_("This stage is signed by"), required=False)
    target_year = forms.IntegerField(
        label=_("Year of recognition aimed at"), min_value=2000, max_value=2100, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)


class SchoolAnswerForm(forms.Form):
    """What a school says to its figures."""

    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in AnswerKind], widget=forms.HiddenInput
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)
