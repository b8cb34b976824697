"""Counts a run by source: what was asked, what was of use, and which fields its pages filled."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.health import filled_fields
from archive.model import Outcome
from archive.records import RunSource
from spiders.visit import Visit

OF_USE = (Outcome.OK, Outcome.PAYWALLED, Outcome.LISTING)


@dataclass(slots=True)
class Tally:
    """One run."""

    _counts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _filled: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, visit: Visit, words: str) -> None:
        """Count a visit that is settled; *words* say what the store made of its article."""
        kind = visit.entry.kind if visit.entry.kind in ("article", "cited") else "list"
        key = visit.entry.source, kind
        counts = self._counts[key]
        counts["visits"] += 1
        counts["ok"] += visit.outcome in OF_USE
        if visit.article is not None:
            counts[words] += 1
            counts["read"] += 1
            self._filled[key].update(filled_fields(visit.article))

    def rows(self, run_id: int) -> Iterator[RunSource]:
        """Yield one row for each source and kind."""
        for (source, kind), counts in sorted(self._counts.items()):
            yield RunSource(
                run_id=run_id,
                source=source,
                kind=kind,
                n_visits=counts["visits"],
                n_ok=counts["ok"],
                n_new=counts["new"],
                n_revised=counts["revised"],
                n_read=counts["read"],
                fields=json.dumps(dict(sorted(self._filled[source, kind].items()))),
            )
