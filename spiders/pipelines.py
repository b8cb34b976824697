"""Visit -> store: capture rows, article, citations, addresses found and the frontier's verdict, in one transaction."""

from datetime import datetime

from scrapy.crawler import Crawler

from archive.errors import ArchiveError
from archive.identity import identify
from archive.model import Article, Outcome
from archive.revisits import Check, NextVisit, next_visit
from archive.store import frontier
from archive.store.articles import SaveStatus, add_alias, publication, save_article
from archive.store.problems import save_problem
from archive.store.sources import note_verdict, policy_of
from archive.urls import surt
from spiders.capture import Kept, keep_hops
from spiders.politeness import Plan, Planner
from spiders.scope import LISTS
from spiders.session import HYPERAI, Session, session_of
from spiders.sites import work_id
from spiders.visit import Visit, allowed_part

STORED = (Outcome.OK, Outcome.PAYWALLED)
NEVER_AGAIN = (Outcome.BLOCKED_ADDRESS, Outcome.CITE_ONLY)  # only a change of settings or policy could change these


class ArchivePipeline:
    """Stores every visit that a spider yields."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        """Return the pipeline of *crawler*."""
        return cls(crawler)

    def process_item(self, item: Visit) -> Visit:
        """Store *item*; a store that cannot be written ends the crawl."""
        session = session_of(self._crawler)
        try:
            plan = keep(session, item)
        except ArchiveError as error:
            session.fail(error)
            plan = Plan("retry")
        self._crawler.spider.settled(item, plan)  # type: ignore[union-attr]
        return item


def keep(session: Session, visit: Visit) -> Plan:
    """Store *visit* and return what was planned for its address."""
    now = session.now()
    with session.write():
        kept = keep_captures(session, visit)
        words = str(SaveStatus.UNCHANGED if visit.is_same and visit.outcome in STORED else visit.outcome)
        if visit.article is not None:
            words = _keep_article(session, visit, visit.article, kept)
        session.counts["discovered"] += frontier.add(session.store, visit.found, now=now)
        if visit.listing_kind:
            note_verdict(session.store, visit.entry.url, verdict=visit.listing_kind, now=now)
        if visit.problem:
            save_problem(
                session.store,
                url=visit.final_url,
                field="page",
                message=visit.problem,
                capture_id=kept.capture_id,
                seen_at=now,
            )
        is_changed = _is_changed(visit, words)
        again = _next_visit(session, visit, is_changed=is_changed, now=now)
        plan = _planner(session, visit, again).at(now)
        _tell_frontier(session, visit, plan, again, is_changed=is_changed, now=now)
    _count(session, visit, words)
    if not plan.in_this_run:
        session.tally.note(visit, words)
    return plan


def keep_captures(session: Session, visit: Visit) -> Kept:
    """Write the records and rows of *visit*'s answers; inside session.write()."""
    session.counts["requests"] += len(visit.hops)
    return keep_hops(session.store, session.writer, visit, run_id=session.run_id, refused_at=session.seen_at)


def _keep_article(session: Session, visit: Visit, article: Article, kept: Kept) -> str:
    entry, store = visit.entry, session.store
    kind = "source" if entry.kind == "cited" else "article"
    article = allowed_part(article, policy_of(store, entry.source))
    last = visit.hops[-1]
    saved = save_article(
        store,
        article,
        kind=kind,
        source=entry.source if kind == "article" else session.source_of(last.url),
        work_id=work_id(article.canonical_url) if kind == "article" else None,
        capture_id=kept.capture_id,
        seen_at=last.fetched_at,
    )
    for address in {entry.url, *(hop.url for hop in visit.hops[:-1])}:
        if surt(address) not in (surt(article.url), surt(article.canonical_url)):
            add_alias(store, surt(address), address, saved.article_id)
    if kind == "article":
        cited = tuple(session.scope.cited_entries(article))
        session.counts["references"] += len(article.references)
        session.counts["discovered"] += frontier.add(store, cited, now=session.now())
    return str(saved.status)


def _is_changed(visit: Visit, words: str) -> bool:
    """Return whether an address says something else than when it was asked before; never at the first time."""
    if visit.is_same or visit.entry.checked_at is None:
        return False
    if visit.article is not None and visit.entry.outcome in STORED:
        return words == SaveStatus.REVISED
    return visit.n_new > 0 or visit.outcome is not visit.entry.outcome


def _next_visit(session: Session, visit: Visit, *, is_changed: bool, now: datetime) -> NextVisit | None:
    """Return when the address is asked again; None for what only other settings or another policy could change."""
    entry = visit.entry
    if visit.outcome in NEVER_AGAIN:
        return None
    published_at, precision = publication(session.store, entry.surt)
    check = Check(
        kind=entry.kind,
        is_changed=is_changed,
        interval_s=entry.interval_s,
        is_list=visit.outcome is Outcome.LISTING and entry.kind in LISTS,
        cited_kind=identify(entry.url).kind if entry.kind == "cited" else None,
        published_at=published_at,
        published_precision=precision,
    )
    return next_visit(check, now=now, config=session.config)


def _planner(session: Session, visit: Visit, again: NextVisit | None) -> Planner:
    return Planner(
        outcome=visit.outcome,
        passing=visit.passing,
        attempts=visit.entry.attempts,
        run_attempts=session.attempts[visit.entry.surt],
        wait_s=visit.retry_after_s,
        config=session.config,
        again=again.at if again else None,
    )


def _tell_frontier(
    session: Session, visit: Visit, plan: Plan, again: NextVisit | None, *, is_changed: bool, now: datetime
) -> None:
    store, entry = session.store, visit.entry
    if plan.state == "dead":
        frontier.give_up(store, entry.surt, outcome=visit.outcome, detail=visit.detail)
    elif plan.state == "retry":
        frontier.retry_at(store, entry.surt, at=plan.at or now, outcome=visit.outcome, detail=visit.detail)
    else:
        del session.attempts[entry.surt]
        frontier.done(
            store,
            entry.surt,
            outcome=visit.outcome,
            detail=entry.detail if visit.is_same else visit.detail,
            now=now,
            due_at=plan.at,
            etag=_validator(visit, "etag"),
            last_modified=_validator(visit, "last-modified"),
            interval_s=again.interval_s if again else None,
            is_changed=is_changed,
        )


def _validator(visit: Visit, name: str) -> str | None:
    """Return the validator to keep: of the answer when it came without a redirect, '' to forget, None to leave."""
    last = visit.last
    if last is None or last.status == 304:
        return None
    return (last.header(name) or "") if len(visit.hops) == 1 else ""


def _count(session: Session, visit: Visit, words: str) -> None:
    counts, kind = session.counts, visit.entry.kind
    is_origin = visit.entry.source == HYPERAI and kind != "cited"
    counts["origin_visits"] += is_origin
    if visit.hops:
        counts["fetched"] += 1
        counts["origin_answers"] += is_origin and visit.hops[-1].status < 500
    if kind == "cited":
        counts[f"cited {visit.outcome}"] += 1
    elif visit.article is not None or words == SaveStatus.UNCHANGED:
        counts[words] += 1
    elif kind == "article":
        counts[f"article {visit.outcome}"] += 1
    if visit.outcome in (Outcome.BLOCKED_ADDRESS, Outcome.ROBOTS, Outcome.CITE_ONLY):
        counts[f"refused {visit.outcome}"] += 1
    if visit.problem:
        counts["problems"] += 1
    shown = words if visit.detail is None else f"{words} ({visit.detail})"
    session.progress.event(f"{kind} {shown}", visit.final_url)
