"""When a page is asked again: pure policy. The clock, what came of the check and the settings are arguments.

A fresh article is asked again 1 hour, 6 hours, 1 day and 7 days after it was published: corrections come early. After
that the interval grows by half with every check that finds it unchanged, and is halved by one that finds it changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from archive.dates import hours_between, utc_iso
from archive.model import CitedKind, Precision
from archive.settings import Config

BURST_HOURS = (1.0, 6.0, 24.0, 168.0)
GROWTH, SHRINKAGE = 1.5, 0.5
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
    return _in_hours(min(max(hours, least_h), most_h), now)


def _bounds(check: Check, config: Config) -> tuple[float, float, float]:
    """Return the first interval, the least and the most, hours."""
    if check.is_list:
        return LIST_HOURS[0], *LIST_HOURS
    least_h, most_h = config.recheck_least_hours, max(config.recheck_most_hours, config.recheck_least_hours)
    if check.cited_kind is CitedKind.STATISTICS:
        return config.evergreen_hours, least_h, max(config.evergreen_hours, least_h)
    return (config.evergreen_hours if check.cited_kind in FIXED_KINDS else config.recheck_hours), least_h, most_h


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
