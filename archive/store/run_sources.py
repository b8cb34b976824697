"""What each run asked of each source and what came of it: the yardstick that later runs are held to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

from archive.records import RunSource
from archive.store import Store

N_KEPT = 60
"""Runs that a source is compared with."""


@dataclass(frozen=True, slots=True)
class History:
    """One run of one source and kind."""

    n_visits: Annotated[int, "Addresses whose turn came to an end."]
    n_ok: Annotated[int, "Of these: pages or lists of use."]
    n_read: Annotated[int, "Pages whose fields were read."]
    fields: Annotated[Mapping[str, int], "Field -> on how many of these it was filled."]


def save_run_sources(store: Store, rows: Iterable[RunSource]) -> None:
    """Store what a run came to, source by source."""
    with store.transaction():
        store.connection.executemany(
            "INSERT OR REPLACE INTO run_sources (run_id, source, kind, n_visits, n_ok, n_new, n_revised, n_read, "
            "fields) VALUES (:run_id, :source, :kind, :n_visits, :n_ok, :n_new, :n_revised, :n_read, :fields)",
            [asdict(row) for row in rows],
        )


def sources_of_run(store: Store, run_id: int) -> list[tuple[str, str]]:
    """Return source and kind (article, cited, list) of everything that a run asked."""
    rows = store.connection.execute(
        "SELECT source, kind FROM run_sources WHERE run_id = :run_id ORDER BY source, kind", {"run_id": run_id}
    )
    return [(row[0], row[1]) for row in rows]


def history(store: Store, source: str, kind: str) -> list[History]:
    """Return the last runs of one source and kind, newest first."""
    rows = store.connection.execute(
        "SELECT n_visits, n_ok, n_read, fields FROM run_sources WHERE source = :source AND kind = :kind "
        "ORDER BY run_id DESC LIMIT :limit",
        {"source": source, "kind": kind, "limit": N_KEPT},
    )
    return [History(row[0], row[1], row[2], json.loads(row[3])) for row in rows]
