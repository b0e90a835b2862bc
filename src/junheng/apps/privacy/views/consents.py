"""Consents of guardians and pupils: listed, recorded, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import clock, policies
from junheng.apps.privacy import words
from junheng.apps.privacy.consents import (
    Given,
    consent_give,
    consent_withdraw,
    consents_visible_to,
    pupil_kept_by,
)
from junheng.apps.privacy.forms import ConsentForm
from junheng.apps.privacy.models import Channel, Consent, GivenBy
from junheng.apps.privacy.policies import KEEPERS, OWN, WITHDRAW
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader

LISTED = 200


@dataclass(frozen=True)
class ConsentShown:
    """One line of the list."""

    id: int
    pupil: str
    name: str
    purpose: str
    version: str
    given_by: str
    channel: str
    from_date: date
    withdrawn_on: date | None
    can_withdraw: bool


@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    """List the consents of the reader's pupils and record another one."""
    reader = reader_of(request)
    can_record = bool(reader.roles & KEEPERS)
    if not can_record and not reader.roles & OWN:
        raise NotAllowed(say("Your posts of today keep no consents."))
    form = ConsentForm(request.POST or None, initial={"from_date": clock.today().isoformat()})
    if can_record and form.is_valid():
        try:
            _record(reader, form)
        except DataError as error:
            form.add_error(None, error.render(gettext))
        else:
            messages.success(request, gettext("Recorded."))
            return redirect("privacy:consents")
    rows = [_shown(reader, one) for one in consents_visible_to(reader)[:LISTED]]
    n_in_force = sum(one.withdrawn_on is None for one in rows)
    text = gettext("%(n)d consents are in force.")
    context = {
        "consents": rows,
        "answer": text % {"n": n_in_force},
        "form": form if can_record else None,
    }
    status = 422 if can_record and form.is_bound else 200
    return render(request, "privacy/consents.html", context, status=status)


def _record(reader: Reader, form: ConsentForm) -> Consent:
    told = form.cleaned_data
    pupil = pupil_kept_by(reader, told["pupil"].strip())
    given = Given(
        told["purpose"], told["given_by"], told["guardian"], told["channel"], told["from_date"]
    )
    return consent_give(pupil=pupil, given=given, by=reader, now=clock.now())


def _shown(reader: Reader, one: Consent) -> ConsentShown:
    return ConsentShown(
        id=one.pk,
        pupil=one.pupil.code,
        name=one.pupil.person.name,
        purpose=words.agreement_name(one.purpose),
        version=one.version,
        given_by=str(GivenBy(one.given_by).label),
        channel=str(Channel(one.channel).label),
        from_date=one.from_date,
        withdrawn_on=one.withdrawn_on,
        can_withdraw=one.withdrawn_on is None and policies.can(reader, WITHDRAW, one),
    )


@require_POST
def withdraw(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Withdraw a consent from today on."""
    consent_withdraw(reader_of(request), consent_id, day=clock.today())
    messages.success(request, gettext("Withdrawn. What needs this consent stops from today on."))
    return redirect("privacy:consents")
