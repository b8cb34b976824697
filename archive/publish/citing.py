"""An article, or what it cites, in the formats of reference managers: BibTeX, RIS, CSL-JSON."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

BIBTEX_TYPES = {"journal": "article", "doi": "article", "conference": "inproceedings", "pdf": "report"}
RIS_TYPES = {
    "journal": "JOUR",
    "doi": "JOUR",
    "conference": "CPAPER",
    "pdf": "RPRT",
    "statistics": "DATA",
    "video": "VIDEO",
}
CSL_TYPES = {
    "journal": "article-journal",
    "doi": "article-journal",
    "arxiv": "article",
    "conference": "paper-conference",
    "pdf": "report",
    "statistics": "dataset",
    "repository": "software",
    "post": "post-weblog",
    "article": "article-newspaper",
}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_SPECIAL |= {mark: "\\" + mark for mark in "{}%&$#_"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is cited, as far as it is known."""

    key: Annotated[str, "Name under which it is cited."]
    kind: Annotated[str, "What sort of thing it is (CitedKind)."]
    title: Annotated[str, "Title; the entry as printed, or the address, where there is none."]
    authors: Annotated[Sequence[str], "Authors verbatim."] = ()
    publisher: Annotated[str, "Who published it (source key)."] = ""
    date: Annotated[str, "When, as sharp as known; empty when unknown."] = ""
    lang: Annotated[str, "Language, BCP 47."] = ""
    url: Annotated[str, "Its own address."] = ""
    doi: Annotated[str, "DOI without resolver."] = ""
    arxiv_id: Annotated[str, "arXiv identifier."] = ""
    accessed: Annotated[str, "When our copy was captured, UTC."] = ""
    copy: Annotated[str, "Our copy of it, absolute."] = ""


def work_of(article: Mapping[str, Any], *, address: str) -> Work:
    """Return the work that an article's row is; *address* is our page of it."""
    return Work(
        key=_key(article["source"], article["published_at"], str(article["id"])),
        kind="article",
        title=article["title"] or article["canonical_url"],
        authors=article["authors"],
        publisher=article["source"],
        date=article["published_at"] or "",
        lang=article["lang"] or "",
        url=article["canonical_url"],
        accessed=article["first_captured_at"],
        copy=address,
    )


def works_cited(connection: Any, article_id: int, *, copy_address: Callable[[int], str]) -> list[Work]:
    """Return what an article's reference list, links and captions name, each address once, in order."""
    works: dict[str, Work] = {}
    for row in connection.execute(_CITED, {"id": article_id}):
        works.setdefault(row["surt"] or f"#{row['position']}", _cited_work(row, article_id, copy_address))
    return list(works.values())


def _cited_work(row: Any, article_id: int, copy_address: Callable[[int], str]) -> Work:
    source = row["source"] or ""
    return Work(
        key=_key(source or "source", row["published_at"], f"{article_id}-{row['position']}"),
        kind=row["cited_kind"],
        title=row["title"] or row["text"] or row["name"] or row["url"] or "",
        authors=tuple(json.loads(row["authors"] or "[]")),
        publisher=source,
        date=row["published_at"] or "",
        lang=row["lang"] or "",
        url=row["url"] or "",
        doi=row["doi"] or "",
        arxiv_id=row["arxiv_id"] or "",
        accessed=row["first_captured_at"] or "",
        copy=copy_address(row["cited_article_id"]) if row["cited_article_id"] else "",
    )


def bibtex(works: Iterable[Work]) -> str:
    """Return *works* for BibTeX and biblatex, UTF-8; @online where nothing else is known."""
    return "\n".join(map(_bibtex_entry, works))


def ris(works: Iterable[Work]) -> str:
    """Return *works* in the RIS format of reference managers; lines end in CR LF."""
    lines = [f"{tag}  - {value}" for work in works for tag, value in _ris_lines(work)]
    return "".join(f"{line}\r\n" for line in lines)


def csl_json(works: Iterable[Work]) -> str:
    """Return *works* as CSL-JSON (citationstyles.org, schema 1.0.2)."""
    return json.dumps([_csl_item(work) for work in works], ensure_ascii=False, indent=1)


FORMATS: Mapping[str, tuple[str, str, Callable[[Iterable[Work]], str]]] = {
    "bib": ("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": ("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": ("CSL-JSON", "application/vnd.citationstyles.csl+json; charset=utf-8", csl_json),
}
"""Ending of an address -> what readers call it, its media type, what makes it."""


def _bibtex_entry(work: Work) -> str:
    year, month, *_ = [*work.date[:10].split("-"), "", ""]
    values = {
        "title": f"{{{_tex(work.title)}}}",  # inner braces: its capitals stay
        "author": " and ".join(f"{{{_tex(name)}}}" for name in work.authors),
        "organization": _tex(work.publisher),
        "year": year,
        "month": str(int(month)) if month else "",
        "url": _tex_url(work.url),
        "urldate": work.accessed[:10],
        "doi": _tex_url(work.doi),
        "eprint": _tex_url(work.arxiv_id),
        "eprinttype": "arxiv" if work.arxiv_id else "",
        "langid": work.lang,
        "note": rf"Archived copy: \url{{{_tex_url(work.copy)}}}" if work.copy else "",
    }
    inside = "".join(f"  {name} = {{{value}}},\n" for name, value in values.items() if value)
    return f"@{BIBTEX_TYPES.get(work.kind, 'online')}{{{work.key},\n{inside}}}\n"


def _ris_lines(work: Work) -> list[tuple[str, str]]:
    year, month, day, *_ = [*work.date[:10].split("-"), "", "", ""]
    rows = [
        ("TY", RIS_TYPES.get(work.kind, "NEWS" if work.kind == "article" else "ELEC")),
        ("ID", work.key),
        ("TI", work.title),
        *(("AU", name) for name in work.authors),
        ("PB", work.publisher),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if year else ""),
        ("LA", work.lang),
        ("DO", work.doi),
        ("UR", work.url),
        ("Y2", work.accessed[:10].replace("-", "/")),
        ("L2", work.copy),
    ]
    return [(tag, _one_line(value)) for tag, value in rows if value] + [("ER", "")]


def _csl_item(work: Work) -> dict[str, Any]:
    item = {
        "id": work.key,
        "type": CSL_TYPES.get(work.kind, "webpage"),
        "title": work.title,
        "author": [{"literal": name} for name in work.authors],
        "container-title": work.publisher,
        "publisher": work.publisher,
        "issued": _date_parts(work.date),
        "accessed": _date_parts(work.accessed[:10]),
        "URL": work.url,
        "DOI": work.doi,
        "number": f"arXiv:{work.arxiv_id}" if work.arxiv_id else "",
        "language": work.lang,
        "archive_location": work.copy,
    }
    return {name: value for name, value in item.items() if value}


def _date_parts(date: str) -> dict[str, Any] | None:
    parts = [int(part) for part in date[:10].split("-") if part.isdigit()]
    return {"date-parts": [parts]} if parts else None


def _key(source: str, date: str | None, number: str) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '-', source.lower()).strip('-')}-{(date or 'nd')[:4]}-{number}"


def _one_line(words: str) -> str:
    return " ".join(_CONTROLS.sub(" ", words).split())


def _tex(words: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _one_line(words))


def _tex_url(url: str) -> str:
    """Return an address as a url field takes it: verbatim, without the braces that would end it."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C").replace(" ", "%20")


_CITED = """
SELECT
    citations.position, citations.text, citations.url, citations.surt, citations.cited_kind, citations.doi,
    citations.arxiv_id, citations.name, citations.cited_article_id, held.title, held.authors, held.published_at,
    held.lang, held.first_captured_at, COALESCE(held.source, frontier.source) AS source
FROM citations
LEFT JOIN articles AS held ON held.id = citations.cited_article_id
LEFT JOIN frontier ON frontier.surt = citations.surt
WHERE citations.article_id = :id AND citations.kind <> 'mention' ORDER BY citations.position
"""
