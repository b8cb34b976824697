"""Crawls killed (kill -9) or stopped (SIGTERM) at random moments: what is lost, and what is asked twice.

    python -m benchmarks.recovery [--kills 100] [--term] [--seed 1] [--articles 30] [--json]

Run in the project's folder. Two crawls a trial, of a new site and of the site changed: small WARC files (rotation),
pages that changed, that answer 304, and that come as they were (revisits). A signal comes at a request, up to 150 ms
after one, or anywhere in the first second and a half of the process. After ten of them the archive is compared with one
that was never disturbed: rows, digest of every stored body, SQLite's integrity_check, every WARC file as warcio reads
it. Ends with 1 when anything differs, or more pages are asked twice than may be in flight.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.loopback import LoopbackServer, World
from tests.spiders.killing import CONCURRENCY, Crawls, all_due, fill, n_different, some_moments, whole_records

KILLS_A_TRIAL = 10
START_S = 1.5


def two_crawls(crawls: Crawls, db: Path, n_articles: int, chance: random.Random | None, n_kills: int) -> None:
    """Crawl the site, let it change, crawl it again; killed *n_kills* times in all."""
    for generation in (1, 2):
        fill(crawls.world, n_articles=n_articles, generation=generation)
        if generation == 2:
            all_due(db)
        share = n_kills - n_kills // 2 if generation == 1 else n_kills // 2
        moments = some_moments(chance, share, n_requests=4 * n_articles, start_s=START_S) if chance and share else []
        crawls.until_done(db, moments)


def measure(n_kills: int, seed: int, n_articles: int, number: signal.Signals) -> dict[str, int | float]:
    """Return the figures of *n_kills* signals *number*."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, LoopbackServer(World()) as server:
        folder = Path(name)
        calm = Crawls(server.world, server)
        two_crawls(calm, folder / "calm.db", n_articles, None, 0)
        killed = Crawls(server.world, server, number)
        n_rows, n_trials, records = 0, 0, 0
        while killed.n_kills < n_kills:
            n_trials += 1
            db = folder / f"killed-{n_trials}.db"
            two_crawls(killed, db, n_articles, chance, min(KILLS_A_TRIAL, n_kills - killed.n_kills))
            n_rows += n_different(folder / "calm.db", db)
            records += sum(whole_records(db).values())
    return {
        "kills": killed.n_kills,
        "archives": n_trials,
        "rows_that_differ": n_rows,
        "warc_records_read": records,
        "pages_asked_twice": (twice := killed.n_asked["pages"] - n_trials * calm.n_asked["pages"]),
        "pages_asked_twice_a_kill": round(twice / killed.n_kills, 2),
        "requests_in_flight": CONCURRENCY,
        "lists_and_robots_asked_again_a_kill": round(
            (killed.n_asked["lists"] - n_trials * calm.n_asked["lists"]) / killed.n_kills, 2
        ),
    }


def main() -> int:
    """Print the figures; return 1 when something was lost or asked too often."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--term", action="store_true", help="SIGTERM instead of kill -9")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("ARCHIVE_READERS", "1")  # as it is by default; tests do without
    found = measure(options.kills, options.seed, options.articles, signal.SIGTERM if options.term else signal.SIGKILL)
    print(json.dumps(found) if options.json else "\n".join(f"{name:38} {value}" for name, value in found.items()))
    return int(found["rows_that_differ"] > 0 or found["pages_asked_twice_a_kill"] > CONCURRENCY)


if __name__ == "__main__":
    sys.exit(main())
