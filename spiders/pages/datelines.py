"""Lines at the ends of a text that only say when the page was published or changed: a field, no paragraph of it.

In the middle of a text such a line is the text's own: an entry of a chronicle, the release date of a film.
"""

from collections.abc import Sequence
from datetime import datetime

from archive.date_words import date_words, plain
from archive.dates import LONGEST_DATE, SEPARATORS, label_of, parse_date
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.landmarks import is_sentence
from spiders.pages.outcomes import weight

_LONG = 120  # weight of a line that is prose though no full stop ends it
_LONGEST_BARE = 40  # characters of a date without a label


def without_date_lines(blocks: Sequence[Block], *, seen_at: datetime, lang: str | None = None) -> list[Block]:
    """Return *blocks* without the lines above the first prose, and at the very end, that only say a date of the page.

    *seen_at* (aware) and *lang* (BCP 47) read the dates. A date without a label counts above the prose only, and only
    when no other stands among the blocks: those of a chronicle are its headings.
    """
    seen = (seen_at, lang)
    first = next(
        (n for n, block in enumerate(blocks) if _is_prose(block) and not _is_labelled(block, *seen)), len(blocks)
    )
    end = len(blocks)
    while end > first and _is_labelled(blocks[end - 1], *seen):
        end -= 1
    dropped = {n for n in range(first) if _is_labelled(blocks[n], *seen)}
    bare = [n for n in range(first) if n not in dropped and _is_bare(blocks[n], *seen)]
    if len(bare) == 1 and not any(_is_bare(block, *seen) for block in blocks[first:end]):
        dropped.update(bare)
    return [block for n, block in enumerate(blocks[:end]) if n not in dropped]


def _may_be(block: Block) -> bool:
    return block.is_text and block.kind not in (BlockKind.CODE, BlockKind.QUOTE) and len(block.text) <= LONGEST_DATE


def _is_labelled(block: Block, seen_at: datetime, lang: str | None) -> bool:
    """Return whether *block* is a date that a label opens or ends ("Published …", "… 更新"), and nothing else."""
    text = block.text
    if not _may_be(block) or parse_date(text, seen_at=seen_at, lang=lang) is None:
        return False
    labels = {label_of(part) for part in (text, *SEPARATORS.split(text)) if part}
    return bool(labels & {"published", "updated"}) or date_words().label_behind.search(plain(text)) is not None


def _is_bare(block: Block, seen_at: datetime, lang: str | None) -> bool:
    text = block.text
    is_short = _may_be(block) and len(text) <= _LONGEST_BARE and not is_sentence(text)
    return is_short and parse_date(text, seen_at=seen_at, lang=lang) is not None


def _is_prose(block: Block) -> bool:
    return block.is_text and (is_sentence(block.text) or weight(block.text) >= _LONG)
