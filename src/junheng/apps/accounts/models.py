"""Users and the dated posts (任职身份) that give them rights."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.encryption import BlindIndexField, EncryptedTextField


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Create a user; without a password nobody can sign in as them."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Rights come from posts alone: there is no superuser."""

    username = models.CharField(
        _("user name"), max_length=64, unique=True, validators=[UnicodeUsernameValidator()]
    )
    display_name = models.CharField(_("display name"), max_length=64)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    phone_index = BlindIndexField(source="phone", db_index=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    def __str__(self) -> str:
        return self.display_name


class Role(models.TextChoices):
    """What a post is. A role is held at a bureau or at a school (`at_school`)."""

    BUREAU_LEADER = "bureau_leader", _("Bureau leader")
    SUPERVISION_OFFICER = "supervision_officer", _("Supervision officer")
    PLANNING_OFFICER = "planning_officer", _("Planning and finance officer")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")
    HEAD = "head", _("Head of school")
    SCHOOL_CLERK = "school_clerk", _("School clerk")

    @property
    def at_school(self) -> bool:
        """Whether the post lies at a school; otherwise it lies at a bureau."""
        return self in SCHOOL_ROLES


SCHOOL_ROLES = frozenset({Role.HEAD, Role.SCHOOL_CLERK})


class Post(models.Model):
    """One role of one person at one bureau or one school, from a day to a day (both included)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    bureau = models.ForeignKey(
        "registry.Bureau", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    valid_from = models.DateField(_("first day of the post"))
    valid_to = models.DateField(_("last day of the post"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="post_lies_where_its_role_lies",
                condition=(
                    Q(role__in=sorted(SCHOOL_ROLES), school__isnull=False, bureau__isnull=True)
                    | (
                        ~Q(role__in=sorted(SCHOOL_ROLES))
                        & Q(school__isnull=True, bureau__isnull=False)
                    )
                ),
            ),
            models.CheckConstraint(
                name="post_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "valid_from"], name="post_by_user_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.valid_from}"
