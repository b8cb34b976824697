"""A run of inline text: whitespace as a browser shows it, words never glued, no space forced into Japanese."""

import re
from dataclasses import dataclass, field

BREAK = "\u2028"  # a <br>, told apart from line breaks of the source

_WIDE = "\u2e80-\u2fff\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_SOURCE_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t\r]*\n\s*(?=[{_WIDE}])")
_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_WIDTHLESS = re.compile("[\u200b\u2060\ufeff]")  # a browser shows nothing there, and addresses are full of them
_UNCLEAN = re.compile(f"[\t\r\n\f\v\u00a0\u200b\u2060\ufeff{BREAK}]")  # what clean() changes inside a text
_SENTENCE_END = re.compile(r"(?:[a-zà-ÿ0-9)%가-힣]|[a-z]{2}[\"”’'])[.!?:;][\"”’')]*$")
_SENTENCE_START = re.compile(r"[\"“‘'(]?(?:[A-ZÀ-Þ](?:[a-zà-ÿ’']|[A-Z]| )|[가-힣])")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link within a run: its href as printed, its text, and the line (from 0) of the run it stands in."""

    href: str
    text: str
    line: int = 0


@dataclass(slots=True)
class Run:
    """Text of one block being gathered piece by piece, across inline elements."""

    pieces: list[str] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    n_emphasised: int = 0
    _href: str | None = None
    _from: int = 0
    _at_border: bool = False

    def add(self, text: str | None, *, is_emphasised: bool = False) -> None:
        """Append *text*; at the border of an element, part two Latin or Korean sentences that only a tag parted."""
        if not text or (not self.pieces and text.isspace()):
            return
        if self._at_border and self.pieces and are_glued(self.pieces[-1], text):
            self.pieces.append(" ")
        self._at_border = False
        self.pieces.append(text)
        if is_emphasised:
            self.n_emphasised += len(text.strip())

    def border(self) -> None:
        """Note that an inline element begins or ends here."""
        self._at_border = True

    def line_break(self) -> None:
        """Append a <br>."""
        self.pieces.append(BREAK)

    def ends_in_break(self) -> bool:
        """Return whether nothing but blanks follows the last <br>."""
        for piece in reversed(self.pieces):
            if piece == BREAK:
                return True
            if piece.strip():
                return False
        return False

    def open_anchor(self, href: str) -> None:
        """Note that a link begins here."""
        self._href, self._from = href, len(self.pieces)

    def close_anchor(self) -> None:
        """Note that the link ends here."""
        if self._href is not None and (text := clean("".join(self.pieces[self._from :])).replace("\n", " ")):
            before = clean("".join(self.pieces[: self._from]) + "x")
            self.anchors.append(Anchor(self._href, text, before.count("\n")))
        self._href = None

    def is_untouched(self) -> bool:
        """Return whether nothing was added, and no link is open."""
        return not self.pieces and self._href is None

    def is_blank(self) -> bool:
        """Return whether the run shows nothing."""
        return not any(piece.strip() for piece in self.pieces if piece != BREAK)

    def is_emphasised(self) -> bool:
        """Return whether all of its text is emphasised (em, i, small)."""
        if not self.n_emphasised:
            return False
        return self.n_emphasised >= sum(len(piece.strip()) for piece in self.pieces if piece != BREAK) - 2

    def text(self) -> str:
        """Return the run as shown, lines parted by a line feed."""
        return clean("".join(self.pieces))

    def texts(self) -> tuple[str, ...]:
        """Return the text nodes of the run, each as shown."""
        if len(self.pieces) == 1:
            return (self.text(),)
        return tuple(text for piece in self.pieces if (text := clean(piece)))

    def rest(self) -> "Run":
        """Return the run that continues this one in the next block: empty, within the same link."""
        href = self._href
        self.close_anchor()
        return Run(_href=href)


def clean(text: str) -> str:
    """Return *text* as a browser shows it: whitespace collapsed, source line breaks between wide characters dropped."""
    if "  " not in text and not _UNCLEAN.search(text):
        return text.strip()
    text = text if text.isascii() else _WIDTHLESS.sub("", text)
    joined = _SOURCE_BREAK.sub("", text) if "\n" in text else text
    lines = (_BLANKS.sub(" ", line).strip() for line in joined.split(BREAK))
    return "\n".join(line for line in lines if line)


def are_glued(before: str, after: str) -> bool:
    """Return whether a Latin or Korean sentence ends *before* and another begins *after*, with no space between.

    >>> are_glued("a new model.", "The kernel"), are_glued("Node", "JS"), are_glued("モデル。", "The")
    (True, False, False)
    """
    return bool(_SENTENCE_END.search(before[-6:]) and _SENTENCE_START.match(after[:4] + " "))
