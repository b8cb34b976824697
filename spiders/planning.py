"""What a visit means for the next one: whether it found a change, and when its address is asked again."""

from dataclasses import replace
from datetime import datetime

from archive.identity import identify
from archive.model import Outcome
from archive.revisits import Check, NextVisit, is_sampled, next_visit
from archive.store import lists
from archive.store.articles import SaveStatus, publication
from spiders.politeness import Plan, Planner
from spiders.scope import LINKED_PRIORITY, LISTS, ROOT_PRIORITY
from spiders.session import Session
from spiders.visit import Visit

STORED = (Outcome.OK, Outcome.PAYWALLED)
NEVER_AGAIN = (
    Outcome.BLOCKED_ADDRESS,
    Outcome.CITE_ONLY,
    Outcome.TAKEN_DOWN,
)  # only a change of settings or policy could change these


def plan_of(session: Session, visit: Visit, words: str, *, now: datetime) -> Plan:
    """Return what is planned for the address of *visit*; *words* say what saving it came to. Inside session.write().

    What a check showed about a sitemap's lastmod is noted here as well.
    """
    entry = visit.entry
    is_changed = _is_changed(visit, words)
    if entry.modified_hint and entry.checked_at and entry.kind == "article" and visit.outcome in STORED:
        is_announced = entry.priority >= LINKED_PRIORITY
        lists.count_check(session.store, entry.host, is_announced=is_announced, is_changed=is_changed)
    again = _next_visit(session, visit, is_changed=is_changed, now=now)
    planner = Planner(
        outcome=visit.outcome,
        passing=visit.passing,
        attempts=entry.attempts,
        run_attempts=session.attempts[entry.surt],
        wait_s=visit.retry_after_s,
        config=session.config,
        again=again.at if again else None,
    )
    return replace(planner.at(now), interval_s=again.interval_s if again else None, is_changed=is_changed)


def _is_changed(visit: Visit, words: str) -> bool:
    """Return whether an address says something else than when it was asked before; never at the first time."""
    if visit.is_same or visit.entry.checked_at is None:
        return False
    if visit.article is not None and visit.entry.outcome in STORED:
        return words == SaveStatus.REVISED
    return visit.n_new > 0 or visit.outcome is not visit.entry.outcome


def _next_visit(session: Session, visit: Visit, *, is_changed: bool, now: datetime) -> NextVisit | None:
    """Return when the address is asked again; None for what only other settings or another policy could change.

    A listing's further pages are asked when the page before leads to them.
    """
    entry = visit.entry
    is_list = visit.outcome is Outcome.LISTING and entry.kind in LISTS
    if visit.outcome in NEVER_AGAIN or (is_list and entry.priority < ROOT_PRIORITY):
        return None
    published_at, precision = publication(session.store, entry.surt)
    is_vouched = entry.kind == "article" and visit.outcome in STORED and not is_sampled(entry.surt)
    lastmod = lists.lastmod_of(session.store, entry.surt) if is_vouched else None  # read while the page was on its way
    check = Check(
        kind=entry.kind,
        is_changed=is_changed,
        interval_s=entry.interval_s,
        is_list=is_list,
        cited_kind=identify(entry.url).kind if entry.kind == "cited" else None,
        published_at=published_at,
        published_precision=precision,
        is_vouched=lists.vouches(session.store, host=entry.host, lastmod=lastmod, now=now),
    )
    return next_visit(check, now=now, config=session.config)
