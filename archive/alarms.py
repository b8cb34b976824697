"""What needs a person: runs that ended badly, sources that gave what they no longer give, schedules that stand still.

“Nothing new” is no alarm; it is told apart from “broken” by what the same source gave in earlier runs.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from archive.records import CrawlRun
from archive.store import Store
from archive.store.lock import is_locked
from archive.store.run_sources import History, history, sources_of_run
from archive.store.runs import latest_runs

N_RUNS = 10
LEAST_VISITS = {"cited": 5}  # fewer say nothing about a source; one that is only cited is often asked in vain
USUAL_LEAST_VISITS = 3
LEAST_PAGES, LEAST_BASELINE = 5, 10  # pages read, now and before, that make a share of filled fields mean something
LEAST_USUAL = 0.3  # a field that is rarely filled is not missed
LEAST_FALL = 0.25
_RISE = 1.5  # problems of the last run against the mean of those before
_WELL = ("finished", "shutdown", "limit")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that needs a person."""

    about: Annotated[str, "What it is about, the same in every run as long as it lasts."]
    words: Annotated[str, "A line for a person: what was found, and what helps."]
    is_broken: Annotated[bool, "Whether the last run could not do its work on HyperAI."] = False


def alarms(store: Store, *, now: datetime, silent_days: float) -> list[Alarm]:
    """Return what needs a person at *now*; empty when all is well.

    *silent_days* is how long nothing new from HyperAI, or no crawl at all, is taken for well; 0 for ever.
    """
    runs = latest_runs(store, limit=N_RUNS)
    unended = [run for run in runs[:1] if not run.end_reason]
    runs = [run for run in runs if run.end_reason]
    killed = [*_killed(store, unended[0])] if unended else []
    if not runs:
        return killed
    last = runs[0]
    found = [*(killed or _ended_badly(last)), *_no_answer(last), *_lists_that_fell_silent(store, last)]
    for source, kind in sources_of_run(store, last.id or 0):
        rows = history(store, source, kind)
        found.extend(_yields_nothing(source, kind, rows))
        found.extend(_fields_missing(source, kind, rows))
    found.extend(_problems(store, [run.id or 0 for run in runs]))
    if silent_days:
        found.extend(_nothing_new(store, silent_days))
        found.extend(_no_crawl(last, now, silent_days))
    return found


def as_json(found: Sequence[Alarm]) -> str:
    """Return alarms as the column `alarms` of runs holds them."""
    return json.dumps([{"about": alarm.about, "words": alarm.words} for alarm in found], ensure_ascii=False)


def _killed(store: Store, run: CrawlRun) -> Iterator[Alarm]:
    """Yield an alarm for a run that has no end and no process."""
    if not is_locked(store.path):
        yield Alarm("run", f"run {run.id} ({run.command}) was killed; the next one goes on from there")


def _ended_badly(last: CrawlRun) -> Iterator[Alarm]:
    if last.end_reason not in _WELL:
        words = f"run {last.id} ({last.command}) ended badly: {last.end_reason}; look at its log and run it again"
        yield Alarm("run", words)


def _no_answer(last: CrawlRun) -> Iterator[Alarm]:
    counts = json.loads(last.counts)
    if last.end_reason == "finished" and counts.get("origin_visits") and not counts.get("origin_answers"):
        yield Alarm("origin", f"HyperAI gave no answer in run {last.id}; is it, or the proxy, down?", is_broken=True)


def _lists_that_fell_silent(store: Store, last: CrawlRun) -> Iterator[Alarm]:
    """Yield an alarm for every list that we start from, gave entries before and gave none in the last run."""
    for url, words in store.connection.execute(_SILENT_LISTS, {"run_id": last.id}):
        text = f"{url} listed pages before and does not now ({words}); has the site changed?"
        yield Alarm(f"list {url}", text, is_broken=True)


def _yields_nothing(source: str, kind: str, rows: Sequence[History]) -> Iterator[Alarm]:
    least = LEAST_VISITS.get(kind, USUAL_LEAST_VISITS)
    recent, earlier = _split(rows, [row.n_visits for row in rows], least)
    asked, before = sum(row.n_visits for row in recent), sum(row.n_visits for row in earlier)
    n_ok = sum(row.n_ok for row in earlier)
    if asked >= least and not sum(row.n_ok for row in recent) and n_ok >= least and 2 * n_ok >= before:
        words = (
            f"{source}: none of the last {asked} pages ({kind}) could be used, where {n_ok} of {before} could before"
        )
        yield Alarm(f"yield {source} {kind}", words, is_broken=kind != "cited")


def _fields_missing(source: str, kind: str, rows: Sequence[History]) -> Iterator[Alarm]:
    recent, earlier = _split(rows, [row.n_read for row in rows], LEAST_PAGES)
    n_now, n_before = sum(row.n_read for row in recent), sum(row.n_read for row in earlier)
    if n_now < LEAST_PAGES or n_before < LEAST_BASELINE:
        return
    for name in sorted({name for row in earlier for name in row.fields}):
        usual = sum(row.fields.get(name, 0) for row in earlier) / n_before
        share = sum(row.fields.get(name, 0) for row in recent) / n_now
        fall = max(LEAST_FALL, 3 * math.sqrt(usual * (1 - usual) / n_now))
        if usual >= LEAST_USUAL and share < usual - fall:
            words = f"{source}: {name} is read on {share:.0%} of the last {n_now} pages ({kind}), {usual:.0%} before"
            yield Alarm(f"field {source} {kind} {name}", f"{words}; a layout may have changed")


def _split(rows: Sequence[History], counts: Sequence[int], least: int) -> tuple[Sequence[History], Sequence[History]]:
    """Part *rows*, newest first, into the last ones that have *least* in *counts* together, and those before."""
    total = 0
    for place, count in enumerate(counts, start=1):
        total += count
        if total >= least:
            return rows[:place], rows[place:]
    return rows, ()


def _problems(store: Store, run_ids: Sequence[int]) -> Iterator[Alarm]:
    """Compare the share of captures with problems in the last run with that of the runs before."""
    shares = [_problem_share(store, run_id) for run_id in run_ids]
    before = [share for share in shares[1:] if share is not None]
    if shares[0] is None or not before:
        return
    usual = sum(before) / len(before)
    if shares[0] > max(0.1, usual * _RISE):
        words = f"problems on {shares[0]:.0%} of the pages of run {run_ids[0]}, {usual:.0%} before"
        yield Alarm("problems", f"{words}; a site may have changed")


def _problem_share(store: Store, run_id: int) -> float | None:
    row: Any = store.connection.execute(_PROBLEMS, {"id": run_id}).fetchone()
    return row[1] / row[0] if row[0] >= LEAST_PAGES else None


def _nothing_new(store: Store, silent_days: float) -> Iterator[Alarm]:
    """Yield an alarm for every source of articles whose last new one is older than its last crawl by too much.

    Told by the times of runs: a replay stores pages of long ago.
    """
    for source, yielded_at, asked_at in store.connection.execute(_LAST_NEW):
        days = (datetime.fromisoformat(asked_at) - datetime.fromisoformat(yielded_at)).total_seconds() / 86_400
        if days > silent_days:
            words = f"{source}: nothing new for {days:.0f} days ({silent_days:g} are usual); is it still read rightly?"
            yield Alarm(f"silent {source}", words)


def _no_crawl(last: CrawlRun, now: datetime, silent_days: float) -> Iterator[Alarm]:
    days = (now - datetime.fromisoformat(last.ended_at or last.started_at)).total_seconds() / 86_400
    if days > silent_days:
        yield Alarm("schedule", f"no crawl for {days:.0f} days; is the schedule running?")


_SILENT_LISTS = """
SELECT frontier.url, COALESCE(now.detail, now.outcome)
FROM captures AS now
JOIN frontier ON frontier.surt = now.surt
WHERE now.run_id = :run_id AND frontier.kind IN ('listing', 'feed', 'sitemap') AND frontier.found_on IS NULL
    AND now.id = (SELECT MAX(id) FROM captures WHERE captures.surt = now.surt AND captures.run_id = :run_id)
    AND now.outcome NOT IN ('listing', 'ok', 'paywalled')
    AND EXISTS (
        SELECT 1 FROM captures AS earlier
        WHERE earlier.surt = now.surt AND earlier.run_id < :run_id AND earlier.outcome = 'listing'
    )
ORDER BY frontier.url
"""
_PROBLEMS = """
SELECT COUNT(*), COUNT(DISTINCT problems.capture_id) FROM captures
LEFT JOIN problems ON problems.capture_id = captures.id
WHERE captures.run_id = :id AND captures.kind IN ('article', 'cited')
"""
_LAST_NEW = """
SELECT new.source, yielded.started_at, asked.started_at
FROM (
    SELECT source, MAX(CASE WHEN kind = 'article' AND n_new > 0 THEN run_id END) AS yielded, MAX(run_id) AS asked
    FROM run_sources WHERE kind IN ('article', 'list') GROUP BY source
) AS new
JOIN runs AS yielded ON yielded.id = new.yielded
JOIN runs AS asked ON asked.id = new.asked
ORDER BY new.source
"""
