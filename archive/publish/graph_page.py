"""The citation graph around one article: who cites it, what it cites, and who else cites that; drawn and as lists."""

from collections.abc import Callable
from functools import partial
from typing import Any

from archive.publish.addresses import publisher_of
from archive.publish.answering import article_number, link, not_answered, read, show, words_of
from archive.publish.graph_drawing import Node, draw_columns
from archive.publish.words import Words

N_CITING, N_CITED, N_OTHERS = 16, 24, 16

ARTICLE_SQL = "SELECT id, kind, title, url, lang, source, published_at, surt, opt_out FROM articles WHERE id = :id"
CITING_SQL = """
WITH citing AS (
    SELECT article_id FROM (
        SELECT article_id FROM citations WHERE cited_article_id = :id ORDER BY id DESC LIMIT 200
    )
    UNION SELECT article_id FROM (
        SELECT article_id FROM citations WHERE surt = :surt ORDER BY article_id DESC LIMIT 200
    )
)
SELECT articles.id, articles.title, articles.lang, articles.published_at
FROM citing JOIN articles ON articles.id = citing.article_id
ORDER BY articles.published_at DESC, articles.id DESC LIMIT :limit
"""
CITED_SQL = """
SELECT MIN(citations.position) AS position, citations.surt, citations.url, MIN(citations.number) AS number,
    MIN(citations.text) AS text, citations.cited_article_id, held.title, held.source, held.lang
FROM citations LEFT JOIN articles AS held ON held.id = citations.cited_article_id
WHERE citations.article_id = :id AND citations.surt IS NOT NULL
GROUP BY citations.surt ORDER BY citations.position LIMIT :limit
"""
# A page that everybody cites says little about two articles, and would be walked in full.
OTHERS_SQL = """
SELECT other.article_id AS id, other.surt, articles.title, articles.lang, articles.published_at
FROM (
    SELECT article_id, surt FROM citations
    WHERE surt = :surt AND article_id <> :id ORDER BY article_id DESC LIMIT :limit
) AS other JOIN articles ON articles.id = other.article_id
WHERE articles.kind = 'article'
"""


async def graph_page(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>/graph: the neighbourhood of an article in the citation graph."""
    graph = await read(datasette, partial(read_graph, article_id=article_number(request)))
    if graph and (graph["citing"] or graph["cited"]):
        graph["drawing"] = _drawing(graph, words_of(request), partial(link, datasette, request))
    return await (show(datasette, request, "graph", graph) if graph else not_answered(datasette, request, 404))


def read_graph(connection: Any, article_id: int) -> dict[str, Any] | None:
    """Return an article with its neighbours; None when there is no such article."""
    row = connection.execute(ARTICLE_SQL, {"id": article_id}).fetchone()
    if row is None:
        return None
    article = dict(row)
    citing = _rows(connection, CITING_SQL, article | {"limit": N_CITING})
    cited = _rows(connection, CITED_SQL, {"id": article_id, "limit": N_CITED})
    for page in cited:
        page["source"] = page["source"] or publisher_of(page["url"])
    return {**article, "citing": citing, "cited": cited, "others": _others(connection, article, cited), "drawing": None}


def _others(connection: Any, article: dict[str, Any], cited: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return other articles that cite the same pages, those that share most of them first."""
    found: dict[int, dict[str, Any]] = {}
    for place, page in enumerate(cited):
        for row in _rows(connection, OTHERS_SQL, {"surt": page["surt"], "id": article["id"], "limit": N_OTHERS}):
            row.pop("surt")
            other = found.setdefault(row["id"], row | {"shared": []})
            if place not in other["shared"]:
                other["shared"].append(place)
    return sorted(found.values(), key=lambda other: (-len(other["shared"]), -other["id"]))[:N_OTHERS]


def _drawing(graph: dict[str, Any], words: Words, address: Callable[[str], str]) -> str:
    def box(row: dict[str, Any]) -> Node:
        return Node(row["title"] or words("untitled"), address(f"/article/{row['id']}"))

    citing = [box(row) for row in graph["citing"]]
    here = [Node(graph["title"] or graph["url"], None, "here")]
    cited = [
        Node(
            page["title"] or page["text"] or page["url"],
            address(f"/article/{page['cited_article_id']}") if page["cited_article_id"] else None,
            "held" if page["cited_article_id"] else "missing",
            page["source"] or "",
        )
        for page in graph["cited"]
    ]
    others = [box(row) for row in graph["others"]]
    columns = [(words("cited by"), citing), ("", here), (words("cites"), cited), (words("cited by these too"), others)]
    edges = [(0, number, 1, 0) for number in range(len(citing))]
    edges += [(1, 0, 2, number) for number in range(len(cited))]
    edges += [(2, place, 3, number) for number, row in enumerate(graph["others"]) for place in row["shared"]]
    return draw_columns(columns, edges, title=words("The citations around this article"))


def _rows(connection: Any, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sql, values)]
