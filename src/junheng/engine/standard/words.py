"""What statuses, verdicts and stages are called, in one place (English sources of translation)."""

from __future__ import annotations

from junheng.i18n import N_

STATUS_WORDS = {
    "met": N_("met"),
    "between85": N_("below, ≥ 85 %"),
    "below85": N_("below 85 %"),
    "missing": N_("no data"),
    "not_applicable": N_("no threshold"),
    "pass": N_("passes"),
    "fail": N_("does not pass"),
    "undetermined": N_("undetermined"),
    "excluded": N_("excluded"),
    "not_judged": N_("not judged"),
    "within": N_("within"),
    "beyond": N_("beyond"),
    "not_computable": N_("not computable"),
    "not_met": N_("not met"),
}
STAGE_WORDS = {"primary": N_("primary"), "junior": N_("junior secondary")}
