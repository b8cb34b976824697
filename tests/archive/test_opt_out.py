"""What a page asks us not to do: headers and meta, ours and other agents', as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.opt_out import honoured, opt_out, withholds


def headers(*values: str, name: str = "X-Robots-Tag"):
    return tuple((name.encode(), value.encode()) for value in values)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (headers("noarchive"), "noarchive"),
        (headers("NoIndex, NOAI , noimageai"), "noindex noai noimageai"),
        (headers("noarchive", "noai"), "noarchive noai"),
        (headers("none"), "noindex"),
        (headers("nocache"), "noarchive"),
        (headers("max-snippet:0"), "nosnippet"),
        (headers("max-snippet: 0"), "nosnippet"),
        (headers("max-snippet:-1, max-image-preview:large"), None),
        (headers("googlebot: noindex"), None),
        (headers("googlebot: noindex, noarchive"), None),
        (headers("otherbot: noindex, hyperai-archive: noarchive"), "noarchive"),
        (headers("*: noindex"), "noindex"),
        (headers("unavailable_after: 25 Jun 2030 15:00:00 GMT, noai"), "noai"),
        (headers("all"), None),
        (headers("noarchiveology"), None),
        (headers("1", name="TDM-Reservation"), "tdm"),
        (headers("0", name="tdm-reservation"), None),
        ((), None),
    ],
)
def test_headers(said, words):
    assert opt_out(said) == words


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<meta name="robots" content="noindex,nofollow">', "noindex"),
        ("<META CONTENT='noarchive' NAME='ROBOTS'/>", "noarchive"),
        ("<meta name=robots content=noai>", "noai"),
        ('<meta name="hyperai-archive" content="noarchive">', "noarchive"),
        ('<meta name="googlebot" content="noarchive">', None),
        ('<meta name="tdm-reservation" content="1">', "tdm"),
        ('<meta name="robots" content="max-image-preview:large">', None),
        ('<!-- <meta name="robots" content="noindex"> -->', None),
        ('<meta property="og:title" content="robots, noindex and noai">', None),
        ("<p>the robots say noindex</p>", None),
    ],
)
def test_meta(html, words):
    assert opt_out((), f"<html><head>{html}</head><body></body></html>".encode()) == words


def test_headers_and_meta_are_joined():
    assert opt_out(headers("noai"), b'<meta name="robots" content="noindex">') == "noindex noai"


def test_what_each_word_withholds():
    assert withholds("noarchive", "text")
    assert withholds("tdm", "text")
    assert not withholds("noindex", "text")
    assert withholds("noindex noai", "search")
    assert not withholds(None, "text")
    assert honoured("noindex noai tdm", ("noai", "tdm")) == "noindex"
    assert honoured("noai", ("noai",)) is None
    assert honoured(None, ("noai",)) is None


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_no_bytes_raise(value, body):
    opt_out(((b"X-Robots-Tag", value), (b"tdm-reservation", value)), b"<meta name=robots " + body)
