"""What machines ask the site: is it there, can it work, how is it doing."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from junheng.apps.foundation import clock
from junheng.apps.operation import metrics
from junheng.apps.operation.health import readiness

if TYPE_CHECKING:
    from django.http import HttpRequest

UNAVAILABLE = 503


@login_not_required
@require_safe
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nothing else, so that a dead database restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Say which checks pass, in words that tell a stranger nothing; 503 unless all do."""
    checks = readiness(now=clock.now())
    shown = {name: "ok" if is_ok else "failed" for name, is_ok in checks.items()}
    is_ready = all(checks.values())
    answer = {"status": "ok" if is_ready else "failed", "checks": shown}
    return JsonResponse(answer, status=200 if is_ready else UNAVAILABLE)


@login_not_required
@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """Give the figures to allowed addresses; to others the page is not there."""
    if not _is_allowed(request):
        return HttpResponseNotFound()
    return HttpResponse(metrics.page(now=clock.now()), content_type=metrics.CONTENT_TYPE)


def _is_allowed(request: HttpRequest) -> bool:
    # Through a proxy everybody has its address, so a forwarded request does not count.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        asking = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(asking in network for network in settings.METRICS_FROM)
