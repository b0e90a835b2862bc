"""Imports: a file on its way in, what it would change, and what became of it.

The history of imports is never removed; their files and previews are, after a while.
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


class State(models.TextChoices):
    """States of an import. Only a checked one can be applied, only an applied one undone."""

    RECEIVED = "received", _("Received")
    CHECKED = "checked", _("Checked")
    FAULTY = "faulty", _("Has faults")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")
    SUPERSEDED = "superseded", _("Superseded")
    DISCARDED = "discarded", _("Discarded")


OPEN = (State.RECEIVED, State.CHECKED, State.FAULTY)
"""States in which a file waits for somebody."""


class Import(models.Model):
    """One file of one bureau and school year: of the whole bureau, or of one school's rows.

    `sent_key` is what a program names its sending by, lest the same make two imports.
    `content` is the file in base64, encrypted; it is emptied once the file is applied, superseded,
    discarded or old. `faults` is an encrypted JSON list of the first faults, `n_faults` counts
    all. `alarms` says what the feed guard found; `confirmed_why` is the reason for which somebody
    went on in spite of it. `effects` are the units that applying changed, see `effects`; None where
    that was not measured. `digest` tells one outcome from another. All changes of the registry
    bear `batch` in the journal.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(default=timezone.now)
    sent_key = models.CharField(max_length=64, blank=True, default="")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    n_bytes = models.PositiveBigIntegerField()
    content = EncryptedTextField(blank=True, default="")
    is_whole = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    digest = models.CharField(max_length=64, blank=True, default="")
    faults = EncryptedTextField(blank=True, default="")
    n_faults = models.PositiveIntegerField(default=0)
    alarms = models.JSONField(default=list)
    confirmed_why = models.CharField(max_length=200, blank=True, default="")
    is_aged = models.BooleanField(default=False)
    effects = models.JSONField(null=True)
    batch = models.UUIDField(default=uuid.uuid4, unique=True)
    job_id = models.UUIDField(null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    undo_batch = models.UUIDField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["bureau", "-sent_at"], name="import_of_bureau"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="import_key_once", fields=["sent_by", "sent_key"], condition=~Q(sent_key="")
            ),
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="import_applied_when_it_says_so",
                condition=Q(state__in=[State.APPLIED, State.UNDONE], applied_at__isnull=False)
                | (~Q(state__in=[State.APPLIED, State.UNDONE]) & Q(applied_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="import_undone_when_it_says_so",
                condition=Q(state=State.UNDONE, undone_at__isnull=False)
                | (~Q(state=State.UNDONE) & Q(undone_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether the file still waits for somebody."""
        return self.state in OPEN


class ImportPart(models.Model):
    """One dataset of an import, in order of reference: how many rows, and what they do.

    Those that the sender named are there before the check, the others when the file told them.
    `n_stored` are the rows that were there when the file was checked, `n_rejected` the rows of the
    file that have a fault.
    """

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    dataset = models.CharField(max_length=32)
    sheet = models.CharField(max_length=64, blank=True, default="")
    n_rows = models.PositiveIntegerField(default=0)
    n_rejected = models.PositiveIntegerField(default=0)
    n_faults = models.PositiveIntegerField(default=0)
    n_stored = models.PositiveIntegerField(default=0)
    n_new = models.PositiveIntegerField(default=0)
    n_changed = models.PositiveIntegerField(default=0)
    n_unchanged = models.PositiveIntegerField(default=0)
    n_removed = models.PositiveIntegerField(default=0)

    scope_reach = Reach(bureaus="source__bureau", schools="source__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["source", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="import_dataset_once", fields=["source", "dataset"])
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.dataset}"

    @property
    def n_changes(self) -> int:
        """Number of rows that are written."""
        return self.n_new + self.n_changed + self.n_removed


class PreviewPart(models.Model):
    """Up to a hundred changes of one kind in one dataset, encrypted: a page of the preview.

    `content` is packed JSON, see `preview`; `first` counts from 0 within dataset and kind.
    """

    part = models.ForeignKey(ImportPart, on_delete=models.CASCADE, related_name="pages")
    kind = models.CharField(max_length=10)
    first = models.PositiveIntegerField()
    n_changes = models.PositiveSmallIntegerField()
    content = EncryptedTextField()

    scope_reach = Reach(bureaus="part__source__bureau", schools="part__source__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="preview_page_once", fields=["part", "kind", "first"])
        ]

    def __str__(self) -> str:
        return f"{self.part_id}:{self.kind}:{self.first}"


class CheckedRows(models.Model):
    """The rows of one dataset of a file without faults, as they were read: see `rereading`.

    `content` is a Parquet file in base64, encrypted. `bound_to` tells the file, contract, bureau
    and version of the program under which the rows are what the file says; `columns` is the place
    in the file of each field that it has. Gone once the file is applied or put away.
    """

    part = models.OneToOneField(ImportPart, on_delete=models.CASCADE, related_name="rows")
    bound_to = models.CharField(max_length=64)
    columns = models.JSONField()
    content = EncryptedTextField()

    scope_reach = Reach(bureaus="part__source__bureau", schools="part__source__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    def __str__(self) -> str:
        return str(self.part_id)


class MarkedWorkbook(models.Model):
    """A faulty file as a workbook with its faults in red, made by the check: see `marking`.

    `content` is the workbook in base64, encrypted, with comments in `language`. Gone once the file
    is checked again without faults, applied or put away.
    """

    source = models.OneToOneField(Import, on_delete=models.CASCADE, related_name="marked")
    language = models.CharField(max_length=2)
    content = EncryptedTextField()

    scope_reach = Reach(bureaus="source__bureau", schools="source__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    def __str__(self) -> str:
        return str(self.source_id)


class RegisterLayout(models.Model):
    """A bureau's own version of how the export of a register is laid out; the newest one counts.

    `content` is the mapping in TOML, see `engine.contracts.register_file`.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    mapping = models.CharField(max_length=64)
    dataset = models.CharField(max_length=32)
    content = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["bureau", "mapping", "-id"], name="layout_of_bureau")
        ]

    def __str__(self) -> str:
        return f"{self.mapping} {self.at:%Y-%m-%d}"


class RegisterSample(models.Model):
    """An export that somebody compares with a layout: one a person and mapping, for seven days.

    `content` is the file in base64, encrypted; `first_year` the school year it is of.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    mapping = models.CharField(max_length=64)
    dataset = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    first_year = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=255)
    content = EncryptedTextField()

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="register_sample_once", fields=["bureau", "mapping", "by"])
        ]

    def __str__(self) -> str:
        return f"{self.mapping} {self.file_name}"
