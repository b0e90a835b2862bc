"""What is counted of the datasets, and figures that several sources tell."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager


class DatasetCount(models.Model):
    """How many rows a dataset of a bureau and school year has, and how many cells are filled.

    `filled`: filled cells by field id. `changed_at`: the last change of a row, None when unknown.
    The counts hold for the moment `counted_at`.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    dataset = models.CharField(max_length=40)
    n_rows = models.PositiveIntegerField()
    filled = models.JSONField()
    changed_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(default=timezone.now)

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="dataset_counted_once", fields=["bureau", "school_year", "dataset"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.school_year_id}:{self.dataset}"


class SourceKind(models.TextChoices):
    """Where a figure may come from."""

    UNIT_TABLE = "unit_table", _("Unit table")
    SCHOOL_RETURN = "school_return", _("School return")
    ANNUAL_STATISTICS = "annual_statistics", _("Annual education statistics")
    PUPIL_REGISTER = "pupil_register", _("Pupil register")
    PLATFORM = "platform", _("This platform")


class Source(models.Model):
    """One source of figures of a bureau: a kind, and a name where there are several of the kind."""

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of source"), max_length=20, choices=SourceKind.choices)
    name = models.CharField(_("name of the source"), max_length=200, blank=True, default="")

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="source_once", fields=["bureau", "kind", "name"]),
            models.CheckConstraint(
                name="source_kind_known", condition=Q(kind__in=SourceKind.values)
            ),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display()
        return f"{kind} · {self.name}" if self.name else kind


class SourceValue(models.Model):
    """What one source says of one figure of one school or stage unit in one school year.

    `subject` is the identifier of the school or unit, `value` the figure as a plain decimal.
    `origin` names the upload or import it came with. A newer value of the same source takes the
    place of the older one; the journal keeps both.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="values")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=100, blank=True, default="")
    field = models.CharField(max_length=64)
    value = models.CharField(max_length=40)
    origin = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    scope_reach = Reach(bureaus="source__bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="source_value_once", fields=["source", "school_year", "subject", "field"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject}:{self.field}={self.value}"


class FigureDecision(models.Model):
    """Which source holds for a figure that several sources tell differently, by whom and why.

    `values`: what each source said when it was decided, by source id; a decision made on other
    figures than today's does not hold any more. Taking back ends a decision, it deletes nothing.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField()
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="figure_decided_once",
                fields=["bureau", "school_year", "subject", "field"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(name="figure_decided_with_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.subject}:{self.field}"


class Form(models.Model):
    """A form that schools are asked to fill in, beside the datasets themselves.

    `columns`: what it asks, each {"field", "label", "kind", "how", "dataset"}; `how` is ask or
    prefill. `school_kinds`: who is asked, empty for every school. `rows` expected of one school.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("name of the form"), max_length=100)
    columns = models.JSONField()
    school_kinds = models.JSONField(default=list)
    rows = models.PositiveIntegerField(_("rows of one school"), default=1)
    due = models.DateField(_("due on"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now)

    scope_reach = Reach(bureaus="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="form_once", fields=["bureau", "school_year", "name"])
        ]

    def __str__(self) -> str:
        return self.name
