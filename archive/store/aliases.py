"""Other addresses of an article: redirects, canonical links, mirrors and old paths."""

from collections.abc import Iterable

from archive.store import Store
from archive.store.citations import link_citations
from archive.store.identities import settle
from archive.urls import canonical_url
from archive.urls import surt as surt_of


def add_alias(store: Store, surt: str, url: str, article_id: int, reason: str = "redirect") -> None:
    """Record another address of an article; citations of that address are linked. An article's own address is left.

    A mirror or an old path (*reason* "mirror") shares the identity of the article's own address.
    """
    row = {"surt": surt, "url": url, "id": article_id, "reason": reason}
    held = store.connection.execute("SELECT id FROM articles WHERE surt = :surt", row).fetchone()
    if held and (reason != "mirror" or held[0] != article_id):
        return
    with store.transaction():
        former = _pages(store, surt)
        store.connection.execute(
            "INSERT INTO aliases (surt, url, article_id, reason) VALUES (:surt, :url, :id, :reason) "
            "ON CONFLICT (url) DO UPDATE SET article_id = excluded.article_id, reason = excluded.reason "
            "WHERE aliases.article_id <> excluded.article_id",
            row,
        )
        store.connection.execute("UPDATE aliases SET article_id = :id WHERE surt = :surt AND article_id <> :id", row)
        link_citations(store, article_id, surt=surt, url=url)
        settle(store.connection, former)


def drop_alias(store: Store, surt: str) -> None:
    """Forget that an address is another one of an article: it turns out to be an article of its own."""
    former = _pages(store, surt)
    if former:
        store.connection.execute("DELETE FROM aliases WHERE surt = :surt", {"surt": surt})
        settle(store.connection, [surt, *former])


def add_mirrors(store: Store, article_id: int, urls: Iterable[str]) -> None:
    """Record those of *urls*, as written somewhere, that name an article on a mirror or by an old path."""
    for url in urls:
        if canonical_url(url) != url:
            add_alias(store, surt_of(url), url, article_id, "mirror")


def take_waiting(store: Store, article_id: int, surt: str) -> None:
    """Record the other addresses of a new article that were met before it: spellings in lists, redirects to it."""
    seen = store.connection.execute("SELECT DISTINCT url FROM sightings WHERE surt = :surt", {"surt": surt}).fetchall()
    add_mirrors(store, article_id, [row[0] for row in seen])
    leading = store.connection.execute("SELECT surt, url FROM frontier WHERE leads_to = :surt", {"surt": surt})
    for row in leading.fetchall():
        add_alias(store, row["surt"], row["url"], article_id)


def _pages(store: Store, surt: str) -> list[str]:
    """Return the own addresses of the articles that an address is an alias of."""
    sql = "SELECT articles.surt FROM articles JOIN aliases ON articles.id = article_id WHERE aliases.surt = :surt"
    return [row[0] for row in store.connection.execute(sql, {"surt": surt})]
