"""Status: what is held and how well it is read."""

from archive.health import FIELDS, coverage, filled_fields, summary


def test_a_new_archive_has_an_empty_summary(store):
    assert summary(store)["runs"] == summary(store)["coverage"] == []


def test_the_fields_that_a_page_fills_are_those_that_are_watched(page):
    assert set(filled_fields(page)) == set(FIELDS) - {"category", "lead_image_url"}


def test_coverage_tells_how_often_each_field_is_filled(filled):
    ours, cited = coverage(filled)
    assert (ours["source"], ours["kind"], ours["articles"]) == ("hyper.ai", "article", 2)
    assert (ours["title"], ours["authors"], ours["published_at"], ours["references"]) == (1.0, 0.5, 1.0, 0.5)
    assert (cited["source"], cited["published_at"]) == ("example.com", 0.0)


def test_the_summary_counts_what_is_held(filled):
    found = summary(filled)
    assert found["totals"]["articles"] == 2
    assert found["totals"]["citations_held"] == found["totals"]["citations"] == 2
    assert found["frontier"] == {"article": {"done": 2}, "cited": {"done": 1}}
    assert found["outcomes"] == {"article": {"ok": 2}, "cited": {"ok": 1}}
    assert found["runs"][0]["counts"] == {"fetched": 3}
