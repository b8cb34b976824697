"""`archive probe URL` and `archive fixture URL` ask as `archive add` does, and keep nothing of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.errors import CaptureError
from spiders.commands.page_given import fetched_page
from spiders.commands.probe import fixture, probe
from tests.loopback import Reply


def run(site, command, *words: str) -> Result:
    return CliRunner().invoke(command, words, obj=site.config, standalone_mode=False)


def test_a_fetched_page_is_shown_field_by_field_and_not_kept(site):
    done = run(site, probe, "http://cited.test/a", "--json")
    found = {item["field"]: item["value"] for item in json.loads(done.output)}
    assert (done.return_value, found["title"], found["lang"]) == (0, "出典その一", "ja")
    assert site.world.paths("cited.test") == ["/robots.txt", "/a"]
    assert not Path(site.config.db).exists()


def test_a_redirect_is_followed_and_the_page_is_the_last_one(site):
    page = fetched_page(site.config, "http://other.test/moved")
    assert (page.url, page.status) == ("http://third.test/here", 200)
    assert "移った出典" in page.body.decode()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://cited.test/no", "robots"),
        ("http://10.0.0.7/inside", "blocked-address"),
        ("http://third.test:9/here", "blocked-address"),
        ("https://vellum.ai/llm-leaderboard", "cite-only"),
    ],
)
def test_what_may_not_be_asked_is_not_asked(site, url: str, words: str):
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nDisallow: /no\n", content_type="text/plain")
    with pytest.raises(CaptureError, match=words):
        fetched_page(site.config, url)
    assert [path for host in ("cited.test", "third.test") for path in site.world.paths(host)] in ([], ["/robots.txt"])


def test_a_fetched_fixture_keeps_what_the_server_said(site, tmp_path: Path):
    body = "<html><title>Gone</title><h1>Not found</h1><p>The page you asked for does not exist.</p></html>"
    site.world.put("cited.test", "/gone", Reply(body, 404))
    done = run(site, fixture, "http://cited.test/gone", "--folder", str(tmp_path / "pages"))
    place = tmp_path / "pages" / "cited_test"
    assert (done.return_value, f"make test K={place.name}" in done.output) == (0, True)
    meta = json.loads(next(place.glob("*-gone/meta.json")).read_text())
    assert (meta["url"], meta["status"]) == ("http://cited.test/gone", 404)
    assert json.loads(next(place.glob("*-gone/expected.json")).read_text())["outcome"] == "gone"
