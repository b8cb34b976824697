"""The pages through Datasette's own client: what a reader is shown, in HTML and as JSON."""

import asyncio
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive.alarms import Alarm, as_json
from archive.publish import words
from archive.publish.pictures import ABOUT_LINKS, PICTURES
from archive.publish.queries import QUERIES
from archive.publish.site import make_datasette
from archive.publish.words import translations
from archive.settings import Config
from archive.store import open_store, runs

HOSTILE_TAGS = ("<script>alert", "<img src=x")


def hrefs(html):
    return re.findall(r'href="([^"]*)"', html)


@pytest.mark.parametrize("word", ["資金調達", "規制", "xAI", "Grok-4"])
def test_datasettes_own_search_finds_words_of_any_script(get, word):
    rows = get(f"/archive/articles.json?_shape=array&_search={word}&kind=article&lang=ja").json()
    assert [row["title"] for row in rows] == ["200億円の資金調達、規制の行方"]


def test_datasettes_own_search_does_not_find_what_is_not_there(get):
    assert get("/archive/articles.json?_shape=array&_search=調達資金").json() == []


def test_the_front_page_counts_and_lists_the_latest_by_day(get):
    html = get("/").text
    assert "22 November 2025" in html
    assert html.index("20 billion yen raised") < html.index("200億円の資金調達")
    assert re.search(r"<dt>references</dt><dd><a [^>]*>8<", html)


@pytest.mark.parametrize("query", ["資金調達", "規制", "xAI", "Grok-4"])
def test_the_search_page_marks_the_words_that_were_asked_for(get, query):
    html = get("/-/search", params={"q": query, "lang": "ja"}).text
    assert f"<mark>{query}</mark>" in html
    assert "/article/1" in hrefs(html)


def test_search_results_come_as_json_too(get):
    found = get("/-/search.json", params={"q": "資金調達", "kind": "article"}).json()
    assert [hit["article_id"] for hit in found["hits"]] == [1, 2]
    assert found["total"] == 2
    assert [each["where"] for each in found["hits"][1]["snippets"]] == ["citation"]
    assert "".join(text for text, is_marked in found["hits"][0]["snippets"][0]["parts"] if is_marked) == "資金調達"


def test_filters_narrow_a_search(get):
    everything = get("/-/search.json", params={"q": "funding"}).json()
    sources = get("/-/search.json", params={"q": "funding", "kind": "source"}).json()
    assert {hit["kind"] for hit in everything["hits"]} == {"article", "source"}
    assert {hit["kind"] for hit in sources["hits"]} == {"source"}


def test_a_search_says_how_it_was_read_and_counts_its_facets(get):
    found = get("/-/search.json", params={"q": "資金調達 -title:zzz source:hyper.ai"}).json()
    assert found["read_as"] == "資金調達 NOT title:zzz source:hyper.ai"
    assert {facet["name"]: facet["values"] for facet in found["facets"]}["lang"] == [["ja", 1], ["en", 1]]
    html = get("/-/search", params={"q": "資金調達 -title:zzz"}).text
    assert "<code>資金調達 NOT title:zzz</code>" in html
    assert any("lang=ja" in href and "q=%E8%B3%87" in href for href in hrefs(html))


def test_a_month_of_the_facets_narrows_to_that_month(get):
    assert get("/-/search.json", params={"q": "資金調達", "since": "2025-11", "until": "2025-11"}).json()["total"] == 2
    assert get("/-/search.json", params={"q": "資金調達", "since": "2025-12"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        ({"q": "規制", "order": "newest"}, 1),
        ({"q": "规制"}, 1),
        ({"q": "规制", "spellings": "never"}, 0),
        ({"q": '"規制"', "raw": "1"}, 1),
        ({"q": "規制 AND (", "raw": "1"}, 0),
        ({"source": "hyper.ai"}, 2),
        ({"q": "cites:news.example"}, 1),
        ({"like": "999999999999"}, 0),
        ({"like": "x", "page": "x", "order": "x", "kind": "x"}, 0),
    ],
)
def test_other_ways_to_search(get, arguments, total):
    answer = get("/-/search.json", params=arguments)
    assert (answer.status_code, answer.json()["total"]) == (200, total)
    assert get("/-/search", params=arguments).status_code == 200


def test_a_search_without_hits_offers_another(get):
    answer = get("/-/search", params={"q": "資金調達計画"})
    assert "Did you mean" in answer.text
    assert ">資金調達</a>" in answer.text


def test_a_search_is_a_feed(get):
    answer = get("/-/search.atom", params={"q": "資金調達"})
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    names = {"atom": "http://www.w3.org/2005/Atom"}
    assert [entry.text for entry in root.findall("atom:entry/atom:title", names)] == [
        "20 billion yen raised, rules ahead",
        "200億円の資金調達、規制の行方",
    ]
    assert get("/-/search.atom", params={"q": "\x00<&"}).status_code == 200
    assert get("/-/saved/none").status_code == 404


def test_no_results_are_said_in_words(get):
    answer = get("/-/search", params={"q": "存在しない言葉"})
    assert answer.status_code == 200
    assert "Nothing in this archive matches “存在しない言葉”." in answer.text


def test_an_article_shows_its_date_no_sharper_than_printed_and_where_it_comes_from(get):
    html = get("/article/1").text
    assert '<time datetime="2025-11-22">22 November 2025</time>' in html
    assert "printed as “23日前”, from the visible text, known to the day" in html
    assert "about 22 November 2025 04:00 UTC" in get("/article/2").text


def test_an_articles_blocks_stand_in_the_order_of_the_page(get):
    blocks = get("/article/1.json").json()["blocks"]
    assert [block["type"] for block in blocks] == ["paragraph", "figure", "heading", "paragraph", "table", "paragraph"]
    assert blocks[4]["rows"] == [["年", "額"], ["2024", "80億円"], ["2025", "200億円"]]


def test_the_sources_panel_tells_what_became_of_each_reference(get):
    html = get("/article/1").text
    panel = html[html.index('id="sources"') :]
    entries = re.findall(r'<li value="(\d)".*?<span class="state (\w+)">(.*?)</span>', panel, re.DOTALL)
    assert entries == [
        ("1", "kept", "kept"),
        ("2", "lost", "gone"),
        ("3", "wall", "bot check"),
        ("4", "none", "cited only: its terms forbid copies"),
        ("5", "wait", "waiting to be captured"),
        ("6", "none", "no address given"),
        ("7", "none", "refused: not a public address"),
    ]
    assert "captured 23 days after publication" in panel


def test_no_reader_is_sent_to_an_address_that_we_refuse(get):
    for path in ("/article/1", "/cited?url=http://192.168.0.10/draft.html"):
        assert "http://192.168.0.10/draft.html" not in hrefs(get(path).text)


def test_links_that_repeat_a_reference_are_not_listed_twice(get):
    article = get("/article/1.json").json()
    assert [link["text"] for link in article["links"]] == ["Grok-4"]
    assert [mention["name"] for mention in article["mentions"]] == ["調査会社レポート"]


def test_language_editions_lead_to_each_other(get):
    assert "/article/2" in hrefs(get("/article/1").text)
    assert "/article/1" in hrefs(get("/article/2").text)


def test_revisions_and_problems_are_not_hidden(get):
    html = get("/article/1").text
    assert "State 2" in html
    assert "only a handle is printed" in html


def test_a_cited_page_we_hold_says_who_cites_it(get):
    html = get("/article/3").text
    assert "Cited by 2 articles" in html
    assert {"/article/1", "/article/2"} <= set(hrefs(html))


def test_a_cited_page_we_do_not_hold_has_its_page_with_the_reason(get):
    html = get("/cited", params={"url": "http://www.news.example/2025/10/old/"}).text
    assert "We hold no copy of this page." in html
    assert "the server says 404 Not Found" in html
    assert "/article/1" in hrefs(html)


def test_a_publisher_page_tells_the_policy_and_the_fate_of_its_pages(get):
    html = get("/source/terms.example").text
    assert "its terms forbid copies" in html
    assert "cite-only" in html
    assert get("/source/hyper.ai?_format=json").json()["name"] == "HyperAI"


def test_a_domain_asked_for_leads_to_its_publisher_page(get):
    assert get("/cited?url=stats.example").headers["location"] == "/source/stats.example"


@pytest.mark.parametrize(
    "path", ["/article/3", "/-/search?q=funding", "/archive/articles", "/source/stats.example", "/"]
)
def test_markup_of_strangers_is_shown_and_never_rendered(get, path):
    html = get(path).text
    assert not [tag for tag in HOSTILE_TAGS if tag in html]


def test_addresses_are_links_only_when_a_browser_may_follow_them(get):
    answer = get("/archive/articles")
    foreign = re.findall(r'<a href="https?://(?!datasette\.io|localhost)[^"]*"([^>]*)>', answer.text)
    assert foreign
    assert all('rel="noopener noreferrer nofollow"' in attributes for attributes in foreign)


def test_table_pages_tell_what_each_column_means(get):
    assert "The date as the page prints it." in get("/archive/articles").text
    assert "Articles that cite it." in get("/archive/cited_sources").text


@pytest.mark.parametrize(
    "path", ["/archive/citations.json?_shape=array", "/archive/citations.csv", "/archive/runs.json"]
)
def test_every_table_comes_as_json_and_csv(get, path):
    assert get(path).status_code == 200


def test_the_stored_queries_run(get):
    for name in QUERIES:
        answer = get(f"/archive/{name}.json?_shape=array&words=example")
        assert answer.status_code == 200, name


@pytest.mark.parametrize(
    ("headers", "path", "language"),
    [
        ({}, "/", "en"),
        ({"accept-language": "ja-JP,ja;q=0.9,en;q=0.8"}, "/", "ja"),
        ({"accept-language": "fr,en;q=0.5"}, "/", "en"),
        ({}, "/?ui=ja", "ja"),
        ({"accept-language": "ja"}, "/?ui=en", "en"),
    ],
    ids=["nothing said", "Japanese browser", "French browser", "asked for Japanese", "asked for English"],
)
def test_the_interface_speaks_the_readers_language(get, headers, path, language):
    assert f'<html lang="{language}">' in get(path, headers=headers).text


def test_every_text_of_the_pages_has_its_japanese(archive_file):
    spoken = set(translations("ja"))
    folder = Path(words.__file__).parent
    asked = {text for _, text in words.OUTCOMES.values()}
    for table in (
        words.CARRIERS,
        words.FACET_NAMES,
        words.FIELD_NAMES,
        words.HELD_NAMES,
        words.ADDRESS_KINDS,
        words.RUN_COUNTS,
    ):
        asked |= set(table.values())
    for file in [*folder.rglob("*.html"), *folder.glob("*.py")]:
        texts = re.findall(r"""\b(?:t|words)\(\s*(?:"([^"]+)"|'([^']+)')""", file.read_text(encoding="utf-8"))
        asked |= {double or single for double, single in texts}
    asked |= {column for each in drawn_pictures(archive_file) for column in each.columns} | {ABOUT_LINKS}
    assert asked - spoken == set()


def drawn_pictures(archive_file):
    with open_store(archive_file, read_only=True) as store:
        return [draw(store.connection, words.Words("en")) for draw in PICTURES.values()]


def test_a_missing_article_is_not_found_in_words(get):
    answer = get("/article/999")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert get("/article/999.json").json()["status"] == 404


def test_the_front_page_tells_what_changed_and_that_all_is_well(get):
    html = get("/").text
    assert "all is well" in html
    changed = html[html.index("What changed lately") :]
    assert hrefs(changed)[0] == "/article/1/changes/1/2"


def test_the_home_page_shows_the_alarms_of_the_last_run(tmp_path):
    db = tmp_path / "archive.db"
    told = "https://hyper.ai/ja/news listed pages before and does not now (<b>holds no entries</b>)"
    with open_store(db) as store:
        run_id = runs.start_run(store, command="archive crawl", now="2025-12-16T06:00:00Z")
        runs.end_run(store, run_id, reason="finished", counts={}, now="2025-12-16T06:00:00Z")
    datasette = make_datasette(Config(db=str(db)))

    def home(path):
        return asyncio.run(datasette.client.get(path)).text

    assert "needs its operator" not in home("/")
    with open_store(db) as store:
        runs.note_alarms(store, run_id, as_json([Alarm("list", told)]))
    assert "This archive needs its operator" in home("/")
    assert "does not now (&lt;b&gt;holds" in home("/")
    assert "管理者の確認" in home("/?ui=ja")
    assert json.loads(home("/?_format=json"))["last_run"]["alarms"] == [told]
