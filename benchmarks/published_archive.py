"""An archive as large as one wants, for benchmarks/publish.py: invented articles that cite each other, a fixed seed.

Rows are written table by table (the crawl's own way would take an hour), then the index is made. Six of ten articles
are HyperAI's; each cites eight addresses, four of which are held, one is lost and three were not asked yet.
"""

import json
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from archive.store import Store, open_store
from archive.store.articles import content_digest
from archive.store.search_index import rebuild_index
from archive.totals import count_totals
from archive.urls import surt
from benchmarks.search import FIRST_DAY, N_DAYS, Corpus, plain_date

N_HOSTS = 300
N_CITED = 8
LANGS = ("ja", "ja", "ja", "en", "zh", "ko", "fr", "de")
KINDS = ("article", "journal", "statistics", "pdf", "repository", "post", "other")
OUTCOMES = ("gone", "challenge", "paywalled", "soft-404")


def build(path: Path, n_articles: int, n_bytes: int) -> None:
    """Make the archive at *path*."""
    with open_store(path) as store:
        chance = random.Random(5)
        store.connection.execute("PRAGMA synchronous = OFF")
        _sources(store)
        rows = _articles(n_articles, n_bytes, chance)
        while page := list(islice(rows, 2000)):
            with store.transaction():
                _write(store, page, n_articles, chance)
        rebuild_index(store)
        count_totals(store)
        store.connection.execute("ANALYZE")


def _sources(store: Store) -> None:
    keys = ["hyper.ai", *(f"s{number}.example" for number in range(N_HOSTS))]
    with store.transaction():
        _insert(store, "sources", [{"key": key, "name": key.title(), "home": f"https://{key}/"} for key in keys])
        runs = [
            {
                "id": number,
                "command": "archive crawl",
                "started_at": f"{plain_date(FIRST_DAY + number * 10)}T06:00:00Z",
                "ended_at": f"{plain_date(FIRST_DAY + number * 10)}T06:20:00Z",
                "end_reason": "finished",
                "counts": '{"new": 20}',
            }
            for number in range(1, N_DAYS // 10)
        ]
        _insert(store, "runs", runs)


def _articles(n_articles: int, n_bytes: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, made in enumerate(Corpus([]).rows(n_articles, n_bytes), start=1):
        is_own = number % 5 < 3
        url = _url(number)
        text = _in_paragraphs(made["text"])
        day = FIRST_DAY + number * N_DAYS // n_articles
        yield {
            "id": number,
            "surt": surt(url),
            "kind": "article" if is_own else "source",
            "work_id": f"hyper.ai/news/{number // 5 * 5}" if is_own else None,
            "url": url,
            "canonical_url": url,
            "source": "hyper.ai" if is_own else f"s{number % N_HOSTS}.example",
            "section": chance.choice(("news", "stories", "papers")) if is_own else None,
            "lang": LANGS[number % len(LANGS)],
            "title": made["title"],
            "authors": json.dumps([f"著者{number % 50}"], ensure_ascii=False),
            "published_at": plain_date(day) if number % 50 else None,
            "published_precision": "day" if number % 50 else None,
            "published_from": "json-ld",
            "description": text[:120],
            "text": text,
            "headings": json.dumps([text.split("\n\n")[1]], ensure_ascii=False),
            "content_digest": content_digest(made["title"], text),
            "first_captured_at": f"{plain_date(day + 1)}T05:00:00Z",
            "last_captured_at": f"{plain_date(day + 1)}T05:00:00Z",
            "capture_id": number,
            "n_revisions": 1 + (number % 10 == 0),
        }


def _in_paragraphs(text: str) -> str:
    sentences = text.split("。")
    groups = ["。".join(sentences[at : at + 6]) for at in range(0, len(sentences), 6)]
    return "\n\n".join([groups[0], sentences[0][:20], *groups[1:]])


def _url(number: int) -> str:
    if number % 5 < 3:
        return f"https://hyper.ai/{'ja/' if number % 2 else ''}news/{number}"
    return f"https://s{number % N_HOSTS}.example/{number}"


def _write(store: Store, articles: list[dict[str, Any]], n_articles: int, chance: random.Random) -> None:
    cited = [row for article in articles if article["kind"] == "article" for row in _cited(article, n_articles, chance)]
    _insert(store, "articles", articles)
    _insert(store, "revisions", [row for article in articles for row in _revisions(article)])
    _insert(store, "citations", [row["citation"] for row in cited])
    own = [_frontier(article["surt"], article["url"], "article", "ok") for article in articles]
    _insert(store, "frontier", [*own, *(row["frontier"] for row in cited)])
    _insert(store, "captures", [_capture(article) for article in articles])
    lost = [row["frontier"] for row in cited if row["frontier"]["outcome"] not in (None, "ok")]
    _insert(store, "captures", [_refusal(row, articles[0]["first_captured_at"]) for row in lost])
    figure = {"position": 1, "url": "https://cdn.example/1.png", "caption": "図 1", "after_paragraph": 2}
    _insert(store, "figures", [figure | {"article_id": article["id"]} for article in articles if article["id"] % 2])


def _cited(article: dict[str, Any], n_articles: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for position in range(1, N_CITED + 1):
        held = position <= N_CITED // 2
        number = chance.randrange(n_articles // 5) * 5 + 3 + position % 2 if held else 0
        lost = int(chance.paretovariate(0.7)) % (n_articles * 2)
        url = _url(number) if held else f"https://s{lost % N_HOSTS}.example/lost/{lost}"
        is_asked = position == N_CITED
        outcome = "ok" if held else OUTCOMES[lost % len(OUTCOMES)] if is_asked else None
        citation = {
            "article_id": article["id"],
            "position": position,
            "kind": "reference" if position < 7 else "link",
            "number": position,
            "text": f"資料 {position}: {article['title'][:20]}",
            "url": url,
            "surt": surt(url),
            "cited_kind": KINDS[lost % len(KINDS)],
            "cited_article_id": number if held and number <= n_articles else None,
        }
        yield {"citation": citation, "frontier": _frontier(citation["surt"], url, "cited", outcome)}


def _frontier(key: str, url: str, kind: str, outcome: str | None) -> dict[str, Any]:
    host = url.split("/")[2]
    state = "done" if outcome else "due"
    return {"surt": key, "url": url, "kind": kind, "source": host, "host": host, "state": state, "outcome": outcome}


def _revisions(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(1, article["n_revisions"] + 1):
        yield {
            "article_id": article["id"],
            "number": number,
            "seen_at": article["first_captured_at"],
            "title": article["title"],
            "text": article["text"] if number > 1 or article["n_revisions"] == 1 else article["text"][:-40],
            "content_digest": article["content_digest"],
        }


def _capture(article: dict[str, Any]) -> dict[str, Any]:
    same = ("surt", "url", "source", "kind")
    row = {name: article[name] for name in same} | {"id": article["id"], "fetched_at": article["first_captured_at"]}
    kind = "article" if article["kind"] == "article" else "cited"
    return row | {"kind": kind, "run_id": 1 + article["id"] % 170, "status": 200, "outcome": "ok", "n_bytes": 60_000}


def _refusal(row: dict[str, Any], fetched_at: str) -> dict[str, Any]:
    same = {name: row[name] for name in ("surt", "url", "source", "kind", "outcome")}
    return same | {"fetched_at": fetched_at, "status": 404, "run_id": 1, "id": None}


def _insert(store: Store, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    if not rows:
        return
    names = list(rows[0])
    if table == "captures" and rows[0]["id"] is None:
        names.remove("id")
        top = store.connection.execute("SELECT 10000000 + COUNT(*) FROM captures").fetchone()[0]
        rows = [row | {"id": top + place} for place, row in enumerate(rows)]
        names.append("id")
    words = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})"
    store.connection.executemany(words, rows)
