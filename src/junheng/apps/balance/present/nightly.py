"""What the recount page says of the night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from junheng.apps.balance.nightly import last_night
from junheng.apps.jobs.messages import from_json
from junheng.apps.registry.api import upkeep

if TYPE_CHECKING:
    from collections.abc import Collection


class NightShown:
    """The plan of the nightly upkeep, and what came of the last one for a reader's bureaus."""

    def __init__(self, bureaus: Collection[int]) -> None:
        self._last = last_night(bureaus)

    @property
    def plan(self) -> str:
        rules = upkeep()
        text = gettext(
            "Every night after %(hour)d o'clock the worker recounts by itself. It keeps the counts "
            "of the last %(days)d days, and of each month before the last day that was counted."
        )
        return text % {"hour": rules.hour, "days": rules.keep_days}

    @property
    def lines(self) -> list[str]:
        """What came of it, a sentence a bureau; none before the first night."""
        if self._last is None:
            return []
        job, told = self._last
        at = timezone.localtime(job.ended_at).strftime("%Y-%m-%d %H:%M") if job.ended_at else ""
        return [f"{at} {_line(one)}" for one in told]

    @property
    def differences(self) -> list[dict[str, Any]]:
        """The first of the summaries that were put right."""
        return [d for one in (self._last or (None, []))[1] for d in one.get("differences", ())]


def _line(one: dict[str, Any]) -> str:
    cleared = ngettext(
        "%(n)d day of counts was dropped.", "%(n)d days of counts were dropped.", one["n_cleared"]
    ) % {"n": one["n_cleared"]}
    if "fault" in one:
        why = from_json(one["fault"]).render(gettext)
        return gettext("The recount stopped: %(why)s") % {"why": why}
    if not one["n_differences"]:
        return gettext("Every summary is what the rows say.") + " " + cleared
    found = ngettext(
        "%(n)d summary differed and was put right.",
        "%(n)d summaries differed and were put right.",
        one["n_differences"],
    )
    return found % {"n": one["n_differences"]} + " " + cleared
