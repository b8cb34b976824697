"""How surely each block of a page is main text: small boosted trees, trained by benchmarks/train_blocks.py."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import Any, TypeAlias

from spiders.pages.block_features import PageText, features
from spiders.pages.blocks import Block, BlockKind

Node: TypeAlias = "float | tuple[int, float, Node, Node]"


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found: log-odds of class-name words, the base score, and the trees.

    A node of a tree is (feature, threshold, node when not above it, node when above), or the score of a leaf.
    """

    odds: dict[str, float]
    base: float
    trees: tuple[Node, ...]


@cache
def shipped_weights() -> Weights:
    """Return the weights that this release is shipped with."""
    source = resources.files("spiders.pages").joinpath("block_weights.json")
    return read_weights(json.loads(source.read_text(encoding="utf-8")))


def read_weights(data: dict[str, Any]) -> Weights:
    """Return the weights that *data* holds: the training script writes a tree as a list of nodes, the root first."""
    return Weights(odds=data["odds"], base=data["base"], trees=tuple(_node(nodes, 0) for nodes in data["trees"]))


def _node(nodes: Sequence[Sequence[float]], place: int) -> Node:
    node = nodes[place]
    if len(node) == 1:
        return float(node[0])
    return int(node[0]), float(node[1]), _node(nodes, int(node[2])), _node(nodes, int(node[3]))


def likelihoods(blocks: Sequence[Block], known: PageText, weights: Weights | None = None) -> list[float]:
    """Return for each of *blocks* how likely it is main text, from 0 to 1; an image is never."""
    used = weights or shipped_weights()
    rows = features(blocks, known, used.odds)
    return [
        0.0 if block.kind is BlockKind.IMAGE else _likelihood(row, used)
        for block, row in zip(blocks, rows, strict=True)
    ]


def _likelihood(row: Sequence[float], weights: Weights) -> float:
    score = weights.base
    for root in weights.trees:
        node = root
        while isinstance(node, tuple):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        score += node
    return 1 / (1 + exp(-score))
