"""What a robots.txt says to us: groups, longest match, * and $ (RFC 9309 section 2.2, and Google's reading of it).

Protego, Scrapy's parser, answers 11 of the 156 checks of tests/spiders/robots_cases.toml otherwise (0.7.0): BOMs, part
of our name for the whole, a name before its version. Where the RFC and Google's cases differ (needless %-escapes), a
Disallow is taken in its widest sense and an Allow as it is written: either mistake leaves a page unasked.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote, urlsplit

MAX_LINE_CHARS = 2083 * 8 - 1  # Google cuts a longer line: no address is as long
PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
TOKEN = re.compile(r"[A-Za-z_-]*")
LINE_END = re.compile(r"\r\n|\r|\n")
# As Google takes them: the words a line may begin with, frequent misspellings among them.
AGENT = re.compile(r"user[- ]?agent", re.IGNORECASE)
DISALLOW = re.compile(r"dis+al+ow|diasllow|disallaw", re.IGNORECASE)
ALLOW = re.compile(r"allow", re.IGNORECASE)
CRAWL_DELAY = re.compile(r"crawl[- ]?delay", re.IGNORECASE)
INDEX_PAGE = re.compile(r"(?<=/)index\.htm[^/]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One Allow or Disallow line."""

    is_allow: Annotated[bool, "Whether it allows."]
    pattern: Annotated[str, "Path pattern, non-ASCII characters escaped."]

    def matches(self, target: str, widest: str) -> bool:
        """Return whether the line speaks of a path: *target* as it is asked, *widest* without needless escapes."""
        if not self.is_allow:
            return matches(_without_needless_escapes(self.pattern), widest)
        if matches(self.pattern, target):
            return True
        directory = INDEX_PAGE.sub("", self.pattern)  # /news/index.html is the page at /news/
        return directory != self.pattern and matches(directory + "$", target)


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The lines of a robots.txt that apply to us."""

    lines: Annotated[tuple[Line, ...], "Of the group that names us; of the group for all when none does."] = ()
    crawl_delay_s: Annotated[float | None, "Longest Crawl-delay of those groups, seconds."] = None

    def allows(self, url: str) -> bool:
        """Return whether *url* may be asked: the longest line that matches decides, of two as long the Allow."""
        target = _target(url)
        widest = _without_needless_escapes(_escaped(target))
        longest = max(
            ((len(line.pattern), line.is_allow) for line in self.lines if line.matches(target, widest)),
            default=(0, True),
        )
        return longest[1]


@dataclass(slots=True, eq=False)
class _Group:
    is_named: bool = False
    lines: list[Line] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


def parse_robots(text: str, agent: str) -> RobotsRules:
    """Return what *text* says to the product token *agent*; every text is a robots.txt, whatever its lines are.

    Groups of one agent are merged. Lines that we know nothing of do not end a list of agents (RFC 9309 2.2.4);
    Crawl-delay does, being a rule to us: writers put it alone into a group, and mean the next group to be another.
    """
    ours, everyones = _Group(), _Group()
    current: list[_Group] = []
    is_open = False  # whether a further User-agent line joins the same group
    for key, value in _fields(text):
        if AGENT.match(key):
            current, is_open = current if is_open else [], True
            named = _named(value, agent, ours, everyones)
            if named is not None and named not in current:  # a group may be named a thousand times
                current = [*current, named]
        elif DISALLOW.match(key) or ALLOW.match(key):
            is_open = False
            for group in current if value else ():
                group.lines.append(Line(ALLOW.match(key) is not None, _escaped(value)))
        elif CRAWL_DELAY.match(key):
            is_open = False
            for group in current:
                group.delays += _seconds(value)
    group = ours if ours.is_named else everyones
    return RobotsRules(tuple(dict.fromkeys(group.lines)), max(group.delays, default=None))


def _named(value: str, agent: str, ours: "_Group", everyones: "_Group") -> "_Group | None":
    """Return the group that a User-agent line of *value* begins, of the two that concern us."""
    if value == "*" or re.match(r"\*\s", value):
        return everyones
    if TOKEN.match(value)[0].lower() != agent.lower():  # type: ignore[index]
        return None
    ours.is_named = True
    return ours


def robots_text(body: bytes, *, limit: int) -> str:
    """Return the text of a robots.txt, at most *limit* bytes of it, the last line whole.

    A BOM is dropped, also half of one; what is not UTF-8 is escaped as the bytes it is, as in an address.
    """
    if len(body) > limit:
        body = body[:limit][: max(body[:limit].rfind(b"\n"), body[:limit].rfind(b"\r")) + 1]
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").replace("\0", "")
    text = body.decode("utf-8", "surrogateescape")
    text = re.sub(r"[\udc80-\udcff]", lambda found: f"%{ord(found[0]) - 0xDC00:02X}", text)
    return re.sub(r"^(?:\ufeff|%EF(?:%BB)?)", "", text).replace("\0", "")


def matches(pattern: str, target: str) -> bool:
    """Return whether *pattern* (with * and a final $) matches the beginning of *target*; time is linear."""
    is_anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    if not rest:
        return not is_anchored or target == first
    place = len(first)
    for part in rest[:-1] if is_anchored else rest:
        found = target.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return not is_anchored or (target.endswith(rest[-1]) and len(target) - len(rest[-1]) >= place)


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in LINE_END.split(text):
        plain = line[:MAX_LINE_CHARS].partition("#")[0].strip()
        key, colon, value = plain.partition(":")
        if not colon:
            words = plain.split()
            key, value = words if len(words) == 2 else ("", "")
        if key.strip():
            yield key.strip(), value.strip()


def _seconds(value: str) -> list[float]:
    try:
        seconds = float(value)
    except ValueError:
        return []
    return [seconds] if math.isfinite(seconds) and seconds >= 0 else []


def _target(url: str) -> str:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return PERCENT.sub(lambda found: found[0].upper(), target)


def _escaped(pattern: str) -> str:
    """Return *pattern* with what is no ASCII escaped, and the escapes it has in capitals."""
    text = quote(pattern, safe="".join(map(chr, range(33, 127))), errors="replace")
    return PERCENT.sub(lambda found: found[0].upper(), text)


def _without_needless_escapes(text: str) -> str:
    return PERCENT.sub(lambda found: char if (char := chr(int(found[1], 16))) in UNRESERVED else found[0], text)
