"""The archive in pictures: drawn without script or style, each with its numbers; and the pages made of kept counts."""

import asyncio
import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from archive.publish.charts import falling_steps, share_bars, stacked_bars
from archive.publish.pictures import PICTURES
from archive.publish.site import make_datasette
from archive.publish.stock import INLINE_CODE
from archive.settings import Config
from archive.store import open_store
from archive.store.articles import save_article
from archive.totals import count_totals
from tests.archive.publish.conftest import ENGLISH, asking

HOSTILE = "</text><script>alert(1)</script>"
DRAWN = {
    "stacked": lambda name: stacked_bars(["2026-01", "2026-02"], {name: [3, 0], "b": [1, 2]}, title=name),
    "steps": lambda name: falling_steps([(0.0, 1.0), (30.0, 0.9)], title=name),
    "shares": lambda name: share_bars([name, "b"], {name: [0.5, 1.0]}, title=name),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_chart_is_plain_svg_whatever_its_names_are(kind):
    drawing = DRAWN[kind](HOSTILE)
    root = ElementTree.fromstring(drawing)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "g", "rect", "path", "text", "title"}
    assert not INLINE_CODE.search(drawing)
    assert root.get("aria-label") == HOSTILE
    assert DRAWN[kind](HOSTILE) == drawing


def test_a_scale_of_counts_has_whole_steps():
    texts = [
        text.text for text in ElementTree.fromstring(DRAWN["stacked"]("a")).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert texts[:5] == ["0", "1", "2", "3", "4"]


def test_every_picture_stands_on_the_page_with_its_numbers(get):
    html = get("/pictures").text
    for name in PICTURES:
        assert f'id="{name}"' in html
        rows = list(csv.reader(io.StringIO(get(f"/pictures/{name}.csv").text)))
        assert len(rows) > 1
        assert len(get(f"/pictures/{name}.json").json()["rows"]) == len(rows) - 1
    assert get("/pictures/articles.csv").headers["content-type"].startswith("text/csv")
    assert get("/pictures/nothing.csv").status_code == 404


def test_the_numbers_are_those_of_the_archive(get):
    assert get("/pictures/articles.json").json()["rows"] == [
        {"week": "2025-11-17", "section": "news", "lang": "ja", "articles": 1},
        {"week": "2025-11-17", "section": "news", "lang": "en", "articles": 1},
    ]
    cited = get("/pictures/cited.json").json()["rows"]
    assert {"month": "2025-11", "publisher": "stats.example", "citations": 2} in cited
    assert get("/pictures/links.json").json()["rows"][:2] == [
        {"days": 0, "pages known longer": 3, "share still there": 1.0},
        {"days": 7, "pages known longer": 3, "share still there": 1.0},
    ]


def test_publishers_are_listed_most_cited_first_with_what_became_of_their_pages(get):
    listed = get("/sources.json").json()["publishers"]
    assert (listed[0]["source"], listed[0]["n_citations"], listed[0]["n_held"]) == ("stats.example", 2, 1)
    assert {row["source"]: row["n_lost"] for row in listed}["news.example"] == 1
    assert get("/sources?page=2").status_code == 200


def test_a_publisher_page_counts_citations_by_month_and_fields(get):
    page = get("/source/stats.example?_format=json").json()
    assert page["months"] == [{"month": "2025-11", "n_citations": 2, "n_articles": 2}]
    assert page["totals"] == {"n_cited_pages": 1, "n_citations": 2, "n_held": 1, "n_lost": 0}
    assert ["source", "authors", 1, 0] in page["coverage"]["rows"]


def test_the_timeline_shows_a_month_by_day_and_leads_to_its_neighbours(tmp_path):
    db = tmp_path / "archive.db"
    with open_store(db) as store:
        for number, day in enumerate(["2025-09-30", "2025-11-22", "2025-11-23", "2026-01-01", "2999-01-01"]):
            url = f"https://hyper.ai/en/news/{number}"
            page = replace(ENGLISH, url=url, canonical_url=url, published_at=day, title=f"Of {day}")
            seen_at = "2026-01-02T06:00:00Z"
            save_article(store, page, kind="article", source="hyper.ai", capture_id=None, seen_at=seen_at)
        count_totals(store)
    ask = asking(make_datasette(Config(db=str(db))))
    month = ask("/timeline/2025-11.json").json()
    assert [group["day"] for group in month["days"]] == ["2025-11-23", "2025-11-22"]
    assert (month["before"], month["after"]) == ("2025-09", "2026-01")
    assert ask("/timeline.json").json()["month"] == "2999-01"
    assert [year["year"] for year in month["months"]] == ["2999", "2026", "2025"]
    assert ask("/pictures/articles.json").json()["rows"][0]["week"] == "2025-12-29"  # no picture of the year 2999
    assert ask("/timeline/2025-12").status_code == 200
    assert ask("/timeline/2025-13").status_code == 404


def test_runs_tell_what_they_did(get):
    runs = get("/runs.json").json()
    assert runs["runs"][0]["counts"] == {"new": 3}
    assert runs["held"]["articles"] == 2
    assert runs["addresses"]["cited"]["gone"] == 1
    assert "Nothing needed a person" in get("/runs").text


def test_the_about_page_names_whom_it_leaves_alone_and_whom_to_write_to(archive_file):
    datasette = make_datasette(Config(db=str(archive_file), contact="keeper@example.org"))
    html = asyncio.run(datasette.client.get("/about")).text
    assert "its terms forbid copies" in html
    assert "keeper@example.org" in html


def test_an_archive_that_nothing_was_counted_in_says_so(tmp_path):
    db = tmp_path / "archive.db"
    open_store(db).close()
    ask = asking(make_datasette(Config(db=str(db))))
    for path in ("/", "/pictures", "/sources", "/timeline", "/runs", "/about", "/pictures/links.csv"):
        assert ask(path).status_code == 200
    assert "archive migrate" in ask("/sources").text
    assert "too little in this archive" in ask("/pictures").text
