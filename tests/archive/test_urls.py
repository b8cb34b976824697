"""Addresses: one canonical form, one SURT for all spellings, one key for each source."""

from contextlib import suppress

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archive.errors import AddressError
from archive.urls import canonical_url, host_of, is_known_host, site_key, surt, with_scheme

HEX = "0123456789abcdef0123456789abcdef"
HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?\.(com|co\.jp|ai|io)", fullmatch=True)
PATHS = st.from_regex(r"(/[A-Za-z0-9_.~-]{1,8}){0,4}", fullmatch=True).filter(lambda path: "/." not in path)
QUERIES = st.lists(st.from_regex(r"[a-d]{2,4}=[0-9a-z]{0,5}", fullmatch=True), max_size=3)


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [
        ("HTTPS://News.Example.COM:443/A/b", "https://news.example.com/A/b"),
        ("http://news.example.com:80", "http://news.example.com/"),
        ("http://news.example.com:8080/a", "http://news.example.com:8080/a"),
        ("https://news.example.com/a/#part", "https://news.example.com/a/"),
        ("https://news.example.com/a?utm_source=chatgpt.com&b=2&a=1&fbclid=x", "https://news.example.com/a?b=2&a=1"),
        ("https://news.example.com/a?utm_source=x#f", "https://news.example.com/a"),
        ("https://news.example.com/a/./b/../c", "https://news.example.com/a/c"),
        ("https://news.example.com/a\u200b  ", "https://news.example.com/a"),
        ("https://news.example.com/a%20", "https://news.example.com/a"),
        ("https://news.example.com/a。", "https://news.example.com/a"),
        ("https://news.example.com/a）、", "https://news.example.com/a"),
        ("https://news.example.com/Grok_(chatbot)", "https://news.example.com/Grok_(chatbot)"),
        ("https://news.example.com/a)", "https://news.example.com/a"),
        ("https://news.example.com/Inc.", "https://news.example.com/Inc."),
        ("https://news.example.com/?a=1&amp;b=2", "https://news.example.com/?a=1&b=2"),
        ("hyper.ai/en/news/10001", "https://hyper.ai/en/news/10001"),
        ("https://beta.hyper.ai/ja/news/10001", "https://hyper.ai/ja/news/10001"),
        ("https://next.hyper.ai/news/10001", "https://hyper.ai/news/10001"),
        (f"https://hyper.ai/ja/headlines/{HEX}", f"https://hyper.ai/ja/stories/{HEX}"),
        (f"https://hyper.ai/headlines/{HEX}", f"https://hyper.ai/stories/{HEX}"),
        (f"https://news.example.com/headlines/{HEX}", f"https://news.example.com/headlines/{HEX}"),
        (r"https://hyper.ai/cn/papers/eccv\_\_2024\_\_1", "https://hyper.ai/cn/papers/eccv__2024__1"),
        ("https://例え.jp/記事", "https://xn--r8jz45g.jp/%E8%A8%98%E4%BA%8B"),
        ("https://dx.doi.org/10.1000/X1", "https://doi.org/10.1000/X1"),
        ("https：//news.example.com/a", "https://news.example.com/a"),
        ("http://https://news.example.com/a", "https://news.example.com/a"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("localhost:8000/a", None),
    ],
)
def test_an_address_is_repaired_and_otherwise_left_as_it_is(printed, canonical):
    if canonical is None:
        with pytest.raises(AddressError):
            canonical_url(printed)
    else:
        assert canonical_url(printed) == canonical


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "   ",
        "mailto:desk@news.example",
        "javascript:void(0)",
        "data:text/html,x",
        "ftp://news.example.com/a",
        "tel:0312345678",
        "http://user:secret@news.example.com/",
        "http://user@news.example.com/",
        "http:///a",
        "http://",
        "http://a b.example/",
        "http://a..b.example/",
        "http://news.example.com:99999/",
        "http://news.example.com:0/",
        "http://[nonsense]/",
        "index.html",
        "Node.js",
        "https://news.example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_web_address_is_refused(printed):
    with pytest.raises(AddressError):
        canonical_url(printed)


@pytest.mark.parametrize(
    ("href", "base", "canonical"),
    [
        ("../7?a=1#x", "https://hyper.ai/ja/news/6", "https://hyper.ai/ja/7?a=1"),
        ("/ja/news/7", "https://beta.hyper.ai/ja/news/6", "https://hyper.ai/ja/news/7"),
        ("//news.example.com/a", "http://hyper.ai/", "http://news.example.com/a"),
        ("?page=2", "https://hyper.ai/cn/stories", "https://hyper.ai/cn/stories?page=2"),
        ("", "https://hyper.ai/cn/stories", "https://hyper.ai/cn/stories"),
        ("sacra.com/c/xai/", "https://hyper.ai/ja/news/6", "https://sacra.com/c/xai/"),
        ("page.html/x", "https://hyper.ai/ja/news/6", "https://hyper.ai/ja/news/page.html/x"),
        ("7", "https://hyper.ai/ja/news/6", "https://hyper.ai/ja/news/7"),
    ],
)
def test_a_link_is_resolved_against_its_page(href, base, canonical):
    assert canonical_url(href, base=base) == canonical


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://hyper.ai/ja/news/1", "ai,hyper)/ja/news/1"),
        ("http://www.hyper.ai/ja/news/1/", "ai,hyper)/ja/news/1"),
        ("https://news.example.com", "com,example,news)/"),
        ("https://news.example.com:8080/a", "com,example,news:8080)/a"),
        ("http://news.example.com:443/a", "com,example,news)/a"),
        ("http://127.0.0.1:8000/a/", "127.0.0.1:8000)/a"),
        ("https://news.example.com/?b=2&a=1", "com,example,news)/?a=1&b=2"),
        ("https://news.example.com/%7Eann", "com,example,news)/~ann"),
        ("https://www.com/a", "com,www)/a"),
    ],
)
def test_a_surt_sorts_by_site(url, key):
    assert surt(url) == key


@given(host=HOSTS, path=PATHS, query=QUERIES)
def test_spellings_of_one_address_share_a_surt(host, path, query):
    assume(not path.endswith("-"))
    text = "&".join(query)
    plain = f"https://{host}{path}{'?' if text else ''}{text}"
    key = surt(plain)
    tagged = "&".join(["utm_source=feed", *reversed(query), "gclid=1"])
    assert surt(f"http://www.{host.upper()}{path}/?{tagged}#top") == key
    assert surt(f"{plain}\u200b ") == key
    assert surt(canonical_url(plain)) == key


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{1,12}(/\S{0,12}){0,2}(\?\S{0,20})?", fullmatch=True))
@example("http://a.jp/?utm_source)=1")
@example("http://a.jp/x,#y")
@example("http://a.jp/%2e%2e/%2E/b")
@example("http://a.jp/a%e3%80%82")
@example("\ud800.jp/\udfff")
def test_reading_an_address_twice_changes_nothing_and_never_raises_anything_else(text):
    with suppress(AddressError):
        canonical = canonical_url(text)
        assert canonical_url(canonical) == canonical
        assert surt(canonical) == surt(text)
        assert canonical.isascii()
        assert "@" not in canonical.split("/")[2]
        assert site_key(canonical)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.news.example.co.jp/a", "example.co.jp"),
        ("news.example.com", "example.com"),
        ("https://finance.sina.com.cn/a", "sina.com.cn"),
        ("https://alice.github.io/a", "alice.github.io"),
        ("https://beta.hyper.test/a", "hyper.test"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://localhost:8000/", "localhost:8000"),
        ("https://go.hyper.ai/H4", "hyper.ai"),
    ],
)
def test_the_key_of_a_source_is_its_registrable_domain(url, key):
    assert site_key(url) == key


def test_a_host_is_told_without_port_in_ascii():
    assert host_of("https://例え.jp:8080/a") == "xn--r8jz45g.jp"


@pytest.mark.parametrize(
    ("host", "known"), [("sacra.com", True), ("hyper.test", True), ("index.html", False), ("com", False)]
)
def test_a_host_is_known_by_its_suffix(host, known):
    assert is_known_host(host) is known


@pytest.mark.parametrize("char", [")", "a.", "/..", "%20", "\\_", "http://", "&utm_a=1", "，"])
def test_a_very_long_address_is_answered_in_bounded_time(char):
    for length in (2_000, 200_000):
        with suppress(AddressError):
            assert canonical_url("https://news.example.com/?" + char * (length // len(char)))
            assert canonical_url("https://news.example.com/" + char * (length // len(char)))


@pytest.mark.parametrize(
    ("href", "meant"),
    [
        ("sacra.example.com/c/xai/", "https://sacra.example.com/c/xai/"),
        (" www.sacra.com ", "https://www.sacra.com"),
        ("https://sacra.com/c", "https://sacra.com/c"),
        ("/ja/news/1", "/ja/news/1"),
        ("report.html", "report.html"),
        ("notes.md", "notes.md"),
        ("#fn1", "#fn1"),
        ("", ""),
    ],
)
def test_an_href_that_begins_with_a_host_gets_its_scheme(href: str, meant: str) -> None:
    assert with_scheme(href) == meant


def test_a_full_stop_after_a_bracket_is_none_of_the_address() -> None:
    assert canonical_url("https://a.example.com/b).") == "https://a.example.com/b"
    assert canonical_url("https://a.example.com/b_(c).") == "https://a.example.com/b_(c)"
