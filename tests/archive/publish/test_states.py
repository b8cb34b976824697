"""The states of a text: each has its address, and what changed between two is told without colour too."""

import re
from dataclasses import replace

import pytest

from archive.publish.site import make_datasette
from archive.settings import Config
from archive.store import open_store
from archive.store.articles import save_article
from tests.archive.publish.conftest import JAPANESE, STATISTICS, asking, fill


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return a function that asks a site whose cited statistics changed, and are then withdrawn from readers."""
    path = tmp_path_factory.mktemp("drifted") / "archive.db"
    with open_store(path) as store:
        fill(store)
        for day, words in (("20", "by month"), ("28", "by month, as far as known")):
            page = replace(STATISTICS, text=STATISTICS.text.replace("by year", words))
            seen_at = f"2025-12-{day}T06:00:00Z"
            save_article(store, page, kind="source", source="stats.example", capture_id=None, seen_at=seen_at)
    return asking(make_datasette(Config(db=str(path))))


def test_each_state_has_an_address_that_stays(get):
    assert "見通しだ。" in get("/article/1/state/1").text
    assert "見通しとなった。" in get("/article/1/state/2").text
    assert get("/article/1/state/1.json").json()["state"]["paragraphs"][-2].endswith("審査される見通しだ。")
    assert get("/article/1/state/3").status_code == 404


def test_what_changed_is_told_within_the_paragraph_and_without_colour(get):
    html = get("/article/1/changes/1/2", headers={"accept-language": "ja"}).text
    assert re.search(r'<del><span class="sr" lang="ja">\[削除: </span>だ<span', html)
    assert re.search(r'<ins><span class="sr" lang="ja">\[追加: </span>となった<span', html)
    told = get("/article/1/changes/1/2.json").json()
    assert (told["n_gone"], told["n_new"]) == (1, 4)
    changed = [each for each in told["paragraphs"] if len(each) > 1]
    assert [[part["kind"] for part in each] for each in changed] == [["same", "gone", "new", "same"]]


def test_any_two_states_are_compared_and_the_form_leads_to_the_same_address(asked):
    assert asked("/article/3/changes?from=3&to=1").headers["location"] == "/article/3/changes/1/3"
    assert asked("/article/3/changes?from=3&to=1&ui=ja").headers["location"] == "/article/3/changes/1/3?ui=ja"
    told = asked("/article/3/changes/1/3.json").json()
    assert (told["older"]["number"], told["newer"]["number"]) == (1, 3)
    assert asked("/article/3/changes/1/9").status_code == 404
    assert asked("/article/3/changes?from=x&to=2").status_code == 404


def test_a_cited_page_says_how_far_it_drifted_and_its_citing_article_leads_to_what_was_cited(asked):
    page = asked("/article/3.json").json()
    assert page["drift"]["to"] == 3
    assert 0 < page["drift"]["kept"] < 1
    assert "% of the text first seen still stands." in asked("/article/3").text
    panel = asked("/article/1").text
    assert "changed since it was cited" in panel
    assert 'href="/article/3/state/1"' in panel
    assert 'href="/article/3/changes/1/3"' in panel


def test_each_capture_of_a_cited_page_is_listed_with_the_state_it_showed(get):
    captures = get("/article/3.json").json()["captures"]
    assert [capture["status"] for capture in captures] == [200, 200]
    assert [capture["state_number"] for capture in captures] == [1, None]


def test_a_text_that_its_publisher_withholds_is_in_no_state(tmp_path):
    db = tmp_path / "archive.db"
    secret = replace(JAPANESE, text="外に出さない本文。")
    with open_store(db) as store:
        save_article(store, secret, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-15T06:00:00Z")
        gone = replace(secret, text="")
        seen_at = "2025-12-16T06:00:00Z"
        save_article(
            store, gone, kind="article", source="hyper.ai", capture_id=None, seen_at=seen_at, opt_out="noarchive"
        )
    ask = asking(make_datasette(Config(db=str(db))))
    for path in ("/article/1", "/article/1/state/1", "/article/1/state/2", "/article/1/changes/1/2"):
        answer = ask(path)
        assert answer.status_code == 200
        assert "外に出さない" not in answer.text
        assert answer.headers["x-robots-tag"] == "noarchive"
        assert "what that withholds is not shown here" in answer.text


def test_a_lost_page_without_a_copy_is_offered_elsewhere(get):
    html = get("/article/1").text
    assert "https://web.archive.org/web/20251122/https://news.example/2025/10/old" in html
    assert "web.archive.org" not in get("/article/3").text
