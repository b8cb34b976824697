"""The neighbourhood of an article in the citation graph: as lists, and drawn as SVG that our policy lets through."""

import re
from xml.etree import ElementTree

from archive.publish.graph_drawing import Node, draw_columns

SVG = "{http://www.w3.org/2000/svg}"


def test_neighbours_stand_in_lists_and_in_the_drawing(get):
    graph = get("/article/1/graph.json").json()
    assert [row["id"] for row in graph["others"]] == [2]
    assert graph["others"][0]["shared"] == [0]
    assert [row["cited_article_id"] for row in graph["cited"]][:2] == [3, None]
    html = get("/article/1/graph").text
    drawing = html[html.index("<svg xmlns") : html.index("</svg>", html.index("<svg xmlns"))]
    assert re.findall(r'href="([^"]+)"', drawing) == ["/article/3", "/article/2"]
    lists = html[html.index("</svg>", html.index("<svg xmlns")) :]
    assert "/article/2" in lists
    assert "/cited?url=https%3A%2F%2Fnews.example%2F2025%2F10%2Fold" in lists


def test_a_cited_page_shows_who_cites_it_and_the_reader_keeps_the_language(get):
    graph = get("/article/3/graph.json").json()
    assert sorted(row["id"] for row in graph["citing"]) == [1, 2]
    assert 'href="/article/1?ui=ja"' in get("/article/3/graph?ui=ja").text
    assert get("/article/99/graph").status_code == 404


def test_texts_of_strangers_are_texts_in_a_drawing():
    hostile = '"><script>alert(1)</script>&'
    drawing = draw_columns(
        [("a<b", [Node(hostile, f"/x?{hostile}")]), ("", [Node(hostile, None)])], [(0, 0, 1, 0)], title=hostile
    )
    root = ElementTree.fromstring(drawing)
    assert not root.findall(f".//{SVG}script")
    assert root.get("aria-label") == hostile
    assert [title.text for title in root.iter(f"{SVG}title")] == [hostile, hostile]
    assert " style=" not in drawing


def test_an_empty_column_takes_no_room():
    alone = draw_columns([("left", []), ("", [Node("here", None)])], [(0, 0, 1, 0)], title="t")
    assert 'viewBox="0 0 230' in alone
    assert "left" not in alone
    assert "edge" not in alone
