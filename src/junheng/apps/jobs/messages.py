"""Messages as JSON, so that a job's progress is stored once and shown in any language."""

from __future__ import annotations

from typing import Any

from junheng.i18n import Message

Stored = dict[str, Any]


def to_json(message: Message) -> Stored:
    """Return a message as plain JSON; parameters that JSON does not know become text."""
    params = {name: _param(value) for name, value in message.params.items()}
    return {"template": message.template, "params": params}


def from_json(stored: Stored) -> Message:
    """Return the message that `to_json` stored."""
    params = {
        name: from_json(value) if isinstance(value, dict) else value
        for name, value in stored["params"].items()
    }
    return Message(stored["template"], params)


def _param(value: object) -> object:
    if isinstance(value, Message):
        return to_json(value)
    return value if isinstance(value, str | int | float | None) else str(value)
