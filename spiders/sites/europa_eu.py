"""europarl.europa.eu: questions and answers of the European Parliament (/doceo/document/).

Layout: 2026-11. The title is "Parliamentary question | <subject> | E-003250/2025 | European Parliament".
"""

import re

from archive.records import Source
from spiders.pages.blocks import Block
from spiders.pages.generic import GenericPage
from spiders.pages.titles import fold

SOURCE = Source(key="europa.eu", name="European Union", home="https://european-union.europa.eu/")


class ParliamentaryDocumentPage(GenericPage):
    """A document of the European Parliament: a question, or the answer to one."""

    handles = re.compile(r"^https?://(?:www\.)?europarl\.europa\.eu/doceo/document/", re.I)

    def title(self) -> str | None:
        """Return the subject with the document's number: "Energy use of data centres (E-003250/2025)"."""
        parts = self._parts()
        number = next((part for part in parts if re.match(r"[A-Z]{1,2}-\d", part)), "")
        return f"{parts[1]} ({number})" if len(parts) >= 4 and number else super().title()

    def category(self) -> str | None:
        """Return the kind of document as the title names it: Parliamentary question."""
        parts = self._parts()
        return parts[0] if len(parts) >= 4 else super().category()

    def blocks(self) -> list[Block]:
        """Return the document without its headline, which is a field of its own."""
        aside = {fold(text) for text in self.h1s()}
        return [block for block in super().blocks() if fold(block.text) not in aside]

    def _parts(self) -> list[str]:
        return [part.strip() for part in (self.text("title") or "").split("|")]
