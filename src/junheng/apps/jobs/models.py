"""Jobs: work longer than a request, with a lease that a dead worker cannot keep."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.encryption import EncryptedTextField


class State(models.TextChoices):
    """States of a job. Parked: its worker died too often; a person must look at it."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    PARKED = "parked", _("Set aside")


ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.PARKED)


class Job(models.Model):
    """One piece of work: what to call, for whom, how far it is, what came of it.

    `task_path` names the task and `arguments` its JSON arguments, encrypted. A running job belongs
    to whoever holds `lease_token`, until `lease_until`. `share_done` is 0 to 1.
    `message` is a template with its parameters, translated where it is shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task_path = models.CharField(max_length=200)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    arguments = EncryptedTextField()
    idempotency_key = models.CharField(max_length=128, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    is_cancel_asked = models.BooleanField(default=False)
    share_done = models.FloatField(default=0.0)
    message = models.JSONField(null=True)
    result = models.JSONField(null=True)
    error = EncryptedTextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(default=timezone.now)
    run_after = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="job_share_between_0_and_1", condition=Q(share_done__gte=0, share_done__lte=1)
            ),
            models.CheckConstraint(
                name="job_runs_under_a_lease",
                condition=~Q(state=State.RUNNING)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-priority", "run_after"],
                name="job_waiting",
                condition=Q(state=State.QUEUED),
            ),
            models.Index(
                fields=["lease_until"], name="job_leased", condition=Q(state=State.RUNNING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_path} {self.state}"

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class JobEffect(models.Model):
    """A step of a job that was carried out: committed with its effect, hence at most once."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="effects")
    step = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="job_step_once", fields=["job", "step"])
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.step}"
