"""A graph in columns as SVG: boxes with a text and a link, and curves between boxes of neighbouring columns."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BOX_WIDTH, BOX_HEIGHT, GAP, COLUMN_GAP, TOP = 230, 44, 10, 70, 30
N_LINE = 30  # halves of a full-width character in a line of a box

Column = tuple[str, "Sequence[Node]"]
Edge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """One box: its text, the address it leads to, its kind (a class of the stylesheet), and small print."""

    text: str
    href: str | None
    kind: str = "article"
    note: str = ""


def draw_columns(columns: Sequence[Column], edges: Sequence[Edge], *, title: str) -> str:
    """Return SVG of *columns* (heading, boxes from top to bottom), empty ones left out.

    An edge is (column, box, column, box), drawn from the right side of the first to the left side of the second.
    """
    shown = [number for number, (_, nodes) in enumerate(columns) if nodes]
    left = {number: place * (BOX_WIDTH + COLUMN_GAP) for place, number in enumerate(shown)}
    height = max((_height(columns[number][1]) for number in shown), default=0)
    tops = {number: TOP + (height - _height(columns[number][1])) / 2 for number in shown}

    def middle(column: int, box: int) -> float:
        return tops[column] + box * (BOX_HEIGHT + GAP) + BOX_HEIGHT / 2

    parts = [
        _curve(left[a] + BOX_WIDTH, middle(a, i), left[b], middle(b, j))
        for a, i, b, j in edges
        if a in left and b in left
    ]
    for number in shown:
        heading, nodes = columns[number]
        if heading:
            parts.append(f'<text class="heading" x="{left[number]}" y="{TOP - 12}">{escape(heading)}</text>')
        parts += [
            _box(node, left[number], tops[number] + place * (BOX_HEIGHT + GAP)) for place, node in enumerate(nodes)
        ]
    width, height = len(shown) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP, TOP + height + 2
    size = f'viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}"'
    named = f'class="citation-graph" role="group" aria-label="{escape(title, quote=True)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {named} {size}>{"".join(parts)}</svg>'


def fitted(text: str, n_halves: int) -> str:
    """Return *text* cut to a width of *n_halves* half-width characters; a full-width one counts two.

    >>> fitted("資金調達の推移", 8), fitted("funding", 8)
    ('資金調…', 'funding')
    """
    used = 0
    for end, letter in enumerate(text):
        used += 2 if unicodedata.east_asian_width(letter) in "FWA" else 1
        if used > n_halves - (end < len(text) - 1):
            return text[:end] + "…"
    return text


def _height(nodes: Sequence[Node]) -> float:
    return len(nodes) * (BOX_HEIGHT + GAP) - GAP


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (x2 - x1) / 2
    return f'<path class="edge" d="M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"/>'


def _box(node: Node, x: float, y: float) -> str:
    full = escape(node.text)
    first, second = _lines(node)
    texts = f'<text x="{x + 10:g}" y="{y + 18:g}">{escape(first)}</text>'
    if second:
        kind = ' class="note"' if node.note else ""
        texts += f'<text{kind} x="{x + 10:g}" y="{y + 35:g}">{escape(second)}</text>'
    rect = f'<rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>'
    inner = f"<title>{full}</title>{rect}{texts}"
    if node.href:
        label = escape(node.text, quote=True)
        return f'<a class="node {node.kind}" href="{escape(node.href, quote=True)}" aria-label="{label}">{inner}</a>'
    return f'<g class="node {node.kind}">{inner}</g>'


def _lines(node: Node) -> tuple[str, str]:
    if node.note:
        return fitted(node.text, N_LINE), fitted(node.note, N_LINE + 4)
    first = fitted(node.text, N_LINE)
    if not first.endswith("…") or first == node.text:
        return first, ""
    cut = len(first) - 1
    blank = node.text.rfind(" ", 0, cut + 1)
    cut = blank if blank > cut / 2 else cut
    return node.text[:cut], fitted(node.text[cut:].strip(), N_LINE)
