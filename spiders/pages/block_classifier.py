"""How surely each block of a page is main text: forests of small boosted trees, trained by benchmarks/train_blocks.py.

Most pages are clear from their own signs; a library, which costs more than all of them, is asked only about the rest.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import Any, TypeAlias

from spiders.pages.block_features import PageText, features, text_of, with_library_text
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.titles import fold

Node: TypeAlias = "float | tuple[int, float, Node, Node]"

LIKELY = 0.6  # from here on a block is main text
_DOUBTFUL = (0.2, 0.85)  # between these a block may be either
_MOST_DOUBT = 0.1  # text of such blocks beside that of likely ones; a page with more is not clear
_MOST_ASKED = 3_000  # blocks; a longer page is judged by its own signs alone, so that no page costs seconds
_CLEAR = (0.03, 0.97)  # what the first forests say so surely is not asked of the others
_FIRST = 2  # forests


@dataclass(frozen=True, slots=True)
class Forest:
    """A base score and the trees that add to it.

    A node of a tree is (feature, threshold, node when not above it, node when above), or the score of a leaf.
    """

    base: float
    trees: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found: log-odds of class-name words, and forests that judge without and with the library's text.

    Each forest was trained on other hosts; what they say is averaged.
    """

    odds: dict[str, float]
    alone: tuple[Forest, ...]
    beside_library: tuple[Forest, ...]


@cache
def shipped_weights() -> Weights:
    """Return the weights that this release is shipped with."""
    source = resources.files("spiders.pages").joinpath("block_weights.json")
    return read_weights(json.loads(source.read_text(encoding="utf-8")))


def read_weights(data: dict[str, Any]) -> Weights:
    """Return the weights that *data* holds: the training script writes a tree as a list of nodes, the root first."""
    return Weights(
        odds=data["odds"],
        alone=tuple(map(_forest, data["alone"])),
        beside_library=tuple(map(_forest, data["beside_library"])),
    )


def _forest(data: dict[str, Any]) -> Forest:
    return Forest(base=data["base"], trees=tuple(_node(nodes, 0) for nodes in data["trees"]))


def _node(nodes: Sequence[Sequence[float]], place: int) -> Node:
    node = nodes[place]
    if len(node) == 1:
        return float(node[0])
    return int(node[0]), float(node[1]), _node(nodes, int(node[2])), _node(nodes, int(node[3]))


def likelihoods(
    blocks: Sequence[Block], known: PageText, library_text: Callable[[], str], weights: Weights | None = None
) -> list[float]:
    """Return for each of *blocks* how likely it is main text, from 0 to 1; an image is never.

    *library_text* is called for the folded text that the library finds, only when the page is not clear without it.
    """
    used = weights or shipped_weights()
    rows = features(blocks, known, used.odds)
    scores = _scores(blocks, rows, used.alone)
    if len(blocks) > _MOST_ASKED or _is_clear(blocks, scores):
        return scores
    return _scores(blocks, with_library_text(rows, blocks, library_text()), used.beside_library)


def _is_clear(blocks: Sequence[Block], scores: Sequence[float]) -> bool:
    """Return whether the text of doubtful blocks is little beside that of likely ones."""
    sizes = [len(fold(text_of(block))) for block in blocks]
    likely = sum(size for size, score in zip(sizes, scores, strict=True) if score >= LIKELY)
    doubtful = sum(size for size, score in zip(sizes, scores, strict=True) if _DOUBTFUL[0] < score < _DOUBTFUL[1])
    return likely > 0 and doubtful <= _MOST_DOUBT * likely


def _scores(blocks: Sequence[Block], rows: Sequence[Sequence[float]], forests: Sequence[Forest]) -> list[float]:
    return [
        0.0 if block.kind is BlockKind.IMAGE else _likelihood(row, forests)
        for block, row in zip(blocks, rows, strict=True)
    ]


def _likelihood(row: Sequence[float], forests: Sequence[Forest]) -> float:
    total = 0.0
    for number, forest in enumerate(forests, start=1):
        score = forest.base
        for root in forest.trees:
            node = root
            while isinstance(node, tuple):
                node = node[2] if row[node[0]] <= node[1] else node[3]
            score += node
        total += 1 / (1 + exp(-score))
        if number == _FIRST and not _CLEAR[0] < total / number < _CLEAR[1]:
            return total / number
    return total / len(forests)
