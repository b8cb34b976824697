"""Half characters: JSON may escape one (\\ud800) and Python reads it; no file, table or terminal can hold it."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(value: Any) -> Any:
    """Return *value* (text, or a dataclass, tuple or mapping of values) with U+FFFD for each lone surrogate in it."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, tuple):
        return tuple(map(without_surrogates, value))
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        found = {item.name: getattr(value, item.name) for item in fields(value)}
        changed = {name: new for name, old in found.items() if (new := without_surrogates(old)) != old}
        return replace(value, **changed) if changed else value
    return value
