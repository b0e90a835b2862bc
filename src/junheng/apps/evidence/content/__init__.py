"""What kind of file this is: told by its content, which its name has to agree with."""

from __future__ import annotations

from junheng.apps.evidence.content.recognising import recognised
from junheng.apps.evidence.content.refusal import Refused

__all__ = ["Refused", "recognised"]
