"""Tables: rows of cell texts; a table that only lays out a page is told apart from one that holds data."""

from collections.abc import Iterator
from itertools import count, takewhile

from lxml import html

from spiders.pages.inline import Anchor, clean

_LONGEST_CELL = 400  # characters on average: beyond this a table is a layout
_MOST_SPAN, _MOST_COLUMNS = 50, 100
_BLOCKS = ("p", "div", "ul", "ol", "table", "h1", "h2", "h3", "article", "section", "form", "blockquote")


def table_rows(table: html.HtmlElement) -> tuple[tuple[str, ...], ...]:
    """Return the cell texts of a data table row by row; () when the table is a layout.

    What a cell spans beyond its own place is empty, so that columns stay in line.
    """
    if _is_layout(table):
        return ()
    rows = tuple(row for row in _grid(table) if any(row))
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


def _grid(table: html.HtmlElement) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table as a reader sees them: a place that another cell spans into is empty."""
    group, spanned = None, dict[int, int]()  # column -> rows below that a cell reaches into; never out of its group
    for node in _own(table, "tr"):
        if node.getparent() is not group:
            group, spanned = node.getparent(), {}
        row: list[str] = []
        below = {column: n_rows - 1 for column, n_rows in spanned.items() if n_rows > 1}
        for cell in (child for child in node if child.tag in ("td", "th")):
            row.extend("" for _ in takewhile(spanned.__contains__, count(len(row))))
            if len(row) >= _MOST_COLUMNS:
                break
            columns = range(len(row), min(len(row) + (_span(cell, "colspan") or 1), _MOST_COLUMNS))
            n_below = (_span(cell, "rowspan") or _MOST_SPAN) - 1  # 0: to the end of the group
            below.update(dict.fromkeys(columns if n_below else (), n_below))
            row.extend([clean(_spaced_text(cell)).replace("\n", " "), *[""] * (len(columns) - 1)])
        spanned = below
        yield tuple(row[:_MOST_COLUMNS])


def _span(cell: html.HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(int(value[:9]), _MOST_SPAN) if value.isdecimal() else 1


def _spaced_text(cell: html.HtmlElement) -> str:
    """Return the text of a cell with a space wherever a block or a line break parts it."""
    parted = any(node.tag in _BLOCKS or node.tag in ("br", "li") for node in cell.iterdescendants())
    texts = (text for text in cell.itertext() if text)
    return (" " if parted else "").join(texts)
