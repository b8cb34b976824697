"""An article's body: numbered paragraphs, headings, figures, tables, links, and the reference list it ends with."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.model import Figure, Link, Reference, Table
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.captions import Pictured, tie_captions
from spiders.pages.inline import Anchor
from spiders.pages.references import split_references
from spiders.pages.tables import table_anchors


@dataclass(frozen=True, slots=True)
class Body:
    """What the body of a page holds; paragraphs are numbered from 1."""

    paragraphs: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def text(self) -> str:
        """Return the paragraphs parted by a blank line."""
        return "\n\n".join(self.paragraphs)


def make_body(blocks: Sequence[Block], absolute: Callable[[str], str]) -> Body:
    """Return the body that *blocks* show; *absolute* turns an href into an address, or into nothing."""
    kept, references = split_references(blocks, absolute)
    paragraphs: list[str] = []
    headings: list[str] = []
    figures: list[Figure] = []
    tables: list[Table] = []
    links: list[Link] = []
    for item in tie_captions(kept):
        block = item.block
        if block.kind is BlockKind.IMAGE:
            links.extend(_links(item.caption.anchors, 0, absolute) if item.caption else ())
            figures.append(_figure(item, len(paragraphs), absolute))
        elif block.kind is BlockKind.TABLE:
            tables.append(Table(caption=block.text, rows=block.rows, after_paragraph=len(paragraphs)))
            links.extend(_links(table_anchors(block.node), 0, absolute))
        else:
            paragraphs.append(block.text)
            links.extend(_links(block.anchors, len(paragraphs), absolute))
            if block.kind is BlockKind.HEADING:
                headings.append(block.text.replace("\n", " "))
    figures = [figure for figure in figures if figure.url or figure.caption]
    return Body(tuple(paragraphs), tuple(headings), tuple(figures), tuple(tables), tuple(links), references)


def _links(anchors: Iterable[Anchor], paragraph: int, absolute: Callable[[str], str]) -> Iterator[Link]:
    for anchor in anchors:
        if not anchor.href.startswith("#") and (url := absolute(anchor.href)):
            yield Link(url=url, text=anchor.text, paragraph=paragraph)


def _figure(item: Pictured, after: int, absolute: Callable[[str], str]) -> Figure:
    caption = item.caption.text.replace("\n", " ") if item.caption else ""
    return Figure(url=absolute(item.block.source), alt=item.block.text, caption=caption, after_paragraph=after)
