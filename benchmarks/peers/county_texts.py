"""The verdict on a county and its reasons in words, from counts: the same in every peer."""

from __future__ import annotations

COUNTS = ("pass", "fail", "undetermined", "beyond", "open", "partial")
"""Units that pass, fail, lack data; coefficients beyond, not computable, without some units."""


def county(code: str, counts: tuple[int, ...]) -> dict[str, object]:
    """Return one county's entry of the JSON object; `counts` in the order of `COUNTS`."""
    n_pass, fail, unsure, beyond, n_open, partial = counts
    total = n_pass + fail + unsure
    is_unsure = unsure or n_open or partial
    verdict = "not_met" if fail or beyond else "undetermined" if is_unsure else "met"
    reasons = [
        (fail, f"{fail} of {total} stage units do not pass."),
        (beyond, f"{beyond} coefficients of variation are beyond their limit."),
        (unsure, f"{unsure} stage units lack data and cannot be judged yet."),
        (n_open, f"{n_open} coefficients of variation cannot be computed."),
        (partial, f"{partial} coefficients of variation leave units out for lack of data."),
        (total == 0, "No stage unit is in scope: nothing was measured."),
        (
            total and verdict == "met",
            f"All {total} stage units pass and every coefficient is within its limit.",
        ),
    ]
    texts = [text for is_so, text in reasons if is_so]
    return {"county_code": code, "resource_allocation": verdict, "reasons": texts}


def without_pupils(name: str, row: int, unit_id: str) -> str:
    """Return the warning of a unit without pupils; `row` counts from 0 below the header."""
    return f"{name}, row {row + 2}: unit {unit_id} has no pupils; its figures count as missing."
