"""Search: CPU time of each kind of query and of building the index, ours beside SQLite's own tokenizers.

    python benchmarks/search.py [--articles 10000] [--json]

The corpus is made here, from a fixed seed: Japanese and English sentences over a vocabulary with Zipf's frequencies, so
that there are rare, usual and very common words as in a real archive. Figures are milliseconds of CPU, p50 / p95.
"""

import argparse
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from archive.model import Article
from archive.search import count, search
from archive.store import Store, open_store
from archive.store.articles import save_article
from archive.text import match_query

SYLLABLES = (
    "資金調達規制計算電力半導体市場企業研究開発発表導入学習生成言語画像音声予測需要供給投資国際政府協定技術安全評価"
)
KATAKANA = ("モデル", "データ", "ロボット", "チップ", "クラウド", "エージェント", "ベンチマーク", "スタートアップ")
LATIN = ("xAI", "GPT-4o", "Grok-4", "transformer", "universities", "inference", "training", "benchmark", "arXiv")
PARTICLES = ("は", "が", "を", "に", "で", "と", "の", "も")
ENDINGS = ("した。", "している。", "という。", "とみられる。", "になる。", "が続く。")
N_QUERIES = 200


class Corpus:
    """Articles of one vocabulary, and queries of the same; *draws* is the seed of what is drawn from it."""

    def __init__(self, *, draws: int, n_words: int = 8_000) -> None:
        self.chance = random.Random(7)
        words = ["".join(self.chance.choices(SYLLABLES, k=self.chance.choice((2, 2, 2, 3, 4)))) for _ in range(n_words)]
        self.words = list(dict.fromkeys([*words, *KATAKANA, *LATIN]))
        self.chance.shuffle(self.words)
        self.chance = random.Random(draws)
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def sentence(self) -> str:
        """Return one sentence of four to nine words."""
        words = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randint(4, 9))
        return (
            "".join(word + self.chance.choice(PARTICLES) for word in words[:-1])
            + words[-1]
            + self.chance.choice(ENDINGS)
        )

    def articles(self, n_articles: int, n_sentences: int = 25) -> Iterator[Article]:
        """Yield articles of about 3 KB."""
        for number in range(n_articles):
            url = f"https://hyper.ai/ja/news/{number}"
            text = "".join(self.sentence() + "\n\n" * (place % 5 == 4) for place in range(n_sentences))
            yield Article(
                url=url, canonical_url=url, site="hyper.ai", lang="ja", title=self.sentence(), text=text.strip()
            )

    def keywords(self) -> list[str]:
        """Return words as often as they are written, rare and common ones."""
        return self.chance.choices(self.words, cum_weights=self.weights, k=N_QUERIES)

    def questions(self) -> list[str]:
        """Return sentences that no article holds as they are."""
        return [self.sentence()[:-3] + "のはなぜですか？" for _ in range(N_QUERIES // 4)]


def cpu_ms(function: Callable[[str], Any], queries: Sequence[str]) -> tuple[float, float]:
    """Return p50 and p95 of the CPU milliseconds that *function* takes for each query."""
    times = []
    for query in queries:
        before = time.process_time()
        function(query)
        times.append((time.process_time() - before) * 1000)
    times.sort()
    return round(times[len(times) // 2], 2), round(times[int(len(times) * 0.95)], 2)


def build(store: Store, articles: Sequence[Article]) -> dict[str, float]:
    """Save all articles as a crawl does, 100 a transaction, and return megabytes and seconds of CPU."""
    n_bytes = sum(len((article.title or "").encode()) + len(article.text.encode()) for article in articles)
    before = time.process_time()
    for start in range(0, len(articles), 100):
        with store.transaction():
            for article in articles[start : start + 100]:
                save_article(
                    store, article, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-01T00:00:00Z"
                )
    seconds = time.process_time() - before
    return {"megabytes": round(n_bytes / 1e6, 1), "save MB/s": round(n_bytes / 1e6 / seconds, 2)}


def build_index(store: Store, name: str, tokenizer: str) -> dict[str, float]:
    """Make an index of the stored articles with one of SQLite's tokenizers and return its speed and size."""
    n_bytes = store.connection.execute("SELECT SUM(LENGTH(CAST(text AS BLOB))) FROM articles").fetchone()[0]
    before = time.process_time()
    store.connection.execute(
        f"CREATE VIRTUAL TABLE {name} USING fts5 (title, text, content='', tokenize='{tokenizer}')"
    )
    store.connection.execute(f"INSERT INTO {name} (rowid, title, text) SELECT id, title, text FROM articles")
    return {"index MB/s": round(n_bytes / 1e6 / (time.process_time() - before), 2), **size_of(store, name, n_bytes)}


def size_of(store: Store, name: str, n_bytes: int) -> dict[str, float]:
    """Return the size of an index against that of the text."""
    sql = f"SELECT SUM(LENGTH(block)) FROM {name}_data"
    return {"index / text": round(store.connection.execute(sql).fetchone()[0] / n_bytes, 2)}


def ours(store: Store, corpus: Corpus) -> dict[str, Any]:
    """Return the figures of our search."""
    from archive.store.search_index import rebuild_index

    n_bytes = store.connection.execute("SELECT SUM(LENGTH(CAST(text AS BLOB))) FROM articles").fetchone()[0]
    before = time.process_time()
    rebuild_index(store)
    speed = round(n_bytes / 1e6 / (time.process_time() - before), 2)
    keywords, pairs = corpus.keywords(), [" ".join(pair) for pair in itertools.pairwise(corpus.keywords())]
    return {
        "index MB/s": speed,
        **size_of(store, "articles_fts", n_bytes),
        "found of 2-character words": recall(store, corpus, lambda word: count(store, word)),
        "newest first": cpu_ms(lambda query: _newest(store, "articles_fts", match_query(query)), keywords),
        "count": cpu_ms(lambda query: count(store, query), keywords),
        "ranked": cpu_ms(lambda query: _ranked(store, "articles_fts", match_query(query)), keywords),
        "search() keyword": cpu_ms(lambda query: search(store, query), keywords),
        "search() two words": cpu_ms(lambda query: search(store, query), pairs),
        "search() question": cpu_ms(lambda query: search(store, query), corpus.questions()),
    }


def theirs(store: Store, corpus: Corpus, name: str, tokenizer: str) -> dict[str, Any]:
    """Return the figures of one of SQLite's tokenizers on the same articles."""
    figures: dict[str, Any] = build_index(store, name, tokenizer)
    keywords = [f'"{word}"' for word in corpus.keywords()]
    return figures | {
        "found of 2-character words": recall(store, corpus, lambda word: _count(store, name, f'"{word}"')),
        "newest first": cpu_ms(lambda query: _newest(store, name, query), keywords),
        "count": cpu_ms(lambda query: _count(store, name, query), keywords),
        "ranked": cpu_ms(lambda query: _ranked(store, name, query), keywords),
    }


def recall(store: Store, corpus: Corpus, found: Callable[[str], int]) -> float:
    """Return the share of articles with a two-character word in their text that a search for it finds."""
    words = [word for word in dict.fromkeys(corpus.keywords()) if len(word) == 2][:20]
    truth = sum(_holding(store, word) for word in words)
    return round(sum(min(found(word), _holding(store, word)) for word in words) / max(1, truth), 3)


def _holding(store: Store, word: str) -> int:
    sql = "SELECT COUNT(*) FROM articles WHERE INSTR(text, :word) OR INSTR(title, :word)"
    return int(store.connection.execute(sql, {"word": word}).fetchone()[0])


def _newest(store: Store, name: str, match: str) -> list[Any]:
    sql = f"SELECT rowid FROM {name} WHERE {name} MATCH :match ORDER BY rowid DESC LIMIT 20"
    return store.connection.execute(sql, {"match": match}).fetchall()


def _count(store: Store, name: str, match: str) -> int:
    sql = f"SELECT COUNT(*) FROM {name} WHERE {name} MATCH :match"
    return int(store.connection.execute(sql, {"match": match}).fetchone()[0])


def _ranked(store: Store, name: str, match: str) -> list[Any]:
    sql = f"SELECT rowid FROM {name} WHERE {name} MATCH :match ORDER BY rank LIMIT 20"
    return store.connection.execute(sql, {"match": match}).fetchall()


def measure(n_articles: int) -> dict[str, Any]:
    """Return all figures for an archive of *n_articles*."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "bench.db") as store:
        saved = build(store, list(Corpus(draws=1).articles(n_articles)))
        return {
            "articles": {"number": n_articles, **saved},
            "ours": ours(store, Corpus(draws=11)),
            "unicode61": theirs(store, Corpus(draws=11), "plain_fts", "unicode61"),
            "trigram": theirs(store, Corpus(draws=11), "trigram_fts", "trigram"),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.articles)
    if options.json:
        json.dump(figures, sys.stdout, indent=2)
        return
    for name, row in figures.items():
        print(name)
        for figure, value in row.items():
            print(f"  {figure:28} {' / '.join(map(str, value)) if isinstance(value, tuple) else value}")


if __name__ == "__main__":
    main()
