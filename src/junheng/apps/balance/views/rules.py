"""Pages of rule sets; every reader may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from junheng.apps.balance import selectors
from junheng.apps.balance.present import rules as present

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def rulesets(request: HttpRequest) -> HttpResponse:
    """List the rule sets, each with how much of it is confirmed."""
    return render(request, "balance/rulesets.html", {"lines": present.lines()})


@require_safe
def ruleset(request: HttpRequest, ruleset_id: str, version: str) -> HttpResponse:
    """Show every row of one rule set in one version."""
    shown = present.RulesetShown(selectors.ruleset_of(ruleset_id, version))
    crumbs = [{"label": gettext("Rule sets"), "url": reverse("balance:rulesets")}]
    return render(request, "balance/ruleset.html", {"shown": shown, "crumbs": crumbs})
