"""Crawls in processes of their own that are killed, and what such a crawl must have in common with a calm one."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from archive.store import frontier, open_store
from archive.verify import verify
from tests.loopback import Asked, LoopbackServer, Reply, World
from tests.spiders.conftest import HOSTS, article_page, listing_page

CONCURRENCY = 6
SMALL_WARC = 12_000  # bytes: a file every few pages
# Everything that two crawls of one site share: no ids, times, runs or places in WARC files.
SAME_IN_BOTH = {
    "articles": "surt, kind, url, canonical_url, source, title, text, published_at, content_digest, n_revisions",
    "frontier": "surt, url, kind, source, state, priority, attempts, outcome, found_on, etag",
    "aliases": "surt, url, reason",
    "sources": "key, policy",
    "robots": "origin, status, verdict, body",
}
JOINED = {
    "citations": (
        "SELECT a.surt, c.position, c.kind, c.number, c.url, b.surt AS cited FROM citations AS c "
        "JOIN articles AS a ON a.id = c.article_id LEFT JOIN articles AS b ON b.id = c.cited_article_id ORDER BY 1, 2"
    ),
    "revisions": (
        "SELECT a.surt, r.number, r.title, r.text FROM revisions AS r JOIN articles AS a ON a.id = r.article_id "
        "ORDER BY 1, 2"
    ),
    "captures": (
        "SELECT surt, url, hop, status, outcome, record_type, payload_digest FROM captures "
        "WHERE kind IN ('article', 'cited') ORDER BY surt, id"
    ),
    "indexed": "SELECT surt FROM articles WHERE id IN (SELECT id FROM articles_fts_docsize) ORDER BY 1",
}
NEWS = "/ja/news"
LISTINGS = (NEWS, f"{NEWS}?page=2")
NOT_PAGES = (*LISTINGS, "/robots.txt")
"""Every crawl asks the listings anew, after a kill or not; robots.txt is asked beside the pages that wait for it."""


def fill(world: World, *, n_articles: int = 12, generation: int = 1) -> World:
    """Put articles on two listing pages, each citing three addresses on two hosts and one that is never asked.

    Of generation 2 a third of the pages has changed, a third answers 304 and a third comes as it was; one is new.
    """
    numbers = range(200 + n_articles + generation - 1, 200, -1)
    paths = [f"{NEWS}/{number}" for number in numbers]
    half = (len(paths) + 1) // 2
    more = f'<a rel="next" href="{LISTINGS[1]}">次へ</a>'
    world.put("hyper.test", LISTINGS[0], listing_page(*paths[:half], more=more))
    world.put("hyper.test", LISTINGS[1], listing_page(*paths[half:]))
    for number, path in zip(numbers, paths, strict=True):
        cited = (f"http://cited.test{path}", f"http://other.test{path}", f"http://10.1.2.3{path}")
        news = (
            f"<p>改訂された段落。第{generation}版の数字が加わった。</p>" if number % 3 == 0 and generation > 1 else ""
        )
        world.put("hyper.test", path, _page(f"記事{path}", number, body=news, references=cited))
        world.put("cited.test", path, _page(f"出典{path}", number + 1, body=news, suffix=""))
        world.put("other.test", path, Reply(status=301, headers={"Location": f"http://third.test{path}"}))
        world.put("third.test", path, _page(f"別の出典{path}", number + 2, suffix=""))
    return world


def crawl_command(db: Path, server: LoopbackServer, *options: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment of a real crawl."""
    command = [sys.executable, "-m", "archive", "crawl", "--db", str(db), "--origin", "http://hyper.test"]
    command += ["--locale", "ja", "--section", "news", *options]
    settings = {
        "ARCHIVE_RESOLVE": ",".join(f"{host}={server.address}" for host in HOSTS),
        "ARCHIVE_ALLOW_ADDRESSES": "127.0.0.1",
        "ARCHIVE_DELAY_S": "0",
        "ARCHIVE_CONCURRENCY": str(CONCURRENCY),
        "ARCHIVE_WARC_MAX_BYTES": str(SMALL_WARC),
        "ARCHIVE_READERS": os.environ.get("ARCHIVE_READERS", "0"),  # a process takes longer to start than these pages
    }
    return command, os.environ | settings


@dataclass(frozen=True)
class Moment:
    """When a crawl is killed: *pause_s* after its *request*-th request, or after its start when that is 0."""

    request: int
    pause_s: float = 0.0


@dataclass
class Crawls:
    """Crawls of one world, counted."""

    world: World
    server: LoopbackServer
    number: int = signal.SIGKILL
    n_kills: int = 0
    n_asked: Counter[str] = field(default_factory=Counter)

    def crawl(self, db: Path, *, kill_at: Moment | int | None = None) -> bool:
        """Crawl in a process of its own, killed at its *kill_at*; return whether it came to its end before."""
        asked_before = len(self.world.asked)
        command, environment = crawl_command(db, self.server)
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            self._arm(process, Moment(kill_at) if isinstance(kill_at, int) else kill_at, asked_before)
            printed, errors = process.communicate(timeout=120)
            self.world.on_request = None
        for asked in self.world.asked[asked_before:]:
            self.n_asked["lists" if asked.path in NOT_PAGES else "pages"] += 1
        was_cut = process.returncode != 0 or b"stopped before the end" in printed
        assert not was_cut or kill_at is not None, errors.decode()
        assert process.returncode in (0, -self.number, *((130,) if self.number != signal.SIGKILL else ())), (
            errors.decode()
        )
        self.n_kills += was_cut
        return not was_cut

    def _arm(self, process: "subprocess.Popen[bytes]", moment: Moment | None, asked_before: int) -> None:
        if moment is None:
            return

        def kill() -> None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.number)

        def count(_asked: Asked, number: int) -> None:
            if number - asked_before == moment.request:
                later(moment.pause_s)

        def later(pause_s: float) -> None:
            if pause_s:
                timer = threading.Timer(pause_s, kill)
                timer.daemon = True
                timer.start()
            else:
                kill()

        if moment.request:
            self.world.on_request = count
        else:
            later(moment.pause_s)

    def until_done(self, db: Path, moments: Sequence[Moment | int]) -> None:
        """Crawl again and again, killed at one after the other of *moments*, then undisturbed."""
        for moment in moments:
            self.crawl(db, kill_at=moment)
        assert self.crawl(db)


def some_moments(chance: random.Random, n_kills: int, *, n_requests: int, start_s: float) -> list[Moment]:
    """Return moments of a crawl of *n_requests*: at a request or shortly after, or anywhere in its first *start_s*."""
    return [
        Moment(0, chance.uniform(0.0, start_s))
        if chance.random() < 0.2
        else Moment(chance.randint(1, max(1, n_requests // n_kills)), chance.choice((0.0, chance.uniform(0.0, 0.15))))
        for _ in range(n_kills)
    ]


def all_due(db: Path) -> None:
    """Let every page be asked again by the next crawl, as if its time had come."""
    with open_store(db) as store:
        pages = store.connection.execute(
            "SELECT surt FROM frontier WHERE kind IN ('article', 'cited') AND state = 'done'"
        )
        frontier.reopen(store, [row[0] for row in pages.fetchall()], now=datetime.now(UTC))


def rows(db: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what two crawls of one site have in common; asserts that the file is sound and every body is there."""
    with open_store(db, read_only=True) as store:
        found = {
            table: [tuple(row) for row in store.connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1")]
            for table, columns in SAME_IN_BOTH.items()
        }
        found |= {name: [tuple(row) for row in store.connection.execute(sql)] for name, sql in JOINED.items()}
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not verify(store, Path(f"{db}.captures")).faults
    return found


def n_different(left: Path, right: Path) -> int:
    """Return how many rows one of two archives has and the other has not."""
    one, other = rows(left), rows(right)
    return sum((Counter(one[name]) - Counter(other[name])).total() for name in one) + sum(
        (Counter(other[name]) - Counter(one[name])).total() for name in one
    )


def whole_records(db: Path) -> Counter[str]:
    """Return type -> how many records the WARC files hold, as warcio reads them; raises when one of them is torn."""
    found: Counter[str] = Counter()
    for path in sorted(Path(f"{db}.captures").glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.raw_stream.read()  # as sent: warcio has no brotli
                found[record.rec_type] += 1
        found["files"] += 1
    return found


def _page(title: str, number: int, *, body: str = "", suffix: str | None = None, references: tuple[str, ...] = ()):
    """Return an answer that knows its ETag, for every other number."""
    extra = {} if suffix is None else {"suffix": suffix}
    markup = article_page(title, body=body, references=references, **extra)
    if number % 2:
        return Reply(markup)
    tag = f'"{abs(hash(markup))}"'

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("If-None-Match") == tag:
            return Reply(status=304, headers={"ETag": tag})
        return Reply(markup, headers={"ETag": tag})

    return answer
