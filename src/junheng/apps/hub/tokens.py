"""Tokens: made, found, used, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from junheng.apps.accounts.api import (
    Grant,
    Kind,
    Reader,
    Role,
    Where,
    appoint,
    post_end,
    post_visible_to,
    user_create,
)
from junheng.apps.audit.api import record
from junheng.apps.foundation import clock, journal, policies
from junheng.apps.foundation.journal import Changed
from junheng.apps.foundation.scoping import everything
from junheng.apps.hub.models import ApiToken
from junheng.apps.hub.policies import REVOKE, bureaus_kept
from junheng.apps.hub.tokenrules import token_rules
from junheng.apps.hub.words import dataset_word, kind_word
from junheng.apps.registry.api import kind_of
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

BEGINNING = "junheng_"
LABEL = "hub.ApiToken"
USED_EVERY = timedelta(minutes=1)
"""The last use is kept to the minute, so that not every reading writes."""


@dataclass(frozen=True)
class Made:
    """A new token, and its secret, which is told once."""

    token: ApiToken
    secret: str


def digest_of(secret: str) -> str:
    """Return what is kept of a token. It is long and random: no salt, no slow hash."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def token_make(
    reader: Reader,
    *,
    bureau_id: int,
    name: str,
    kinds: Collection[str],
    days: int,
    now: datetime,
    imports: Collection[str] = (),
) -> Made:
    """Make an account with the post of a connected system, and its token.

    `imports`: the datasets that the system may send. NotAllowed for who does not keep the tokens of
    the bureau; DataError for a blank name, a kind that no token opens, a dataset that none sends or
    that is of a kind that this one does not open, or too many days.
    """
    if bureau_id not in bureaus_kept(reader):
        raise NotAllowed(say("Your posts of today do not keep the tokens of this bureau."))
    opened = _kinds(kinds)
    sent = _imports(imports, opened)
    label = name.strip()
    if not label:
        raise DataError(say("Say which system the token is for."))
    most = token_rules().most_days
    if not 1 <= days <= most:
        raise DataError(say("Give 1 to {most} days.", most=most))
    today = clock.today(now)
    last_day = today + timedelta(days=days)
    account = user_create(username=f"api-{secrets.token_hex(6)}", display_name=label[:64])
    appoint(
        user=account,
        role=Role.INTEGRATION,
        where=Where(bureau_id=bureau_id),
        valid_from=today,
        valid_to=last_day,
        by=reader,
    )
    secret = BEGINNING + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        bureau_id=bureau_id,
        account=account,
        name=label[:64],
        kinds=" ".join(opened),
        imports=" ".join(sent),
        digest=digest_of(secret),
        made_by_id=reader.user_id,
        made_at=now,
        last_day=last_day,
    )
    told = Changed(token, None, journal.fields_of(token))
    journal.record([told], by=reader.user_id, why="token_make")
    detail = f"{token.kinds}; {token.imports}" if sent else token.kinds
    record("token_made", reader=reader, kind=LABEL, keys=[str(token.pk)], detail=detail)
    return Made(token, secret)


def _kinds(kinds: Collection[str]) -> list[str]:
    known = [kind.value for kind in token_rules().kinds]
    if not kinds or set(kinds) - set(known):
        raise DataError(
            say(
                "Choose what the token opens, of: {options}.",
                options=_listed(map(kind_word, token_rules().kinds)),
            )
        )
    return [kind for kind in known if kind in kinds]


def _listed(words: Iterable[str]) -> str:
    return gettext(", ").join(words)


def _imports(datasets: Collection[str], opened: Collection[str]) -> list[str]:
    """Return the datasets in the order of the rules; what is sent is read, too, in its preview."""
    known = token_rules().imports
    if unknown := sorted(set(datasets) - set(known)):
        raise DataError(
            say(
                "No token sends {found}. Choose of: {options}.",
                found=_listed(unknown),
                options=_listed(map(dataset_word, known)),
            )
        )
    sent = [dataset for dataset in known if dataset in datasets]
    for dataset in sent:
        kind = kind_of(dataset)
        if kind.value not in opened:
            raise DataError(
                say(
                    "The preview of “{dataset}” shows what is stored: choose that the token opens "
                    "“{kind}”, too.",
                    dataset=dataset_word(dataset),
                    kind=kind_word(kind),
                )
            )
    return sent


@transaction.atomic
def token_revoke(reader: Reader, token: ApiToken, *, now: datetime) -> None:
    """Take a token away at once; its account holds its post no longer than today."""
    policies.require(reader, REVOKE, token)
    if token.revoked_at is not None:
        raise DataError(say("This token was revoked already."))
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    told = Changed(token, {"revoked_at": None}, {"revoked_at": now})
    journal.record([told], by=reader.user_id, why="token_revoke")
    with everything(reason="the post of a token that is revoked"):
        held = token.account.posts.filter(revoked_at__isnull=True).first()
    if held is not None and (held.valid_to is None or held.valid_to > clock.today(now)):
        post_end(post=post_visible_to(reader, held.pk), last_day=clock.today(now), by=reader)
    record("token_revoked", reader=reader, kind=LABEL, keys=[str(token.pk)])


def tokens_visible_to(reader: Reader) -> QuerySet[ApiToken]:
    """Return the tokens that the reader keeps, newest first, with whom they act as."""
    rows = ApiToken.objects.select_related("bureau", "account", "made_by")
    return policies.visible(reader, rows)


def token_visible_to(reader: Reader, token_id: int) -> ApiToken:
    """Return one token; NotFound for one that is not there or not the reader's to keep."""
    found = tokens_visible_to(reader).filter(pk=token_id).first()
    if found is None:
        raise NotFound(say("There is no such token, or it is not yours to see."))
    return found


def token_used(secret: str, *, now: datetime) -> ApiToken | None:
    """Return the token that counts now, noting its use; None for an unknown or ended one."""
    with everything(reason="a token that a program sent"):
        rows = ApiToken.objects.select_related("account").filter(
            digest=digest_of(secret), revoked_at__isnull=True, last_day__gte=clock.today(now)
        )
        found = rows.filter(account__is_active=True).first()
        if found and (found.used_at is None or now - found.used_at >= USED_EVERY):
            ApiToken.objects.filter(pk=found.pk).update(used_at=now)
        return found


def opened_by(user_id: int, day: date) -> Grant:
    """Return what the token of an account opens on a day; nothing without one that counts."""
    with everything(reason="what the token of a connected system opens"):
        rows = ApiToken.objects.filter(account=user_id, revoked_at__isnull=True, last_day__gte=day)
        found = rows.values_list("kinds", "imports").first()
    kinds, imports = found or ("", "")
    return Grant(frozenset(map(Kind, kinds.split())), frozenset(imports.split()))
