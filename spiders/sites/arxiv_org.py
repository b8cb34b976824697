"""arxiv.org: the abstract page and the paper as HTML; its PDF is a page of its own. One number (arxiv_id) joins them.

Layout: 2026-11. `citation_*` metadata holds title, authors ("Family, Given") and date; the abstract is a blockquote.
The HTML is LaTeXML's: `ltx_…` classes name every part.
"""

import re
from collections.abc import Iterator

from archive.citations import identify
from archive.model import Article, Outcome
from archive.records import Source
from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, BlockKind, serialise
from spiders.pages.dating import Carrier
from spiders.pages.document import Element, collapse

SOURCE = Source(key="arxiv.org", name="arXiv", home="https://arxiv.org/", language="en")


class AbstractPage(ArticlePage):
    """The abstract page of a paper (/abs/)."""

    handles = re.compile(r"^https?://[^/]+/abs/", re.I)

    def title(self) -> str | None:
        """Return the paper's title."""
        return self.document.structured.first("citation_title") or super().title()

    def category(self) -> str | None:
        """Return the primary subject as printed: "Computation and Language (cs.CL)"."""
        return self.text("span.primary-subject")

    def blocks(self) -> list[Block]:
        """Return the abstract, without its label, and the table of facts below it (comments, subjects, DOI)."""
        stated = self.document.structured.first("citation_abstract", "og:description", "dc.description")
        quote = next(self.document.root.iter("blockquote"), None)
        if quote is None:
            root = self.document.root
            return [Block(BlockKind.PARAGRAPH, root, text=collapse(stated))] if stated else []
        blocks = serialise(quote)
        if not blocks:
            return []
        first = re.sub(r"^Abstract:\s*", "", collapse(" ".join(block.text for block in blocks)))
        anchors = tuple(anchor for block in blocks for anchor in block.anchors)
        facts = (block for table in quote.itersiblings() for block in serialise(table) if block.rows)
        return [Block(BlockKind.PARAGRAPH, quote, text=first, anchors=anchors), *facts]

    def canonical_url(self) -> str:
        """Return the abstract's address without a version: the versions are states of one paper."""
        identity = identify(self.document.url)
        return f"https://arxiv.org/abs/{identity.arxiv_id}" if identity.arxiv_id else super().canonical_url()

    def outcome(self, article: Article) -> Outcome:
        """Return ok for any abstract: some are one sentence long."""
        is_abstract = bool(article.title and article.text and self.document.status < 400)
        return Outcome.OK if is_abstract else super().outcome(article)


class HtmlPaperPage(ArticlePage):
    """A paper as HTML (/html/); it prints no date, and its versions are states of one paper."""

    handles = re.compile(r"^https?://[^/]+/html/", re.I)

    def title(self) -> str | None:
        """Return the paper's title."""
        return self.text(".ltx_title_document") or super().title()

    def authors(self) -> tuple[str, ...]:
        """Return the authors; what follows a line break is their institution."""
        names = [(node.text or "").strip(" ,&") for node in self.document.root.cssselect(".ltx_personname")]
        return tuple(collapse(name) for name in names if name)

    def carriers(self) -> Iterator[Carrier]:
        """Yield nothing: a year on a paper's first page is prose."""
        return iter(())

    def blocks(self) -> list[Block]:
        """Return abstract, sections and bibliography."""
        paper = self.document.root.cssselect("article.ltx_document, .ltx_page_main")
        return serialise(paper[0], is_skipped=_is_front_matter) if paper else []

    def canonical_url(self) -> str:
        """Return the address without a version."""
        return re.sub(r"(\d)v\d+/?$", r"\1", super().canonical_url())


def _is_front_matter(node: Element) -> bool:
    names = set((node.get("class") or "").split())
    return bool(names & {"ltx_title_document", "ltx_authors", "ltx_page_header", "ltx_page_footer", "ltx_dates"})
