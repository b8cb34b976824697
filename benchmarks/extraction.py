"""Main text of unknown pages: ours beside the libraries that are installed, on a folder of pages with known text.

    python benchmarks/extraction.py PAGES [--sets a,b] [--peers trafilatura,goose3] [--held-out FOLDER] [--structure]

PAGES holds *.jsonl or *.jsonl.xz files, one page a line: `id`, `url`, `html` and `truth` with `body`; a file's name is
its set. Figures are means over pages of precision and recall of four-word shingles (characters in Chinese, Japanese,
Korean and Thai), their harmonic mean F1, milliseconds of CPU a page, and pages of which nothing right was read.
--held-out reads each page with the weights of `train_blocks.py --all-folds FOLDER` that never saw its host.
--structure prints a second table: what each keeps of the links, captions, headings, list items and cells that
structure.jsonl(.xz) in PAGES names for a page's id.
"""

import argparse
import hashlib
import json
import lzma
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structure

from spiders.pages.block_classifier import read_weights
from spiders.pages.document import Document
from spiders.pages.generic import GenericPage
from spiders.pages.reading import read_html

_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\u1000-\u109f"
_TOKEN = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+")
EAST_ASIAN = ("ja", "zh", "ko", "th")
Reader = Callable[[str, str], str]


def pages_of(folder: Path, sets: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Yield the pages of *folder*, each with its set's name; pages of many posts (kind "forum") are left out."""
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.xz")]):
        name = path.name.split(".")[0]
        if sets and name not in sets:
            continue
        for page in _lines(path):
            if "html" in page and page.get("kind") != "forum":
                yield {"set": name, "lang": "", **page}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def fold_of(url: str) -> int:
    """Return the fold, 0 to 4, of a page: all pages of one host fall into the same."""
    labels = (urlsplit(url).hostname or url).removeprefix("www.").split(".")
    has_short_label = len(labels) > 2 and len(labels[-2]) <= 3  # co.uk
    return int(hashlib.sha256(".".join(labels[-3 if has_short_label else -2 :]).encode()).hexdigest(), 16) % 5


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words of *text* and how often each stands there; a shorter text is one run."""
    words = _TOKEN.findall(text)
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)) if words)


def precision_and_recall(wanted: str, found: str) -> tuple[float | None, float]:
    """Return how much of *found* is wanted (None when nothing was found), and how much of what is wanted was found."""
    want, have = shingles(wanted), shingles(found)
    n_right = sum((want & have).values())
    return (n_right / sum(have.values()) if have else None), n_right / max(1, sum(want.values()))


def use_weights(url: str, weights: Sequence[Any]) -> None:
    """Let the page at *url* be read with those of *weights*, by fold, that never saw it; without any, with ours."""
    GenericPage.weights = weights[fold_of(url)] if weights else None


def ours(weights: Sequence[Any] = ()) -> Reader:
    """Return our reader: paragraphs and table cells in order; *weights* by fold are used on pages they never saw."""

    def read(html: str, url: str) -> str:
        use_weights(url, weights)
        article = read_html(
            Document(url=url or "http://page.invalid/", html=html, seen_at=datetime(2026, 1, 1, tzinfo=UTC))
        )
        rows = [" ".join(cell for cell in row if cell) for table in article.tables for row in table.rows]
        return "\n".join([article.text, *rows])

    return read


def _trafilatura(**options: Any) -> Reader:
    import trafilatura

    return lambda html, url: trafilatura.extract(html, url=url or None, include_comments=False, **options) or ""


def _newspaper4k() -> Reader:
    from newspaper import Article

    def read(html: str, url: str) -> str:
        article = Article(url or "http://page.invalid/", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return str(article.text)

    return read


def _readability() -> Reader:
    from html_text import extract_text
    from readability import Document as Readable

    return lambda html, _url: str(extract_text(Readable(html).summary(html_partial=True)))


def _news_please() -> Reader:
    from newsplease import NewsPlease

    return lambda html, url: str(
        NewsPlease.from_html(html, url=url or "http://page.invalid/", fetch_images=False).maintext or ""
    )


def _goose3() -> Reader:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})
    return lambda html, _url: str(goose.extract(raw_html=html).cleaned_text)


def _resiliparse() -> Reader:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html, _url: str(extract_plain_text(html, main_content=True, alt_texts=False))


PEERS: dict[str, Callable[[], Reader]] = {
    "trafilatura (precision)": lambda: _trafilatura(favor_precision=True),
    "trafilatura": _trafilatura,
    "readability-lxml": _readability,
    "newspaper4k": _newspaper4k,
    "news-please": _news_please,
    "goose3": _goose3,
    "resiliparse": _resiliparse,
}


def measure(read: Reader, pages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of one reader over *pages*; a page on which it raises counts as read empty."""
    scores: dict[str, list[tuple[float | None, float]]] = defaultdict(list)
    times: list[float] = []
    n_errors = 0
    for page in pages:
        started = time.process_time()
        try:
            text = read(page["html"], page["url"])
        except Exception:  # a library's failure is its result
            text, n_errors = "", n_errors + 1
        times.append(1000 * (time.process_time() - started))
        score = precision_and_recall(page["truth"]["body"], text)
        for name in ("all", page["set"], *(["zh/ja/ko/th"] if page["lang"] in EAST_ASIAN else [])):
            scores[name].append(score)
    figures = {name: _figures(rows) for name, rows in sorted(scores.items())}
    times.sort()
    clock = {"median": statistics.median(times), "p95": times[int(0.95 * len(times))], "most": times[-1]}
    return {"sets": figures, "ms": {name: round(value, 1) for name, value in clock.items()}, "errors": n_errors}


def _figures(rows: Sequence[tuple[float | None, float]]) -> dict[str, float]:
    right = [precision for precision, _ in rows if precision is not None]
    precision, recall = statistics.mean(right or [0.0]), statistics.mean(recall for _, recall in rows)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    named = {"f1": f1, "precision": precision, "recall": recall}
    return {
        "pages": len(rows),
        **{name: round(value, 4) for name, value in named.items()},
        "zeros": sum(not recall for _, recall in rows),
    }


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return *results* as a Markdown table, best F1 first."""
    sets = list(next(iter(results.values()))["sets"])
    lines = [
        f"| reader | {' | '.join(f'F1 {name}' for name in sets)} | P / R | zeros | errors | ms median / p95 / most |"
    ]
    lines.append("| --- " * (len(sets) + 5) + "|")
    for name, result in sorted(results.items(), key=lambda item: -item[1]["sets"]["all"]["f1"]):
        figures, clock = result["sets"]["all"], result["ms"]
        scores = " | ".join(f"{result['sets'][one]['f1']:.3f}" for one in sets)
        lines.append(
            f"| {name} | {scores} | {figures['precision']:.3f} / {figures['recall']:.3f} | "
            f"{figures['zeros']} | {result['errors']} "
            f"| {clock['median']:.0f} / {clock['p95']:.0f} / {clock['most']:.0f} |"
        )
    return "\n".join(lines) + "\n"


def structure_table(folder: Path, pages: Sequence[dict[str, Any]], weights: Sequence[Any], peers: Sequence[str]) -> str:
    """Return a Markdown table of what ours and *peers* keep of the structure that *folder* tells of *pages*."""
    truths = {row["id"]: row for path in folder.glob("structure.jsonl*") for row in _lines(path)}
    makers = {"ours": lambda: structure.ours(lambda url: use_weights(url, weights))} | {
        name: structure.PEERS[name] for name in peers if name in structure.PEERS
    }
    lines = [
        "| reader | links recall / precision | captions kept / tied | headings | list items | cells |",
        "| --- " * 6 + "|",
    ]
    for name, make in makers.items():
        kept = structure.measure(make(), pages, truths)
        pairs = [("links", "link precision"), ("captions", "tied"), ("headings",), ("items",), ("cells",)]
        lines.append(f"| {name} | {' | '.join(' / '.join(f'{kept[one]:.3f}' for one in pair) for pair in pairs)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read every page with every reader and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--sets", default="")
    parser.add_argument("--peers", default=",".join(PEERS), help="comma between names; empty for none")
    parser.add_argument("--held-out", type=Path)
    parser.add_argument("--structure", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets = [name for name in options.sets.split(",") if name]
    pages = [page for page in pages_of(options.pages, sets) if page["truth"].get("body")]
    folds = [options.held_out / f"fold-{number}.json" for number in range(5)] if options.held_out else []
    weights = [read_weights(json.loads(path.read_text())) for path in folds]
    readers: dict[str, Reader] = {"ours": ours(weights)}
    for name in filter(None, options.peers.split(",")):
        try:
            readers[name] = PEERS[name]()
        except ImportError as error:
            sys.stderr.write(f"{name}: not installed ({error})\n")
    results = {name: measure(read, pages) for name, read in readers.items()}
    sys.stdout.write(json.dumps(results, indent=1) + "\n" if options.json else table(results))
    if options.structure:
        sys.stdout.write("\n" + structure_table(options.pages, pages, weights, list(readers)))


if __name__ == "__main__":
    main()
