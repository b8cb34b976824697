"""github.com: a repository's front page; what is kept is its description and its README.

Layout: 2026-11. The README stands in `article.markdown-body`; the dates on the page are those of commits.
"""

import re
from collections.abc import Iterator

from archive.model import Article, Outcome
from archive.records import Source
from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, serialise
from spiders.pages.dating import Carrier

SOURCE = Source(key="github.com", name="GitHub", home="https://github.com/", language="en")


class RepositoryPage(ArticlePage):
    """The front page of a repository (/owner/name)."""

    handles = re.compile(
        r"^https?://(?:www\.)?github\.com/(?!orgs/|topics/|features/|about/)[\w.-]+/[\w.-]+/?(?:[?#]|$)", re.I
    )

    def title(self) -> str | None:
        """Return owner/name."""
        stated = self.document.structured.first("og:title") or ""
        found = re.match(r"(?:GitHub - )?([\w.-]+/[\w.-]+)", stated)
        return found.group(1) if found else super().title()

    def description(self) -> str | None:
        """Return the repository's description, without GitHub's own words after it."""
        stated = super().description() or ""
        return (
            re.sub(r"\s+-\s+[\w.-]+/[\w.-]+$|\s*Contribute to \S+ development by creating an account.*$", "", stated)
            or None
        )

    def carriers(self) -> Iterator[Carrier]:
        """Yield nothing: a repository has no date of publication on its page."""
        return iter(())

    def blocks(self) -> list[Block]:
        """Return the README."""
        readme = self.document.root.cssselect("article.markdown-body")
        return serialise(readme[0]) if readme else []

    def outcome(self, article: Article) -> Outcome:
        """Return ok for any repository that says what it is, in a README or one sentence."""
        says = self.document.status < 400 and article.title and (article.text or article.description)
        return Outcome.OK if says else super().outcome(article)
