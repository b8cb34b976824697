"""A page that a reader holds is not made again until the archive changes."""

import asyncio
from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime

import httpx
import pytest

from archive.publish import freshness
from archive.publish.freshness import Freshness
from archive.publish.site import make_datasette
from archive.settings import Config
from archive.store import open_store
from archive.store.articles import save_article
from tests.archive.publish.conftest import JAPANESE, fill

TAGS = (b"etag", b"last-modified", b"cache-control")
PUBLIC = {"host": "archive.example"}


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "archive.db"
    with open_store(path) as store:
        fill(store)
    return path


@pytest.fixture
def ask(db):
    """Return a function that asks the site, whose clock is two minutes ahead: what was just written has settled."""
    datasette = make_datasette(Config(db=str(db)))
    made = []

    async def noting(scope, receive, send):
        """Answer as the site does, without the tags of its own clock."""

        async def untagged(message):
            headers = [(name, value) for name, value in message.get("headers", []) if bytes(name) not in TAGS]
            await send(message | ({"headers": headers} if "headers" in message else {}))

        made.append(scope["path"])
        await datasette.app()(scope, receive, untagged)

    clock = [parsedate_to_datetime("Thu, 01 Jan 2032 10:10:00 GMT").timestamp()]
    transport = httpx.ASGITransport(app=Freshness(noting, lambda: db, settings="", clock=lambda: clock[0]))

    async def asking(path, method, headers):
        async with httpx.AsyncClient(transport=transport, base_url="http://archive.example") as client:
            return await client.request(method, path, headers=headers)

    def ask(path, method="GET", **headers):
        made.clear()
        answer = asyncio.run(asking(path, method, {name.replace("_", "-"): value for name, value in headers.items()}))
        return answer, bool(made)

    ask.clock = clock
    return ask


@pytest.mark.parametrize(
    "path", ["/", "/article/1", "/-/search?q=xAI", "/latest.atom", "/archive/articles", "/static/archive.css"]
)
def test_what_a_reader_holds_is_not_made_again(ask, path):
    first, made = ask(path)
    assert made
    assert first.status_code == 200
    whole, made = ask(path)
    assert (made, whole.content, whole.headers) == (False, first.content, first.headers)
    again, made = ask(path, if_none_match=first.headers["etag"])
    assert not made
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "Accept-Language" in again.headers["vary"]
    assert ask(path, if_modified_since=first.headers["last-modified"])[0].status_code == 304
    assert ask(path, "HEAD", if_none_match=f'"x", {first.headers["etag"]}')[0].status_code == 304


def test_another_state_language_hour_or_address_is_another_page(ask, db):
    tag = ask("/")[0].headers["etag"]
    assert ask("/", if_none_match=tag, accept_language="ja")[0].status_code == 200
    assert ask("/?ui=ja", if_none_match=tag)[0].status_code == 200
    assert ask("/", if_none_match=tag)[0].status_code == 304
    with open_store(db) as store:
        other = replace(JAPANESE, url=f"{JAPANESE.url}1", canonical_url=f"{JAPANESE.url}1", title="半導体の新工場")
        save_article(store, other, kind="article", source="hyper.ai", capture_id=None, seen_at="2026-01-01T00:00:00Z")
        answer, _ = ask("/", if_none_match=tag)  # while the crawler still holds the file
    assert answer.status_code == 200
    assert "半導体の新工場" in answer.text
    tag = ask("/")[0].headers["etag"]
    ask.clock[0] += 3600
    assert ask("/", if_none_match=tag)[0].status_code == 200


@pytest.mark.parametrize("date", ["", "x", "Thu, 01 Jan 1970 00:00:00 GMT", formatdate(1), "\xff", "9" * 400])
def test_odd_or_old_dates_get_the_page(ask, date):
    assert ask("/", if_modified_since=date.encode("latin-1"))[0].status_code == 200


def test_what_may_change_within_the_clocks_tick_and_what_failed_carries_no_tag(ask, db):
    assert "etag" not in ask("/article/999")[0].headers
    ask.clock[0] = db.stat().st_mtime
    assert "etag" not in ask("/")[0].headers


def test_files_with_their_version_are_kept_for_ever_and_pages_are_asked_again(ask):
    assert "immutable" in ask("/static/archive.css?1")[0].headers["cache-control"]
    assert ask("/static/archive.css")[0].headers["cache-control"] == "no-cache"
    assert ask("/")[0].headers["cache-control"] == "no-cache"


def test_pages_that_may_offer_sql_are_kept_by_nobody_but_their_reader(get):
    assert get("/archive").headers["cache-control"] == "private, no-store"
    assert get("/archive", headers=PUBLIC).headers["cache-control"] == "no-cache"
    assert get("/archive").headers.get("etag") is None


def test_only_so_many_answers_are_kept(ask, monkeypatch):
    monkeypatch.setattr(freshness, "KEPT_BYTES", 20_000)
    for _ in range(3):
        for number in range(12):
            assert ask(f"/-/search?q={number}")[0].status_code == 200
    assert not ask("/-/search?q=11")[1]  # the last is kept
    assert ask("/-/search?q=0")[1]  # the first is not
