"""Search: build speed, index size, CPU and wall time of every kind of query, and how good the answers are.

    python benchmarks/search.py [--articles 10000] [--bytes 1000] [--no-peers] [--db FILE] [--json]
    python benchmarks/search.py --sets FOLDER        answers to public question sets, precision and recall of keywords

The corpus is made here from a fixed seed: Japanese, Chinese, Korean and English sentences over vocabularies with Zipf's
frequencies, or, with --sets, the sentences of the question sets' paragraphs in new combinations. --db keeps the file
and takes it up again. Peers (SQLite's unicode61 and trigram tokenizers; Tantivy where it is installed) get the same
texts and queries in the same run. Figures are p50 / p95 of milliseconds of CPU, and of wall time in brackets.

The sets are files FOLDER/<set>-<anything>.json in SQuAD's form, for example jsquad-valid.json, cmrc2018-dev.json.
"""

import argparse
import itertools
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.publish.results import SearchRequest, read_results
from archive.query import Filters
from archive.search import Options, count, find, search
from archive.segments import fold, index_text, is_bounded, script_of, script_runs
from archive.store import Store, open_store
from archive.store.search_index import rebuild_index
from archive.text import sentence_spans

KATAKANA = ("モデル", "データ", "ロボット", "チップ", "クラウド", "エージェント", "ベンチマーク", "ドル", "ハードル")
LATIN = (
    "xAI",
    "GPT-4o",
    "Grok-4",
    "transformer",
    "universities",
    "inference",
    "training",
    "benchmark",
    "arXiv",
    "chips",
)
PARTICLES = ("は", "が", "を", "に", "で", "と", "の", "も")
ENDINGS = ("した。", "している。", "という。", "とみられる。", "になる。", "が続く。")
N_QUERIES = 200
N_QUESTIONS = 50
FIRST_DAY, N_DAYS = 19_000, 1_800  # articles of five years, stored about in the order they were published


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a question set, with its questions."""

    name: str
    lang: str
    title: str
    text: str
    questions: tuple[str, ...]


def read_sets(folder: Path) -> list[Paragraph]:
    """Return every paragraph of the sets in *folder*; the set is the file's name up to the first hyphen."""
    langs = {"jsquad": "ja", "jaquad": "ja", "cmrc2018": "zh", "drcd": "zh-Hant", "korquad": "ko"}
    found = []
    for file in sorted(folder.glob("*.json")):
        name = file.stem.split("-")[0]
        if name == "xquad":
            name = "-".join(file.stem.split("-")[:2])
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                title, _, text = paragraph["context"].partition(" [SEP] ") if name == "jsquad" else ("", "", "")
                found.append(
                    Paragraph(
                        name,
                        langs.get(name, name[-2:]),
                        title or str(article.get("title") or ""),
                        text or paragraph["context"],
                        tuple(qa["question"] for qa in paragraph["qas"]) if "train" not in file.stem else (),
                    )
                )
    return found


class Corpus:
    """Sentences by language, drawn with a seed; articles and queries are made of them."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.questions = [question for paragraph in paragraphs for question in paragraph.questions]
        self.by_lang: dict[str, list[str]] = {}
        for paragraph in paragraphs:
            spans = sentence_spans(paragraph.text)
            self.by_lang.setdefault(paragraph.lang, []).extend(paragraph.text[start:end] for start, end in spans)
        if not paragraphs:
            self.by_lang["ja"] = list(_invented_sentences(random.Random(7)))
            self.questions = [sentence[:-3] + "のはなぜですか？" for sentence in self.by_lang["ja"][::97]]

    def rows(self, n_articles: int, n_bytes: int) -> Iterator[dict[str, Any]]:
        """Yield rows of articles of about *n_bytes*."""
        chance = random.Random(1)
        langs = list(self.by_lang)
        shares = [len(self.by_lang[lang]) for lang in langs]
        sources = list(itertools.accumulate(1 / (rank + 2) for rank in range(300)))
        for number in range(1, n_articles + 1):
            lang = chance.choices(langs, shares)[0]
            sentences, size = [], 0
            while size < n_bytes:
                sentence = chance.choice(self.by_lang[lang])
                sentences.append(sentence)
                size += len(sentence.encode())
            day = FIRST_DAY + number * N_DAYS // n_articles + chance.randint(-10, 10)
            source = chance.choices(range(300), cum_weights=sources)[0]
            yield {
                "surt": f"example,s{source})/{number}",
                "url": f"https://s{source}.example/{number}",
                "kind": "article" if source == 0 else "source",
                "source": f"s{source}.example",
                "section": chance.choice(("news", "papers", "stories", None)),
                "lang": lang,
                "title": sentences[0][:40],
                "text": "".join(sentences[1:]) or sentences[0],
                "published_at": plain_date(day),
                "outcome": "ok" if chance.random() < 0.9 else "paywalled",
                "cited": f"example,s{chance.choices(range(300), cum_weights=sources)[0]})/{number % 7}",
            }

    def keywords(self, draws: int) -> list[str]:
        """Return words as often as they are written: runs of kanji (two to four), katakana, hangul and Latin."""
        chance = random.Random(draws)
        words = []
        while len(words) < N_QUERIES:
            lang = chance.choices(list(self.by_lang), [len(texts) for texts in self.by_lang.values()])[0]
            runs = [run for run in script_runs(fold(chance.choice(self.by_lang[lang]))) if len(run) <= 12]
            words += [chance.choice(runs)[: chance.choice((2, 2, 3, 4, 12))]] if runs else []
        return [word for word in words if len(word) > 1]


def plain_date(day: int) -> str:
    """Return day number *day* since 1970 as a date."""
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))


def _invented_sentences(chance: random.Random, n_sentences: int = 60_000, n_words: int = 30_000) -> Iterator[str]:
    kanji = [chr(0x4E00 + place) for place in chance.sample(range(0x5000), 1_500)]
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(kanji))))
    words = [
        "".join(chance.choices(kanji, cum_weights=weights, k=chance.choice((2, 2, 2, 3, 4)))) for _ in range(n_words)
    ]
    words = list(dict.fromkeys([*words[:200], *KATAKANA, *LATIN, *words[200:]]))
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    for _ in range(n_sentences):
        chosen = chance.choices(words, cum_weights=weights, k=chance.randint(4, 9))
        body = "".join(word + chance.choice(PARTICLES) for word in chosen[:-1])
        yield body + chosen[-1] + chance.choice(ENDINGS)


def fill(store: Store, rows: Iterable[dict[str, Any]]) -> None:
    """Write articles, each with one citation, without the index."""
    with store.transaction():
        for number, row in enumerate(rows, start=1):
            store.connection.execute(
                "INSERT INTO articles (id, surt, kind, url, canonical_url, source, section, lang, title, published_at, "
                "text, outcome, first_captured_at) VALUES (:id, :surt, :kind, :url, :url, :source, :section, :lang, "
                ":title, :published_at, :text, :outcome, :published_at)",
                row | {"id": number},
            )
            store.connection.execute(
                "INSERT INTO citations (article_id, position, kind, url, surt) "
                "VALUES (:id, 1, 'link', 'https://' || :cited, :cited)",
                row | {"id": number},
            )


class Clock:
    """Milliseconds of CPU and of wall time of calls."""

    def __init__(self, function: Callable[[str], Any], queries: Sequence[str]) -> None:
        self.cpu: list[float] = []
        self.wall: list[float] = []
        for query in queries:
            cpu, wall = time.process_time(), time.perf_counter()
            function(query)
            self.cpu.append((time.process_time() - cpu) * 1000)
            self.wall.append((time.perf_counter() - wall) * 1000)

    def __str__(self) -> str:
        """Return p50 / p95 of CPU, and of wall time in brackets."""
        cpu, wall = sorted(self.cpu), sorted(self.wall)
        middle, late = len(cpu) // 2, int(len(cpu) * 0.95)
        return f"{cpu[middle]:.2f} / {cpu[late]:.2f} [{wall[middle]:.2f} / {wall[late]:.2f}]"


def build(store: Store) -> dict[str, Any]:
    """Make our index and return its speed and its size against the text."""
    n_bytes = text_bytes(store)
    before = time.process_time()
    rebuild_index(store)
    seconds = time.process_time() - before
    tables = ("articles_fts_data", "articles_fts_idx", "articles_fts_docsize")
    return {"build MB/s": round(n_bytes / 1e6 / seconds, 2), "index / text": size_of(store.connection, tables, n_bytes)}


def size_of(connection: Any, tables: Sequence[str], n_bytes: int) -> float:
    """Return the size of an index's tables against *n_bytes* of text."""
    columns = {"data": "LENGTH(block)", "idx": "LENGTH(term) + 6", "docsize": "LENGTH(sz) + 6"}
    total = 0
    for table in tables:
        column = columns[table.rpartition("_")[2]]
        total += connection.execute(f"SELECT COALESCE(SUM({column}), 0) FROM {table}").fetchone()[0]
    return round(total / n_bytes, 3)


def text_bytes(store: Store) -> int:
    """Return the bytes of all titles and texts."""
    sql = "SELECT SUM(LENGTH(CAST(text AS BLOB)) + LENGTH(CAST(title AS BLOB))) FROM articles"
    return int(store.connection.execute(sql).fetchone()[0])


def ours(store: Store, corpus: Corpus) -> dict[str, Any]:
    """Return how long our searches take."""
    connection = store.connection
    keywords = corpus.keywords(11)
    common = [row[0] for row in connection.execute("SELECT word FROM search_words ORDER BY n_articles DESC LIMIT 20")]
    common = [word.rstrip("ヿ") for word in common]
    questions = random.Random(3).sample(corpus.questions, min(N_QUESTIONS, len(corpus.questions)))
    newest = Options(order="newest")
    pairs = [f"{one} {two}" for one, two in itertools.pairwise(keywords)]
    kinds: dict[str, tuple[Callable[[str], Any], Sequence[str]]] = {
        "keyword, newest 20": (lambda word: find(connection, word, options=newest), keywords),
        "keyword, count": (lambda word: count(connection, word), keywords),
        "keyword, ranked": (lambda word: search(connection, word), keywords),
        "two keywords, ranked": (lambda words: search(connection, words), pairs),
        "keyword of one language, ranked": (lambda word: find(connection, word, filters=Filters(lang="ja")), keywords),
        "question": (lambda question: search(connection, question, limit=10), questions),
        "page with facets": (lambda word: read_results(connection, request=SearchRequest(q=word)), keywords),
        "20 most common words, ranked": (lambda word: search(connection, word), common),
        "20 most common words, page with facets": (
            lambda word: read_results(connection, request=SearchRequest(q=word)),
            common,
        ),
    }
    search(connection, "zzzz")
    return {name: str(Clock(function, queries)) for name, (function, queries) in kinds.items()}


def theirs(store: Store, corpus: Corpus, tokenizer: str) -> dict[str, Any]:
    """Return the same figures for an index with one of SQLite's tokenizers."""
    connection = store.connection
    name, n_bytes = f"{tokenizer}_fts", text_bytes(store)
    before = time.process_time()
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(f"CREATE VIRTUAL TABLE {name} USING fts5 (text, title, content='', tokenize='{tokenizer}')")
    connection.execute(f"INSERT INTO {name} (rowid, text, title) SELECT id, text, title FROM articles")
    connection.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")
    seconds = time.process_time() - before
    keywords = [f'"{word}"' for word in corpus.keywords(11)]
    kinds = {
        "keyword, newest 20": f"SELECT rowid FROM {name} WHERE {name} MATCH ? ORDER BY rowid DESC LIMIT 20",
        "keyword, count": f"SELECT COUNT(*) FROM {name} WHERE {name} MATCH ?",
        "keyword, ranked": f"SELECT rowid FROM {name} WHERE {name} MATCH ? ORDER BY rank LIMIT 20",
    }
    tables = (f"{name}_data", f"{name}_idx", f"{name}_docsize")
    figures: dict[str, Any] = {
        "build MB/s": round(n_bytes / 1e6 / seconds, 2),
        "index / text": size_of(connection, tables, n_bytes),
    }
    for kind, sql in kinds.items():
        figures[kind] = str(Clock(lambda word, sql=sql: connection.execute(sql, (word,)).fetchall(), keywords))
    connection.execute(f"DROP TABLE {name}")
    return figures


def tantivy_figures(store: Store, corpus: Corpus, folder: Path) -> dict[str, Any]:
    """Return the same figures for Tantivy over our tokens; a note where it is not installed."""
    try:
        import tantivy
    except ImportError:
        return {"note": "not installed (pip install tantivy)"}
    schema = tantivy.SchemaBuilder().add_text_field("body", stored=False, tokenizer_name="whitespace").build()
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema, path=str(folder / "tantivy"))
    n_bytes = text_bytes(store)
    before = time.process_time()
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for title, text in store.connection.execute("SELECT title, text FROM articles ORDER BY id"):
        writer.add_document(tantivy.Document(body=index_text(f"{title}\n{text}")))
    writer.commit()
    writer.wait_merging_threads()
    seconds = time.process_time() - before
    size = sum(file.stat().st_size for file in (folder / "tantivy").iterdir())
    index.reload()
    searcher = index.searcher()

    def found(word: str, limit: int = 20) -> Any:
        return searcher.search(index.parse_query(f'"{index_text(word)}"', ["body"]), limit)

    def answered(question: str) -> Any:
        terms = " ".join(f'"{token}"' for token in index_text(question).split())
        return searcher.search(index.parse_query(terms, ["body"]), 10)

    questions = random.Random(3).sample(corpus.questions, min(N_QUESTIONS, len(corpus.questions)))
    keywords = corpus.keywords(11)
    return {
        "build MB/s": round(n_bytes / 1e6 / seconds, 2),
        "index / text": round(size / n_bytes, 3),
        "keyword, ranked": str(Clock(found, keywords)),
        "question": str(Clock(answered, questions)),
    }


def timed(store: Store, corpus: Corpus, folder: Path, *, peers: bool, is_new: bool) -> dict[str, Any]:
    """Return all figures of speed and size."""
    n_articles = store.connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0]
    figures: dict[str, Any] = {"articles": {"number": n_articles, "MB of text": round(text_bytes(store) / 1e6, 1)}}
    built = build(store) if is_new else {}
    figures["ours"] = built | ours(store, corpus)
    if peers:
        figures["unicode61"] = theirs(store, corpus, "unicode61")
        figures["trigram"] = theirs(store, corpus, "trigram")
        figures["tantivy (our tokens)"] = tantivy_figures(store, corpus, folder)
    return figures


def quality(store: Store, paragraphs: Sequence[Paragraph], *, seed: int) -> dict[str, Any]:
    """Return MRR@10 and recall@10 by set: each question must find its paragraph among those of all sets."""
    fill(store, (_row(number, paragraph) for number, paragraph in enumerate(paragraphs, start=1)))
    rebuild_index(store)
    figures: dict[str, Any] = {}
    for name in dict.fromkeys(paragraph.name for paragraph in paragraphs):
        asked = [
            (question, number)
            for number, paragraph in enumerate(paragraphs, start=1)
            if paragraph.name == name
            for question in paragraph.questions
        ]
        chosen = random.Random(seed).sample(asked, min(500, len(asked)))
        ranks = [_rank(store, question, number) for question, number in chosen]
        mrr = sum(1 / rank for rank in ranks if rank) / max(1, len(ranks))
        recall = sum(1 for rank in ranks if rank) / max(1, len(ranks))
        figures[name] = f"{mrr:.3f} / {recall:.3f}"
    return figures


def _rank(store: Store, question: str, number: int) -> int:
    ids = [hit.article_id for hit in search(store, question, limit=10)]
    return ids.index(number) + 1 if number in ids else 0


def _row(number: int, paragraph: Paragraph) -> dict[str, Any]:
    url = f"https://s.example/{number}"
    return {
        "surt": f"example,s)/{number}",
        "url": url,
        "kind": "article",
        "source": "s.example",
        "section": paragraph.name,
        "lang": paragraph.lang,
        "title": paragraph.title,
        "text": paragraph.text,
        "published_at": "2025-01-01",
        "outcome": "ok",
        "cited": f"example,t)/{number}",
    }


CLASSES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "2 kanji": ("ja", lambda run: script_of(run[0]) == "han" and len(run) == 2),
    "3-4 kanji": ("ja", lambda run: script_of(run[0]) == "han" and len(run) in (3, 4)),
    "2 hanzi": ("zh", lambda run: script_of(run[0]) == "han" and len(run) == 2),
    "katakana": ("ja", lambda run: script_of(run[0]) == "katakana"),
    "Latin inside CJK": ("ja", lambda run: run.isascii() and run.isalpha()),
    "number and unit": ("ja", lambda run: bool(re.fullmatch(r"\d+[^\W\d_]{1,2}", run))),
    "hangul": ("ko", lambda run: "가" <= run[0] <= "힣" and len(run) in (2, 3)),
    "English": ("en", lambda run: run.isascii() and run.isalpha() and len(run) > 2),
}


def keyword_truth(store: Store, *, seed: int, typed: str) -> dict[str, Any]:
    """Return recall and precision by class of word against what the texts hold; *typed* is how a word is typed ({}).

    A page holds a word when its folded text does, and not inside a longer word of katakana, Latin or digits. Up to 40
    words a class, each in 3 to 300 pages.
    """
    texts = {
        row[0]: (row[1][:2], fold(f"{row[2]}\n{row[3]}"))
        for row in store.connection.execute("SELECT id, lang, title, text FROM articles")
    }
    figures = {}
    for name, (lang, belongs) in CLASSES.items():
        words = _words_of_class(texts, lang, belongs, seed, with_units=name == "number and unit")
        hits = right = truth = 0
        for word, holding in words.items():
            found = {hit.article_id for hit in search(store, typed.format(word), limit=1000)}
            hits, right, truth = hits + len(found), right + len(found & holding), truth + len(holding)
        figures[name] = f"{right / max(1, truth):.3f} / {right / max(1, hits):.3f} ({len(words)} words)"
    return figures


def _words_of_class(
    texts: dict[int, tuple[str, str]], lang: str, belongs: Callable[[str], bool], seed: int, *, with_units: bool
) -> dict[str, set[int]]:
    chance = random.Random(seed)
    pool = [text for found, text in texts.values() if found == lang]
    words: dict[str, set[int]] = {}
    for _ in range(6000):
        text = chance.choice(pool)
        runs = re.findall(r"\d+[^\W\d_]{1,2}", text) if with_units else script_runs(re.sub(r"\s", "。", text))
        if len(words) == 40 or not (runs := [run for run in runs if belongs(run)]):
            continue
        word = chance.choice(runs)
        if word not in words:
            holding = {number for number, (_, other) in texts.items() if word in other and _holds(other, word)}
            if 3 <= len(holding) <= 300:
                words[word] = holding
    return words


def _holds(text: str, word: str) -> bool:
    start = text.find(word)
    while start >= 0:
        if is_bounded(text, start, start + len(word)):
            return True
        start = text.find(word, start + 1)
    return False


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return all figures that *options* ask for."""
    paragraphs = read_sets(options.sets) if options.sets else []
    path = options.db or folder / "bench.db"
    is_new = not path.exists()
    corpus = Corpus(paragraphs)
    with open_store(path) as store:
        if is_new:
            fill(store, corpus.rows(options.articles, options.bytes))
        figures = timed(store, corpus, folder, peers=not options.no_peers, is_new=is_new)
    if paragraphs:
        with open_store(folder / "quality.db") as store:
            figures["MRR@10 / recall@10"] = quality(store, paragraphs, seed=options.seed)
            figures["recall / precision as typed"] = keyword_truth(store, seed=options.seed, typed="{}")
            figures["recall / precision quoted"] = keyword_truth(store, seed=options.seed, typed='"{}"')
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=1_000, help="of text an article, about")
    parser.add_argument("--sets", type=Path, help="folder of question sets")
    parser.add_argument("--seed", type=int, default=7, help="draws the questions and words")
    parser.add_argument("--db", type=Path, help="keep the archive here, take it up again")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options, Path(folder))
    if options.json:
        json.dump(figures, sys.stdout, indent=2, ensure_ascii=False)
        return
    for name, row in figures.items():
        print(name)
        for figure, value in row.items():
            print(f"  {figure:42} {value}")


if __name__ == "__main__":
    main()
