"""What machines ask a site first: sitemap.xml with its parts, robots.txt, llms.txt, the OpenSearch description."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

PART = 50_000  # sitemaps.org: the most addresses of one sitemap
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"

PartAddress = Callable[[int], str]


def n_parts(connection: Any) -> int:
    """Return how many sitemaps the archive's articles take: one for every 50,000 numbers."""
    last = connection.execute("SELECT COALESCE(MAX(id), 0) FROM articles").fetchone()[0]
    return -(-int(last) // PART)


def part_entries(connection: Any, part: int) -> list[tuple[int, str]]:
    """Return number and last change of HyperAI's articles in sitemap *part*, from 1; cited pages are not listed."""
    rows = connection.execute(_PART, {"first": (part - 1) * PART + 1, "last": part * PART})
    return [(row[0], row[1]) for row in rows]


def sitemap_index(parts: Iterable[str]) -> str:
    """Return the index of the sitemaps at the addresses *parts*."""
    return "".join([_HEAD, f'<sitemapindex xmlns="{_SITEMAPS}">\n', *map(_index_line, parts), "</sitemapindex>\n"])


def sitemap(pages: Iterable[tuple[str, str]]) -> str:
    """Return a sitemap of (address, last change) *pages*."""
    return "".join([_HEAD, f'<urlset xmlns="{_SITEMAPS}">\n', *_page_lines(pages), "</urlset>\n"])


def robots_txt(*, root: str, sitemap_address: str) -> str:
    """Return what crawlers are asked: the reading pages, not every order and facet of every table."""
    lines = ("User-agent: *", f"Disallow: {root}archive/*?", f"Disallow: {root}-/search?", f"Disallow: {root}cited?")
    return "\n".join([*lines, "", f"Sitemap: {sitemap_address}", ""])


def opensearch(title: str, *, page: str, feed: str, icon: str) -> str:
    """Return the OpenSearch 1.1 description of the search; *page* and *feed* end where the words go."""
    return "".join(
        [
            _HEAD,
            '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n',
            f"<ShortName>{escape(title[:16])}</ShortName>\n<LongName>{escape(title[:48])}</LongName>\n",
            f"<Description>{escape(title)}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n",
            f'<Image type="image/svg+xml" width="16" height="16">{escape(icon)}</Image>\n',
            f'<Url type="text/html" template={quoteattr(page + "{searchTerms}")}/>\n',
            f'<Url type="application/atom+xml" template={quoteattr(feed + "{searchTerms}")}/>\n',
            "</OpenSearchDescription>\n",
        ]
    )


def llms_txt(title: str, at: Callable[[str], str]) -> str:
    """Return what an assistant is told (llmstxt.org): what this is, and which addresses answer which questions."""
    return _LLMS.format(
        title=" ".join(title.split()),
        search=at("/-/search.json"),
        article=at("/article/"),
        cited=at("/cited.json"),
        latest=at("/latest.feed.json"),
        publisher=at("/source/"),
        data=at("/archive"),
        sitemap=at("/sitemap.xml"),
    )


def _index_line(address: str) -> str:
    return f"<sitemap><loc>{escape(address)}</loc></sitemap>\n"


def _page_lines(pages: Iterable[tuple[str, str]]) -> Iterator[str]:
    for address, changed_at in pages:
        lastmod = f"<lastmod>{escape(changed_at)}</lastmod>" if changed_at else ""
        yield f"<url><loc>{escape(address)}</loc>{lastmod}</url>\n"


# The small table of facets instead of the articles, whose texts would be read over; wishes have an index of their own.
_PART = """
SELECT search_facets.id, (SELECT MAX(seen_at) FROM revisions WHERE article_id = search_facets.id)
FROM search_facets JOIN facet_sets ON facet_sets.id = search_facets.set_id
WHERE search_facets.id BETWEEN :first AND :last AND facet_sets.kind = 'article' AND search_facets.id NOT IN (
    SELECT id FROM articles WHERE opt_out IS NOT NULL AND ' ' || opt_out || ' ' LIKE '% noindex %'
)
ORDER BY search_facets.id
"""
_LLMS = """# {title}

> An archive of HyperAI's articles together with the sources they cite, as they stood when they were cited: text, dates
> with their precision, reference lists, what became of each cited page, and every state of a text that has changed.

Texts belong to their publishers; what a page withholds (noarchive, noai, tdm) is not here. Cite an article by its page
here and by its own address; both are in every answer. Dates are as sharp as the page printed them.

## Ask

- [{search}?q=WORDS]({search}): search; also &lang=ja, &kind=source, &source=DOMAIN, &since=2025-11, &cites=DOMAIN
- [{article}NUMBER.json]({article}1.json): an article with text, references, cited by; also .bib, .ris, .csl.json
- [{cited}?url=ADDRESS]({cited}): who cites an address, and what became of it
- [{publisher}DOMAIN.csv]({publisher}hyper.ai.csv): the pages of a publisher
- [{latest}]({latest}): the newest articles
- [{data}]({data}): every table, with the meaning of each column, as JSON and CSV
- [{sitemap}]({sitemap}): every article
"""
