"""What a robots.txt means: the published conformance cases, bytes of every kind, and time that stays linear."""

import tomllib
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.robots import AGENT, MAX_BYTES
from spiders.robots_rules import MAX_LINE_CHARS, parse_robots, robots_text

CASES = tomllib.loads((Path(__file__).parent / "robots_cases.toml").read_text("utf-8"))["case"]
SHUT = "User-agent: *\nDisallow: /\n"


def allows(text: str, path: str, agent: str = AGENT) -> bool:
    return parse_robots(text, agent).allows(f"http://a.example{path}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_published_cases(case):
    text, agent = robots_text(case["text"].encode(), limit=MAX_BYTES), case.get("agent", AGENT)
    assert {path: allows(text, path, agent) for path in case.get("allowed", [])} == dict.fromkeys(
        case.get("allowed", []), True
    )
    assert {path: allows(text, path, agent) for path in case.get("refused", [])} == dict.fromkeys(
        case.get("refused", []), False
    )


def test_a_line_is_cut_where_google_cuts_it():
    long = "/x/" + "a" * (MAX_LINE_CHARS - len("disallow: /x/") - 1)
    text = f"user-agent: *\ndisallow: {long}/qux\n"
    assert allows(text, "/fux")
    assert not allows(text, f"{long}/fux")


@pytest.mark.parametrize(
    ("body", "is_allowed"),
    [
        (b"\xef\xbb\xbf" + SHUT.encode(), False),
        (b"\xef\xbb" + SHUT.encode(), False),
        (b"\xef" + SHUT.encode(), False),
        (b"\xef\x11\xbf" + SHUT.encode(), True),
        (SHUT.encode("utf-16"), False),
        (b"\0" + SHUT.encode(), False),
        (b"User-agent: *\nDisallow: /caf\xe9\n", True),
        (bytes(range(256)) * 20 + b"\n" + SHUT.encode(), False),
        (b"", True),
    ],
    ids=["BOM", "two thirds", "one third", "broken BOM", "UTF-16", "NUL", "Latin-1", "binary before", "empty"],
)
def test_bytes_of_every_kind_are_read(body, is_allowed):
    assert allows(robots_text(body, limit=MAX_BYTES), "/page") is is_allowed


def test_a_path_that_is_not_utf8_is_the_bytes_it_is():
    assert not allows(robots_text(b"User-agent: *\nDisallow: /caf\xe9\n", limit=MAX_BYTES), "/caf%E9")


def test_half_a_mebibyte_is_read_and_no_line_is_cut_in_two():
    filler = b"# " + b"x" * 97 + b"\n"
    first = b"User-agent: *\nDisallow: /first\n"
    body = first + filler * 5120 + b"Disallow: /last\n"  # just before 500 KiB are over
    assert 500 * 1024 <= len(body) <= MAX_BYTES
    assert not allows(robots_text(body, limit=MAX_BYTES), "/last")
    tail = b"Disallow: /about-to-be-cut\n"
    body = first + b"x" * (MAX_BYTES - len(first) - 14) + b"\n" + tail
    text = robots_text(body, limit=MAX_BYTES)
    assert allows(text, "/about")
    assert not allows(text, "/first")


def test_crawl_delay_is_the_longest_of_the_groups_that_hold():
    text = "User-agent: *\nCrawl-delay: 9\nUser-agent: hyperai-archive\nCrawl-delay: 2\nCrawl-delay: 3.5\n"
    assert parse_robots(text, AGENT).crawl_delay_s == 3.5
    assert parse_robots(text, "other").crawl_delay_s == 9
    for word in ("soon", "-1", "inf", "nan", ""):
        assert parse_robots(f"User-agent: *\nCrawl-delay: {word}\n", AGENT).crawl_delay_s is None


def test_patterns_full_of_stars_end():
    """A matcher that goes back would not come home from these."""
    url = f"http://a.example/{'a' * 8000}b"
    text = "User-agent: *\n" + f"Disallow: /{'*a' * 4000}c\n" * 20 + f"Disallow: /{'*a' * 4000}$\n" * 20
    assert parse_robots(text, AGENT).allows(url)


def test_a_group_that_is_named_a_thousand_times_is_one_group():
    """A thousand names times a thousand lines once were a million lines; a file has room for a hundred million."""
    text = "User-agent: *\n" * 1000 + "Disallow: /x\n" * 1000
    tracemalloc.start()
    try:
        assert not allows(text, "/x")
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=400), st.text(max_size=60))
def test_no_bytes_and_no_address_raise(body, path):
    text = robots_text(body, limit=300)
    text.encode()
    parse_robots(text + "\nUser-agent: *\nDisallow: " + path, AGENT).allows(
        f"http://a.example/{path.partition('#')[0]}"
    )
