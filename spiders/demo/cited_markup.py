"""Cited pages of the demo world: one HTML template a shape, filled with a page's facts and blocks."""

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from spiders.demo.hyper_markup import Markup, body_html, script_json
from spiders.demo.page_text import PageText

PLAIN: Markup = {
    "paragraph": "p",
    "heading": "h2",
    "quote": "blockquote",
    "list": "ul",
    "figure": "figure",
    "caption": "figcaption",
}


class CitedPages:
    """Renders cited pages: the template of a page's shape with its facts."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = {name: Template(text) for name, text in templates.items()}

    def page(self, page: PageText) -> str:
        """Return the HTML of *page*; a fact that its template names and the page lacks is a KeyError."""
        facts = page.facts
        values = {name: escape(str(value)) for name, value in facts.items()}
        authors = [str(name) for name in facts.get("authors", ())]
        values |= {
            "authors": escape(", ".join(authors)),
            "author_metas": "\n".join(f'<meta name="citation_author" content="{escape(name)}">' for name in authors),
            "body": body_html(PLAIN, page.blocks),
            "json_ld": script_json("application/ld+json", _schema_org(facts, authors)),
            "charset_meta": _charset_meta(facts),
        }
        return self.templates[str(facts["shape"])].substitute(values)


def _schema_org(facts: Mapping[str, Any], authors: list[str]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": facts.get("title"),
        "datePublished": facts.get("published"),
        "author": [{"@type": "Person", "name": name} for name in authors],
        "publisher": {"@type": "Organization", "name": facts.get("site")},
    }
    if facts.get("paywalled"):
        known["isAccessibleForFree"] = False
        known["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".rest"}
    return known


def _charset_meta(facts: Mapping[str, Any]) -> str:
    if facts.get("charset_in", "meta") == "header":
        return ""
    return f'<meta http-equiv="Content-Type" content="text/html; charset={facts.get("encoding", "utf-8")}">'
