"""What a JavaScript framework leaves in a page: the React flight stream (`self.__next_f`) and `__NEXT_DATA__`.

Other frameworks assign their state to a variable (`window.__APOLLO_STATE__ = {…}`); it is looked at only for a body.
"""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from lxml import html

from spiders.pages.structured import loads_leniently, walk

_HALF = re.compile("[\ud800-\udfff]")
_ROW = re.compile(rb"([0-9a-f]*):")
_REFERENCE = re.compile(r"^\$([0-9a-f]+)$")
_STATE = re.compile(r"^(?:application/json|text/json)$", re.I)
_ASSIGNED = re.compile(
    r"(?:window|self|globalThis)(?:\.|\[[\"'])\w{0,40}?(?:state|data|store|props|context)\w{0,40}(?:[\"']\])?\s*=\s*(?P<is_text>JSON\.parse\()?",
    re.I,
)
_ELEMENT_TAG = re.compile(r"^[a-z][a-z0-9]*$")
_DATE_PAIR = re.compile(
    r'\\*"(?:publishedAt|published_at|datePublished|publishDate|publish_date|publishTime|publish_time|pubDate)\\*"'
    r'\s*:\s*\\*"?(?P<value>[0-9T:.+\-Z /]{8,40})'
)
_VOID = frozenset({"img", "br", "hr", "input", "source", "col", "wbr"})
_KEPT_ATTRIBUTES = {
    "href": "href",
    "src": "src",
    "alt": "alt",
    "dateTime": "datetime",
    "srcSet": "srcset",
    "title": "title",
}


@dataclass(frozen=True, slots=True)
class Payload:
    """The values a page's scripts hold, and the flight stream joined."""

    values: tuple[Any, ...] = ()
    stream: str = ""

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield every object of the payload, outermost first."""
        for value in self.values:
            yield from walk(value)

    def dates(self) -> tuple[str, ...]:
        """Return the publication dates found by text alone, for a stream that does not parse."""
        return tuple(found["value"].strip() for found in _DATE_PAIR.finditer(self.stream))

    def markup(self) -> str:
        """Return the React elements of the stream as HTML; empty when there are none."""
        return "".join(_to_html(value) for value in self.values if _is_element(value) or isinstance(value, list))


def read_payload(root: html.HtmlElement) -> Payload:
    """Return the payload of a page; empty when it has none."""
    values: list[Any] = []
    pushed: list[str | bytes] = []
    for script in root.iter("script"):
        text = script.text or ""
        if script.get("id") == "__NEXT_DATA__" or (_STATE.match(script.get("type") or "") and '"props"' in text):
            values.append(loads_leniently(text))
        elif "__next_f" in text:
            pushed.extend(_pushed(text))
    stream = _joined(pushed)
    return Payload(tuple(item for item in [*values, *_rows(stream)] if item is not None), stream)


def assigned_objects(root: html.HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield every object of the JSON that scripts assign to variables named for a state, as it is or as a string."""
    decoder = json.JSONDecoder(strict=False)
    for text in (script.text or "" for script in root.iter("script")):
        for found in _ASSIGNED.finditer(text):
            try:
                value, _ = decoder.raw_decode(text, found.end())
            except (ValueError, RecursionError):
                continue
            yield from walk(loads_leniently(value) if found["is_text"] and isinstance(value, str) else value)


def _joined(pushed: list[str | bytes]) -> str:
    """Return the stream that was pushed in pieces; a character may stand in two of them."""
    texts = [piece for piece in pushed if isinstance(piece, str)]
    if len(texts) == len(pushed) and not _HALF.search(stream := "".join(texts)):
        return stream
    whole = b""
    for is_bytes, pieces in groupby(pushed, key=lambda piece: isinstance(piece, bytes)):
        if is_bytes:
            whole += b"".join(piece for piece in pieces if isinstance(piece, bytes))
        else:  # halves of a surrogate pair meet here
            units = "".join(piece for piece in pieces if isinstance(piece, str)).encode("utf-16-le", "surrogatepass")
            whole += units.decode("utf-16-le", "replace").encode()
    return whole.decode("utf-8", "replace")


def _pushed(script: str) -> Iterator[str | bytes]:
    """Yield what a script pushes: self.__next_f.push([1,"…"]), or bytes: push([3,"<base64>"])."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    while (start := script.find("__next_f.push(", position)) >= 0:
        start = script.find("[", start)
        if start < 0:
            return
        try:
            value, position = decoder.raw_decode(script, start)
        except (ValueError, RecursionError):
            position = start + 1
            continue
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
            yield _bytes_of(value[1]) if value[0] == 3 else value[1]


def _bytes_of(text: str) -> bytes:
    try:
        return b64decode(text)
    except ValueError:
        return b""


def _rows(stream: str) -> list[Any]:
    """Return the values of the stream's rows (`id:JSON` lines, `id:T<hex length>,text`), references put in."""
    data, position, rows = stream.encode("utf-8", "replace"), 0, {}
    while found := _ROW.search(data, position):
        key, start = found.group(1).decode(), found.end()
        if data[start : start + 1] == b"T" and (comma := data.find(b",", start, start + 20)) > 0:
            length = int(data[start + 1 : comma], 16) if _is_hex(data[start + 1 : comma]) else 0
            position = comma + 1 + length
            rows[key] = data[comma + 1 : position].decode("utf-8", "replace")
        else:
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            rows[key] = _row_value(data[start:end])
            position = end + 1
    values = [value for value in rows.values() if not isinstance(value, str)]
    return values if len(values) == len(rows) else [_resolved(value, rows, depth=0) for value in values]


def _is_hex(text: bytes) -> bool:
    return bool(re.fullmatch(rb"[0-9a-f]{1,8}", text))


def _row_value(line: bytes) -> Any:
    # I, H, E … rows name modules, hints and errors; only plain JSON rows hold data.
    if line[:1] not in b'[{"':
        return None
    return loads_leniently(line.decode("utf-8", "replace"))


def _resolved(value: Any, rows: dict[str, Any], *, depth: int) -> Any:
    """Return *value* with "$1a" replaced by the text row of that number (long texts are sent apart)."""
    if depth > 60:
        return value
    if isinstance(value, str):
        found = _REFERENCE.match(value)
        target = rows.get(found.group(1)) if found else None
        return target if isinstance(target, str) else value
    if isinstance(value, list):
        return [_resolved(item, rows, depth=depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: _resolved(item, rows, depth=depth + 1) for key, item in value.items()}
    return value


def _is_element(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 4 and value[0] == "$" and isinstance(value[1], str)


def _to_html(value: Any, depth: int = 0) -> str:
    """Return a flight value as HTML: React elements become tags, components only their children."""
    if depth > 120 or value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str | int | float):
        text = str(value)
        return "" if text.startswith("$") else escape(text)
    if not isinstance(value, list):
        return ""
    if not _is_element(value):
        return "".join(
            _to_html(item, depth + 1)
            for item in value
            if (isinstance(item, list | str) and depth > 0) or _is_element(item)
        )
    return _element_html(value[1], value[3] if isinstance(value[3], dict) else {}, depth)


def _element_html(tag: str, props: dict[str, Any], depth: int) -> str:
    raw = props.get("dangerouslySetInnerHTML")
    inner = raw.get("__html") if isinstance(raw, dict) else None
    inside = inner if isinstance(inner, str) else _to_html(props.get("children"), depth + 1)
    if not _ELEMENT_TAG.match(tag) or tag in {"script", "style", "link", "meta"}:
        return inside
    attributes = "".join(
        f' {name}="{escape(props[key])}"' for key, name in _KEPT_ATTRIBUTES.items() if isinstance(props.get(key), str)
    )
    return f"<{tag}{attributes}>" if tag in _VOID else f"<{tag}{attributes}>{inside}</{tag}>"
