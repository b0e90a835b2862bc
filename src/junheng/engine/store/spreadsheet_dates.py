"""Days and times as spreadsheets keep them: a number, and a format that says what it is.

Source: [MS-XLS] section 2.5.165 and ECMA-376 part 1, section 18.8.30 (built-in formats).
"""

from __future__ import annotations

import datetime as dt
import re

_BUILT_IN = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_SIGNS = re.compile("[ymdhs]", re.IGNORECASE)
_EPOCH_1900 = dt.date(1899, 12, 30)
_EPOCH_1904 = dt.date(1904, 1, 1)
_LAST_DAY = 2_958_465
_DAY_THAT_NEVER_WAS = 60
_DAY_S = 86_400
_HOUR_S = 3_600
_MINUTE_S = 60


def is_date_format(number: int, text: str) -> bool:
    """Whether a number format shows days or times; `text` is "" for a built-in one.

    >>> is_date_format(164, 'yyyy"年"m"月"'), is_date_format(165, "[Red]0.00")
    (True, False)
    """
    if not text:
        return number in _BUILT_IN
    first = _NO_SIGNS.sub("", text).partition(";")[0]
    return "general" not in first.lower() and _DATE_SIGNS.search(first) is not None


def as_day_or_time(number: float, *, is_1904: bool = False) -> str | None:
    """Return a day, a day with time or a time as ISO text; None for a number that is none.

    >>> as_day_or_time(45901), as_day_or_time(45901.5), as_day_or_time(0.25)
    ('2025-09-01', '2025-09-01 12:00:00', '06:00:00')
    """
    if not 0 <= number < _LAST_DAY + 1:
        return None
    seconds = round(number * _DAY_S)
    days, rest = divmod(seconds, _DAY_S)
    if days == 0 and not is_1904:
        return _time(rest).isoformat()
    # Excel counts 29 February 1900, a day that never was: earlier days are one further on.
    shift = 1 if days < _DAY_THAT_NEVER_WAS and not is_1904 else 0
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    if days + shift > (dt.date.max - epoch).days:
        return None
    day = (epoch + dt.timedelta(days=days + shift)).isoformat()
    return f"{day} {_time(rest).isoformat()}" if rest else day


def _time(seconds: int) -> dt.time:
    hours, rest = divmod(seconds, _HOUR_S)
    minutes, left = divmod(rest, _MINUTE_S)
    return dt.time(hours, minutes, left)
