"""How hard we ask: pauses per host, Retry-After, and when an address is asked again. The clock is an argument."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated

from archive.model import Outcome
from archive.settings import Config

FIRST_LATER = timedelta(hours=1)  # pause after a run in which every attempt failed; doubled with each such run
MAX_DOUBLINGS = 7
DEAD_AFTER = 12  # failed attempts in a row, over all runs
MOST_WAIT_S = 7 * 86_400.0  # one wrong header must not close a host for years
RETRY_AFTER = "Retry-After"  # in the words that are kept of a failure: the server itself named a time


@dataclass(frozen=True, slots=True)
class Plan:
    """What the frontier is told after a visit."""

    state: Annotated[str, "done, retry or dead."]
    at: Annotated[datetime | None, "When the address is asked again."] = None
    in_this_run: Annotated[bool, "Whether that is still in this run."] = False
    interval_s: Annotated[float | None, "Interval that the next check starts from, seconds."] = None
    is_changed: Annotated[bool, "Whether the visit found a change."] = False


@dataclass(frozen=True, slots=True)
class Planner:
    """Decides when an address is asked again."""

    outcome: Annotated[Outcome, "What came of the visit."]
    passing: Annotated[bool, "Whether the failure may pass."]
    attempts: Annotated[int, "Failed attempts in a row before this one."]
    run_attempts: Annotated[int, "Attempts in this run, this one included."]
    wait_s: Annotated[float | None, "Retry-After, seconds; None when none was sent."]
    config: Config
    again: Annotated[datetime | None, "When it is asked again if this visit settled it; None: never."] = None

    def at(self, now: datetime) -> Plan:
        """Return what to do at *now*: growing pauses within a run, then later runs, then dead."""
        if not self.passing:
            return Plan("done", self.again)
        if self.attempts + 1 >= DEAD_AFTER:
            return Plan("dead")
        pause_s = self.wait_s if self.wait_s is not None else self.config.delay_s * 2**self.run_attempts
        is_unreachable = self.outcome is Outcome.ROBOTS  # asked once a run, for all pages of the host
        if not is_unreachable and self.run_attempts <= self.config.retries and pause_s <= self.config.crawl_delay_cap_s:
            return Plan("retry", _whole_second_after(now, pause_s), in_this_run=True)
        later = FIRST_LATER * 2 ** min(self.attempts, MAX_DOUBLINGS)
        return Plan("retry", now + max(later, timedelta(seconds=self.wait_s or 0)))


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 10.2.3: a number or a date), at most a week."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MOST_WAIT_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), MOST_WAIT_S)


def _whole_second_after(now: datetime, pause_s: float) -> datetime:
    # The store keeps whole seconds; cut, the moment would come too early.
    at = now + timedelta(seconds=pause_s)
    return at.replace(microsecond=0) + timedelta(seconds=1) if pause_s and at.microsecond else at
