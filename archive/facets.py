"""Facets: how what matches is spread over sources, languages, sections, months, kinds, outcomes and cited domains.

Up to some thousand matches every one is counted; of more an evenly spread sample of the archive is, and the numbers
are said to be about so many. Cited domains are counted in a few hundred of the matches.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import AddressError
from archive.matches import FILTERED, IN_RANGES, WHOLE, affordable, n_matches, parameters, sample_of
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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many articles match in all, whether that is exact, and their facets; a facet without two values is none."""

    total: int
    is_exact: bool
    facets: tuple[Facet, ...]


def count_facets(connection: Any, match: str, filters: Filters) -> Counts:
    """Return the number and the facets of the articles that match and pass *filters*."""
    match = affordable(connection, match)[0]
    sample = WHOLE
    if n_matches(connection, match, _COUNTED + 1) > _COUNTED:
        sample = sample_of(connection, match, _COUNTED)
    values = {"match": match, "ranges": sample.ranges, **parameters(connection, filters)}
    rows = connection.execute(_ROWS, values).fetchall()
    total = _about(len(rows), sample.share)
    counted = _by_name(connection, Counter((row[1], row[2]) for row in rows))
    ids = [row[0] for row in rows[:: max(1, -(-len(rows) // _CITING))]]
    found = [_facet(name, counted[name], sample.share) for name in NAMES[:-1]]
    found.append(_cited(connection, ids, total))
    return Counts(total, sample.share == 1.0, tuple(facet for facet in found if len(facet.values) > 1))


_ROWS = f"SELECT search_facets.id, set_id, SUBSTR(dated_at, 1, 7) {IN_RANGES} AND {FILTERED}"
_SETS = """
SELECT id, kind, source, lang, section, outcome FROM facet_sets WHERE id IN (SELECT value FROM json_each(:ids))
"""
_CITED = """
SELECT SUBSTR(surt, 1, INSTR(surt, ')') - 1) AS host, COUNT(DISTINCT article_id) FROM citations
WHERE surt IS NOT NULL AND article_id IN (SELECT value FROM json_each(:ids)) GROUP BY host
"""


def _by_name(connection: Any, sets: Mapping[tuple[int, str], int]) -> dict[str, Counter[str]]:
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
    found = [(value, max(1, _about(number, share))) for value, number in counted.items() if value]
    found.sort(key=lambda item: item[0] if name == "month" else item[1], reverse=True)
    return Facet(name, tuple(found[: 2 * _SHOWN if name == "month" else _SHOWN]), share == 1.0)


def _about(number: int, share: float) -> int:
    """Return what *number* in a *share* of all stands for; an estimate has two digits that say something."""
    if share == 1.0:
        return number
    whole = round(number / share)
    return round(whole, 2 - len(str(whole)))


def _cited(connection: Any, ids: Sequence[int], total: int) -> Facet:
    """Return the domains that articles *ids* cite; the numbers stand for all *total*."""
    counted: Counter[str] = Counter()
    for host, number in connection.execute(_CITED, {"ids": json.dumps(list(ids))}):
        try:
            counted[site_key("https://" + ".".join(reversed(host.rpartition("/")[2].split(","))))] += number
        except AddressError:
            continue
    return _facet("cites", counted, min(1.0, len(ids) / max(1, total)))
