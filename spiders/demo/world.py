"""The demo world as answers: every address it knows with status, headers, body and the time it was "fetched"."""

import base64
import gzip
import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spiders.demo import listings
from spiders.demo.cited_markup import CitedPages
from spiders.demo.hyper_markup import HyperPages
from spiders.demo.page_text import PageText, read_pages
from spiders.demo.pdf import make_pdf

WORLD = Path(__file__).with_name("world")
HTML = "text/html; charset=utf-8"
NO_ROBOTS = b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answers: HTTP status, headers and the body as sent, and when (aware, UTC)."""

    url: str
    at: datetime
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def read_answers(folder: Path = WORLD) -> list[Answer]:
    """Return every answer of the world described in *folder*, in the order of their times."""
    manifest = tomllib.loads((folder / "world.toml").read_text(encoding="utf-8"))
    now: datetime = manifest["now"]
    hyper, cited = _pages(folder / "hyper"), _pages(folder / "cited")
    answers = [
        *(answer for entry in manifest["answer"] for answer in _written(folder, entry, now)),
        *_hyper_answers(folder, hyper, now),
        *_cited_answers(folder, cited),
    ]
    answers += _missing_robots(answers, now)
    return sorted(answers, key=lambda answer: (answer.at, answer.url))


def _pages(folder: Path) -> list[PageText]:
    return [page for path in sorted(folder.glob("*.txt")) for page in read_pages(path)]


def _written(folder: Path, entry: Mapping[str, Any], now: datetime) -> Iterator[Answer]:
    if "file" in entry:
        body = (folder / entry["file"]).read_bytes()
    elif "base64" in entry:
        body = base64.b64decode(entry["base64"])
    else:
        body = str(entry.get("body", "")).lstrip("\n").encode()
    headers = {"Content-Type": entry.get("content_type", HTML), **entry.get("headers", {})}
    if "location" in entry:
        headers["Location"] = entry["location"]
    urls = entry["url"] if isinstance(entry["url"], list) else [entry["url"]]
    for url in urls:
        yield Answer(url, entry.get("at", now), entry.get("status", 200), tuple(headers.items()), body)


def _hyper_answers(folder: Path, pages: list[PageText], now: datetime) -> Iterator[Answer]:
    templates = folder / "templates"
    markups = tomllib.loads((templates / "markups.toml").read_text(encoding="utf-8"))
    render = HyperPages((templates / "hyper.html").read_text(encoding="utf-8"), markups)
    for page in pages:
        related = listings.related(page, pages)
        body = render.page(page, related=related).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        yield Answer(page.url, page.facts["captured"], headers=(("Content-Type", HTML), ("ETag", etag)), body=body)
    for url, text in listings.listing_pages(render, pages):
        yield Answer(url, now, headers=(("Content-Type", HTML),), body=text.encode())
    for old, new in listings.moved_listings():
        yield Answer(old, now, 308, (("Content-Type", HTML), ("Location", new)))
    for url, kind, body in listings.feeds_and_sitemaps(pages, now):
        yield Answer(url, now, headers=(("Content-Type", kind),), body=body)


def _cited_answers(folder: Path, pages: Iterable[PageText]) -> Iterator[Answer]:
    names = ("news", "statistics", "journal", "arxiv", "repository", "plain")
    texts = {name: (folder / "templates" / f"{name}.html").read_text(encoding="utf-8") for name in names}
    render = CitedPages(texts)
    for page in pages:
        headers, body = _cited_body(render, page)
        for url in (page.url, *page.facts.get("also", ())):
            yield Answer(url, page.facts["captured"], headers=headers, body=body)


def _cited_body(render: CitedPages, page: PageText) -> tuple[tuple[tuple[str, str], ...], bytes]:
    facts = page.facts
    if facts["shape"] == "pdf":
        lines = [line for block in page.blocks for line in block.lines]
        return (("Content-Type", "application/pdf"),), make_pdf(facts["title"], lines)
    encoding = facts.get("encoding", "utf-8")
    body = render.page(page).encode(encoding)
    kind = "text/html" if facts.get("charset_in") == "meta" else f"text/html; charset={encoding}"
    if facts.get("content_encoding") == "gzip":
        return (("Content-Type", kind), ("Content-Encoding", "gzip")), gzip.compress(body, mtime=0)
    return (("Content-Type", kind),), body


def _missing_robots(answers: Iterable[Answer], now: datetime) -> list[Answer]:
    parts = [urlsplit(answer.url) for answer in answers]
    known = {part.netloc for part in parts if part.path == "/robots.txt"}
    hosts = sorted({part.netloc for part in parts} - known)
    headers = (("Content-Type", HTML),)
    return [Answer(f"https://{host}/robots.txt", now, 404, headers, NO_ROBOTS) for host in hosts]
