"""Assessments and what they rest on: kept rule sets, units with their facts, coefficients, uploads.

Nothing here is overwritten. A new table for the same school year makes a new assessment beside the
old one; a withdrawn assessment stays readable.
"""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.encryption import EncryptedTextField
from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.engine.standard.ruleset import STAGES, UNIT_KINDS

UNIT_VERDICTS = ("pass", "fail", "undetermined", "excluded", "not_judged")
COUNTY_VERDICTS = ("met", "not_met", "undetermined", "not_judged")
DISPERSION_STATUSES = ("within", "beyond", "not_computable", "not_judged")


class KeptRuleSet(models.Model):
    """A rule set as it was when something was assessed by it, so that it can be redone for ever.

    `files`: the TOML texts that make it, base first, each {"id", "version", "text"}. `digest` is
    the SHA-256 over their bytes.
    """

    ruleset_id = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    files = models.JSONField()

    def __str__(self) -> str:
        return f"{self.ruleset_id}@{self.version}"


class State(models.TextChoices):
    """States of an assessment. Withdrawn: kept and readable, but no longer the bureau's result."""

    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Assessment(models.Model):
    """One unit table of one bureau and school year, measured by one rule set.

    The counts are those of the county verdict on resource allocation. `definition_sha256` and
    `engine_version` say which text of the definition made the figures. `findings`: what the quality
    rules found, with the decisions that were made before measuring (see `findings`).
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    statistics_date = models.DateField(_("statistics date"))
    ruleset = models.ForeignKey(KeptRuleSet, on_delete=models.PROTECT, related_name="+")
    definition_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=32)
    findings = models.JSONField(default=list)
    source_name = models.CharField(_("source file"), max_length=255)
    source_sha256 = models.CharField(max_length=64)
    warnings = models.JSONField(default=list)
    verdict = models.CharField(max_length=16)
    n_schools = models.PositiveIntegerField()
    n_units = models.PositiveIntegerField()
    n_pass = models.PositiveIntegerField()
    n_fail = models.PositiveIntegerField()
    n_undetermined = models.PositiveIntegerField()
    n_excluded = models.PositiveIntegerField()
    n_beyond = models.PositiveIntegerField()
    n_not_computable = models.PositiveIntegerField()
    n_incomplete = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PUBLISHED)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True, default="")

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["bureau", "school_year", "-created_at"], name="assessment_of_year"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="assessment_state_known", condition=Q(state__in=State.values)
            ),
            models.CheckConstraint(
                name="assessment_verdict_known", condition=Q(verdict__in=COUNTY_VERDICTS)
            ),
            models.CheckConstraint(
                name="assessment_withdrawn_with_reason",
                condition=Q(state=State.PUBLISHED, withdrawn_at__isnull=True)
                | (Q(state=State.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.school_year_id}:{self.pk}"

    @property
    def n_in_scope(self) -> int:
        """Units that the standard judges: all but the excluded ones."""
        return self.n_units - self.n_excluded


class AssessedUnit(models.Model):
    """One stage of one school as it was assessed.

    `facts`: exact decimals as text by fact id, None where the table has a blank. `cells`: by
    indicator {"value", "status", "gap"}; empty for an excluded unit. `row_no` is its row in the
    file as a person sees it.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="units")
    row_no = models.PositiveIntegerField()
    unit_id = models.CharField(max_length=64)
    school = models.ForeignKey("registry.School", on_delete=models.PROTECT, related_name="+")
    school_name = models.CharField(max_length=100)
    stage = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    pupils = models.PositiveBigIntegerField()
    facts = models.JSONField()
    verdict = models.CharField(max_length=16)
    n_met = models.PositiveSmallIntegerField(null=True)
    cells = models.JSONField()

    scope_reach = Reach(bureaus="assessment__bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="assessed_unit_once", fields=["assessment", "unit_id"]),
            models.CheckConstraint(
                name="assessed_unit_verdict_known", condition=Q(verdict__in=UNIT_VERDICTS)
            ),
            models.CheckConstraint(name="assessed_unit_stage_known", condition=Q(stage__in=STAGES)),
            models.CheckConstraint(
                name="assessed_unit_kind_known", condition=Q(kind__in=UNIT_KINDS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}:{self.unit_id}"


class AssessedDispersion(models.Model):
    """One coefficient of variation as it was computed.

    `left_out`: list of {"unit_id", "reason"}. `quantiles`: values at 10, 25, 50, 75 and 90 % of the
    units, None when there are so few that they would show single schools.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="dispersions")
    position = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12)
    indicator = models.CharField(max_length=32)
    mean = models.FloatField(null=True)
    sd = models.FloatField(null=True)
    cv = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    status = models.CharField(max_length=16)
    n_units = models.PositiveIntegerField()
    left_out = models.JSONField(default=list)
    quantiles = models.JSONField(null=True)

    scope_reach = Reach(bureaus="assessment__bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="assessed_dispersion_once", fields=["assessment", "stage", "indicator"]
            ),
            models.CheckConstraint(
                name="assessed_dispersion_status_known",
                condition=Q(status__in=DISPERSION_STATUSES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}:{self.stage}:{self.indicator}"


class UploadState(models.TextChoices):
    """States of an upload. Only a checked one without faults can be applied."""

    CHECKED = "checked", _("Checked")
    FAULTY = "faulty", _("Has faults")
    APPLIED = "applied", _("Applied")
    DISCARDED = "discarded", _("Discarded")


class Upload(models.Model):
    """A table on its way in: the file itself, what was read, or all its faults.

    `content` is the file in base64, encrypted; it is emptied once applied, and with the row when
    seven days have passed. `preview`, `findings` and `faults` hold what the check found. `job_id`
    names the job that applies it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    statistics_date = models.DateField(_("statistics date"))
    ruleset_id = models.CharField(max_length=64)
    ruleset_version = models.CharField(max_length=32)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    n_bytes = models.PositiveBigIntegerField()
    content = EncryptedTextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=UploadState.choices)
    preview = models.JSONField(null=True)
    findings = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    n_faults = models.PositiveIntegerField(default=0)
    job_id = models.UUIDField(null=True)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, related_name="+"
    )

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="upload_state_known", condition=Q(state__in=UploadState.values)
            ),
            models.CheckConstraint(
                name="upload_applied_has_assessment",
                condition=Q(state=UploadState.APPLIED, assessment__isnull=False)
                | (~Q(state=UploadState.APPLIED) & Q(assessment__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class DecisionKind(models.TextChoices):
    """What can be decided about a finding."""

    CORRECTED = "corrected", _("Corrected")
    ACCEPTED = "accepted", _("Accepted")
    OPEN = "open", _("Left open")


class QualityDecision(models.Model):
    """What an officer decided about one suspicious figure of a year's table: signed and dated.

    It holds for every later table of that year and rule set in which the same finding appears:
    the same figure `was` of the same unit and field. Figures are plain decimals; None is missing.
    A new decision ends the one before (`ended_at`); nothing is overwritten.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    ruleset_id = models.CharField(max_length=64)
    unit_id = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    rule_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=DecisionKind.choices)
    was = models.CharField(max_length=64, null=True)
    value = models.CharField(max_length=64, null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="finding_decided_once",
                fields=["bureau", "school_year", "ruleset_id", "unit_id", "field"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="finding_decision_known", condition=Q(kind__in=DecisionKind.values)
            ),
            models.CheckConstraint(
                name="finding_accepted_with_reason",
                condition=~Q(kind=DecisionKind.ACCEPTED) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}:{self.field} {self.kind}"
