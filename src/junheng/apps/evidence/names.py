"""Names of files as they are shown: what harms a disk, a page or a reader's eye taken out."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

UNNAMED = "unnamed"
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# Names that Windows keeps for devices, whatever their ending.
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10)}
)


def ending_of(name: str) -> str:
    """Return the ending of a name in small letters, "" for none.

    >>> ending_of("报告.PDF"), ending_of("报告")
    ('.pdf', '')
    """
    return PurePosixPath(name).suffix.lower()


def cleaned(name: str, *, most_bytes: int) -> str:
    """Return the name under which a file is shown, stored in lists and packed into archives.

    Folders before the name go, and marks that nobody sees: control characters, and those that turn
    the direction of writing, by which "gpj.exe" reads as "exe.jpg". A long name loses its middle
    part before the ending.

    >>> cleaned("../../etc/报告.pdf", most_bytes=100)
    '报告.pdf'
    >>> cleaned("C:\\\\temp\\\\a.pdf", most_bytes=100)
    'a.pdf'
    >>> cleaned("x" * 300 + ".pdf", most_bytes=20)
    'xxxxxxxxxxxxxxxx.pdf'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(one for one in last if not unicodedata.category(one).startswith("C"))
    plain = " ".join(seen.translate(_NOT_IN_NAMES).split()).strip(". ")
    ending = PurePosixPath(plain).suffix
    stem = plain.removesuffix(ending) if ending else plain
    if len(ending.encode()) > 16:
        stem, ending = plain, ""
    if stem.upper() in _DEVICES:
        stem = f"_{stem}"
    return _cut(stem.strip() or UNNAMED, most_bytes - len(ending.encode())) + ending


def _cut(text: str, most_bytes: int) -> str:
    """Return the beginning of a text that fits, no character broken.

    >>> _cut("报告", 5)
    '报'
    """
    return text.encode()[:most_bytes].decode(errors="ignore").rstrip()
