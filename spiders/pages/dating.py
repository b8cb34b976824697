"""When a page was published: every carrier that says so, and which of them to believe.

Order: JSON-LD, <meta>, <time>, script payload, visible text, address. Of carriers that disagree the one that agrees
with the visible text wins and the others are named in a warning. Prose is never read for a date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.dates import PartialDate, parse_date
from archive.model import Precision

_SLACK = {  # how far a carrier may stand from the visible date: zones, and a relative date's own rounding
    Precision.SECOND: timedelta(days=1),
    Precision.MINUTE: timedelta(days=1),
    Precision.HOUR: timedelta(days=1),
    Precision.DAY: timedelta(days=1, hours=12),
    Precision.WEEK: timedelta(days=8),
    Precision.MONTH: timedelta(days=32),
    Precision.YEAR: timedelta(days=366),
}
_SHARPNESS = tuple(Precision)
ADDRESS = "url"  # the carrier that an address is
_EARLIEST_YEAR = 1990  # no web page is older
_FUTURE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Carrier:
    """One place of a page that states when it was published."""

    name: str
    raw: str
    is_visible: bool = False


@dataclass(frozen=True, slots=True)
class Dating:
    """The date believed, where it stood, and what is doubtful about it."""

    date: PartialDate | None = None
    raw: str | None = None
    carrier: str | None = None
    warnings: tuple[str, ...] = ()


def date_of(carriers: Iterable[Carrier], *, seen_at: datetime, lang: str | None = None) -> Dating:
    """Return the date that *carriers* (in their order of trust) give; none of them is ever sharpened or guessed.

    *lang* (BCP 47) is the page's: it decides what a visible 12/11/2025 means.
    """
    read: list[tuple[Carrier, PartialDate]] = []
    warnings: list[str] = []
    for carrier in carriers:
        date = read_date(carrier.raw, seen_at=seen_at, lang=lang if carrier.is_visible else None)
        date = date or _stated_year(carrier)
        if date is not None and _is_possible(date, seen_at):
            read.append((carrier, date))
        elif date is not None or carrier.name != "visible":
            warnings.append(f"published_at: {carrier.name} {carrier.raw[:40]!r} is no usable date")
    if not read:
        return Dating(warnings=tuple(warnings))
    sharper_than_year = [pair for pair in read if not is_year(pair[0].raw)]
    read = sharper_than_year or read
    chosen, date = _choose(read)
    warnings.extend(_disagreements(read, chosen, date))
    sharper = _sharpest_in(read, chosen, date)
    carrier, date = sharper
    return Dating(date, carrier.raw, carrier.name, tuple(warnings))


def read_date(raw: str, *, seen_at: datetime, lang: str | None = None) -> PartialDate | None:
    """Return the date that a carrier's text states: ISO, printed, relative, or an epoch in seconds or milliseconds."""
    text = raw.strip()
    if text.isdecimal() and len(text) in (10, 13):
        instant = datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), tz=UTC)
        return PartialDate(instant.strftime("%Y-%m-%dT%H:%M:%SZ"), Precision.SECOND)
    try:
        return parse_date(text, seen_at=seen_at, lang=lang)
    except (ValueError, OverflowError):
        return None


def is_year(raw: str) -> bool:
    """Return whether *raw* is a year and nothing else."""
    return len(text := raw.strip()) == 4 and text.isdecimal()


def _stated_year(carrier: Carrier) -> PartialDate | None:
    """Return the year that a <meta> element states for machines; a year that is printed is never a date."""
    is_stated = carrier.name == "meta" and is_year(carrier.raw)
    return PartialDate(carrier.raw.strip(), Precision.YEAR) if is_stated else None


def span(date: PartialDate) -> tuple[datetime, datetime]:
    """Return the first and the last instant that *date* may mean."""
    value = date.value
    start = datetime.fromisoformat((value + "0001-01-01T00:00:00Z"[len(value) :]).replace("Z", "+00:00"))
    lengths = {Precision.YEAR: 366, Precision.MONTH: 31, Precision.WEEK: 7, Precision.DAY: 1}
    hours = timedelta(hours=1) if date.precision is Precision.HOUR else timedelta(0)
    return start, start + timedelta(days=lengths.get(Precision(date.precision), 0)) + hours


def agree(one: PartialDate, other: PartialDate) -> bool:
    """Return whether two dates may mean one instant, given zones and the rounding of the duller of them."""
    duller = max(one, other, key=lambda date: _SHARPNESS.index(Precision(date.precision)))
    slack = _SLACK[Precision(duller.precision)]
    (start, end), (other_start, other_end) = span(one), span(other)
    return start - slack <= other_end and other_start - slack <= end


def _is_possible(date: PartialDate, seen_at: datetime) -> bool:
    start, _ = span(date)
    return start.year >= _EARLIEST_YEAR and start <= seen_at + _FUTURE


def _choose(read: Sequence[tuple[Carrier, PartialDate]]) -> tuple[Carrier, PartialDate]:
    """Return the first carrier that agrees with the visible text; the first of all when nothing visible contradicts.

    A visible date that no other supports does not win when two others agree on theirs: it is another article's.
    """
    shown = next((pair for pair in read if pair[0].is_visible), None)
    if shown is None:
        return read[0]
    others = [pair for pair in read if not pair[0].is_visible]
    stated = [pair for pair in others if pair[0].name != ADDRESS]  # an address confirms and is never preferred
    supported = (pair for pair in stated if agree(pair[1], shown[1]))
    confirmed = (pair for pair in stated for other in others if other is not pair and agree(pair[1], other[1]))
    return next(supported, None) or next(confirmed, None) or shown


def _disagreements(read: Sequence[tuple[Carrier, PartialDate]], chosen: Carrier, date: PartialDate) -> Iterable[str]:
    for carrier, other in read:
        if carrier is not chosen and not agree(other, date):
            doubted, believed = f"{carrier.name} says {carrier.raw[:40]!r}", f"{chosen.name} {chosen.raw[:40]!r}"
            yield f"published_at: {doubted}, {believed} is believed"


def _sharpest_in(
    read: Sequence[tuple[Carrier, PartialDate]], chosen: Carrier, date: PartialDate
) -> tuple[Carrier, PartialDate]:
    """Return the chosen date, or a less trusted carrier that names the same day sharper (it has a zone)."""
    if _SHARPNESS.index(Precision(date.precision)) < _SHARPNESS.index(Precision.DAY):
        return chosen, date
    for carrier, other in read:
        is_sharper = _SHARPNESS.index(Precision(other.precision)) < _SHARPNESS.index(Precision.DAY)
        if is_sharper and carrier.name != "visible" and other.value[:10] == date.value[:10]:
            return carrier, other
    return chosen, date
