"""PDF files: the text layer, the title, the number of pages; no text is claimed that is only a picture."""

import io
import logging
import re
from typing import Any

from archive.dates import utc_iso
from archive.model import Article, Link, Outcome, Precision
from spiders.pages.languages import language_of
from spiders.pages.outcomes import ENOUGH, outcome_of_status, weight
from spiders.pages.plain import join_lines

MOST_PAGES = 200
MOST_CHARACTERS = 2_000_000
_NO_TITLE = re.compile(r"^(?:untitled|microsoft word.*|.*\.(?:docx?|indd|tex|dvi|pdf|qxd)|pii:.*|slide \d+|\W*)$", re.I)
_SENTENCE_END = re.compile(r"[.!?:。！？：]$")


def read_pdf(body: bytes, *, url: str, site: str | None, status: int = 200) -> Article:
    """Return what a PDF says; a broken or locked one, or one without a text layer, has an outcome other than ok."""
    from spiders.pages.reading import key_of, nothing, own_address

    if by_status := outcome_of_status(status):
        return nothing(url, site, by_status, f"page: HTTP status {status}")
    read = _read(body)
    if isinstance(read, str):
        return nothing(url, site, Outcome.ERROR, f"page: the PDF cannot be read ({read})")
    pages, facts, addresses, n_pages = read
    paragraphs = [paragraph for page in pages for paragraph in _paragraphs(page)]
    text = "\n\n".join(paragraphs)
    warnings = [f"page: {n_pages} pages, the first {MOST_PAGES} read"] if n_pages > MOST_PAGES else []
    if weight(text) < ENOUGH:
        warnings.append("text: no text layer (scanned pages?)")
    published = facts.get("created")
    return Article(
        url=url,
        canonical_url=_without_version(own_address(url)),
        site=site or key_of(url),
        lang=language_of(text),
        title=facts.get("title") or (paragraphs[0][:200] if paragraphs else None),
        authors=tuple(name for name in (facts.get("author"),) if name),
        published_at=published,
        published_precision=Precision.SECOND if published else None,
        published_raw=facts.get("created_raw"),
        published_from="meta" if published else None,
        text=text,
        links=tuple(Link(url=address, text="") for address in addresses),
        outcome=Outcome.OK if weight(text) >= ENOUGH else Outcome.STUB,
        warnings=tuple(warnings),
    )


def _without_version(url: str) -> str:
    """Return the address of an arXiv PDF without its version: the versions are states of one paper."""
    return re.sub(r"^(https://arxiv\.org/pdf/[\w.-]+(?:/\d+)?\d)v\d+(?:\.pdf)?$", r"\1", url)


def _read(body: bytes) -> tuple[list[str], dict[str, str], list[str], int] | str:
    """Return (page texts, facts, linked addresses, number of pages); the reason when the file cannot be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return "it is locked with a password"
        n_pages = len(reader.pages)
        texts: list[str] = []
        addresses: dict[str, None] = {}
        for number in range(min(n_pages, MOST_PAGES)):
            page = reader.pages[number]
            texts.append(page.extract_text() or "")
            addresses.update(dict.fromkeys(_addresses(page)))
            if sum(map(len, texts)) > MOST_CHARACTERS:
                break
        return texts, _facts(reader), list(addresses), n_pages
    except (
        PyPdfError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RecursionError,
        OverflowError,
        OSError,
    ) as error:
        # pypdf meets broken files with nearly every built-in error.
        return f"{type(error).__name__}: {str(error)[:80]}"
    except (NotImplementedError, AssertionError, ArithmeticError, MemoryError, EOFError) as error:
        return type(error).__name__


def _facts(reader: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        about = reader.metadata
    except (ValueError, TypeError, KeyError, AttributeError):
        return found
    if about is None:
        return found
    title = " ".join(str(about.title or "").replace("\x00", "").split())
    if title and not _NO_TITLE.match(title):
        found["title"] = title
    if author := " ".join(str(about.author or "").replace("\x00", "").split()):
        found["author"] = author
    try:
        created = about.creation_date
    except ValueError:
        created = None
    if created is not None and created.tzinfo is not None:
        found["created"], found["created_raw"] = utc_iso(created), str(about.get("/CreationDate", ""))
    return found


def _addresses(page: Any) -> list[str]:
    found: list[str] = []
    for note in page.get("/Annots") or ():
        try:
            target = note.get_object().get("/A")
            address = str(target.get_object().get("/URI", "")) if target is not None else ""
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        if address.startswith(("http://", "https://")):
            found.append(address)
    return found


def _paragraphs(page: str) -> list[str]:
    """Return the paragraphs of a page's text layer: a blank line, or a short line that ends a sentence, ends one."""
    lines = [line.strip() for line in page.replace("\x00", "").split("\n")]
    width = max((len(line) for line in lines), default=0)
    parts: list[list[str]] = [[]]
    for line in lines:
        if not line:
            parts.append([])
            continue
        parts[-1].append(line)
        if len(line) < 0.75 * width and _SENTENCE_END.search(line):
            parts.append([])
    return [joined for part in parts if (joined := join_lines(part))]
