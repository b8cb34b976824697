"""Videos and posts of platforms that show their content by script: what they state of themselves is what we keep."""

from archive.model import Article, Outcome
from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import parse
from spiders.pages.structured import as_text


class StatedPage(ArticlePage):
    """A page of which only the metadata is read: title, author, date, and the description as its text."""

    def authors(self) -> tuple[str, ...]:
        """Return the channel or account, where the page names it."""
        named = self.document.root.xpath("//*[@itemprop='author']//*[@itemprop='name']/@content")
        return tuple(dict.fromkeys(str(name).strip() for name in named)) or super().authors()

    def blocks(self) -> list[Block]:
        """Return the stated description, one block a line."""
        stated = as_text(self.document.structured.article().get("description")) or self.description() or ""
        holder = parse("<p></p>")
        return [Block(BlockKind.PARAGRAPH, holder, text=line.strip()) for line in stated.splitlines() if line.strip()]

    def outcome(self, article: Article) -> Outcome:
        """Return ok when the page states a title and a description of its own."""
        is_stated = bool(self.document.structured.first("og:title") and article.text)
        return Outcome.OK if is_stated and self.document.status < 400 else super().outcome(article)
