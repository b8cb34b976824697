"""The sixteen sources of the seed: each has its row, and what the row names exists."""

from pathlib import Path

import pytest

from spiders.pages.reading import key_of
from spiders.sites import named_sources, page_classes, sources

ROOT = Path(__file__).parents[3]


def test_each_of_the_sixteen_has_a_row() -> None:
    assert len({row["name"] for row in named_sources()}) == 16


@pytest.mark.parametrize("row", named_sources(), ids=lambda row: row["name"])
def test_what_tests_a_source_exists(row: dict[str, str]) -> None:
    tested = row["tested"]
    place = ROOT / tested if tested.startswith("tests/") else ROOT / "tests" / "fixtures" / "pages" / tested
    assert place.exists() or tested == "no page"


def test_videos_and_posts_are_metadata_only() -> None:
    policies = {source.key: source.policy for source in sources()}
    assert {policies[key] for key in ("youtube.com", "bilibili.com", "x.com")} == {"metadata-only"}


@pytest.mark.parametrize(
    ("url", "is_read_here"),
    [
        ("https://github.com/example/inspector", True),
        ("https://github.com/example/inspector/issues/4", False),
        ("https://huggingface.co/example/inspector-7b", True),
        ("https://huggingface.co/papers/2509.12345", False),
        ("https://mp.weixin.qq.com/s?__biz=M&mid=2&idx=1&sn=a", True),
        ("https://news.qq.com/rain/a/20251112A", False),
        ("https://www.youtube.com/watch?v=abc", True),
        ("https://www.youtube.com/@lakeside", False),
        ("https://www.europarl.europa.eu/doceo/document/E-10-2025-009999_EN.html", True),
        ("https://arxiv.org/html/2509.12345v1", True),
    ],
)
def test_a_site_file_reads_the_addresses_it_is_for(url: str, is_read_here: bool) -> None:
    classes = [page_class for page_class in page_classes(key_of(url)) if page_class.handles.search(url)]
    assert bool(classes) is is_read_here
