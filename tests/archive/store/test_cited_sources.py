"""The kept row of each cited page says what the tables say when they are added up, whatever was done in which order."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.identity import identify
from archive.model import Outcome, Reference
from archive.records import Capture, FrontierEntry
from archive.store import frontier, open_store
from archive.store.aliases import add_alias
from archive.store.articles import save_article
from archive.store.captures import save_capture
from archive.store.citations import cited_by
from archive.store.identities import source_of
from archive.urls import site_key, surt

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
ADDRESSES = (
    "https://arxiv.org/abs/2501.01234",
    "https://arxiv.org/pdf/2501.01234v2",
    "https://arxiv.org/html/2501.01234v1",
    "https://doi.org/10.48550/arXiv.2501.01234",
    "https://hyper.ai/en/papers/2501.01234",
    "https://doi.org/10.1000/one.1",
    "https://journal.example/doi/full/10.1000/one.1",
    "https://doi.org/10.1000/two.2",
    "https://publisher.example/landing/2",
    "https://go.hyper.ai/H4JhR",
    "https://news.example/story",
    "https://news.example/old-story",
)
DATES = (None, "2025-11", "2025-11-12", "2025-11-20T08:30:00Z", "2025-10-01")
OUTCOMES = (Outcome.OK, Outcome.PAYWALLED, Outcome.CHALLENGE, Outcome.GONE)


def save(store, article, url, *cited, kind="article", **fields):
    references = tuple(Reference(number=number, url=address) for number, address in enumerate(cited, start=1))
    page = replace(article, url=url, canonical_url=url, references=references, links=(), mentions=(), **fields)
    saved = save_article(
        store, page, kind=kind, source=site_key(url), work_id=None, capture_id=None, seen_at=fields.pop("seen", NOW)
    )
    return saved.article_id


def known(store, url, outcome=None, leads_to=None):
    frontier.add(store, [FrontierEntry(surt=surt(url), url=url, kind="cited")], now=NOW)
    if outcome:
        target = surt(leads_to) if leads_to else None
        frontier.done(store, surt(url), outcome=outcome, now=NOW, leads_to=target)


def rows(store, columns="*"):
    return [dict(row) for row in store.connection.execute(f"SELECT {columns} FROM cited_sources ORDER BY surt")]


class Operations:
    """What a crawl, a replay and a takedown do to an archive, at random."""

    def __init__(self, store, article, seed):
        self.store, self.article, self.random = store, article, random.Random(seed)
        self.n = 0

    def step(self, *more):
        self.n += 1
        self.random.choice((self.cite, self.cite, self.hold, self.ask, self.ask, self.capture, self.alias, *more))()

    def address(self):
        return self.random.choice(ADDRESSES)

    def cite(self):
        cited = self.random.sample(ADDRESSES, self.random.randint(0, 5))
        url = f"https://hyper.ai/en/news/{self.random.randint(1, 6)}"
        date = self.random.choice(DATES)
        precision = {None: None, "2025-11": "month"}.get(date, "day")
        text = f"State {self.n}."
        save(self.store, self.article, url, *cited, published_at=date, published_precision=precision, text=text)

    def hold(self):
        url, title = self.address(), f"Title {self.n}"
        kind = self.random.choice(("source", "article")) if url.startswith("https://hyper.ai") else "source"
        save(self.store, self.article, url, self.address(), kind=kind, title=title, text=f"Text {self.n}")

    def ask(self):
        url = self.address()
        leading = {
            row[0] for row in self.store.connection.execute("SELECT surt FROM frontier WHERE leads_to IS NOT NULL")
        }
        targets = [one for one in ADDRESSES if surt(one) not in leading]  # no redirect to what redirects is noted
        target = self.random.choice((None, *targets))
        known(self.store, url)
        if self.random.random() < 0.2:
            frontier.give_up(self.store, surt(url), outcome=Outcome.ERROR)
        elif self.random.random() < 0.2:
            frontier.retry_at(self.store, surt(url), at=NOW, outcome=Outcome.TIMEOUT)
        elif target != url:
            if target:
                known(self.store, target)
            known(self.store, url, self.random.choice(OUTCOMES), target)

    def capture(self):
        url, at = self.address(), NOW + timedelta(hours=self.random.randint(-900, 900))
        status = self.random.choice((200, 304, 403, None))
        save_capture(self.store, Capture(surt=surt(url), url=url, fetched_at=f"{at:%Y-%m-%dT%H:%M:%SZ}", status=status))

    def alias(self):
        held = self.store.connection.execute("SELECT id FROM articles WHERE kind = 'source'").fetchall()
        if held:
            url = self.address()
            add_alias(self.store, surt(url), url, self.random.choice(held)[0])

    def undo(self):
        connection = self.store.connection
        url = self.address()
        if self.random.random() < 0.2:
            move = "UPDATE citations SET surt = :surt, url = :url WHERE id = :id"
            connection.execute(move, {"surt": surt(url), "url": url, "id": self.random.randint(1, 40)})
        if self.random.random() < 0.2:
            turn = "UPDATE articles SET kind = IIF(kind = 'source', 'article', 'source') WHERE id = :id"
            connection.execute(turn, {"id": self.random.randint(1, 12)})
        if self.random.random() < 0.2:
            add = (
                "INSERT INTO citations (article_id, position, kind, url, surt) "
                "SELECT id, :position, 'link', :url, :surt FROM articles ORDER BY id LIMIT 1"
            )
            connection.execute(add, {"position": 1000 + self.n, "url": url, "surt": surt(url)})
        table = self.random.choice(("citations", "captures", "frontier", "aliases", "articles", "cited_addresses"))
        numbers = [row[0] for row in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]
        if numbers:
            row = {"row": self.random.choice(numbers)}
            with self.store.transaction():
                connection.execute(f"DELETE FROM {table} WHERE rowid = :row", row)
                for part in (
                    ("revisions", "aliases", "figures", "data_tables", "citations") if table == "articles" else ()
                ):
                    connection.execute(f"DELETE FROM {part} WHERE article_id = :row", row)


def added_up(store):
    """Return what the rows of cited_sources should say, counted in the plainest way from the other tables."""
    tables = ("cited_addresses", "citations", "articles", "aliases", "captures", "frontier")
    table = {name: [dict(row) for row in store.connection.execute(f"SELECT * FROM {name}")] for name in tables}
    members = defaultdict(set)
    for row in table["cited_addresses"]:
        members[row["source_surt"]].add(row["surt"])
    own = {row["id"]: row for row in table["articles"]}
    found = []
    for source, surts in members.items():
        citing = {row["article_id"] for row in table["citations"] if row["surt"] in surts}
        citing = [own[number] for number in citing if own.get(number, {}).get("kind") == "article"]
        if not citing:
            continue
        held_ids = {row["article_id"] for row in table["aliases"] if row["surt"] in surts}
        held = [row for row in table["articles"] if row["surt"] in surts or row["id"] in held_ids]
        held.sort(key=lambda row: (row["surt"] != source, row["kind"] != "source", row["id"]))
        entries = [row for row in table["frontier"] if row["surt"] in surts]
        entries.sort(key=lambda row: (row["leads_to"] is not None, *_rank(row, source)))
        entry, page = entries[0] if entries else {}, held[0] if held else {}
        asked = [row["fetched_at"] for row in table["captures"] if row["surt"] in surts and row["status"]]
        dates = [row["published_at"] for row in citing if row["published_at"]]
        mine = [row for row in table["cited_addresses"] if row["surt"] in surts]
        first = min(asked, default=None)
        published = min(dates, default=None)
        hours = None
        if first and published and len(published) >= 10:
            hours = (datetime.fromisoformat(first) - _instant(published)).total_seconds() / 3600
        found.append(
            {
                "surt": source,
                "url": entry.get("url") or min(row["url"] for row in mine),
                "domain": entry.get("source") or page.get("source") or "",
                "title": page.get("title"),
                "cited_kind": min(row["cited_kind"] for row in mine),
                "state": entry.get("state"),
                "outcome": entry.get("outcome"),
                "first_captured_at": first,
                "last_captured_at": max(asked, default=None),
                "hours_after_publication": hours and pytest.approx(hours, abs=0.06),
                "n_citing": len(citing),
                "cited_article_id": page.get("id"),
                "first_published_at": published,
            }
        )
    return sorted(found, key=lambda row: row["surt"])


def _rank(row, source):
    came_to = {"ok": 0, "paywalled": 1, None: 2}.get(row["outcome"], 3)
    return came_to, row["kind"] != "cited", row["surt"] != source, row["surt"]


def _instant(date):
    instant = datetime.fromisoformat(date)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@pytest.mark.parametrize("seed", range(12))
def test_the_rows_say_what_the_tables_add_up_to_after_every_operation(store, article, seed):
    operations = Operations(store, article, seed)
    for _ in range(60):
        operations.step(operations.undo)
        assert rows(store) == added_up(store)


@pytest.mark.parametrize("seed", range(6))
def test_a_paper_is_one_source_whatever_leads_where(store, article, seed):
    operations = Operations(store, article, seed)
    for _ in range(80):
        operations.step()
    for row in store.connection.execute("SELECT url, source_surt FROM cited_addresses").fetchall():
        named = identify(row["url"])
        if named.arxiv_id:
            assert row["source_surt"] == "org,arxiv)/abs/2501.01234"
        elif named.doi:
            assert row["source_surt"] == f"org,doi)/{named.doi}"


@pytest.mark.parametrize("seed", range(8))
def test_an_archive_of_an_older_release_gets_the_same_rows(tmp_path, article, seed):
    """Which addresses are one page does not depend on the order in which that was learned."""
    with open_store(tmp_path / "a.db") as store:
        operations = Operations(store, article, seed)
        for _ in range(60):
            operations.step()
        kept = {row["surt"]: row["n_citing"] for row in rows(store)}
        for table in ("cited_sources", "cited_addresses"):
            store.connection.execute(f"DROP TABLE {table}")
        for row in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.connection.execute(f"DROP TRIGGER {row[0]}")
        store.connection.execute("CREATE VIEW cited_sources AS SELECT 1")
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '%cited_sources_kept'")
    with open_store(tmp_path / "a.db") as store:
        assert {row["surt"]: row["n_citing"] for row in rows(store)} == kept
        assert rows(store) == added_up(store)


def test_every_form_and_version_of_a_paper_is_one_cited_source(store, article):
    for number, url in enumerate(ADDRESSES[:5], start=1):
        save(store, article, f"https://hyper.ai/en/news/{number}", url)
    save(store, article, "https://hyper.ai/en/news/6", *ADDRESSES[:5])
    known(store, ADDRESSES[1], Outcome.OK)
    known(store, ADDRESSES[0], Outcome.CHALLENGE)
    assert rows(store, "surt, url, domain, cited_kind, outcome, n_citing") == [
        {
            "surt": "org,arxiv)/abs/2501.01234",
            "url": ADDRESSES[1],
            "domain": "arxiv.org",
            "cited_kind": "arxiv",
            "outcome": "ok",
            "n_citing": 6,
        }
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=["cited first", "read first", "led to first"])
def test_a_doi_its_landing_page_and_a_short_link_to_it_are_one_source(store, article, order):
    doi, landing, short = "https://doi.org/10.1000/two.2", ADDRESSES[8], "https://go.hyper.ai/H4JhR"

    def cite():
        for number, url in enumerate((doi, landing, short), start=1):
            save(store, article, f"https://hyper.ai/en/news/{number}", url)

    def lead():
        known(store, landing, Outcome.OK)
        known(store, doi, Outcome.OK, leads_to=landing)
        known(store, short, Outcome.OK, leads_to=landing)

    def read():
        page = save(store, article, landing, kind="source", title="A result")
        add_alias(store, surt(doi), doi, page)

    for place in order:
        (cite, lead, read)[place]()
    (row,) = rows(store)
    assert (row["surt"], row["n_citing"], row["title"]) == ("org,doi)/10.1000/two.2", 3, "A result")
    assert (row["url"], row["domain"]) == (landing, "publisher.example")
    assert {citing["article_id"] for citing in cited_by(store, short)} == {
        citing["article_id"] for citing in cited_by(store, doi)
    }
    assert source_of(store.connection, short) == row["surt"]


def test_two_papers_that_lead_to_one_page_stay_two_sources(store, article):
    """A journal that is gone sends all its DOIs to one front page."""
    front, dois = "https://publisher.example/", ("https://doi.org/10.1000/one.1", "https://doi.org/10.1000/two.2")
    save(store, article, "https://hyper.ai/en/news/1", *dois, front)
    page = save(store, article, front, kind="source", title="A publisher")
    for doi in dois:
        known(store, doi, Outcome.OK, leads_to=front)
        add_alias(store, surt(doi), doi, page)
    assert [row["surt"] for row in rows(store)] == [
        "example,publisher)/",
        "org,doi)/10.1000/one.1",
        "org,doi)/10.1000/two.2",
    ]


def test_an_address_that_turns_out_to_be_a_page_of_its_own_is_a_source_of_its_own(store, article):
    old, new = "https://news.example/old-story", "https://news.example/story"
    save(store, article, "https://hyper.ai/en/news/1", old, new)
    page = save(store, article, new, kind="source", title="Story")
    add_alias(store, surt(old), old, page)
    assert [row["title"] for row in rows(store)] == ["Story"]
    save(store, article, old, kind="source", title="Another story", text="Other words.")
    assert [row["title"] for row in rows(store)] == ["Another story", "Story"]
    known(store, old, Outcome.OK, leads_to=new)
    known(store, old, Outcome.OK)
    assert len(rows(store)) == 2
