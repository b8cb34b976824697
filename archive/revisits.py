"""When a page is asked again: pure policy. The clock, what came of the check and the settings are arguments.

A fresh article is asked again 1 hour, 6 hours, 1 day and 7 days after it was published: corrections come early. After
that the interval grows by half with every check that finds it unchanged, and is halved by one that finds it changed.
The lastmod of a sitemap is a hint: it makes a page due at once, and stands for checks only while it tells the truth.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zlib import crc32

from archive.dates import hours_between, utc_iso
from archive.model import CitedKind, Precision
from archive.records import Lastmods
from archive.settings import Config

BURST_HOURS = (1.0, 6.0, 24.0, 168.0)
GROWTH, SHRINKAGE = 1.5, 0.5
SAMPLE_SIZE = 10  # announced changes that are checked before a crowd of them is believed
MOST_UNANNOUNCED = 0.05  # of the pages that are checked while their lastmod stays
SAMPLED_SHARE = 20  # one page in so many is asked at its own interval although a sitemap vouches for it
LIST_HOURS = (1.0, 24.0)  # least and most between two questions of a list that others run ahead of
FIXED_KINDS = frozenset(
    (CitedKind.DOI, CitedKind.ARXIV, CitedKind.JOURNAL, CitedKind.CONFERENCE, CitedKind.PDF, CitedKind.GOVERNMENT)
)
"""Cited pages that are published once and hardly ever change: their first interval is that of evergreen pages."""

DAYS_KNOWN = frozenset((Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY))
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is known of an address when it has just been asked."""

    kind: Annotated[str, "Frontier kind: article, cited, listing, feed, sitemap."]
    is_changed: Annotated[bool, "Whether it says something else than before; of a list, whether it named news."]
    interval_s: Annotated[float | None, "Interval before this check, seconds; None at the first."] = None
    is_list: Annotated[bool, "Whether it turned out to be a list."] = False
    cited_kind: Annotated[CitedKind | None, "What sort of thing a cited page is."] = None
    published_at: Annotated[str | None, "When the article was published, as stored."] = None
    published_precision: Annotated[str | None, "How sharp that is."] = None
    is_vouched: Annotated[bool, "Whether a sitemap that has told the truth would announce a change."] = False


@dataclass(frozen=True, slots=True)
class NextVisit:
    """When an address is asked again, and the interval that a later check starts from."""

    at: datetime
    interval_s: float


def next_visit(check: Check, *, now: datetime, config: Config) -> NextVisit:
    """Return when an address that was asked at *now* is asked again.

    >>> check = Check(kind="article", is_changed=False, interval_s=7 * 86400.0)
    >>> next_visit(check, now=datetime.fromisoformat("2025-12-01T00:00:00Z"), config=Config()).interval_s / 86400
    10.5
    """
    first_h, least_h, most_h = _bounds(check, config)
    burst_h = _hours_to_burst(check, now) if check.kind == "article" else None
    if burst_h is not None:
        return _in_hours(max(burst_h, config.recheck_least_hours), now)
    if check.interval_s is None:
        hours = first_h
    else:
        hours = check.interval_s / HOUR_S * (SHRINKAGE if check.is_changed else GROWTH)
    found = _in_hours(min(max(hours, least_h), most_h), now)
    return NextVisit(now + timedelta(hours=most_h), found.interval_s) if check.is_vouched else found


def announces_truly(record: Lastmods) -> bool:
    """Return whether pages mostly had changed when their lastmod said so; one that is the time of building lies."""
    return record.n_announced < SAMPLE_SIZE or 2 * record.n_confirmed >= record.n_announced


def misses_nothing(record: Lastmods) -> bool:
    """Return whether pages had hardly ever changed while their lastmod stayed: then it stands for asking them."""
    return record.n_unannounced <= MOST_UNANNOUNCED * record.n_silent


@dataclass(slots=True)
class HintSample:
    """A few of the pages whose lastmod changed, checked before the others are believed."""

    record: Annotated[Lastmods, "How true the dates were before."]
    size: Annotated[int, "How many are checked first."]
    n_asked: int = 0
    n_changed: int = 0

    @classmethod
    def of(cls, record: Lastmods, *, n_announced: int, n_known: int) -> "HintSample | None":
        """Return the sample to take of *n_announced* changes among *n_known* pages; None when all are checked now.

        A crowd is doubtful (a sitemap that was built anew), and so is a host whose dates lied before.
        """
        if not announces_truly(record):
            return cls(record, 1) if n_announced > 1 else None
        is_crowd = n_announced > SAMPLE_SIZE and 2 * n_announced > n_known
        return cls(record, SAMPLE_SIZE) if is_crowd else None

    @property
    def is_believed(self) -> bool:
        """Return whether the others are to be checked too."""
        if announces_truly(self.record):
            return 2 * self.n_changed >= self.n_asked
        return 2 * (self.record.n_confirmed + self.n_changed) >= self.record.n_announced + self.n_asked

    def count(self, *, is_changed: bool) -> None:
        """Note what checking one page of the sample showed."""
        self.n_asked += 1
        self.n_changed += is_changed


def _bounds(check: Check, config: Config) -> tuple[float, float, float]:
    """Return the first interval, the least and the most, hours."""
    if check.is_list:
        return LIST_HOURS[0], *LIST_HOURS
    least_h, most_h = config.recheck_least_hours, max(config.recheck_most_hours, config.recheck_least_hours)
    if check.cited_kind is CitedKind.STATISTICS:
        return config.evergreen_hours, least_h, max(config.evergreen_hours, least_h)
    return (config.evergreen_hours if check.cited_kind in FIXED_KINDS else config.recheck_hours), least_h, most_h


def is_sampled(surt: str) -> bool:
    """Return whether a page is one of those that are asked at their own interval whoever vouches for it."""
    return crc32(surt.encode()) % SAMPLED_SHARE == 0


def _hours_to_burst(check: Check, now: datetime) -> float | None:
    """Return the hours to the next early check; None when they are over or the day of publication is not known."""
    if not check.published_at or check.published_precision not in DAYS_KNOWN:
        return None
    age_h = hours_between(check.published_at, check.published_precision, utc_iso(now))
    if age_h is None or age_h < -BURST_HOURS[-1]:
        return None
    # One that is nearly due was just made: the next stands for it.
    return next((due_h - age_h for due_h in BURST_HOURS if due_h - age_h >= BURST_HOURS[0] / 2), None)


def _in_hours(hours: float, now: datetime) -> NextVisit:
    return NextVisit(now + timedelta(hours=hours), hours * HOUR_S)
