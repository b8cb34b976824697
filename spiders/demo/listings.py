"""What leads to the HyperAI pages of the demo world: listing pages, the feed and the sitemaps, made from the pages."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from spiders.demo.hyper_markup import HyperPages
from spiders.demo.page_text import PageText

SITE = "https://hyper.ai"
LOCALES = {"": "zh", "en": "en", "cn": "zh", "ja": "ja", "kr": "ko", "fr": "fr", "de": "de"}
SECTIONS = {"news": "News", "stories": "Trending Stories", "papers": "Papers"}
STORIES_A_PAGE = 2
N_RELATED = 2
URLSET = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
OUTDATED = {  # a sitemap outlives the addresses it lists: a withdrawn page, and one that has moved
    "ja": f"{SITE}/ja/news/48199",
    "en": f"{SITE}/en/headlines/5b1de0f39a7c42c8b6c0a4d1e8f27a90",
}


def locale_of(page: PageText) -> str:
    """Return the locale prefix of the page's address; empty when it has none."""
    first = page.url.removeprefix(f"{SITE}/").split("/")[0]
    return first if first in LOCALES else ""


def related(page: PageText, pages: Sequence[PageText]) -> list[PageText]:
    """Return the pages shown below *page*: the next ones of its locale."""
    others = [other for other in pages if locale_of(other) == locale_of(page) and other is not page]
    return others[:N_RELATED]


def listing_pages(render: HyperPages, pages: Sequence[PageText]) -> Iterator[tuple[str, str]]:
    """Yield (address, HTML) of the listing pages of every locale and section, and of the home page of each locale."""
    for locale, lang in LOCALES.items():
        root = f"{SITE}/{locale}".rstrip("/")
        mine = [page for page in pages if locale_of(page) == locale]
        yield root + ("" if locale else "/"), render.listing(lang=lang, heading="HyperAI", pages=mine[:3])
        for section, heading in SECTIONS.items():
            chosen = [page for page in mine if page.facts["section"] == section]
            if section == "stories":
                yield from _paged(render, f"{root}/{section}", lang, chosen)
            else:
                yield f"{root}/{section}", render.listing(lang=lang, heading=heading, pages=chosen)


def moved_listings() -> Iterator[tuple[str, str]]:
    """Yield (old address, new address) of the listings that were renamed: headlines are stories now."""
    for locale in LOCALES:
        root = f"{SITE}/{locale}".rstrip("/")
        yield f"{root}/headlines", f"{root}/stories"


def _paged(render: HyperPages, root: str, lang: str, pages: Sequence[PageText]) -> Iterator[tuple[str, str]]:
    """The stories come in pages; a page past the end repeats the last one: a count of pages is nowhere printed."""
    parts = [pages[at : at + STORIES_A_PAGE] for at in range(0, len(pages), STORIES_A_PAGE)] or [[]]
    for number in range(1, len(parts) + 2):
        part = parts[min(number, len(parts)) - 1]
        following = f"?page={number + 1}" if len(pages) > STORIES_A_PAGE and number <= len(parts) else None
        html = render.listing(lang=lang, heading=SECTIONS["stories"], pages=part, next_url=following)
        yield (root if number == 1 else f"{root}?page={number}"), html
    if len(pages) > STORIES_A_PAGE:
        yield f"{root}?page={len(parts) + 2}", html


def feeds_and_sitemaps(pages: Sequence[PageText], now: datetime) -> Iterator[tuple[str, str, bytes]]:
    """Yield (address, content type, body) of the feed, the sitemap index and a sitemap a locale (one of them gzip)."""
    yield f"{SITE}/feed", "application/rss+xml; charset=utf-8", _feed(pages, now).encode()
    names = []
    for locale in LOCALES:
        urls = [page.url for page in pages if locale_of(page) == locale]
        urls += [OUTDATED[locale]] if locale in OUTDATED else []
        body = _sitemap(urls, now).encode()
        packed = locale == "cn"
        names.append(f"{SITE}/sitemap-{locale or 'root'}.xml" + (".gz" if packed else ""))
        yield names[-1], "application/gzip" if packed else "text/xml", gzip.compress(body, mtime=0) if packed else body
    entries = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    index = f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {URLSET}>{entries}</sitemapindex>\n'
    yield f"{SITE}/sitemap.xml", "application/xml", index.encode()


def _sitemap(urls: Sequence[str], now: datetime) -> str:
    entries = "\n".join(f"<url><loc>{url}</loc><lastmod>{now:%Y-%m-%d}</lastmod></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {URLSET}>\n{entries}\n</urlset>\n'


def _feed(pages: Sequence[PageText], now: datetime) -> str:
    dated = [page for page in pages if "published" in page.facts and page.facts["section"] == "news"]
    newest = sorted(dated, key=lambda page: (page.facts["published"], page.url), reverse=True)[:8]
    items = "\n".join(_feed_entry(page) for page in newest)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>HyperAI</title>'
        f"<link>{SITE}/</link><description>News</description>"
        f"<lastBuildDate>{format_datetime(now)}</lastBuildDate>\n{items}\n</channel></rss>\n"
    )


def _feed_entry(page: PageText) -> str:
    title = escape(str(page.facts["title"]), quote=False)
    return (
        f"<item><title>{title}</title><link>{page.url}</link>"
        f'<guid isPermaLink="false">hyperai:{page.url.rsplit("/", 1)[-1]}:{page.facts["lang"]}</guid>'
        f"<pubDate>{format_datetime(page.facts['published'])}</pubDate></item>"
    )
