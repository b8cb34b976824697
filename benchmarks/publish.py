"""The published site: time, size and CPU of each kind of page, asked by several clients at once over loopback.

    python -m benchmarks.publish [--articles 100000] [--bytes 5000] [--db FILE] [--clients 8] [--rounds 40] [--json]

The archive is invented (benchmarks/published_archive.py); --db keeps it and takes it up again. `archive serve` runs as
a process of its own; the clients keep their connections, take gzip, and ask every kind of page in a random order, each
time another article, word, publisher or address. Milliseconds are wall time at the client, "alone" those of one client;
CPU is of the serving processes, a page asked alone. Pages that have one address come from memory after the first time.
"""

import argparse
import gzip
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from archive.store import open_store
from benchmarks.published_archive import build
from benchmarks.search import Corpus

Address = Callable[[random.Random], str]
N_ALONE = 20
HEADERS = {"Host": "archive.example", "Accept-Encoding": "gzip", "Accept-Language": "ja"}


def kinds(db: Path) -> dict[str, Address]:
    """Return name of a kind of page -> what makes an address of that kind."""
    words = Corpus([]).keywords(11)
    with open_store(db, read_only=True) as store:
        run = store.connection.execute
        last = run("SELECT MAX(id) FROM articles").fetchone()[0]
        own = [row[0] for row in run("SELECT id FROM articles WHERE kind = 'article' ORDER BY id")]
        revised = [row[0] for row in run("SELECT id FROM articles WHERE n_revisions > 1 AND kind = 'article'")]
        sources = [row[0] for row in run("SELECT key FROM sources")]
        cited = [row[0] for row in run("SELECT url FROM citations WHERE id % 997 = 0 AND url IS NOT NULL")]

    def word(chance: random.Random) -> str:
        return quote(chance.choice(words))

    return {
        "front page": lambda _: "/",
        "search, one word": lambda chance: f"/-/search?q={word(chance)}",
        "search, two words": lambda chance: f"/-/search?q={word(chance)}+{word(chance)}",
        "search, newest, filtered": lambda chance: f"/-/search?q={word(chance)}&order=newest&lang=ja&kind=article",
        "search as JSON": lambda chance: f"/-/search.json?q={word(chance)}",
        "search as Atom": lambda chance: f"/-/search.atom?q={word(chance)}",
        "article": lambda chance: f"/article/{chance.choice(own)}",
        "source document": lambda chance: f"/article/{chance.randint(1, last // 5 - 1) * 5 + 3}",
        "article as JSON": lambda chance: f"/article/{chance.choice(own)}.json",
        "sources as BibTeX": lambda chance: f"/article/{chance.choice(own)}/sources.bib",
        "state of a text": lambda chance: f"/article/{chance.choice(revised)}/state/1",
        "citation graph": lambda chance: f"/article/{chance.choice(own)}/graph",
        "timeline, a month": lambda chance: f"/timeline/202{chance.randint(2, 5)}-{chance.randint(1, 12):02}",
        "changes": lambda chance: f"/article/{chance.choice(revised)}/changes/1/2",
        "cited address": lambda chance: f"/cited?{urlencode({'url': chance.choice(cited)})}",
        "publisher": lambda chance: f"/source/{chance.choice(sources)}",
        "publisher hyper.ai": lambda _: "/source/hyper.ai",
        "latest as Atom": lambda _: "/latest.atom",
        "table articles": lambda _: "/archive/articles",
        "table articles, filtered": lambda _: "/archive/articles?kind=article&lang=ja",
        "table articles, searched": lambda chance: f"/archive/articles?_search={word(chance)}",
        "table articles as JSON": lambda _: "/archive/articles.json?_shape=array",
        "table citations": lambda _: "/archive/citations",
        "table captures": lambda _: "/archive/captures",
        "table frontier": lambda _: "/archive/frontier",
        "table cited_sources": lambda _: "/archive/cited_sources",
        "row of a table": lambda chance: f"/archive/articles/{chance.randint(1, last)}",
        "overview of the tables": lambda _: "/archive",
        "stored query": lambda _: "/archive/most_cited_publishers",
    } | {name: (lambda _, path=path: path) for name, path in FURTHER.items()}


FURTHER = {
    "timeline": "/timeline",
    "pictures": "/pictures",
    "publishers": "/sources",
    "runs and health": "/runs",
    "about": "/about",
    "sitemap": "/sitemap.xml",
    "stylesheet": "/static/archive.css",
}


class Client:
    """One reader: asks for page after page over one connection and notes how long each took."""

    def __init__(
        self, port: int, asked: list[tuple[str, str]], notes: dict[str, list[tuple[float, int, int, int]]]
    ) -> None:
        self._port = port
        self._asked = asked
        self._notes = notes

    def run(self) -> None:
        """Ask everything."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        for kind, path in self._asked:
            start = time.perf_counter()
            connection.request("GET", path, headers=HEADERS)
            answer = connection.getresponse()
            body = answer.read()
            took = (time.perf_counter() - start) * 1000
            whole = len(gzip.decompress(body)) if answer.headers.get("content-encoding") == "gzip" else len(body)
            self._notes[kind].append((took, answer.status, len(body), whole))
        connection.close()


@contextmanager
def serving(db: Path, *options: str) -> Iterator[tuple[int, int]]:
    """Serve *db* and yield port and process id."""
    command = [sys.executable, "-m", "archive", "serve", "--db", str(db), "--port", "0", *options]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    line = process.stdout.readline() if process.stdout else ""
    found = re.search(r"http://[^/]*:(\d+)/", line)
    if not found:
        raise SystemExit(f"not served: {line}")
    try:
        yield int(found[1]), process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and of the children that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(cpu_s(int(child)) for child in children)


def ask_all(port: int, pages: dict[str, Address], *, clients: int, rounds: int, seed: int) -> dict[str, Any]:
    """Let *clients* ask *rounds* pages of each kind together; return kind -> notes."""
    chance = random.Random(seed)
    notes: dict[str, list[tuple[float, int, int, int]]] = defaultdict(list)
    asked = [(kind, make(chance)) for kind, make in pages.items() for _ in range(rounds)]
    chance.shuffle(asked)
    threads = [threading.Thread(target=Client(port, asked[number::clients], notes).run) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return notes


def measure(db: Path, *, clients: int, rounds: int, options: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return kind -> p50, p95 and slowest milliseconds, statuses and bytes; and what all of them cost."""
    pages = kinds(db)
    with serving(db, *options) as (port, pid):
        first = ask_all(port, pages, clients=1, rounds=1, seed=1)
        pages = {kind: make for kind, make in pages.items() if first[kind][0][1] == 200}
        ask_all(port, pages, clients=clients, rounds=2, seed=2)
        before, start = cpu_s(pid), time.perf_counter()
        notes = ask_all(port, pages, clients=clients, rounds=rounds, seed=3)
        seconds, cpu = time.perf_counter() - start, cpu_s(pid) - before
        alone, cpu_ms = {}, {}
        for kind, make in pages.items():
            started = cpu_s(pid)
            alone[kind] = ask_all(port, {kind: make}, clients=1, rounds=N_ALONE, seed=4)[kind]
            cpu_ms[kind] = round((cpu_s(pid) - started) * 1000 / N_ALONE, 1)
    total = sum(map(len, notes.values()))
    return {
        "kinds": {kind: _summary(notes[kind], alone[kind]) | {"CPU": cpu_ms[kind]} for kind in pages},
        "all": _summary([note for seen in notes.values() for note in seen], []),
        "pages/s": round(total / seconds, 1),
        "CPU ms a page": round(cpu * 1000 / total, 2),
    }


def _summary(seen: list[tuple[float, int, int, int]], alone: list[tuple[float, int, int, int]]) -> dict[str, Any]:
    times = sorted(note[0] for note in seen)
    return {
        "n": len(times),
        "p50": round(times[len(times) // 2], 1),
        "p95": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
        "most": round(times[-1], 1),
        "alone": round(statistics.median(note[0] for note in alone), 1) if alone else None,
        "statuses": sorted({note[1] for note in seen}),
        "sent KB": round(max(note[2] for note in seen) / 1000, 1),
        "whole KB": round(max(note[3] for note in seen) / 1000, 1),
    }


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=5_000)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--serve", nargs=argparse.REMAINDER, default=[], help="further options of archive serve")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = options.db or Path(folder) / "archive.db"
        if not db.exists():
            build(db, options.articles, options.bytes)
        found = measure(db, clients=options.clients, rounds=options.rounds, options=tuple(options.serve))
    if options.json:
        print(json.dumps(found, indent=1))
        return
    columns = ("p50", "p95", "most", "alone", "CPU", "sent KB", "whole KB")
    print(f"| page | {' | '.join(columns)} | statuses |\n|---|{'---:|' * len(columns)}---|")
    for kind, row in [*found["kinds"].items(), ("all", found["all"])]:
        print(f"| {kind} | {' | '.join(str(row.get(name, '')) for name in columns)} | {row['statuses']} |")
    print(f"{found['pages/s']} pages/s, {found['CPU ms a page']} ms CPU a page")


if __name__ == "__main__":
    main()
