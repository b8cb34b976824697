"""The text format that the demo world's pages are written in, and its reader.

A file holds one page or several. Each opens with its facts as TOML between two lines of +++; then blocks parted by
blank lines: a paragraph, `## a heading`, `> a quotation`, `- a list entry` lines, `| cell | cell |` rows (a table;
`|= caption` names it) and `![alt](address) caption` (a figure). `**bold**` and `[text](address)` stand within a line.
The line `=== label` opens the reference list: one printed line each. A further `===` ends it; the text goes on.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^\+\+\+\s*$\n?", re.MULTILINE)
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<src>[^)]*)\)\s*(?P<caption>.*)")
INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: its kind (paragraph heading quote list table figure references) and its lines."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as written down: its facts and its blocks, the reference list being one of them."""

    facts: dict[str, Any]
    blocks: tuple[Block, ...] = field(default=())

    @property
    def url(self) -> str:
        """Address of the page."""
        return str(self.facts["url"])

    def captions(self) -> list[str]:
        """Return the captions of the figures, in order."""
        figures = (FIGURE.match(block.lines[0]) for block in self.blocks if block.kind == "figure")
        return [found["caption"] for found in figures if found and found["caption"]]


def read_pages(path: Path) -> list[PageText]:
    """Return the pages that the file at *path* holds, in order."""

    parts = FENCE.split(path.read_text(encoding="utf-8"))[1:]
    return [
        PageText(tomllib.loads(facts), tuple(read_blocks(body)))
        for facts, body in zip(parts[::2], parts[1::2], strict=True)
    ]


def inline_html(text: str) -> str:
    """Return *text* as HTML, its bold runs and links as elements and nothing put between them."""
    pieces, end = [], 0
    for found in INLINE.finditer(text):
        pieces.append(escape(text[end : found.start()], quote=False))
        pieces.append(_element(found))
        end = found.end()
    return "".join(pieces) + escape(text[end:], quote=False)


def _element(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"<strong>{escape(found['bold'], quote=False)}</strong>"
    return f'<a href="{escape(found["href"])}">{escape(found["text"], quote=False)}</a>'


def read_blocks(body: str) -> Iterator[Block]:
    """Yield the blocks that *body* holds, in order."""
    label = ""
    for number, part in enumerate(re.split(r"^===[ \t]*(.*)$", body, flags=re.MULTILINE)):
        # The split gives text, label, lines, label, lines …; an empty label goes back to plain text.
        if number % 2:
            label = part.strip()
        elif label:
            yield Block("references", (label, *part.strip().splitlines()))
        else:
            # Figures stand on a line each, also when one follows the other without a blank line.
            chunks = re.split(r"\n\s*\n|\n(?=!\[)", part.strip())
            yield from (_block(chunk) for chunk in chunks if chunk.strip())


def _block(chunk: str) -> Block:
    lines = tuple(line.strip() for line in chunk.strip().splitlines())
    marks = {"## ": "heading", "> ": "quote", "- ": "list", "|": "table", "![": "figure"}
    for mark, kind in marks.items():
        if lines[0].startswith(mark):
            keep = kind in ("table", "figure")
            return Block(kind, lines if keep else tuple(line.removeprefix(mark) for line in lines))
    return Block("paragraph", (" ".join(lines),))
