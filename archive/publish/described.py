"""What a page says of itself to machines: schema.org as JSON-LD, OpenGraph."""

from collections.abc import Callable, Mapping
from typing import Any

N_CITED = 100  # of a longer list the page itself tells, and /article/N/sources.json

Address = Callable[..., str]


def described_article(article: Mapping[str, Any], *, site_title: str, absolute: Address) -> dict[str, Any]:
    """Return `json_ld` and `properties` (OpenGraph, in order) of an article's page; *absolute* makes its address."""
    address = absolute(f"/article/{article['id']}")
    json_ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article["title"],
        "url": address,
        "isBasedOn": article["canonical_url"],
        "inLanguage": article["lang"],
        "datePublished": article["published_at"],
        "dateModified": article["modified_at"],
        "description": article["description"],
        "articleSection": article["category"] or article["section"],
        "author": [{"@type": "Person", "name": name} for name in article["authors"]],
        "publisher": {"@type": "Organization", "name": article["source"]},
        "archivedAt": address,
        "citation": [_cited(citation) for citation in article["references"][:N_CITED]],
    }
    properties = {
        "og:type": "article",
        "og:site_name": site_title,
        "og:title": article["title"] or article["canonical_url"],
        "og:url": address,
        "og:description": article["description"],
        "og:locale": (article["lang"] or "").replace("-", "_"),
        "article:published_time": article["published_at"],
    }
    return {"json_ld": _filled(json_ld), "properties": _filled(properties)}


def described_site(*, site_title: str, absolute: Address) -> dict[str, Any]:
    """Return the same of the front page."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": absolute("/-/search") + "?q={words}"},
        "query-input": "required name=words",
    }
    address = absolute("/")
    json_ld = {"@context": "https://schema.org", "@type": "WebSite", "name": site_title, "url": address}
    properties = {"og:type": "website", "og:site_name": site_title, "og:title": site_title, "og:url": address}
    return {"json_ld": json_ld | {"potentialAction": search}, "properties": properties}


def _cited(citation: Mapping[str, Any]) -> dict[str, Any]:
    name = citation.get("title") or citation["text"] or citation["url"]
    return _filled({"@type": "CreativeWork", "name": name, "url": citation["url"], "sameAs": _doi(citation)})


def _doi(citation: Mapping[str, Any]) -> str | None:
    return f"https://doi.org/{citation['doi']}" if citation["doi"] else None


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
