"""Lists and articles as data, read by the programs that people use for them: feed readers, csv, json."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import feedparser
import pytest

from archive.publish import citing, sitemaps
from archive.publish.feed import atom, json_feed
from archive.publish.listing import Entry, Listing
from archive.store import open_store
from archive.store.saved_searches import save_search

LISTS = [
    ("/latest", {}, 2),
    ("/latest", {"lang": "en"}, 1),
    ("/-/search", {"q": "資金調達"}, 2),
    ("/-/search", {"q": "funding", "kind": "source"}, 1),
    ("/source/hyper.ai", {}, 2),
    ("/source/stats.example", {}, 1),
    ("/timeline/2025-11", {}, 2),
    ("/timeline/2024-11", {}, 0),
    ("/cited", {"url": "https://news.example/2025/10/old"}, 1),
]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(("path", "arguments", "total"), LISTS)
def test_every_list_is_a_feed_that_feed_readers_take(get, path, arguments, total):
    answer = get(f"{path}.atom", params=arguments)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert len(feed.entries) == total
    assert feed.feed.updated_parsed or not total
    for entry in feed.entries:
        assert entry.id == entry.link
        assert entry.id.startswith("http://localhost/article/")
        assert entry.title
        assert entry.updated_parsed
        assert entry.author
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == str(answer.url)
    assert get(links["alternate"]).status_code == 200


@pytest.mark.parametrize(("path", "arguments", "total"), LISTS)
def test_every_list_is_a_json_feed_and_a_table_that_say_the_same(get, path, arguments, total):
    feed = get(f"{path}.feed.json", params=arguments).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    rows = list(csv.DictReader(io.StringIO(get(f"{path}.csv", params=arguments).text, newline="")))
    assert [item["url"] for item in feed["items"]] == [row["address"] for row in rows]
    assert [item["title"] for item in feed["items"]] == [row["title"] for row in rows]
    assert len(rows) == total
    assert {len(row) for row in rows} <= {12}
    if path != "/latest":
        assert isinstance(get(f"{path}.json", params=arguments).json(), dict)


def test_dates_in_feeds_are_the_first_instant_they_may_mean_and_csv_says_them_as_known(get):
    items = {item["language"]: item for item in get("/latest.feed.json").json()["items"]}
    assert items["ja"]["date_published"] == "2025-11-22T00:00:00Z"
    assert items["ja"]["date_modified"] == "2025-12-16T06:00:00Z"
    rows = csv.DictReader(io.StringIO(get("/latest.csv").text, newline=""))
    assert {row["published_at"] for row in rows} == {"2025-11-22", "2025-11-22T04:00:00Z"}


def test_what_xml_cannot_write_does_not_break_a_feed():
    entry = Entry(
        id=1, address="http://a.example/1", url="http://b.example/?a=1&b=\"'", title="a\x00b<\ufffe>&",
        source="b.example", kind="source", lang="", authors=("x\x07",), published_at="",
        captured_at="2025-12-15T06:00:00Z",
        changed_at="2025-12-15T06:00:00Z", summary="\ud800]]>",
    )  # fmt: skip
    listing = Listing(title="\x01", page="http://a.example/", address="http://a.example/?q=\x02", entries=(entry,))
    assert ElementTree.fromstring(atom(listing).encode()).find(f"{ATOM}entry/{ATOM}title").text == "a b< >&"
    assert json.loads(json_feed(listing))["items"][0]["title"] == "a\x00b<\ufffe>&"


def test_a_saved_search_is_a_feed_under_its_name(archive_file, tmp_path, ask_site):
    from archive.store import copy_database

    db = tmp_path / "archive.db"
    with open_store(archive_file, read_only=True) as store:
        copy_database(store, db)
    with open_store(db) as store:
        save_search(store, "資金 調達", "資金調達", now="2025-12-15T06:00:00Z")
    for ending in ("atom", "feed.json", "csv"):
        assert "20 billion yen" in ask_site(db, f"/-/saved/資金 調達.{ending}").text
    assert ask_site(db, "/-/saved/資金 調達").headers["location"] == "/-/search?q=%E8%B3%87%E9%87%91%E8%AA%BF%E9%81%94"


@pytest.mark.parametrize("ending", ["atom", "feed.json", "csv"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/source/nobody.example.{}", 404),
        ("/-/saved/none.{}", 404),
        ("/cited.{}", 404),
        ("/cited.{}?url=https://nobody.example/", 404),
        ("/cited.{}?url=javascript:1", 400),
        ("/-/search.{}?q=%00%3C%26", 200),
    ],
)
def test_lists_of_nothing_are_answered(get, path, status, ending):
    assert get(path.format(ending)).status_code == status


def test_every_page_names_its_formats(get):
    for path in (
        "/",
        "/-/search?q=xAI",
        "/source/hyper.ai",
        "/cited?url=https://news.example/2025/10/old",
        "/article/1",
    ):
        html = get(path).text
        alternates = re.findall(r'<link rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)"', html)
        assert len(alternates) >= 3
        for kind, label, href in alternates:
            answer = get(href.replace("&amp;", "&"))
            assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)
            assert f'href="{href}">{label}</a>' in html
        assert 'rel="search"' in html


def test_an_article_is_cited_with_its_date_no_sharper_than_known_and_our_copy(get):
    bibtex, ris = get("/article/1.bib").text, get("/article/1.ris").text
    assert bibtex.startswith(
        "@online{hyper-ai-2025-1,\n  title = {{200億円の資金調達、規制の行方}},\n  author = {{h.li}},\n"
    )
    assert r"note = {Archived copy: \url{http://localhost/article/1}}" in bibtex
    lines = dict(line.split("  - ", 1) for line in ris.split("\r\n") if line)
    assert next(iter(lines)) == "TY"
    assert (lines["DA"], lines["UR"], lines["L2"]) == (
        "2025/11/22/",
        "https://hyper.ai/ja/news/901",
        "http://localhost/article/1",
    )
    assert ris.endswith("ER  - \r\n")
    (item,) = get("/article/1.csl.json").json()
    assert item["issued"] == {"date-parts": [[2025, 11, 22]]}
    assert (item["type"], item["language"]) == ("article-newspaper", "ja")


def test_the_sources_of_an_article_come_in_every_format(get):
    works = get("/article/1/sources.json").json()["sources"]
    assert [work["key"] for work in works][:3] == [
        "stats-example-2025-1-1",
        "news-example-nd-1-2",
        "wall-example-nd-1-3",
    ]
    assert works[0]["copy"] == "http://localhost/article/3"
    assert works[2]["doi"] == "10.1000/exam.1"
    rows = list(csv.DictReader(io.StringIO(get("/article/1/sources.csv").text, newline="")))
    assert [row["url"] for row in rows] == [work["url"] for work in works]
    assert (
        get("/article/1/sources.bib").text.count("@")
        == get("/article/1/sources.ris").text.count("TY  - ")
        == len(works)
    )
    assert len(get("/article/1/sources.csl.json").json()) == len(works)
    assert get("/article/999/sources.bib").status_code == get("/article/999.ris").status_code == 404


def test_no_title_breaks_out_of_its_bibtex_entry():
    work = citing.Work(
        key="k", kind="other", title="a}\n@b{c\\d % $ & _ #", url="https://x.example/{}", authors=("{A}",)
    )
    text = citing.bibtex([work])
    assert r"title = {{a\} @b\{c\textbackslash{}d \% \$ \& \_ \#}}" in text
    assert r"author = {{\{A\}}}" in text
    assert "url = {https://x.example/%7B%7D}" in text
    assert "a}\n" not in citing.ris([work])


def test_the_sitemap_names_every_article_of_hyperai_and_no_page_of_others(get):
    index = ElementTree.fromstring(get("/sitemap.xml").content)
    (part,) = [each.text for each in index.iter() if each.tag.endswith("loc")]
    urls = ElementTree.fromstring(get(part).content)
    assert [each.text for each in urls.iter() if each.tag.endswith("loc")] == [
        "http://localhost/article/1",
        "http://localhost/article/2",
    ]
    assert next(each.text for each in urls.iter() if each.tag.endswith("lastmod")) == "2025-12-16T06:00:00Z"
    assert get("/sitemap-2.xml").status_code == get("/sitemap-0.xml").status_code == 404
    assert "Sitemap: http://localhost/sitemap.xml" in get("/robots.txt").text


def test_a_page_that_asks_for_noindex_is_in_no_sitemap_and_no_feed(archive_file, tmp_path, ask_site):
    from archive.store import copy_database

    db = tmp_path / "archive.db"
    with open_store(archive_file, read_only=True) as store:
        copy_database(store, db)
    with open_store(db) as store, store.transaction():
        store.connection.execute("UPDATE articles SET opt_out = 'noindex noai' WHERE id = 1")
        assert [number for number, _ in sitemaps.part_entries(store.connection, 1)] == [2]
    assert "/article/1<" not in ask_site(db, "/latest.atom").text
    assert "/article/2<" in ask_site(db, "/latest.atom").text


def test_browsers_and_assistants_are_told_how_to_search(get):
    description = ElementTree.fromstring(get("/opensearch.xml").content)
    templates = [each.attrib["template"] for each in description.iter() if each.tag.endswith("}Url")]
    assert get(templates[0].replace("{searchTerms}", "xAI")).status_code == 200
    text = get("/llms.txt").text
    assert text.startswith("# HyperAI archive\n\n> ")
    for address in re.findall(r"\]\((http[^)]+)\)", text):
        assert get(address.replace("/article/1.json", "/article/1.json")).status_code == 200


def test_an_article_describes_itself_to_machines_without_a_way_out_of_the_script_element(get):
    html = get("/article/1").text
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    described = json.loads(data)
    assert (described["@type"], described["datePublished"], described["inLanguage"]) == (
        "NewsArticle",
        "2025-11-22",
        "ja",
    )
    assert described["citation"][0]["url"] == "https://stats.example/xai?year=2025&unit=usd"
    assert '<meta property="og:title" content="200億円の資金調達、規制の行方">' in html
    hostile = get("/article/3").text
    assert "<script>alert" not in hostile
    assert json.loads(re.findall(r"ld\+json\">(.*?)</script>", hostile, re.DOTALL)[0])["headline"].endswith(
        "onerror=alert(2)>"
    )


def test_publishers_come_as_a_table_most_cited_first(archive_file, tmp_path, ask_site):
    from archive.store import copy_database
    from archive.totals import count_totals

    db = tmp_path / "archive.db"
    with open_store(archive_file, read_only=True) as store:
        copy_database(store, db)
    with open_store(db) as store:
        count_totals(store)
    rows = list(csv.DictReader(io.StringIO(ask_site(db, "/sources.csv").text, newline="")))
    assert (rows[0]["source"], rows[0]["n_cited_pages"]) == ("stats.example", "1")
    assert [int(row["n_citations"]) for row in rows] == sorted((int(row["n_citations"]) for row in rows), reverse=True)
