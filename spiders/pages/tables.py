"""Tables: rows of cell texts; a table that only lays out a page is told apart from one that holds data."""

from collections.abc import Iterator
from itertools import islice

from lxml import html

from spiders.pages.inline import Anchor, clean

_LONGEST_CELL = 400  # characters on average: beyond this a table is a layout
_MOST_SPAN, _MOST_COLUMNS = 50, 100
_BLOCKS = ("p", "div", "ul", "ol", "table", "h1", "h2", "h3", "article", "section", "form", "blockquote")


def table_rows(table: html.HtmlElement) -> tuple[tuple[str, ...], ...]:
    """Return the cell texts of a data table row by row; () when the table is a layout.

    A cell that spans columns is followed by empty ones, so that columns stay in line.
    """
    if _is_layout(table):
        return ()
    rows = tuple(row for node in _own(table, "tr") if any(row := tuple(islice(_cells(node), _MOST_COLUMNS))))
    n_cells = sum(1 for row in rows for cell in row if cell)
    if (
        len(rows) < 2
        or max(map(len, rows)) < 2
        or sum(len(cell) for row in rows for cell in row) > _LONGEST_CELL * n_cells
    ):
        return ()
    width = max(map(len, rows))
    return tuple(row + ("",) * (width - len(row)) for row in rows)


def table_caption(table: html.HtmlElement) -> str:
    """Return the caption of a table as printed; empty when it has none."""
    caption = table.find("caption")
    return clean("".join(caption.itertext())) if caption is not None else ""


def table_anchors(table: html.HtmlElement) -> tuple[Anchor, ...]:
    """Return the links of a table's cells that have a text, in order."""
    texts = ((node.get("href"), clean("".join(node.itertext()))) for node in table.iter("a"))
    return tuple(Anchor(href, text.replace("\n", " ")) for href, text in texts if href and text)


def _is_layout(table: html.HtmlElement) -> bool:
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return True
    if table.find(".//table") is not None:
        return True
    has_header = table.find(".//th") is not None or table.find("thead") is not None
    long_blocks = sum(1 for node in table.iter("p", "li") if len("".join(node.itertext())) > 200)
    return not has_header and long_blocks >= 2


def _own(table: html.HtmlElement, tag: str) -> Iterator[html.HtmlElement]:
    for node in table.iter(tag):
        owner = next(node.iterancestors("table"), None)
        if owner is table:
            yield node


def _cells(row: html.HtmlElement) -> Iterator[str]:
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        yield clean(_spaced_text(cell)).replace("\n", " ")
        span = cell.get("colspan") or "1"
        yield from [""] * (min(int(span), _MOST_SPAN) - 1 if span.isdecimal() else 0)


def _spaced_text(cell: html.HtmlElement) -> str:
    """Return the text of a cell with a space wherever a block or a line break parts it."""
    parted = any(node.tag in _BLOCKS or node.tag in ("br", "li") for node in cell.iterdescendants())
    texts = (text for text in cell.itertext() if text)
    return (" " if parted else "").join(texts)
