"""Visit -> store: capture rows, article, citations, addresses found and the frontier's verdict, in one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from scrapy.crawler import Crawler

from archive.errors import AddressError, ArchiveError, StoreError
from archive.model import Article, Link, Outcome, Reference
from archive.opt_out import honoured
from archive.records import FrontierEntry, Sighting
from archive.store import frontier, lists
from archive.store.aliases import add_alias
from archive.store.articles import SaveStatus, save_article
from archive.store.citations import page_of
from archive.store.problems import save_problem
from archive.store.sources import note_verdict, policy_of
from archive.store.takedowns import is_taken_down
from archive.urls import as_written, canonical_url, surt
from spiders.capture import Kept, keep_hops
from spiders.memory import give_back_after
from spiders.planning import STORED, plan_of
from spiders.politeness import Plan
from spiders.scope import LINKED_PRIORITY, LISTS, ROOT_PRIORITY, SOURCE_KEY
from spiders.session import HYPERAI, Session, session_of
from spiders.sites import work_id
from spiders.visit import Naming, Visit, allowed_part


class ArchivePipeline:
    """Stores every visit that a spider yields."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        """Return the pipeline of *crawler*."""
        return cls(crawler)

    def process_item(self, item: Visit) -> Visit:
        """Store *item*; a store that cannot be written ends the crawl, and so does what we did not foresee.

        Whatever happens, the spider hears of it: a visit that nobody settles would keep the crawl waiting for ever.
        """
        session = session_of(self._crawler)
        plan = Plan("retry")
        try:
            plan = _keep_anyhow(session, item)
        except ArchiveError as error:
            session.fail(error)
        except Exception as error:
            words = f"{type(error).__name__}: {error}"[:500]
            session.fail(StoreError(f"{item.final_url} could not be stored ({words}); this is a fault of ours"))
        self._crawler.spider.settled(item, plan)  # type: ignore[union-attr]
        n_bytes = max((len(hop.payload) for hop in item.hops), default=0)
        give_back_after(session.config.max_body_bytes if item.outcome is Outcome.TOO_LARGE else n_bytes)
        return item


def _keep_anyhow(session: Session, visit: Visit) -> Plan:
    """Store *visit*; where a value of its page cannot be stored (too large a number), the answers and the problem."""
    try:
        return keep(session, visit)
    except (ValueError, OverflowError, AddressError) as error:
        words = f"{type(error).__name__}: {error}"[:500]
        bare = Visit(entry=visit.entry, hops=visit.hops, outcome=Outcome.ERROR, problem=words)
        return keep(session, replace(bare, detail="could not be stored", refused_url=visit.refused_url))


def keep(session: Session, visit: Visit) -> Plan:
    """Store *visit* and return what was planned for its address."""
    now = session.now()
    with session.write():
        visit = _without_what_was_taken_down(session, visit)
        kept = keep_captures(session, visit)
        words = str(SaveStatus.UNCHANGED if visit.is_same and visit.outcome in STORED else visit.outcome)
        if visit.article is not None:
            words = _keep_article(session, visit, visit.article, kept)
        pages = [entry for entry in visit.found if entry.kind not in LISTS]
        session.counts["discovered"] += frontier.add(session.store, pages, now=now)
        frontier.add(session.store, (entry for entry in visit.found if entry.kind in LISTS), now=now)
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
        if visit.naming:
            _keep_naming(session, visit.naming, now)
        plan = plan_of(session, visit, words, now=now)
        target = _keep_target(session, visit, plan, now)
        if target is not None and plan.state == "done":  # the page has a plan of its own
            plan = replace(plan, at=now + timedelta(hours=session.config.recheck_most_hours))
        _tell_frontier(session, visit, plan, now, leads_to=target)
    _count(session, visit, words)
    if not plan.in_this_run:
        session.tally.note(visit, words)
    return plan


def _without_what_was_taken_down(session: Session, visit: Visit) -> Visit:
    """Return *visit* without answer and article when it ended at a page that was taken down, by whatever address."""
    last, article = visit.last, visit.article
    urls = [last.url] if last else []
    urls += [article.url, article.canonical_url] if article else []
    if not is_taken_down(session.store, [visit.entry.surt, *map(surt, urls)]):
        return visit
    detail = visit.detail or "taken down: nothing of it is stored"
    return replace(visit, hops=(), article=None, shown=None, found=(), outcome=Outcome.TAKEN_DOWN, detail=detail)


def keep_captures(session: Session, visit: Visit) -> Kept:
    """Write the records and rows of *visit*'s answers; inside session.write()."""
    session.counts["requests"] += len(visit.hops)
    return keep_hops(session.store, session.writer, visit, run_id=session.run_id, refused_at=session.seen_at)


def _keep_article(session: Session, visit: Visit, article: Article, kept: Kept) -> str:
    entry, store = visit.entry, session.store
    kind = "article" if entry.kind == "article" or session.scope.is_own_article(visit.final_url) else "source"
    opt_out = honoured(visit.opt_out, session.config.ignore_opt_outs)
    article = allowed_part(article, policy_of(store, entry.source), opt_out)
    last = visit.hops[-1]
    saved = save_article(
        store,
        article,
        kind=kind,
        source=SOURCE_KEY if kind == "article" else session.source_of(last.url),
        work_id=work_id(article.canonical_url) if kind == "article" else None,
        capture_id=kept.capture_id,
        seen_at=last.fetched_at,
        opt_out=opt_out,
    )
    for address in {entry.url, *(hop.url for hop in visit.hops[:-1])}:
        if surt(address) not in (surt(article.url), surt(article.canonical_url)):
            add_alias(store, surt(address), address, saved.article_id)
    if kind == "article":
        cited = tuple(session.scope.cited_entries(article))
        lists.sight(store, tuple(_sightings(session, article, cited, seen_at=last.fetched_at)))
        session.counts["references"] += len(article.references)
        session.counts["discovered"] += frontier.add(store, cited, now=session.now())
    return str(saved.status)


def _keep_target(session: Session, visit: Visit, plan: Plan, now: datetime) -> str | None:
    """Return the SURT of the page that an address redirects to; one that was met only so becomes an entry of its own.

    None where there is no redirect to another address, or no page at its end.
    """
    store, entry = session.store, visit.entry
    if visit.leads_to is not None:
        article_id = page_of(store, visit.leads_to.surt)
        if article_id is not None:
            for address in {entry.url, *(hop.url for hop in visit.hops)}:
                add_alias(store, surt(address), address, article_id)
        return visit.leads_to.surt
    if len(visit.hops) < 2 or visit.outcome not in STORED or entry.kind in LISTS or surt(visit.final_url) == entry.surt:
        return None
    is_own = session.scope.is_own_article(visit.final_url)
    target = FrontierEntry(
        surt=surt(visit.final_url),
        url=canonical_url(visit.final_url),
        kind="article" if is_own else "cited",
        source=SOURCE_KEY if is_own else "",
        found_on=entry.url,
    )
    frontier.add(store, [target], now=now)
    frontier.done(
        store,
        target.surt,
        outcome=visit.outcome,
        now=now,
        due_at=plan.at,
        etag=visit.hops[-1].header("etag") or "",
        last_modified=visit.hops[-1].header("last-modified") or "",
        interval_s=plan.interval_s,
    )
    return target.surt


def _sightings(
    session: Session, article: Article, cited: Iterable[FrontierEntry], *, seen_at: str
) -> Iterator[Sighting]:
    """Yield by which of its citations an article led to others of HyperAI, as it writes their addresses."""
    own = {entry.surt for entry in cited if entry.kind == "article"}
    named: list[Reference | Link] = [*article.references, *article.links] if own else []
    for citation in named:
        try:
            key, url = surt(citation.url or ""), as_written(citation.url or "")
        except AddressError:
            continue
        if key in own:
            yield Sighting(surt=key, way="citation", url=url, first_seen_at=seen_at, run_id=session.run_id)


def _keep_naming(session: Session, naming: Naming, now: datetime) -> None:
    store = session.store
    lists.put_reading(store, naming.reading)
    lists.sight(store, naming.sightings)
    lists.announce(store, naming.announced, now=now, priority=LINKED_PRIORITY)
    lists.announce(store, naming.parts, now=now, priority=ROOT_PRIORITY)
    lists.note_hints(store, naming.noted)


def _tell_frontier(session: Session, visit: Visit, plan: Plan, now: datetime, *, leads_to: str | None) -> None:
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
            interval_s=plan.interval_s,
            is_changed=plan.is_changed,
            leads_to=leads_to,
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
    _show(session, visit, words)


def _show(session: Session, visit: Visit, words: str) -> None:
    entry, shown = visit.entry, words + (f" ({visit.detail})" if visit.detail else "")
    if visit.hops:
        session.progress.event(f"{entry.kind} {shown}", visit.final_url)
    else:
        session.progress.silence(f"{entry.kind} {shown}", entry.url, host=entry.host, reason=words)
