"""Facets: how what matches is spread over sources, languages, sections, months, kinds, outcomes and cited domains.

Up to some thousand matches every one is counted; of more a sample of the archive, evenly spread, is, and the numbers
are said to be about so many. Cited domains are counted in a few hundred of the matches.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import AddressError
from archive.matches import FILTERED, affordable, n_matches, parameters, sample_ranges
from archive.query import Filters
from archive.urls import site_key

NAMES = ("source", "lang", "section", "month", "kind", "outcome", "cites")
"""Every facet, in the order they are shown; each but month and cites is a filter of that name."""

_COUNTED = 3_000
_CITING = 300
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: (value, number of articles), the most first; `is_exact` says that the numbers are no estimates."""

    name: str
    values: tuple[tuple[str, int], ...]
    is_exact: bool


def facets(connection: Any, match: str, filters: Filters) -> list[Facet]:
    """Return the facets of the articles that match and pass *filters*; those without two values are left out."""
    values = {"match": affordable(connection, match)[0], "at_most": _COUNTED, **parameters(filters)}
    ranges, share = [(0, 2**62)], 1.0
    if n_matches(connection, match, _COUNTED + 1) > _COUNTED:
        ranges, share = sample_ranges(connection)
    sets: Counter[tuple[int, str]] = Counter()
    ids: list[int] = []
    for low, high in ranges:
        span = {**values, "low": low, "high": high}
        for set_id, month, number in connection.execute(_COUNT, span):
            sets[set_id, month] += number
        if len(ids) < _CITING:
            ids += [row[0] for row in connection.execute(_IDS, {**span, "at_most": _CITING - len(ids)})]
    counted = _spread(connection, sets)
    found = [_facet(name, counted[name], share) for name in NAMES[:-1]]
    found.append(_cited(connection, ids))
    return [facet for facet in found if len(facet.values) > 1]


_MATCHING = f"""
FROM articles_fts CROSS JOIN search_facets ON search_facets.id = articles_fts.rowid
WHERE articles_fts MATCH :match AND articles_fts.rowid BETWEEN :low AND :high AND {FILTERED}
"""
_COUNT = f"SELECT set_id, SUBSTR(dated_at, 1, 7) AS month, COUNT(*) {_MATCHING} GROUP BY set_id, month"
_IDS = f"SELECT search_facets.id {_MATCHING} LIMIT :at_most"
_SETS = """
SELECT id, kind, source, lang, section, outcome FROM facet_sets WHERE id IN (SELECT value FROM json_each(:ids))
"""
_CITED = """
SELECT SUBSTR(surt, 1, INSTR(surt, ')') - 1) AS host, COUNT(DISTINCT article_id) FROM citations
WHERE surt IS NOT NULL AND article_id IN (SELECT value FROM json_each(:ids)) GROUP BY host
"""


def _spread(connection: Any, sets: Mapping[tuple[int, str], int]) -> dict[str, Counter[str]]:
    ids = json.dumps(sorted({set_id for set_id, _ in sets}))
    named = {row[0]: row[1:] for row in connection.execute(_SETS, {"ids": ids})}
    counted: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    for (set_id, month), number in sets.items():
        counted["month"][month] += number
        for name, value in zip(("kind", "source", "lang", "section", "outcome"), named[set_id], strict=True):
            counted[name][value] += number
    return counted


def _facet(name: str, counted: Mapping[str, int], share: float) -> Facet:
    """Return one facet; months are in their order, the latest first."""
    found = [(value, max(1, round(number / share))) for value, number in counted.items() if value]
    found.sort(key=lambda item: item[0] if name == "month" else item[1], reverse=True)
    return Facet(name, tuple(found[: 2 * _SHOWN if name == "month" else _SHOWN]), share == 1.0)


def _cited(connection: Any, ids: Sequence[int]) -> Facet:
    counted: Counter[str] = Counter()
    for host, number in connection.execute(_CITED, {"ids": json.dumps(list(ids))}):
        try:
            counted[site_key("https://" + ".".join(reversed(host.rpartition("/")[2].split(","))))] += number
        except AddressError:
            continue
    return Facet("cites", tuple(counted.most_common(_SHOWN)), len(ids) < _CITING)
