"""Landing pages of papers: `citation_*` metadata, as journals, repositories and DOI targets state it.

Source: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing (the names); pages of SITES 4.1.
"""

from archive.model import Article, Outcome
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Document, collapse
from spiders.pages.generic import GenericPage
from spiders.pages.outcomes import ENOUGH, weight


def is_landing(document: Document) -> bool:
    """Return whether a page states which paper it is about."""
    facts = document.structured
    return bool(
        facts.first("citation_title") and facts.first("citation_doi", "citation_author", "citation_journal_title")
    )


class JournalPage(GenericPage):
    """A paper's landing page: its text as far as it is shown, at least the abstract."""

    def title(self) -> str | None:
        """Return the paper's title."""
        return collapse(self.document.structured.first("citation_title") or "") or super().title()

    def category(self) -> str | None:
        """Return the kind of paper when it is stated, else the journal."""
        return self.document.structured.first("citation_article_type", "citation_journal_title") or super().category()

    def blocks(self) -> list[Block]:
        """Return the page's text, or the abstract that it states when it shows less."""
        own = super().blocks()
        facts = self.document.structured
        abstract = collapse(facts.first("citation_abstract", "dc.description", "og:description", "description") or "")
        if sum(weight(block.text) for block in own if block.is_text) >= min(ENOUGH, weight(abstract)):
            return own
        return [Block(BlockKind.PARAGRAPH, self.document.root, text=abstract)] if abstract else own

    def outcome(self, article: Article) -> Outcome:
        """Return ok when an abstract is all that is shown: it is what the page is for."""
        judged = super().outcome(article)
        is_abstract = judged in (Outcome.STUB, Outcome.LISTING, Outcome.SHELL) and len(article.text) >= ENOUGH / 2
        return Outcome.OK if is_abstract and self.document.status < 400 else judged
