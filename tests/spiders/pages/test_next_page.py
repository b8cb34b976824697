"""The next page of a listing: by links, by numbers, by what only the script state says."""

import json

import pytest

from spiders.pages import read_listing

LIST = "https://hyper.ai/ja/news"
CARD = '<a href="/ja/news/1"><h3>一つ目</h3></a>'


def next_of(more: str = "", *, url: str = LIST, state: object = None) -> tuple[str, ...]:
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": state})}</script>'
    page = f"<html><body><main>{CARD}{more}</main>{script if state else ''}</body></html>"
    return read_listing(page.encode(), url=url).next_urls


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('<a href="?page=3">3</a><a href="?page=2">2</a><a href="?page=50">50</a>', "?page=2"),
        ('<a href="?page=9">9</a><a rel="next" href="?page=2">x</a>', "?page=2"),
        ('<a href="/ja/news/page/2">もっと見る</a>', "/page/2"),
        ('<a href="/ja/stories?page=2">2</a>', None),
        ('<a href="/ja/news">1</a>', None),
    ],
    ids=["the nearest number", "rel=next", "a path", "another list", "itself"],
)
def test_a_link_leads_to_the_nearest_page_of_the_same_list(more, expected):
    assert next_of(more) == ((f"{LIST}{expected}",) if expected else ())


@pytest.mark.parametrize(
    ("state", "url", "expected"),
    [
        ({"nextPage": 2}, LIST, "?page=2"),
        ({"list": {"nextPage": "3"}}, f"{LIST}?page=2", "?page=3"),
        ({"nextPage": 2}, f"{LIST}?page=2", None),
        ({"nextPage": None}, LIST, None),
        ({"next": "/ja/news?page=2"}, LIST, "?page=2"),
        ({"next": "/ja/news/47716"}, LIST, None),
        ({"nextCursor": "b2Zmc2V0=20"}, LIST, "?cursor=b2Zmc2V0%3D20"),
        ({"nextCursor": "old"}, f"{LIST}?cursor=old", None),
        ({"pageInfo": {"hasNextPage": True, "endCursor": "x1"}}, f"{LIST}?cursor=x0", "?cursor=x1"),
        ({"pageInfo": {"hasNextPage": False, "endCursor": "x1"}}, LIST, None),
        ({"items": [], "cursor": 40, "hasMore": True}, LIST, "?cursor=40"),
        ({"style": {"cursor": "pointer"}}, LIST, None),
        ({"page": 2, "totalPages": 7}, f"{LIST}?page=2", "?page=3"),
        ({"page": 7, "totalPages": 7}, f"{LIST}?page=7", None),
    ],
)
def test_the_script_state_names_a_number_a_cursor_or_an_address(state, url, expected):
    assert next_of(state=state, url=url) == ((f"{LIST}{expected}",) if expected else ())


def test_a_cursor_in_the_react_stream_is_found():
    row = json.dumps(["$", "div", None, {"items": [{"href": "/ja/news/2"}], "nextCursor": "c2"}])
    push = f"<script>self.__next_f.push({json.dumps([1, f'5:{row}' + chr(10)])})</script>"
    assert read_listing(f"<html><body>{push}</body></html>".encode(), url=LIST).next_urls == (f"{LIST}?cursor=c2",)


@pytest.mark.parametrize(
    ("state", "url", "expected"),
    [
        (None, LIST, f"{LIST}?page=2"),
        (None, f"{LIST}?page=4", f"{LIST}?page=5"),
        ({"hasMore": False}, LIST, None),
        (None, f"{LIST}?cursor=x", None),
        (None, "https://hyper.ai/ja/about", None),
    ],
    ids=["first", "fourth", "the end", "by cursor", "no list"],
)
def test_where_a_list_says_nothing_its_next_number_is_a_guess(state, url, expected):
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": state})}</script>'
    page = f"<html><body><main>{CARD}</main>{script if state else ''}</body></html>"
    assert read_listing(page.encode(), url=url).next_guess == expected
