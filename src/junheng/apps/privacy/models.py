"""What was shown or handed out, what waits for a second person, and what people agreed to."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.encryption import EncryptedTextField
from junheng.apps.foundation.scoping import Many, Reach, ScopedManager


class DisclosureKind(models.TextChoices):
    """How values left the masks."""

    UNMASK = "unmask", _("Shown in full")
    EXPORT = "export", _("Exported")


class Disclosure(models.Model):
    """Personal values shown in full or handed out: how many rows, to whom, for what.

    No value and no key stands here; the audit log says which rows.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=DisclosureKind.choices)
    dataset = models.CharField(max_length=32)
    purpose = models.CharField(max_length=32)
    n_rows = models.PositiveIntegerField()

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "kind", "at"], name="disclosure_of_user"),
            models.Index(fields=["at"], name="disclosure_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dataset} {self.n_rows}"


class RequestState(models.TextChoices):
    """States of an export that needs a second person. An approved one can be fetched once."""

    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    FETCHED = "fetched", _("Fetched")


class ExportRequest(models.Model):
    """An export of many personal rows that somebody asked for and somebody else decides on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    dataset = models.CharField(max_length=32)
    first_year = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=32)
    n_rows = models.PositiveIntegerField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=RequestState.choices, default=RequestState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="export_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="export_waits_until_decided",
                condition=Q(state=RequestState.WAITING, decided_by__isnull=True)
                | (~Q(state=RequestState.WAITING) & Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.first_year} {self.state}"


class GivenBy(models.TextChoices):
    """Who agreed."""

    GUARDIAN = "guardian", _("Guardian")
    PUPIL = "pupil", _("The pupil")


class Channel(models.TextChoices):
    """How the consent was given."""

    PAPER = "paper", _("On paper")
    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")


class Consent(models.Model):
    """That somebody agreed to one purpose for one pupil, to one version of its text."""

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    pupil = models.ForeignKey("registry.Pupil", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=32)
    version = models.CharField(max_length=16)
    given_by = models.CharField(max_length=8, choices=GivenBy.choices)
    guardian = EncryptedTextField(blank=True, default="")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    from_date = models.DateField()
    withdrawn_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    scope_reach = Reach(
        bureaus="bureau",
        schools=Many("registry.Enrolment", "pupil", "school_class__school", own="pupil"),
        pupils="pupil",
    )
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pupil", "purpose"], name="consent_of_pupil")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("from_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id}:{self.purpose}"


class SubjectAct(models.TextChoices):
    """What a person asks for about their own data."""

    COPY = "copy", _("A copy of what is held")
    DELETE = "delete", _("Deletion")


class People(models.TextChoices):
    """Whose data it is."""

    PUPILS = "pupils", _("Pupil")
    STAFF = "staff", _("Member of staff")


class SubjectState(models.TextChoices):
    """States of a request. A deletion waits for a second person; a copy is made at once."""

    WAITING = "waiting", _("Waiting for approval")
    RUNNING = "running", _("Being carried out")
    DONE = "done", _("Carried out")
    REFUSED = "refused", _("Refused")
    IMPOSSIBLE = "impossible", _("Not possible")


class SubjectRequest(models.Model):
    """A request of a person about their own data, with who recorded it and who decided.

    `number` is the person's within the platform. `asker` is who asked: the person, a guardian,
    somebody they sent. `outcome` is the sentence that says what came of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    people = models.CharField(max_length=8, choices=People.choices)
    number = models.CharField(max_length=64)
    act = models.CharField(max_length=8, choices=SubjectAct.choices)
    asker = EncryptedTextField()
    asked_on = models.DateField()
    due_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=SubjectState.choices, default=SubjectState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.JSONField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-recorded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="subject_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="subject_deletion_was_decided",
                condition=Q(act=SubjectAct.COPY)
                | Q(state=SubjectState.WAITING, decided_by__isnull=True)
                | (~Q(state=SubjectState.WAITING) & Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.people} {self.state}"


class SubjectCopy(models.Model):
    """What was collected for a person, until it is fetched: a ZIP in base64, encrypted."""

    request = models.OneToOneField(SubjectRequest, on_delete=models.CASCADE, related_name="copy")
    made_at = models.DateTimeField()
    content = EncryptedTextField()

    scope_reach = Reach(bureaus="request__bureau", schools="request__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    def __str__(self) -> str:
        return str(self.request_id)
