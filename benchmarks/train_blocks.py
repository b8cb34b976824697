"""Train the block classifier on pages with known text, and write spiders/pages/block_weights.json.

    python benchmarks/train_blocks.py PAGES [--fold K --out FILE]

PAGES holds *.jsonl or *.jsonl.xz files, one page a line: `id`, `url`, `html`, and `truth` with `body` (the whole text)
or `with` and `without` (text that must and must not appear). With --fold K the pages whose host falls in fold K of five
are left out, so that extraction.py can judge on pages that training never saw. Needs numpy and scikit-learn, which the
package itself does not.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from math import log
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from extraction import fold_of, pages_of, shingles

from spiders.pages.block_features import (
    NAMES,
    PageText,
    features,
    headline_place,
    name_words,
    spine_of,
    text_of,
    with_library_text,
)
from spiders.pages.blocks import Block, BlockKind, serialise
from spiders.pages.document import Document
from spiders.pages.generic import GenericPage, main_text
from spiders.pages.titles import fold

OUT = Path(__file__).resolve().parent.parent / "spiders" / "pages" / "block_weights.json"
N_TREES, N_LEAVES, RATE = 40, 12, 0.15
N_ALONE, N_BESIDE = 3, 6  # forests, each trained on SHARE of the hosts
SHARE = 0.7
LEAST_HOSTS, LEAST_ODDS = 6, 0.3  # a class-name word counts when it is common and tells something
Row: TypeAlias = tuple[str, list[float], bool, float]
NEAR = 8  # boxes around a block whose names are counted


class Sample:
    """One page of the training set: blocks, what each should be, and how much it counts."""

    def __init__(self, page: dict[str, Any]) -> None:
        document = Document(url=page["url"] or "http://page.invalid/", html=page["html"], seen_at=datetime.now(UTC))
        reader = GenericPage(document, site="")
        body = document.root.find("body")
        self.blocks = serialise(document.root if body is None else body, keeps_hidden=True)
        self.known = PageText(fold(reader.title() or ""), fold(reader.description() or ""))
        self.extracted = fold(main_text(document))
        self.group = fold_of(page["url"])
        self.host = urlsplit(page["url"]).hostname or page["id"]
        texts = [text_of(block) for block in self.blocks]
        truth = page["truth"]
        judge = _by_body if truth.get("body") else _by_segments
        self.wanted, self.weights = judge(self.blocks, texts, truth)


def _by_body(blocks: Sequence[Block], texts: Sequence[str], truth: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Return for each block the share of it that the whole text has, and its share of the page."""
    have, lines, whole = (
        shingles(truth["body"]),
        {fold(line) for line in truth["body"].splitlines()},
        fold(truth["body"]),
    )
    sizes = [
        0 if block.kind is BlockKind.IMAGE else sum(shingles(text).values()) + 3
        for block, text in zip(blocks, texts, strict=True)
    ]
    wanted = []
    for text, size in zip(texts, sizes, strict=True):
        own = shingles(text)
        is_line = fold(text) in lines
        share = sum(min(count, have[key]) for key, count in own.items()) / max(1, sum(own.values()))
        wanted.append(share if size > 4 else float(is_line))
    if len(lines) < 3:
        _take_short_ones_between(texts, sizes, wanted, whole)
    weights = [
        size / max(60, sum(have.values())) if fold(text) else 0.0 for size, text in zip(sizes, texts, strict=True)
    ]
    for places in _said_again(texts, wanted):
        best = max(places, key=lambda place: (sum(wanted[max(0, place - 5) : place + 6]), -place))
        for place in set(places) - {best}:
            weights[place] *= 0.15
    return wanted, weights


def _take_short_ones_between(texts: Sequence[str], sizes: Sequence[int], wanted: list[float], whole: str) -> None:
    """Mark short blocks between wanted ones: a truth without line breaks does not tell them."""
    for place, text in enumerate(texts):
        if 0 < sizes[place] <= 4 and len(fold(text)) > 3 and fold(text) in whole:
            near = [
                wanted[other] for other in range(max(0, place - 2), min(len(texts), place + 3)) if sizes[other] >= 8
            ]
            wanted[place] = float(bool(near) and min(near) > 0.6)


def _said_again(texts: Sequence[str], wanted: list[float]) -> list[list[int]]:
    """Return groups of places that say the same wanted thing; all but one are teasers or copies."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if wanted[place] >= 0.5:
            groups[fold(text)].append(place)
    return [places for places in groups.values() if len(places) > 1]


def _by_segments(
    blocks: Sequence[Block], texts: Sequence[str], truth: dict[str, Any]
) -> tuple[list[float], list[float]]:
    """Return marks for the few blocks that hold a segment which must, or must not, appear."""
    must, must_not = ([fold(text) for text in truth.get(name) or [] if fold(text)] for name in ("with", "without"))
    wanted, weights = [0.0] * len(blocks), [0.0] * len(blocks)
    for place, text in enumerate(texts):
        key = fold(text)
        if any(part in key or (len(key) > 30 and key in part) for part in must):
            wanted[place], weights[place] = 1.0, 0.12
        elif any(key == part or (part in key and len(part) > 0.3 * len(key)) for part in must_not):
            weights[place] = 0.12
    for places in _said_again(texts, wanted):
        for place in places:
            weights[place] = 0.0
    return wanted, weights


def word_odds(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the log-odds that a block below an element named with a word is main text; a page has one vote."""
    votes: dict[str, list[float]] = defaultdict(lambda: [1.0, 1.0])
    hosts: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        marks = _word_marks(sample)
        for word, (yes, no) in marks.items():
            votes[word][0] += yes / (yes + no)
            votes[word][1] += no / (yes + no)
            hosts[word].add(sample.host)
    found = {word: log(yes / no) for word, (yes, no) in votes.items() if len(hosts[word]) >= LEAST_HOSTS}
    return {word: round(value, 2) for word, value in sorted(found.items()) if abs(value) >= LEAST_ODDS}


def _word_marks(sample: Sample) -> dict[str, list[float]]:
    marks: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    if not sample.blocks:
        return marks
    keys = [fold(text_of(block)) for block in sample.blocks]
    spine = spine_of(sample.blocks, headline_place(sample.blocks, keys, sample.known.title))
    for block, wanted, weight in zip(sample.blocks, sample.wanted, sample.weights, strict=True):
        if not weight:
            continue
        for node in [block.node, *block.node.iterancestors()][:NEAR]:
            if node in spine:
                break
            for word in name_words(node):
                marks[word][0 if wanted >= 0.5 else 1] += weight
    return marks


def train(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return the weights: a page's own words never speak for it (odds come from the other folds)."""
    rows = _rows(samples)
    n_own = len(NAMES)
    alone = [(host, row[:n_own], is_wanted, weight) for host, row, is_wanted, weight in rows]
    return {
        "odds": word_odds(samples),
        "alone": [_forest(alone, number) for number in range(N_ALONE)],
        "beside_library": [_forest(rows, number) for number in range(N_BESIDE)],
    }


def _rows(samples: Sequence[Sample]) -> list[Row]:
    """Return host, features, mark and weight of every block that counts."""
    rows = []
    for group in sorted({sample.group for sample in samples}):
        odds = word_odds([sample for sample in samples if sample.group != group])
        for sample in (sample for sample in samples if sample.group == group):
            found = with_library_text(features(sample.blocks, sample.known, odds), sample.blocks, sample.extracted)
            for row, want, weight in zip(found, sample.wanted, sample.weights, strict=True):
                if weight:
                    rows.append((sample.host, row, want >= 0.5, weight))
    return rows


def _forest(rows: Sequence[Row], number: int) -> dict[str, Any]:
    """Return a forest trained on the rows of some of the hosts, others for each *number*."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier

    hosts = sorted({host for host, *_ in rows})
    taken = set(random.Random(number).sample(hosts, int(SHARE * len(hosts))))
    used = [row for row in rows if row[0] in taken]
    model = HistGradientBoostingClassifier(
        max_iter=N_TREES,
        max_leaf_nodes=N_LEAVES,
        learning_rate=RATE,
        l2_regularization=10,
        min_samples_leaf=30,
        max_bins=48,
        max_features=0.3,
        random_state=number,
    )
    weights = np.array([weight for *_, weight in used])
    features_of = np.array([row for _, row, _, _ in used], dtype=np.float32)
    model.fit(features_of, np.array([is_wanted for _, _, is_wanted, _ in used]), sample_weight=weights / weights.mean())
    trees = [_tree(stage[0].nodes) for stage in model._predictors]
    return {"base": round(float(model._baseline_prediction[0, 0]), 5), "trees": trees}


def _tree(nodes: Any) -> list[list[float]]:
    return [
        [round(float(node["value"]), 5)]
        if node["is_leaf"]
        else [int(node["feature_idx"]), round(float(node["num_threshold"]), 5), int(node["left"]), int(node["right"])]
        for node in nodes
    ]


def main() -> None:
    """Read the pages, train, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--fold", type=int, default=None)
    parser.add_argument("--all-folds", type=Path, help="write fold-0.json … fold-4.json into this folder as well")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    samples = [Sample(page) for page in pages_of(options.pages) if {"body", "with"} & page["truth"].keys()]
    folds = {options.out: options.fold}
    if options.all_folds:
        folds |= {options.all_folds / f"fold-{number}.json": number for number in range(5)}
    for path, left_out in folds.items():
        data = train([sample for sample in samples if sample.group != left_out])
        path.write_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path}: {len(data['beside_library'])} forests, {len(data['odds'])} words")


if __name__ == "__main__":
    main()
