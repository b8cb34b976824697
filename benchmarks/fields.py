"""Title, authors, date and language of pages: ours beside the libraries that are installed, on pages with known fields.

    python benchmarks/fields.py PAGES [--sets a,b] [--peers trafilatura,goose3]

PAGES is as for extraction.py; `truth` has `title`, `authors`, `date` where they are known. Right means: the letters and
digits are the same, case aside; of authors, the whole set. A day counts as given; an instant with a zone counts when
it falls on the true day somewhere on earth (the truth is the publisher's day, which UTC does not tell). Our date is
`published_at`, else `modified_at`: a library's one date is either. `lang` of a page is the truth of the language.
"""

import argparse
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from extraction import pages_of

from spiders.pages.document import Document
from spiders.pages.languages import language_of, language_tag
from spiders.pages.reading import page_for

Fields = dict[str, Any]  # title: str, authors: list[str], date: ISO 8601 string; what a reader does not tell is absent
Reader = Callable[[str, str], Fields]
SEEN_AT = datetime(2026, 9, 1, tzinfo=UTC)
NO_ADDRESS = "http://page.invalid/"
_BY = re.compile(r"^\s*(?:by|von|par|por|di|af|av)\s+", re.I)
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)  # the zones of the earth


def ours(html: str, url: str, seen_at: datetime = SEEN_AT) -> Fields:
    """Return the fields as our page object reads them."""
    page = page_for(Document(url=url or NO_ADDRESS, html=html, seen_at=seen_at))
    found = page.dating()
    date = found.date.value if found.date else page.modified_at()
    return {"title": page.title(), "authors": page.authors(), "date": date, "day": found.raw if found.date else None}


def _trafilatura() -> Reader:
    import trafilatura

    def read(html: str, url: str) -> Fields:
        found = trafilatura.bare_extraction(html, url=url or None, with_metadata=True)
        if not found:
            return {}
        people = [name for name in (found.author or "").split(";") if name]
        return {"title": found.title, "authors": people, "date": found.date}

    return read


def _newspaper4k() -> Reader:
    from newspaper import Article

    def read(html: str, url: str) -> Fields:
        article = Article(url or NO_ADDRESS, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return {"title": article.title, "authors": article.authors, "date": article.publish_date}

    return read


def _readability() -> Reader:
    from readability import Document as Readable

    return lambda html, _url: {"title": Readable(html).short_title()}


def _news_please() -> Reader:
    from newsplease import NewsPlease

    def read(html: str, url: str) -> Fields:
        found = NewsPlease.from_html(html, url=url or NO_ADDRESS, fetch_images=False)
        return {"title": found.title, "authors": found.authors, "date": found.date_publish}

    return read


def _goose3() -> Reader:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def read(html: str, _url: str) -> Fields:
        found = goose.extract(raw_html=html)
        return {"title": found.title, "authors": found.authors, "date": found.publish_date}

    return read


def _htmldate() -> Reader:
    from htmldate import find_date

    return lambda html, url: {"date": find_date(html, url=url or None, original_date=True)}


PEERS: dict[str, Callable[[], Reader]] = {
    "trafilatura": _trafilatura,
    "htmldate": _htmldate,
    "newspaper4k": _newspaper4k,
    "readability-lxml": _readability,
    "news-please": _news_please,
    "goose3": _goose3,
}


def folded(text: object) -> str:
    """Return the letters and digits of *text*, folded."""
    plain = unicodedata.normalize("NFKC", unescape(str(text or ""))).casefold()
    return "".join(char for char in plain if char.isalnum())


def names(people: Sequence[object]) -> set[str]:
    """Return the folded names of *people*, without "By"."""
    return {key for name in people or () if (key := folded(_BY.sub("", str(name))))}


def is_day(date: object, day: str, printed: object = None) -> bool:
    """Return whether *date* (or what *printed* begins with) is *day*, or an instant that falls on it somewhere."""
    text = date.isoformat() if isinstance(date, datetime) else str(date or "")
    if str(printed or text).strip()[:10] == day[:10] or text[:10] == day[:10]:
        return True
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return False
    start = datetime.fromisoformat(day[:10]).replace(tzinfo=UTC)
    return instant.tzinfo is not None and start - _EAST <= instant < start + timedelta(days=1) + _WEST


def judged(read: Reader, pages: Sequence[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """Return, by set and field, how many pages are known, and read right or wrong; one that raises is read empty."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for page in pages:
        try:
            found = read(page["html"], page["url"])
        except Exception:  # a library's failure is its result
            found = {}
        for field, is_right in checked(found, page["truth"]).items():
            for name in (page["set"], "all"):
                counts[name, field, "known"] += 1
                counts[name, field, "right"] += is_right
                counts[name, field, "wrong"] += bool(found.get(field)) and not is_right
    return counts


def checked(found: Fields, truth: dict[str, Any]) -> dict[str, bool]:
    """Return whether each field of *found* is right, of those whose truth is known."""
    is_right = {}
    if truth.get("title"):
        is_right["title"] = folded(found.get("title")) == folded(truth["title"])
    if truth.get("authors"):
        is_right["authors"] = names(found.get("authors") or ()) == names(truth["authors"])
    if truth.get("date"):
        is_right["date"] = is_day(found.get("date"), truth["date"], found.get("day"))
    return is_right


def languages(pages: Sequence[dict[str, Any]]) -> str:
    """Return how often the language of a title alone, and of 300 characters of text, is the page's."""
    lines = []
    for name in ("title", "text"):
        told: list[tuple[bool, bool]] = []
        for page in pages:
            page_object = page_for(Document(url=page["url"] or NO_ADDRESS, html=page["html"], seen_at=SEEN_AT))
            declared = next((tag for raw in page_object.declared_languages() if (tag := language_tag(raw))), None)
            text = page_object.title() if name == "title" else (page["truth"].get("body") or "")[:300]
            if page["lang"] and text:
                told.append((language_of(text) == page["lang"], declared == page["lang"]))
        sure = [is_right for is_right, is_declared in told if is_declared]
        if told and sure:
            lines.append(
                f"| {name} | {len(told)} | {sum(is_right for is_right, _ in told) / len(told):.3f} "
                f"| {len(sure)} | {sum(sure) / len(sure):.3f} |"
            )
    return "\n".join(["| text | n | right | n declared the same | right |", "| --- | --- | --- | --- | --- |", *lines])


def share(counts: Counter[tuple[str, str, str]], one: str, field: str) -> str:
    """Return a cell of the table: the share read right, and in brackets the share read wrong; the rest is empty."""
    right, wrong, known = (counts[one, field, name] for name in ("right", "wrong", "known"))
    return f"{right / known:.3f} ({wrong / known:.3f})" if right or wrong else "–"


def main() -> None:
    """Read every page with every reader and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--sets", default="")
    parser.add_argument("--peers", default=",".join(PEERS), help="comma between names; empty for none")
    options = parser.parse_args()
    pages = list(pages_of(options.pages, [name for name in options.sets.split(",") if name]))
    readers: dict[str, Reader] = {"ours": ours}
    for name in filter(None, options.peers.split(",")):
        try:
            readers[name] = PEERS[name]()
        except ImportError as error:
            sys.stderr.write(f"{name}: not installed ({error})\n")
    results = {name: judged(read, pages) for name, read in readers.items()}
    columns = list(dict.fromkeys((one, field) for one, field, _ in results["ours"]))
    sys.stdout.write(f"| reader | {' | '.join(f'{field} {one}' for one, field in columns)} |\n")
    sys.stdout.write("| --- " * (len(columns) + 1) + "|\n")
    for name, counts in results.items():
        sys.stdout.write(f"| {name} | {' | '.join(share(counts, *column) for column in columns)} |\n")
    sys.stdout.write("\n" + languages(pages) + "\n")


if __name__ == "__main__":
    main()
