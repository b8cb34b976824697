"""huggingface.co: the card of a model, a data set or a Space (its README); paper and blog pages are read generically.

Layout: 2026-11. The card stands in `.model-card-content` or `.prose`; og:title is "owner/name · Hugging Face".
"""

import re

from archive.model import Article, Outcome
from archive.records import Source
from spiders.pages.blocks import Block, serialise
from spiders.sites import github_com

SOURCE = Source(key="huggingface.co", name="Hugging Face", home="https://huggingface.co/", language="en")


class CardPage(github_com.RepositoryPage):
    """The card of a model (/owner/name), a data set or a Space."""

    handles = re.compile(
        r"^https?://huggingface\.co/(?:datasets/|spaces/)?"
        r"(?!blog/|papers/|docs/|collections/|posts/|learn/|tasks/)[\w.-]+/[\w.-]+/?(?:[?#]|$)",
        re.I,
    )

    def title(self) -> str | None:
        """Return owner/name."""
        stated = self.document.structured.first("og:title") or ""
        return (
            re.sub(r"\s+[·-]\s+(?:Hugging Face|Datasets at Hugging Face|a Hugging Face Space.*)$", "", stated)
            or super().title()
        )

    def blocks(self) -> list[Block]:
        """Return the card."""
        card = self.document.root.cssselect(".model-card-content, .prose")
        return serialise(card[0]) if card else []

    def outcome(self, article: Article) -> Outcome:
        """Return ok for a card with words in it; Hugging Face states a description of its own for every page."""
        return Outcome.OK if self.document.status < 400 and article.title and article.text else super().outcome(article)
