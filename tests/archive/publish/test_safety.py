"""What the published site refuses, and the headers it never leaves out."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.publish.site import make_datasette
from archive.publish.stock import INLINE_CODE
from archive.settings import Config

# Datasette 0.65.5 leaves coroutines behind when a table page is refused half-way.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine object"),
]
PAGES = ["/", "/-/search?q=xAI", "/article/1", "/cited", "/archive", "/archive/articles", "/archive/articles/1", "/no"]
HERE = Path(__file__).parent
HOSTILE_PATHS = (HERE / "hostile_paths.txt").read_text(encoding="utf-8").splitlines()
LONG_PATHS = ["/source/" + "a" * 5000, "/cited?url=" + "x" * 4000, "/archive/articles?_search=" + "x" * 8000]
QUERY_SYNTAX = [
    "*",
    "a*b",
    "AND",
    "a OR",
    "NEAR(a b, 2)",
    "^x",
    "-",
    "{a}:b",
    "title:x",
    "_",
    "%",
    '"',
    "'",
    "((((",
    ")" * 300,
]
ODD_TEXTS = [
    "\x00",
    "\ud800",
    "%00",
    "';DROP TABLE articles;--",
    "資" * 800,
    "a " * 1200,
    "🦊" * 50,
    "<script>",
    "　",
    "ｘＡＩ",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(get, path):
    headers = get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_code(get, path):
    assert not INLINE_CODE.search(get(path).text)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/x/",
        "/\\evil.example/x/",
        "/%5Cevil.example/x/",
        "/%09/evil.example/",
        "///evil.example/",
        "/%2Fevil.example/x/",
    ],
)
def test_no_address_leads_to_another_host(get, path):
    answer = get(path)
    location = answer.headers.get("location", "/")
    assert answer.status_code in (302, 404)
    assert location.startswith("/")
    assert location[1:2] not in ("/", "\\", "\t")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(get, method):
    assert get("/archive", method=method).status_code == 405


@pytest.mark.parametrize(
    "path", ["/-/databases.json", "/-/threads", "/-/plugins.json", "/-/patterns", "/-/messages", "/-/actor"]
)
def test_pages_that_tell_of_this_machine_are_closed(get, path):
    assert get(path).status_code == 404


@pytest.mark.parametrize("query", QUERY_SYNTAX + ODD_TEXTS, ids=ascii)
def test_every_search_answers_200(get, query):
    escaped = "".join(f"%{byte:02X}" for byte in query.encode("utf-8", "surrogatepass"))
    for path in ("/-/search", "/-/search.json"):
        assert get(f"{path}?q={escaped}").status_code == 200


@pytest.mark.parametrize("path", HOSTILE_PATHS + LONG_PATHS, ids=lambda path: ascii(path[:60]))
def test_no_address_makes_the_site_fail(get, path):
    assert get(path).status_code < 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(name="q", value="0:\x80")  # a shortened word without a letter was once looked for
@given(name=st.sampled_from(["q", "lang", "page", "source", "kind", "ui", "_format"]), value=st.text(max_size=60))
def test_no_argument_makes_search_fail(get, name, value):
    assert get("/-/search", params={"q": "xAI", name: value.encode("utf-8", "replace").decode()}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"host": "archive.example"}, False),
        ({"host": "localhost:8001"}, True),
        ({"x-forwarded-for": "203.0.113.9"}, False),
    ],
    ids=["this machine", "another name", "by its port", "through a proxy"],
)
def test_sql_is_for_readers_on_this_machine(get, headers, allowed):
    answer = get("/archive.json?sql=select+1+as+one&_shape=array", headers=headers)
    assert answer.status_code == (200 if allowed else 403)


def test_sql_can_be_offered_to_all(archive_file):
    import asyncio

    datasette = make_datasette(Config(db=str(archive_file), allow_sql=True))
    answer = asyncio.run(
        datasette.client.get("/archive.json?sql=select+1+as+one&_shape=array", headers={"host": "archive.example"})
    )
    assert answer.json() == [{"one": 1}]
