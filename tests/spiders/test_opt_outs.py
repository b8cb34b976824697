"""What a page asks us not to do is honoured in everything that is published: a crawl, then a real Datasette over it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.cli import run
from archive.publish.site import make_datasette
from archive.store import open_store
from archive.verify import verify
from spiders.commands.reparse import run_reparse
from tests.spiders.conftest import article_page

ASKED, SECRET = "銀色の歯車", "夜明けに歌うという"  # what is searched for, and what stands beside it
WORDS = f"{ASKED}が{SECRET}"
FIGURE = f'<figure><img src="/x.png" alt="絵"><figcaption>{WORDS}図</figcaption></figure>'
BODY = f"<p>{WORDS}、と記者は書いた。</p>{FIGURE}"
ADDRESSES = (
    "/",
    "/-/search?q={asked}",
    "/-/search.json?q={asked}",
    "/archive/articles",
    "/archive/articles.json?_shape=array",
    "/archive/articles.csv?_stream=1",
    "/archive/articles.json?_search={asked}",
    "/archive/revisions.json?_shape=array",
    "/archive/revisions.csv",
    "/archive/figures.json?_shape=array",
    "/archive/data_tables.csv",
    "/archive.json?sql=select+*+from+articles",
    "/source/cited.test",
    "/source/cited.test?_format=json",
    "/cited?url=http://cited.test/a",
)


def page(meta: str = "", body: str = BODY) -> str:
    html = article_page("歯車の記事", body=body, suffix="")
    return html.replace("<head>", f'<head><meta name="description" content="{WORDS}要約">{meta}')


def published(site) -> dict[str, object]:
    """Return address -> answer of everything that a reader can ask about the page."""
    datasette = make_datasette(site.config)
    number = site.rows("SELECT id FROM articles WHERE url = 'http://cited.test/a'")[0]["id"]
    paths = [*ADDRESSES, f"/article/{number}", f"/article/{number}.json", f"/archive/articles/{number}.json"]

    async def ask():
        return {path: await datasette.client.get(path.format(asked=ASKED)) for path in paths}

    return asyncio.run(ask())


def exported(site, tmp_path: Path) -> str:
    assert run(["export", "--all", "-o", str(tmp_path / "out"), "--db", site.config.db]) == 0
    return "".join(path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file())


def leaks(site, tmp_path: Path) -> list[str]:
    """Return where the page's words can be read."""
    found = [path for path, answer in published(site).items() if SECRET in answer.text]
    return found + (["export"] if SECRET in exported(site, tmp_path) else [])


def test_a_page_that_asks_for_nothing_is_published_everywhere(site, tmp_path):
    """Else the tests below could not fail."""
    site.world.put("cited.test", "/a", page())
    site.crawl()
    found = leaks(site, tmp_path)
    assert {"/archive/articles.csv?_stream=1", "/archive/revisions.csv", "/-/search?q={asked}", "export"} <= set(found)
    assert any(path.startswith("/article/") for path in found)


@pytest.mark.parametrize(
    ("word", "carrier"), [("noarchive", "header"), ("nosnippet", "meta"), ("noai", "meta"), ("max-snippet:0", "header")]
)
def test_what_a_page_withholds_is_nowhere_published_but_its_facts_are(site, tmp_path, word, carrier):
    no_images = f"{word}, noimageai"
    headers = {"X-Robots-Tag": no_images} if carrier == "header" else {}
    meta = f'<meta name="robots" content="{no_images}">' if carrier == "meta" else ""
    site.world.put("cited.test", "/a", page(meta), headers=headers)
    site.crawl()
    assert leaks(site, tmp_path) == []
    (row,) = site.rows("SELECT title, text, opt_out FROM articles WHERE url = 'http://cited.test/a'")
    assert (row["title"], row["text"]) == ("歯車の記事", "")
    kept = {"max-snippet:0": "nosnippet"}.get(word, word)
    assert row["opt_out"] == f"{kept} noimageai"
    answers = published(site)
    (html,) = (answer for path, answer in answers.items() if path.startswith("/article/") and "json" not in path)
    assert html.headers["x-robots-tag"] == f"{kept}, noimageai"
    assert kept in html.text


def test_a_tdm_reservation_is_kept_and_handed_on(site, tmp_path):
    site.world.put("cited.test", "/a", page(body=f"<p>{WORDS}話</p>"), headers={"tdm-reservation": "1"})
    site.crawl()
    assert leaks(site, tmp_path) == []
    (html,) = (
        answer for path, answer in published(site).items() if path.startswith("/article/") and "json" not in path
    )
    assert html.headers["tdm-reservation"] == "1"


def test_noindex_is_found_by_no_search_and_read_where_it_is_cited(site, tmp_path):
    site.world.put("cited.test", "/a", page('<meta name="robots" content="noindex">'))
    site.crawl()
    found = leaks(site, tmp_path)
    assert not [path for path in found if "search" in path]
    assert any(path.startswith("/article/") for path in found)
    with open_store(site.config.db, read_only=True) as store:
        assert not verify(store, Path(f"{site.config.db}.captures")).faults


def test_a_wish_that_comes_later_takes_back_what_was_published(site, tmp_path):
    """First published, then withheld: by the page's meta, or by a header alone while the body stays as it was."""
    site.world.put("cited.test", "/a", page())
    site.crawl()
    assert leaks(site, tmp_path)
    site.world.put("cited.test", "/a", page(), headers={"X-Robots-Tag": "noarchive"})
    site.crawl(later=timedelta(days=200))
    assert leaks(site, tmp_path) == []
    run_reparse(site.config)
    assert leaks(site, tmp_path) == []


def test_where_the_archive_has_the_right_the_text_comes_back_from_the_captures(site, tmp_path):
    site.world.put("cited.test", "/a", page(), headers={"X-Robots-Tag": "noai"})
    site.crawl()
    assert leaks(site, tmp_path) == []
    site.config = replace(site.config, ignore_opt_outs=("noai",))
    run_reparse(site.config)
    assert any(path.startswith("/article/") for path in leaks(site, tmp_path))
    assert site.rows("SELECT opt_out FROM captures WHERE url = 'http://cited.test/a'") == [{"opt_out": "noai"}]


def test_what_is_asked_of_others_is_not_asked_of_us(site, tmp_path):
    site.world.put(
        "cited.test",
        "/a",
        page('<meta name="googlebot" content="noarchive">'),
        headers={"X-Robots-Tag": "bingbot: noai"},
    )
    rules = "User-agent: GPTBot\nDisallow: /\n"
    site.world.put("cited.test", "/robots.txt", rules, content_type="text/plain")
    site.crawl()
    assert leaks(site, tmp_path)
